import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HookRequest, ParsedItem } from '../contract/connector.ts';
import { canonicalRecord } from '../contract/record.ts';
import type { SourceDefaults } from '../contract/source.ts';
import { sendgrid } from './sendgrid.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../test/fixtures/connectors/sendgrid/${name}`, import.meta.url));

const official = {
  key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==',
  timestamp: '1600112502',
  signature: 'MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=',
  body: fixture('signed-official.json'),
};
const own = {
  key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZqRMMQwp2SuK5Uyni1Y8/jfHoqnGo76zIZbA4bJK8/tORt4tBMtbrkvEnRFfX5pG0B4a6IxofY7CctlY0vg4RA==',
  timestamp: '1795017665',
  signature: 'MEQCIHLQSUPTiguzgvEjksOCLyceUEuFtCKbvjBE4nVbYqReAiAguS01ldsILgQ0axJSF/eIipHcIf3VlblymhfPzv88iQ==',
  body: fixture('signed-own.json'),
};

interface Signed {
  key: string | string[];
  timestamp: string | undefined;
  signature: string | undefined;
  body: Buffer;
}

function verify(signed: Signed, ageHours = 0): boolean {
  const request: HookRequest = {
    method: 'POST',
    target: '/hooks/sg',
    headers: {
      'x-twilio-email-event-webhook-signature': signed.signature,
      'x-twilio-email-event-webhook-timestamp': signed.timestamp,
    },
    body: signed.body,
  };
  const now = Number(signed.timestamp ?? own.timestamp) * 1000 + ageHours * 3_600_000;
  return sendgrid.verify(request, { public_key: signed.key }, now).ok;
}

function parse(body: Buffer | string, defaults: SourceDefaults = {}): unknown[] {
  const entry = { seq: 1, receivedAt: 0, target: '/hooks/sg', headers: {}, body: Buffer.from(body) };
  const items: ParsedItem[] = sendgrid.parse(entry, { source: 'sg', settings: { public_key: own.key }, defaults });
  for (const item of items) if (item.ok) expect(canonicalRecord.parse(item.record)).toEqual(item.record);
  return items.map((item) => (item.ok ? item.record : item));
}

const event = (fields: Record<string, unknown>) => ({
  email: 'dana.lopez@example.com',
  timestamp: 1795017603,
  sg_event_id: 'event-1',
  sg_message_id: 'message-1.recvd-1',
  ...fields,
});
const parseOne = (fields: Record<string, unknown>, defaults: SourceDefaults = {}) =>
  parse(JSON.stringify([event(fields)]), defaults);

describe('signature', () => {
  it('accepts both vectors', () => {
    expect(verify(official)).toBe(true);
    expect(verify(own)).toBe(true);
  });

  it('refuses trimmed, re-written and altered bodies', () => {
    expect(verify({ ...own, body: Buffer.from(own.body.toString().trimEnd()) })).toBe(false);
    expect(verify({ ...own, body: Buffer.from(JSON.stringify(JSON.parse(own.body.toString()))) })).toBe(false);
    expect(verify({ ...own, body: Buffer.from(own.body.toString().replace('delivered', 'bounced')) })).toBe(false);
  });

  it('refuses another timestamp, another key, forged and missing headers', () => {
    expect(verify({ ...own, timestamp: '1795017666' })).toBe(false);
    expect(verify({ ...own, timestamp: '1795017665 ' })).toBe(false);
    expect(verify({ ...own, key: official.key })).toBe(false);
    expect(verify({ ...own, key: 'not a key' })).toBe(false);
    for (const signature of [undefined, '', 'AAAA', own.signature.replace('ME', 'MF'), official.signature]) {
      expect(verify({ ...own, signature })).toBe(false);
    }
    expect(verify({ ...own, timestamp: undefined })).toBe(false);
  });

  it('refuses a stale request and one from the future', () => {
    expect(verify(own, 25.9)).toBe(true);
    expect(verify(own, 26.1)).toBe(false);
    expect(verify(own, -0.2)).toBe(true);
    expect(verify(own, -0.3)).toBe(false);
  });

  it('accepts old and new key while they are rotated', () => {
    expect(verify({ ...own, key: [official.key, own.key] })).toBe(true);
  });

  it('works with a key made just now', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const body = Buffer.from('[]\r\n');
    const signature = sign('sha256', Buffer.concat([Buffer.from('1795017665'), body]), privateKey).toString('base64');
    const key = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    expect(verify({ key, timestamp: '1795017665', signature, body })).toBe(true);
  });
});

describe('settings', () => {
  it('takes a P-256 key and nothing else', () => {
    expect(sendgrid.settings.safeParse({ public_key: own.key }).success).toBe(true);
    expect(sendgrid.settings.safeParse({ public_key: [own.key, official.key] }).success).toBe(true);
    const pem = `-----BEGIN PUBLIC KEY-----\n${own.key}\n-----END PUBLIC KEY-----`;
    expect(sendgrid.settings.safeParse({ public_key: pem }).success).toBe(true);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'der', type: 'spki' });
    for (const key of ['', 'hello', rsa.toString('base64'), []]) {
      expect(sendgrid.settings.safeParse({ public_key: key }).success).toBe(false);
    }
  });
});

describe('events', () => {
  const message = 'Qw3nTurnout1AbCdEfGhIg|dana.lopez@example.com';

  it('reads SG-1: delivered, and an open by a machine', () => {
    const common = {
      record: 'message_event',
      message_id: message,
      channel: 'email',
      recipient: { email: 'dana.lopez@example.com' },
      campaign: 'wbn-1118-r1',
      category: 'wbn-2026-11-18',
    };
    expect(parse(own.body)).toEqual([
      {
        ...common,
        key: 'ZGVsaXZlcmVkLTAtMTIzNDU2Ny1RdzNuVHVybm91dDEtMA',
        status: 'delivered',
        at: '2026-11-18T16:00:03.000Z',
      },
      {
        ...common,
        key: 'b3Blbi0wLTEyMzQ1NjctUXczblR1cm5vdXQxLTA',
        status: 'opened',
        at: '2026-11-18T16:01:00.000Z',
        automated: true,
      },
    ]);
  });

  it('reads SG-2: bounce, drop, click and unsubscribe', () => {
    expect(parse(fixture('sg-2-mixed.json'), { account: 'acme', category: 'webinars' })).toEqual([
      {
        record: 'message_event',
        key: 'Ym91bmNlLTAtMTIzNDU2Ny1CZW5Pa2Fmb3IxLTA',
        message_id: 'BenOkafor1AbCdEfGhIgQw|ben.okafor@example.com',
        channel: 'email',
        status: 'failed',
        at: '2026-11-18T16:00:06.000Z',
        account: { external_id: 'acme' },
        recipient: { email: 'ben.okafor@example.com' },
        campaign: 'wbn-1118-r1',
        category: 'webinars',
        failure_reason: 'Bounced: Invalid Address',
        permanent: true,
      },
      {
        record: 'message_event',
        key: 'ZHJvcC0xMjM0NTY3LU1laVRhbmFrYTEtMA',
        message_id: 'MeiTanaka1AbCdEfGhIgQw|mei.tanaka@example.com',
        channel: 'email',
        status: 'failed',
        at: '2026-11-18T16:00:01.000Z',
        account: { external_id: 'acme' },
        recipient: { email: 'mei.tanaka@example.com' },
        campaign: 'wbn-1118-r1',
        category: 'webinars',
        failure_reason: 'Dropped: Unsubscribed Address',
      },
      expect.objectContaining({ message_id: message, status: 'clicked', at: '2026-11-18T16:04:40.000Z' }),
      expect.objectContaining({ message_id: message, status: 'unsubscribed', at: '2026-11-18T16:08:20.000Z' }),
    ]);
  });

  it('maps every event; what is no step of a message counts nowhere', () => {
    const statusOf = (name: string) => parseOne({ event: name }).map((item) => (item as { status: string }).status);
    expect(
      Object.fromEntries(
        [
          'processed',
          'deferred',
          'delivered',
          'dropped',
          'bounce',
          'open',
          'click',
          'spamreport',
          'unsubscribe',
          'group_unsubscribe',
          'group_resubscribe',
          'brand_new',
        ].map((name) => [name, statusOf(name)]),
      ),
    ).toEqual({
      processed: ['queued'],
      deferred: [],
      delivered: ['delivered'],
      dropped: ['failed'],
      bounce: ['failed'],
      open: ['opened'],
      click: ['clicked'],
      spamreport: ['complained'],
      unsubscribe: ['unsubscribed'],
      group_unsubscribe: ['unsubscribed'],
      group_resubscribe: [],
      brand_new: [],
    });
  });

  it('takes a block as temporary, and keeps the server’s sentence out of the reason', () => {
    const [blocked] = parseOne({
      event: 'bounce',
      type: 'blocked',
      reason: '450 dana.lopez@example.com is full',
      bounce_classification: 'Mailbox Unavailable',
    });
    expect(blocked).toMatchObject({ failure_reason: 'Blocked: Mailbox Unavailable' });
    expect(blocked).not.toHaveProperty('permanent');
    expect(parseOne({ event: 'bounce', type: 'bounce', status: '5.1.1' })).toMatchObject([
      { failure_reason: 'Bounced: 5.1.1', permanent: true },
    ]);
    expect(parseOne({ event: 'bounce', type: 'bounce' })).toMatchObject([{ failure_reason: 'Bounced: unclassified' }]);
  });

  it('finds the message behind a relay’s name by the Message-ID', () => {
    const relay = { event: 'delivered', sg_message_id: 'filter0093p1las1-12345-5F5FC76C-9.0' };
    expect(parseOne({ ...relay, 'smtp-id': '<abc123@geopod-ismtpd-12>' })).toMatchObject([
      { message_id: 'abc123|dana.lopez@example.com' },
    ]);
    expect(parseOne(relay)).toMatchObject([{ ok: false }]);
  });

  it('tells recipients of one message apart, whatever the case of their address', () => {
    expect(parseOne({ event: 'open', email: 'Dana.Lopez@Example.com' })).toMatchObject([
      { message_id: 'message-1|dana.lopez@example.com' },
    ]);
  });

  it('takes account and campaign from custom args', () => {
    expect(
      parseOne({ event: 'open', account_key: 'acme-2', campaign_key: 'spring' }, { account: 'acme', campaign: 'x' }),
    ).toMatchObject([{ account: { external_id: 'acme-2' }, campaign: 'spring' }]);
    expect(parseOne({ event: 'open', marketing_campaign_name: 'Newsletter 12' })).toMatchObject([
      { campaign: 'Newsletter 12' },
    ]);
  });

  it('keeps the neighbours of a bad event', () => {
    const bad = [
      null,
      7,
      {},
      { event: 'open' },
      event({ event: 'open', timestamp: '18.11.' }),
      event({ event: 'open', email: undefined }),
    ];
    const items = parse(
      JSON.stringify([event({ event: 'open' }), ...bad, event({ event: 'click', sg_event_id: 'event-2' })]),
    );
    expect(items).toMatchObject([
      { status: 'opened' },
      ...bad.map(() => ({ ok: false, reason: expect.stringMatching(/\.$/) })),
      { status: 'clicked' },
    ]);
  });
});
