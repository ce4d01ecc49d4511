import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { webhook } from '../connectors/webhook.ts';
import { whatsapp } from '../connectors/whatsapp.ts';
import type { HookRequest } from '../contract/connector.ts';
import type { Journal } from '../journal/entry.ts';
import { openJournal } from '../journal/journal.ts';
import { openJournalReader } from '../journal/reader.ts';
import { IntakeCounters } from './counters.ts';
import { type IntakeSource, receive } from './receive.ts';

const NOW = 1_731_700_000_000;
const APP_SECRET = 'a secret of the app';
const meta: IntakeSource = {
  name: 'wa-main',
  connector: whatsapp,
  settings: { app_secret: APP_SECRET, verify_token: 'a token to verify' },
};

let folder: string;
let journal: Journal;
let counters: IntakeCounters;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'turnout-intake-'));
  journal = await openJournal({ folder, flushMs: 0, watermarkBytes: 0, ballastBytes: 0 });
  counters = new IntakeCounters();
});
afterEach(async () => {
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

const send = (request: HookRequest, source = meta) => receive(request, source, { journal, now: () => NOW, counters });

function signed(text: string, secret = APP_SECRET): HookRequest {
  const body = Buffer.from(text);
  return {
    method: 'POST',
    target: '/hooks/wa-main?k=1',
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      'user-agent': 'test',
      authorization: undefined,
    },
    body,
  };
}

async function journalled() {
  const reader = await openJournalReader(folder);
  const entries = await reader.read(0, journal.durableSeq, 100);
  await reader.close();
  return entries;
}

test('a signed request is answered when it is in the journal, as it came, without its credentials', async () => {
  expect(await send(signed('{"a":1}'))).toEqual({ status: 200, headers: {}, body: '' });
  expect(await journalled()).toEqual([
    {
      seq: 1,
      source: 'wa-main',
      receivedAt: NOW,
      target: '/hooks/wa-main?k=1',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{"a":1}'),
    },
  ]);
  expect(counters.of('wa-main')).toEqual({ accepted: 1, refused: 0, unavailable: 0, lastAcceptedAt: NOW });
});

test('a signed body that nobody can read is accepted: the projector quarantines it', async () => {
  expect((await send(signed('{"a":'))).status).toBe(200);
  expect((await send(signed(''))).status).toBe(200);
  expect(await journalled()).toHaveLength(2);
});

test('a forged or unsigned request is refused with nothing, counted and not journalled', async () => {
  const unsigned = signed('{}');
  const altered = { ...signed('{"a":1}'), body: Buffer.from('{"a":2}') };
  for (const request of [
    signed('{}', 'another secret'),
    altered,
    { ...unsigned, headers: { 'content-type': 'application/json' } },
  ])
    expect(await send(request)).toEqual({ status: 403, headers: {}, body: '' });
  expect(await journalled()).toEqual([]);
  expect(counters.of('wa-main')).toEqual({
    accepted: 0,
    refused: 3,
    unavailable: 0,
    lastRefusal: { at: NOW, reason: expect.stringContaining('missing') },
  });
});

test('what cannot be made durable is 503 with a time to come again', async () => {
  await journal.close();
  expect(await send(signed('{}'))).toEqual({ status: 503, headers: { 'retry-after': '2' }, body: '' });
  expect(counters.of('wa-main')).toMatchObject({ accepted: 0, unavailable: 1 });
});

test('a GET is the challenge of a service that has one', async () => {
  const target = '/hooks/wa-main?hub.mode=subscribe&hub.verify_token=a%20token%20to%20verify&hub.challenge=1158201444';
  const get: HookRequest = { method: 'GET', target, headers: {}, body: Buffer.alloc(0) };
  expect(await send(get)).toEqual({ status: 200, headers: { 'content-type': 'text/plain' }, body: '1158201444' });
  expect((await send({ ...get, target: target.replace('verify&', 'guess&') })).status).toBe(403);
  expect(await journalled()).toEqual([]);
});

test('a GET where the service has no challenge is 405', async () => {
  const get: HookRequest = { method: 'GET', target: '/hooks/own', headers: {}, body: Buffer.alloc(0) };
  const source: IntakeSource = { name: 'own', connector: webhook, settings: { token: 'a token of ours' } };
  expect(await receive(get, source, { journal, now: () => NOW, counters })).toEqual({
    status: 405,
    headers: { allow: 'POST' },
    body: '',
  });
});
