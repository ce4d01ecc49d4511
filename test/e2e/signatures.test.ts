import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerRow, SourceInfo } from '../../src/contract/api.ts';
import { type ServerProcess, startServerProcess, temporaryFolder, until } from '../support/server.ts';
import { whatsappNotification } from '../support/whatsapp.ts';

/** Forged, stale and altered requests get 403 and leave the ledger alone; the true ones are counted. */

const NOW = Date.parse('2026-11-18T18:00:00Z');
const SECRET = 'turnout-test-app-secret';
const OLD_SECRET = 'turnout-test-old-secret';
const TWILIO_TOKEN = 'turnout-test-auth-token';
const PUBLIC_URL = 'https://hooks.example.com';
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

interface Delivery {
  path: string;
  headers: Record<string, string>;
  body: string;
}

let server: ServerProcess;
beforeAll(async () => {
  const workspace = temporaryFolder('signatures');
  mkdirSync(join(workspace, 'sources'));
  writeFileSync(
    join(workspace, 'turnout.yaml'),
    `version: 1\nname: Test\ntime_zone: UTC\nclock: "${new Date(NOW).toISOString()}"\n`,
  );
  writeFileSync(
    join(workspace, 'sources', 'all.yaml'),
    JSON.stringify({
      version: 1,
      sources: [
        {
          name: 'wa',
          connector: 'whatsapp',
          settings: { app_secret: [SECRET, OLD_SECRET], verify_token: 'turnout-verify' },
        },
        { name: 'tw', connector: 'twilio', settings: { auth_token: TWILIO_TOKEN, public_url: PUBLIC_URL } },
        {
          name: 'sg',
          connector: 'sendgrid',
          settings: { public_key: keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64') },
        },
        { name: 'unset', connector: 'webhook', settings: { token: ['$', '{TEST_NOT_SET}'].join('') } },
        { name: 'any', connector: 'webhook', settings: { token: ['$', '{TEST_TOKEN}'].join('') } },
      ],
    }),
  );
  server = await startServerProcess({ workspace, env: { TEST_TOKEN: 'turnout-test-token' } });
});
afterAll(async () => {
  await server.stop();
});

const seconds = (offset = 0) => Math.floor(NOW / 1000) + offset;

function whatsapp(secret = SECRET, id = 'wamid.1'): Delivery {
  return { path: '/hooks/wa', ...whatsappNotification([{ id, status: 'sent', timestamp: seconds(-60) }], secret) };
}

function twilio(token = TWILIO_TOKEN): Delivery {
  const form = {
    AccountSid: 'AC00000000000000000000000000000001',
    From: '+12025550100',
    MessageSid: 'SM00000000000000000000000000000a01',
    MessageStatus: 'delivered',
    To: '+12025550123',
  };
  const path = '/hooks/tw?k=wbn-1118';
  const signed =
    PUBLIC_URL +
    path +
    Object.entries(form)
      .map(([name, value]) => name + value)
      .join('');
  return {
    path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': createHmac('sha1', token).update(signed).digest('base64'),
    },
    body: new URLSearchParams(form).toString(),
  };
}

function sendgrid(timestamp = seconds()): Delivery {
  const body = `[{"email":"dana.lopez@example.com","event":"delivered","sg_event_id":"e1","sg_message_id":"m1.x","timestamp":${seconds(-30)}}]\r\n`;
  return {
    path: '/hooks/sg',
    headers: {
      'content-type': 'application/json',
      'x-twilio-email-event-webhook-timestamp': String(timestamp),
      'x-twilio-email-event-webhook-signature': sign('sha256', Buffer.from(timestamp + body), {
        key: keys.privateKey,
        dsaEncoding: 'der',
      }).toString('base64'),
    },
    body,
  };
}

function webhook(token = 'turnout-test-token'): Delivery {
  const record = {
    record: 'activity',
    key: 'a-1',
    person: { external_id: 'acme' },
    at: '2026-11-18T17:00:00Z',
    feature: 'login',
  };
  return {
    path: '/hooks/any',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(record),
  };
}

const deliver = (delivery: Delivery) =>
  fetch(server.url + delivery.path, { method: 'POST', headers: delivery.headers, body: delivery.body });
const altered = (delivery: Delivery): Delivery => ({
  ...delivery,
  body: delivery.body.replace('2025550123', '2025550145').replace('dana', 'lana').replace('Bearer', 'bearer'),
});
const without = (delivery: Delivery, header: string): Delivery => ({
  ...delivery,
  headers: Object.fromEntries(Object.entries(delivery.headers).filter(([name]) => name !== header)),
});
const ledger = async () => (await (await fetch(`${server.url}/api/v1/ledger`)).json()) as LedgerRow[];

const FORGED: [string, Delivery][] = [
  ['WhatsApp, another secret', whatsapp('turnout-wrong-secret')],
  ['WhatsApp, altered body', altered(whatsapp())],
  ['WhatsApp, parsed and written again', { ...whatsapp(), body: JSON.stringify(JSON.parse(whatsapp().body), null, 1) }],
  ['WhatsApp, no signature', without(whatsapp(), 'x-hub-signature-256')],
  [
    'WhatsApp, half a signature',
    { ...whatsapp(), headers: { ...whatsapp().headers, 'x-hub-signature-256': 'sha256=00ff' } },
  ],
  ['Twilio, another token', twilio('turnout-wrong-token')],
  ['Twilio, altered body', altered(twilio())],
  ['Twilio, another query', { ...twilio(), path: '/hooks/tw?k=other' }],
  ['Twilio, no signature', without(twilio(), 'x-twilio-signature')],
  ['SendGrid, altered body', altered(sendgrid())],
  ['SendGrid, stale by 27 hours', sendgrid(seconds(-27 * 3600))],
  [
    'SendGrid, another timestamp',
    { ...sendgrid(), headers: { ...sendgrid().headers, 'x-twilio-email-event-webhook-timestamp': String(seconds(1)) } },
  ],
  ['SendGrid, no signature', without(sendgrid(), 'x-twilio-email-event-webhook-signature')],
  ['webhook, another token', webhook('turnout-wrong-token')],
  ['webhook, no token', without(webhook(), 'authorization')],
];

test.each(FORGED)('403 and nothing in the ledger: %s', async (_name, delivery) => {
  const response = await deliver(delivery);
  expect(response.status).toBe(403);
  expect(await response.text()).toBe('');
  expect(await ledger()).toEqual([]);
});

test('the true ones are received once each, also with the old secret of a rotation, and shown per source', async () => {
  for (const delivery of [whatsapp(), whatsapp(OLD_SECRET, 'wamid.2'), twilio(), sendgrid(), webhook()])
    expect((await deliver(delivery)).status).toBe(200);
  const rows = await until(async () => {
    const now = await ledger();
    return now.reduce((sum, row) => sum + row.received, 0) === 5 ? now : undefined;
  }, 'five records are in the ledger');
  expect(rows.map((row) => [row.source, row.day, row.received, row.counted]).sort()).toEqual([
    ['any', '2026-11-18', 1, 1],
    ['sg', '2026-11-18', 1, 1],
    ['tw', '2026-11-18', 1, 1],
    ['wa', '2026-11-18', 2, 2],
  ]);
  const { sources } = (await (await fetch(`${server.url}/api/v1/sources`)).json()) as { sources: SourceInfo[] };
  expect(sources.map((source) => source.name)).toEqual(['wa', 'tw', 'sg', 'any']);
});

test('Meta’s challenge is answered with its bare value, and only for the right token', async () => {
  const ask = (token: string) =>
    fetch(`${server.url}/hooks/wa?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=1158201444`);
  const right = await ask('turnout-verify');
  expect([right.status, await right.text(), right.headers.get('content-type')]).toEqual([
    200,
    '1158201444',
    expect.stringContaining('text/plain'),
  ]);
  expect((await ask('wrong')).status).toBe(403);
});

test('an authentic body that cannot be read is received, kept and shown in quarantine', async () => {
  const body = '{"object": "whatsapp_business_account", "entry": [';
  const headers = {
    'content-type': 'application/json',
    'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
  };
  expect((await deliver({ path: '/hooks/wa', headers, body })).status).toBe(200);
  await until(
    async () => ((await ledger()).find((row) => row.source === 'wa')?.quarantined === 1 ? true : undefined),
    'the poison body is in quarantine',
  );
  const { items } = (await (await fetch(`${server.url}/api/v1/quarantine`)).json()) as {
    items: { source: string; reason: string; raw: string }[];
  };
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({ source: 'wa', raw: body });
});

test.each(['json', '', '???', 'text/plain; charset'])(
  'a true request is taken whatever it calls its body: "%s"',
  async (type) => {
    const { path, body, headers } = whatsapp();
    const answer = await fetch(`${server.url}${path}`, {
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': type },
    });
    expect(answer.status).toBe(200);
  },
);

test('a declared source that cannot be used yet is told to come again, an unknown one is not', async () => {
  const send = (name: string) => fetch(`${server.url}/hooks/${name}`, { method: 'POST', body: '{}' });
  const unset = await send('unset');
  expect([unset.status, unset.headers.get('retry-after')]).toEqual([503, '5']);
  expect((await send('nobody')).status).toBe(404);
});
