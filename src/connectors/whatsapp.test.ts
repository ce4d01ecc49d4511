import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HookRequest, ParsedItem } from '../contract/connector.ts';
import { canonicalRecord } from '../contract/record.ts';
import type { SourceDefaults } from '../contract/source.ts';
import { whatsapp } from './whatsapp.ts';

const settings = { app_secret: 'turnout-test-app-secret', verify_token: 'turnout-verify' };
const fixture = (name: string) =>
  readFileSync(new URL(`../../test/fixtures/connectors/whatsapp/${name}`, import.meta.url));

function post(body: Buffer, signature?: string): HookRequest {
  return { method: 'POST', target: '/hooks/wa', headers: { 'x-hub-signature-256': signature }, body };
}

function parse(body: Buffer | string, defaults: SourceDefaults = {}): ParsedItem[] {
  const entry = {
    seq: 1,
    receivedAt: Date.UTC(2026, 10, 18, 16),
    target: '/hooks/wa',
    headers: {},
    body: Buffer.from(body),
  };
  const items = whatsapp.parse(entry, { source: 'wa', settings, defaults });
  for (const item of items) if (item.ok) expect(canonicalRecord.parse(item.record)).toEqual(item.record);
  return items;
}

function records(body: Buffer | string, defaults: SourceDefaults = {}): unknown[] {
  return parse(body, defaults).map((item) => (item.ok ? item.record : item));
}

/** One notification with the given `value`. */
function notification(value: Record<string, unknown>, field = 'messages'): string {
  const metadata = { display_phone_number: '12025550100', phone_number_id: '106540352242922' };
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      { id: '102290129340398', changes: [{ field, value: { messaging_product: 'whatsapp', metadata, ...value } }] },
    ],
  });
}

const DANA_MESSAGE = 'wamid.HBgLMTIwMjU1NTAxMjMVAgARGBI1RjJBOUM0MUQwN0IzRThBMTYA';
const DANA = { phone: '+12025550123', external_id: 'wa:US.13491208655302741918' };
const BUSINESS = { phone: '+12025550100' };

describe('signature', () => {
  const body = fixture('signed.json');
  const header = 'sha256=bd933198f84d31be914943734b25762ca0151036fb971aa74503d9b21e4b4816';

  it('accepts the vector', () => {
    expect(whatsapp.verify(post(body, header), settings, 0)).toEqual({ ok: true });
    expect(whatsapp.verify(post(body, header.replace('bd', 'BD')), settings, 0).ok).toBe(true);
  });

  it('refuses a body that was parsed and written again', () => {
    const again = Buffer.from(JSON.stringify(JSON.parse(body.toString())));
    expect(whatsapp.verify(post(again, header), settings, 0).ok).toBe(false);
    const signatureOfAgain = `sha256=${createHmac('sha256', settings.app_secret).update(again).digest('hex')}`;
    expect(signatureOfAgain).toBe('sha256=d856aee26176fac372f2c7e44531b1073e2a714982c65fb60ac5687cc2169d56');
    expect(whatsapp.verify(post(body, signatureOfAgain), settings, 0).ok).toBe(false);
  });

  it('refuses altered bodies, forged, short and missing signatures, and another secret', () => {
    const altered = Buffer.from(body.toString().replace('delivered', 'delivereD'));
    expect(whatsapp.verify(post(altered, header), settings, 0).ok).toBe(false);
    for (const forged of [
      undefined,
      '',
      'sha256=',
      header.slice(0, -2),
      header.replace('sha256=', 'sha1='),
      `sha256=${'0'.repeat(64)}`,
    ]) {
      expect(whatsapp.verify(post(body, forged), settings, 0).ok).toBe(false);
    }
    expect(whatsapp.verify(post(body, header), { ...settings, app_secret: 'another-secret' }, 0).ok).toBe(false);
    expect(whatsapp.verify({ ...post(body, header), method: 'GET' }, settings, 0).ok).toBe(false);
  });

  it('accepts old and new secret while they are rotated', () => {
    const rotating = { ...settings, app_secret: ['the-new-app-secret', settings.app_secret] };
    expect(whatsapp.verify(post(body, header), rotating, 0)).toEqual({ ok: true });
  });
});

describe('challenge', () => {
  const get = (query: string): HookRequest => ({
    method: 'GET',
    target: `/hooks/wa?${query}`,
    headers: {},
    body: Buffer.alloc(0),
  });

  it('answers with the raw challenge', () => {
    const asked = get('hub.mode=subscribe&hub.verify_token=turnout-verify&hub.challenge=1158201444%3Cb%3E');
    expect(whatsapp.challenge?.(asked, settings)).toEqual({
      status: 200,
      contentType: 'text/plain',
      body: '1158201444<b>',
    });
  });

  it('refuses a wrong token, a wrong mode, and a missing challenge', () => {
    for (const query of [
      'hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1',
      'hub.mode=subscribe&hub.challenge=1',
      'hub.mode=unsubscribe&hub.verify_token=turnout-verify&hub.challenge=1',
      'hub.mode=subscribe&hub.verify_token=turnout-verify',
      '',
    ]) {
      expect(whatsapp.challenge?.(get(query), settings)).toEqual({ status: 403, contentType: 'text/plain', body: '' });
    }
  });
});

describe('statuses', () => {
  it('reads WA-1: sent, with price category and campaign', () => {
    expect(records(fixture('wa-1-sent.json'))).toEqual([
      {
        record: 'message_event',
        key: `106540352242922|${DANA_MESSAGE}|sent`,
        message_id: DANA_MESSAGE,
        channel: 'whatsapp',
        status: 'sent',
        at: '2026-11-18T16:00:02.000Z',
        account: BUSINESS,
        recipient: DANA,
        campaign: 'wbn-1118-r1',
        category: 'marketing',
        billable: true,
      },
    ]);
  });

  it('reads WA-2: read by someone without a phone number', () => {
    expect(records(fixture('wa-2-read-username.json'))).toEqual([
      expect.objectContaining({
        status: 'read',
        at: '2026-11-18T16:06:51.000Z',
        recipient: { external_id: 'wa:US.77112208655302740001' },
        category: 'marketing',
        billable: true,
      }),
    ]);
  });

  it('reads WA-3: a failure with its reason, and the repeated event with the same key', () => {
    const [failed, repeated] = records(fixture('wa-3-failed-and-duplicate.json'), { category: 'utility' });
    expect(failed).toEqual({
      record: 'message_event',
      key: '106540352242922|wamid.HBgLMTIwMjU1NTAxNDUVAgARGBJDM0QxOUU3NzAyQUE1NEJGOTAA|failed',
      message_id: 'wamid.HBgLMTIwMjU1NTAxNDUVAgARGBJDM0QxOUU3NzAyQUE1NEJGOTAA',
      channel: 'whatsapp',
      status: 'failed',
      at: '2026-11-18T16:00:04.000Z',
      account: BUSINESS,
      recipient: { phone: '+12025550145' },
      campaign: 'wbn-1118-r1',
      category: 'utility',
      failure_reason: '131049 Held back by Meta: marketing frequency cap',
    });
    expect(repeated).toMatchObject({ key: `106540352242922|${DANA_MESSAGE}|sent`, at: '2026-11-18T16:00:02.000Z' });
  });

  it('keeps the title of an unknown failure, and takes free messages as not billable', () => {
    const [failed, free] = records(
      notification({
        statuses: [
          {
            id: 'wamid.1',
            status: 'failed',
            timestamp: '1795017604',
            recipient_id: '12025550145',
            errors: [{ code: 131999, title: 'Something new' }],
          },
          {
            id: 'wamid.2',
            status: 'sent',
            timestamp: '1795017604',
            recipient_id: '12025550145',
            pricing: { billable: false, type: 'free_customer_service', category: 'service' },
          },
        ],
      }),
    );
    expect(failed).toMatchObject({ failure_reason: '131999 Something new' });
    expect(free).toMatchObject({ billable: false, category: 'service' });
  });

  it('reads played as read, keeps group members apart, and skips words it does not know', () => {
    const group = {
      status: 'delivered',
      timestamp: '1795017604',
      recipient_type: 'group',
      recipient_id: 'Y2FwaV9ncm91cA',
    };
    const items = records(
      notification({
        statuses: [
          { id: 'wamid.1', status: 'played', timestamp: '1795017604', recipient_id: '12025550145' },
          { id: 'wamid.2', ...group, recipient_participant_id: '12025550123' },
          { id: 'wamid.2', ...group, participant_recipient_id: '12025550145' },
          { id: 'wamid.3', status: 'warning', timestamp: '1795017604' },
        ],
      }),
    );
    expect(items).toMatchObject([
      { key: '106540352242922|wamid.1|played', status: 'read' },
      { key: '106540352242922|wamid.2|delivered|12025550123' },
      { key: '106540352242922|wamid.2|delivered|12025550145' },
    ]);
    expect(items[1]).not.toHaveProperty('recipient');
  });

  it('fills defaults where the service says nothing, and lets no default overrule the category of the sent event', () => {
    const status = { timestamp: '1795017604', recipient_id: '12025550145' };
    const defaults = { account: 'acme', category: 'marketing', campaign: 'always-on' };
    const body = notification({
      statuses: [
        { id: 'w', status: 'sent', ...status },
        { id: 'w', status: 'delivered', ...status },
      ],
    });
    const [sent, delivered] = records(body, defaults);
    expect(sent).toMatchObject({ account: { external_id: 'acme' }, category: 'marketing', campaign: 'always-on' });
    expect(delivered).toMatchObject({ account: { external_id: 'acme' }, campaign: 'always-on' });
    expect(delivered).not.toHaveProperty('category');
  });

  it('reads ids that are longer than a number can be', () => {
    const body = notification({}).replace(
      '"metadata"',
      '"statuses":[{"id":12345678901234567890,"status":"sent","timestamp":1795017604}],"metadata"',
    );
    expect(records(body)).toMatchObject([{ message_id: '12345678901234567890' }]);
  });

  it('walks all entries and changes; a bad status leaves its neighbours alone', () => {
    const good = (id: string) => ({ id, status: 'sent', timestamp: '1795017604', recipient_id: '12025550145' });
    const one = JSON.parse(
      notification({ statuses: [good('a'), { status: 'sent' }, 7, { ...good('b'), timestamp: 'soon' }, good('c')] }),
    );
    one.entry.push(structuredClone(one.entry[0]), { id: 'x' });
    const items = parse(JSON.stringify(one));
    expect(items.map((item) => item.ok)).toEqual([
      true,
      false,
      false,
      false,
      true,
      true,
      false,
      false,
      false,
      true,
      false,
    ]);
    expect(items[3]).toMatchObject({
      reason: 'A status has no time: "timestamp" must be Unix seconds.',
      raw: expect.stringContaining('soon'),
    });
  });
});

describe('inbound messages', () => {
  const stop = {
    from: '12025550123',
    id: 'wamid.in',
    timestamp: '1795017790',
    type: 'text',
    text: { body: ' Stop. ' },
  };

  it('reads WA-4: a quick reply is a reply and a click on the message it answers', () => {
    const answer = {
      record: 'message_event',
      message_id: DANA_MESSAGE,
      channel: 'whatsapp',
      at: '2026-11-18T16:03:10.000Z',
      account: BUSINESS,
      recipient: DANA,
    };
    const inbound = 'wamid.HBgLMTIwMjU1NTAxMjMVAgARGBIzRUIwQTFCMkMzRDRFNUY2MDcA';
    expect(records(fixture('wa-4-quick-reply.json'))).toEqual([
      { ...answer, key: `106540352242922|${DANA_MESSAGE}|replied|${inbound}`, status: 'replied' },
      { ...answer, key: `106540352242922|${DANA_MESSAGE}|clicked|${inbound}`, status: 'clicked' },
    ]);
  });

  it('takes STOP in a reply as an opt-out on that message', () => {
    const items = records(notification({ messages: [{ ...stop, context: { from: '12025550100', id: 'wamid.out' } }] }));
    expect(items).toMatchObject([
      { status: 'replied', message_id: 'wamid.out' },
      { status: 'unsubscribed', message_id: 'wamid.out' },
    ]);
  });

  it('invents no message: STOP out of the blue marks the person, other words count nowhere', () => {
    expect(records(notification({ messages: [stop, { ...stop, id: 'wamid.in2', text: { body: 'Hello' } }] }))).toEqual([
      {
        record: 'person',
        key: 'wamid.in|opt_out',
        kind: 'contact',
        observed_at: '2026-11-18T16:03:10.000Z',
        phone: '+12025550123',
        attributes: { marketing_opt_out: true },
      },
    ]);
  });

  it('takes a reaction as a reply, its withdrawal and an answer to oneself as nothing', () => {
    const reaction = (emoji?: string) => ({
      ...stop,
      type: 'reaction',
      text: undefined,
      reaction: { message_id: 'wamid.out', emoji },
    });
    expect(records(notification({ messages: [reaction('👍')] }))).toMatchObject([
      { status: 'replied', message_id: 'wamid.out' },
    ]);
    expect(records(notification({ messages: [reaction(), reaction('')] }))).toEqual([]);
    const toOneself = { ...stop, text: { body: 'see above' }, context: { from: '12025550123', id: 'wamid.own' } };
    expect(records(notification({ messages: [toOneself] }))).toEqual([]);
  });
});

describe('preferences and other fields', () => {
  it('reads WA-5: an opt-out without a message is a fact about the person', () => {
    expect(records(fixture('wa-5-marketing-stop.json'))).toEqual([
      {
        record: 'person',
        key: '106540352242922|preference|+12025550123|stop|2026-11-18T16:11:40.000Z',
        kind: 'contact',
        observed_at: '2026-11-18T16:11:40.000Z',
        phone: '+12025550123',
        attributes: { marketing_opt_out: true },
      },
    ]);
  });

  it('counts nothing for template notices', () => {
    expect(parse(notification({ event: 'APPROVED' }, 'message_template_status_update'))).toEqual([]);
  });

  it('says what is wrong with a body that is no notification', () => {
    for (const body of ['{}', '[]', 'null', '{"object":"page","entry":[]}', '<html>', '']) {
      expect(parse(body)).toMatchObject([{ ok: false, reason: expect.stringMatching(/\.$/) }]);
    }
  });
});
