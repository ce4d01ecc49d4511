import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HookRequest, ParsedItem } from '../contract/connector.ts';
import { canonicalRecord } from '../contract/record.ts';
import type { SourceDefaults } from '../contract/source.ts';
import { twilio } from './twilio.ts';

const token = 'turnout-test-auth-token';
const fixture = (name: string) =>
  readFileSync(new URL(`../../test/fixtures/connectors/twilio/${name}`, import.meta.url));

function verify(
  url: string,
  body: string | Buffer,
  signature: string | undefined,
  publicUrl = new URL(url).origin,
  tokens: string | string[] = token,
) {
  const target = url.slice(new URL(url).origin.length);
  const request: HookRequest = {
    method: 'POST',
    target,
    headers: { 'x-twilio-signature': signature },
    body: Buffer.from(body),
  };
  return twilio.verify(request, { auth_token: tokens, public_url: publicUrl }, 0).ok;
}

const sign = (text: string, key = token) => createHmac('sha1', key).update(text).digest('base64');

function records(
  body: Buffer | string,
  options: { target?: string; defaults?: SourceDefaults; headers?: Record<string, string> } = {},
): unknown[] {
  const entry = {
    seq: 1,
    receivedAt: Date.UTC(2026, 10, 18, 16, 7, 30, 250),
    target: options.target ?? '/hooks/tw',
    headers: options.headers ?? {},
    body: Buffer.from(body),
  };
  const items: ParsedItem[] = twilio.parse(entry, {
    source: 'tw',
    settings: { auth_token: token, public_url: 'https://hooks.example.com' },
    defaults: options.defaults ?? {},
  });
  for (const item of items) if (item.ok) expect(canonicalRecord.parse(item.record)).toEqual(item.record);
  return items.map((item) => (item.ok ? item.record : item));
}

const form = (params: Record<string, string>) => new URLSearchParams(params).toString();

describe('signature', () => {
  const url = 'https://hooks.example.com/in/twilio/messaging?c=tw1&k=wbn-1118';
  const body = fixture('tw-1-delivered.form');
  const signature = 'pazPct9zhxFQmMUn4UB6rGXQJ7o=';

  it('accepts the documented examples (a)', () => {
    const params = (number: string) =>
      form({ To: '+18005551212', Digits: '1234', CallSid: 'CA1234567890ABCDE', Caller: number, From: number });
    const example = 'https://mycompany.com/myapp.php?foo=1&bar=2';
    const origin = 'https://mycompany.com';
    expect(verify(example, params('+12349013030'), '0/KCTR6DLpKmkAf8muzZqo1nDgQ=', origin, '12345')).toBe(true);
    expect(verify(example, params('+14158675309'), 'RSOYDt4T1cUTdK1PDd93/VVr8B8=', origin, '12345')).toBe(true);
    expect(verify(example, params('+14158675309'), '0/KCTR6DLpKmkAf8muzZqo1nDgQ=', origin, '12345')).toBe(false);
  });

  it('accepts vector (b), whether public_url is the origin, the path or all of it', () => {
    for (const publicUrl of [
      'https://hooks.example.com',
      'https://hooks.example.com/',
      'https://hooks.example.com/in/twilio/messaging',
      url,
    ]) {
      expect(verify(url, body, signature, publicUrl)).toBe(true);
    }
  });

  it('accepts vector (c): repeated names and names that differ in case', () => {
    expect(verify('https://hooks.example.com/r', 'b=2&a=y&a=x&a=y&A=1', 'ohXYQT2wP7DzEgH21LUxah1mSfU=')).toBe(true);
  });

  it('accepts vector (d): a JSON body is held to bodySHA256', () => {
    const json = '{"EventType":"onMessageAdded","Body":"Hi"}';
    const hash = '7f30cde29c3aaf8fdb40fed0aac02a115c9b7fab68fdb79345671cc91b48915d';
    const signed = `https://hooks.example.com/in/twilio/json?bodySHA256=${hash}`;
    expect(verify(signed, json, 'FkwPHNUR60Kpx9ggXKFiw/isYlo=')).toBe(true);
    expect(verify(signed, `${json} `, 'FkwPHNUR60Kpx9ggXKFiw/isYlo=')).toBe(false);
    expect(verify(signed.replace('7f', '8f'), json, 'FkwPHNUR60Kpx9ggXKFiw/isYlo=')).toBe(false);
    expect(
      verify(
        'https://hooks.example.com/in/twilio/json?bodySHA256=zz',
        json,
        sign('https://hooks.example.com/in/twilio/json?bodySHA256=zz'),
      ),
    ).toBe(false);
  });

  it('refuses altered bodies, another query, forged signatures and another token', () => {
    expect(verify(url, body.toString().replace('delivered', 'failed'), signature)).toBe(false);
    expect(verify(url, `${body}&Extra=1`, signature)).toBe(false);
    expect(verify(url.replace('wbn-1118', 'other'), body, signature)).toBe(false);
    expect(verify(url.replace('wbn-1118', 'other'), body, signature, url)).toBe(false);
    expect(verify(url, body, signature, 'https://other.example.com')).toBe(false);
    expect(verify(url, body, undefined)).toBe(false);
    expect(verify(url, body, 'AAAA')).toBe(false);
    expect(verify(url, body, signature, undefined, 'another-auth-token')).toBe(false);
  });

  it('accepts old and new token while they are rotated', () => {
    expect(verify(url, body, signature, undefined, ['a-new-auth-token', token])).toBe(true);
  });

  it('knows the port quirk, the re-encoded query, a prefix, and GET', () => {
    expect(verify('https://hooks.example.com/r', 'a=1', sign('https://hooks.example.com:443/ra1'))).toBe(true);
    expect(verify('http://hooks.example.com/r', 'a=1', sign('http://hooks.example.com:80/ra1'))).toBe(true);
    expect(verify('https://hooks.example.com:8443/r', 'a=1', sign('https://hooks.example.com/ra1'))).toBe(true);
    expect(verify("https://hooks.example.com/r?q=a'b c", 'a=1', sign("https://hooks.example.com/r?q=a'b%20ca1"))).toBe(
      true,
    );
    expect(
      verify(
        'https://hooks.example.com/hooks/tw',
        'a=1',
        sign('https://example.org/turnout/hooks/twa1'),
        'https://example.org/turnout',
      ),
    ).toBe(true);
    const get: HookRequest = {
      method: 'GET',
      target: '/r?a=1',
      headers: { 'x-twilio-signature': sign('https://hooks.example.com/r?a=1') },
      body: Buffer.alloc(0),
    };
    expect(twilio.verify(get, { auth_token: token, public_url: 'https://hooks.example.com' }, 0).ok).toBe(true);
  });

  it('signs an empty value as its name alone', () => {
    expect(verify('https://hooks.example.com/r', 'b=&a=1', sign('https://hooks.example.com/ra1b'))).toBe(true);
  });
});

describe('messaging', () => {
  const SID = 'SM00000000000000000000000000000a01';
  const received = '2026-11-18T16:07:30.250Z';

  it('reads TW-1: delivered, dated by our receipt, with the campaign of the URL', () => {
    expect(
      records(fixture('tw-1-delivered.form'), {
        target: '/hooks/tw?c=tw1&k=wbn-1118',
        defaults: { account: 'acme', category: 'utility' },
      }),
    ).toEqual([
      {
        record: 'message_event',
        key: `${SID}|delivered`,
        message_id: SID,
        channel: 'sms',
        status: 'delivered',
        at: received,
        at_source: 'receipt',
        account: { external_id: 'acme' },
        recipient: { phone: '+12025550123' },
        campaign: 'wbn-1118',
        category: 'utility',
      },
    ]);
  });

  it('reads TW-2: undelivered is failed, with its reason', () => {
    expect(records(fixture('tw-2-undelivered.form'))).toEqual([
      {
        record: 'message_event',
        key: 'SM00000000000000000000000000000a02|undelivered|30005',
        message_id: 'SM00000000000000000000000000000a02',
        channel: 'sms',
        status: 'failed',
        at: received,
        at_source: 'receipt',
        recipient: { phone: '+12025550145' },
        failure_reason: '30005 Unknown handset',
      },
    ]);
  });

  it('reads TW-3: a WhatsApp message through Twilio', () => {
    expect(records(fixture('tw-3-whatsapp-read.form'))).toEqual([
      {
        record: 'message_event',
        key: 'MM00000000000000000000000000000a03|read',
        message_id: 'MM00000000000000000000000000000a03',
        channel: 'whatsapp',
        status: 'read',
        at: received,
        at_source: 'receipt',
        recipient: { phone: '+12025550123' },
      },
    ]);
  });

  it('takes account and category from the query before the defaults', () => {
    const items = records(form({ MessageSid: SID, MessageStatus: 'sent', To: '+12025550123' }), {
      target: '/hooks/tw?account=acme-2&category=authentication',
      defaults: { account: 'acme', category: 'utility' },
    });
    expect(items).toMatchObject([{ account: { external_id: 'acme-2' }, category: 'authentication' }]);
  });

  it('maps every status word', () => {
    const statusOf = (word: string) =>
      records(form({ MessageSid: SID, MessageStatus: word })).map((item) => (item as { status: string }).status);
    expect(
      Object.fromEntries(
        [
          'accepted',
          'scheduled',
          'queued',
          'sending',
          'sent',
          'delivered',
          'partially_delivered',
          'read',
          'undelivered',
          'failed',
          'canceled',
          'brand_new',
        ].map((word) => [word, statusOf(word)]),
      ),
    ).toEqual({
      accepted: ['queued'],
      scheduled: ['queued'],
      queued: ['queued'],
      sending: ['queued'],
      sent: ['sent'],
      delivered: ['delivered'],
      partially_delivered: ['delivered'],
      read: ['read'],
      undelivered: ['failed'],
      failed: ['failed'],
      canceled: [],
      brand_new: [],
    });
  });

  it('counts a reply on the message that it answers, and invents none', () => {
    const reply = {
      MessageSid: 'SMin',
      SmsStatus: 'received',
      From: 'whatsapp:+12025550123',
      To: 'whatsapp:+12025550100',
      Body: 'Yes',
    };
    expect(records(form({ ...reply, OriginalRepliedMessageSid: 'MMout', ButtonPayload: 'YES' }))).toMatchObject([
      { key: 'MMout|replied|SMin', message_id: 'MMout', channel: 'whatsapp', status: 'replied', at_source: 'receipt' },
      { key: 'MMout|clicked|SMin', status: 'clicked' },
    ]);
    expect(records(form(reply))).toEqual([]);
  });

  it('takes STOP and START as the choice of the person', () => {
    const inbound = { MessageSid: 'SMin', SmsStatus: 'received', From: '+12025550123', Body: 'stop' };
    const person = { record: 'person', key: 'SMin|opt_out', kind: 'contact', phone: '+12025550123' };
    expect(records(form(inbound))).toEqual([{ ...person, attributes: { marketing_opt_out: true } }]);
    expect(records(form({ ...inbound, Body: 'x', OptOutType: 'START' }))).toEqual([
      { ...person, attributes: { marketing_opt_out: false } },
    ]);
    expect(records(form({ ...inbound, OriginalRepliedMessageSid: 'SMout' }))).toMatchObject([
      { status: 'replied' },
      { status: 'unsubscribed' },
      { record: 'person' },
    ]);
  });

  it('says what is wrong with what is no callback', () => {
    for (const body of [
      '',
      'hello',
      '[1]',
      '{"EventType":"onMessageAdded"}',
      '{',
      form({ MessageSid: SID }),
      form({ CallSid: 'CA1' }),
    ]) {
      expect(records(body)).toMatchObject([{ ok: false, reason: expect.stringMatching(/\.$/) }]);
    }
  });
});

describe('voice', () => {
  const CALL = 'CA00000000000000000000000000000b01';
  const call = {
    CallSid: CALL,
    Direction: 'outbound-api',
    To: '+12025550123',
    SequenceNumber: '3',
    Timestamp: 'Wed, 18 Nov 2026 16:05:49 +0000',
  };

  it('reads TV-1: answered by a person, with its seconds', () => {
    expect(records(fixture('tv-1-completed.form'), { target: '/hooks/tw?k=wbn-1118-r1' })).toEqual([
      {
        record: 'message_event',
        key: `${CALL}|3`,
        message_id: CALL,
        channel: 'ivr',
        status: 'answered',
        at: '2026-11-18T16:05:49.000Z',
        recipient: { phone: '+12025550123' },
        campaign: 'wbn-1118-r1',
        seconds: 47,
      },
    ]);
  });

  it('reads TV-2: no answer is a failure', () => {
    expect(records(fixture('tv-2-no-answer.form'))).toEqual([
      {
        record: 'message_event',
        key: 'CA00000000000000000000000000000b02|2',
        message_id: 'CA00000000000000000000000000000b02',
        channel: 'ivr',
        status: 'failed',
        at: '2026-11-18T16:06:20.000Z',
        recipient: { phone: '+12025550145' },
        failure_reason: 'No answer',
      },
    ]);
  });

  it('reads TV-3: keys pressed are a click and a reply', () => {
    const expected = {
      record: 'message_event',
      key: `${CALL}|gather|1|29916967`,
      message_id: CALL,
      channel: 'ivr',
      status: 'clicked',
      at: '2026-11-18T16:07:30.250Z',
      at_source: 'receipt',
      recipient: { phone: '+12025550123' },
      digits: '1',
    };
    const { digits, ...reply } = { ...expected, key: `${expected.key}|replied`, status: 'replied' };
    expect(digits).toBe('1');
    expect(records(fixture('tv-3-gather.form'))).toEqual([expected, reply]);
    const headers = { 'i-twilio-idempotency-token': 'token-1' };
    expect(records(fixture('tv-3-gather.form'), { headers })).toMatchObject([
      { key: `${CALL}|gather|token-1` },
      { key: `${CALL}|gather|token-1|replied` },
    ]);
  });

  it('keeps leading zeros, * and #, takes speech as a reply and silence as nothing', () => {
    expect(records(form({ CallSid: CALL, CallStatus: 'in-progress', Digits: '007*#' }))).toMatchObject([
      { digits: '007*#' },
      { status: 'replied' },
    ]);
    expect(records(form({ CallSid: CALL, CallStatus: 'in-progress', SpeechResult: 'yes please' }))).toMatchObject([
      { status: 'replied' },
    ]);
    expect(records(form({ CallSid: CALL, CallStatus: 'in-progress', Digits: '' }))).toEqual([]);
  });

  it('tells people from machines, and says nothing before the end', () => {
    const statusOf = (params: Record<string, string>) =>
      records(form({ ...call, ...params })).map((item) => (item as { status: string }).status);
    expect(statusOf({ CallStatus: 'completed', AnsweredBy: 'machine_end_beep' })).toEqual(['delivered']);
    expect(statusOf({ CallStatus: 'completed', AnsweredBy: 'fax' })).toEqual(['delivered']);
    expect(statusOf({ CallStatus: 'completed' })).toEqual(['answered']);
    expect(statusOf({ CallStatus: 'queued' })).toEqual(['queued']);
    expect(statusOf({ CallStatus: 'initiated' })).toEqual(['queued']);
    expect(statusOf({ CallStatus: 'ringing' })).toEqual(['sent']);
    expect(statusOf({ CallStatus: 'in-progress' })).toEqual([]);
    for (const word of ['busy', 'no-answer', 'canceled', 'failed'])
      expect(statusOf({ CallStatus: word })).toEqual(['failed']);
    expect(records(form({ ...call, CallStatus: 'failed', SipResponseCode: '487' }))).toMatchObject([
      { failure_reason: 'Call failed (SIP 487)' },
    ]);
  });

  it('leaves calls to us, dialled legs and callbacks of the machine detection alone', () => {
    expect(records(form({ ...call, CallStatus: 'completed', Direction: 'inbound' }))).toEqual([]);
    expect(records(form({ ...call, CallStatus: 'completed', ParentCallSid: 'CA0' }))).toEqual([]);
    expect(records(form({ CallSid: CALL, AnsweredBy: 'human', MachineDetectionDuration: '900' }))).toEqual([]);
  });

  it('refuses a time that it cannot read rather than guess', () => {
    expect(records(form({ ...call, CallStatus: 'completed', Timestamp: '18.11.2026' }))).toMatchObject([{ ok: false }]);
  });
});
