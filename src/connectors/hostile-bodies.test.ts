import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParsedItem, PushConnector } from '../contract/connector.ts';
import { canonicalRecord } from '../contract/record.ts';
import { PUSH_CONNECTORS } from './registry.ts';

const folder = new URL('../../test/fixtures/connectors/', import.meta.url);
const settings: Record<string, unknown> = {
  whatsapp: { app_secret: 'a-test-secret', verify_token: 'a-test-token' },
  twilio: { auth_token: 'a-test-token', public_url: 'https://hooks.example.com' },
  sendgrid: { public_key: 'not a key' },
  webhook: { token: 'a-test-token' },
  zoom: { account_id: 'a', client_id: 'b', client_secret: 'c', webhook_secret: 'a-test-secret', details: {} },
};
const records = [
  '{"record":"activity","key":"a","person":{"email":"a@example.com"},"at":"2026-11-18T16:00:00Z","feature":"login"}',
  '{"record":"message_event","key":"m","message_id":"m","channel":"sms","status":"sent","at":"2026-11-18T16:00:00Z"}',
].join('\n');

function samples(name: string): Buffer[] {
  if (name === 'webhook') return [Buffer.from(records)];
  const files = new URL(`${name}/`, folder);
  return readdirSync(files).map((file) => readFileSync(new URL(file, files)));
}

/** Parses and checks, and holds the outcome to the contract: valid records, or poison with a sentence. */
function check(connector: PushConnector, body: Buffer, target = `/hooks/x?k=${'k'.repeat(300)}`): ParsedItem[] {
  const entry = { seq: 1, receivedAt: Date.UTC(2026, 10, 18), target, headers: {}, body };
  const items = connector.parse(entry, { source: 'x', settings: settings[connector.name], defaults: {} });
  for (const item of items) {
    if (item.ok) expect(canonicalRecord.safeParse(item.record).error?.issues).toBeUndefined();
    else {
      expect(item.reason).toMatch(/^[A-Z"].*[.?]$/s);
      expect(item.raw.length).toBeLessThanOrEqual(4001);
      expect(item.raw.isWellFormed()).toBe(true);
    }
  }
  const headers = {
    'x-hub-signature-256': body.toString('latin1').slice(0, 80),
    'x-twilio-signature': body.toString('base64').slice(0, 28),
    'x-twilio-email-event-webhook-signature': body.toString('base64').slice(0, 96),
    'x-twilio-email-event-webhook-timestamp': '1795017665',
    'x-zm-request-timestamp': '1795017665',
    'x-zm-signature': `v0=${body.toString('hex').padEnd(64, '0').slice(0, 64)}`,
    authorization: `Bearer ${body.toString('latin1').slice(0, 20)}`,
  };
  const request = { method: 'POST' as const, target, headers, body };
  expect(connector.verify(request, settings[connector.name], 1_795_017_665_000).ok).toBe(false);
  expect(connector.challenge?.({ ...request, method: 'GET' }, settings[connector.name]).status ?? 403).toBe(403);
  return items;
}

const HOSTILE: Record<string, Buffer> = {
  nothing: Buffer.alloc(0),
  'half a JSON': Buffer.from('[{"event":"open"'),
  'deep nesting': Buffer.from('[{"a":'.repeat(100_000)),
  'a closed deep nest': Buffer.from('['.repeat(500_000) + ']'.repeat(500_000)),
  NaN: Buffer.from('[{"event":NaN,"timestamp":NaN}]'),
  'lone surrogates': Buffer.from(
    '[{"event":"open","email":"\\ud800@example.com","sg_event_id":"\\udc00","sg_message_id":"a.b","timestamp":1}]',
  ),
  'a byte order mark alone': Buffer.from('\ufeff'),
  'UTF-16': Buffer.from('[{"event":"open"}]', 'utf16le'),
  gzip: gzipSync(Buffer.alloc(100_000)),
  HTML: Buffer.from('<!doctype html><title>502</title>'),
  'bad percent signs': Buffer.from('MessageSid=%zz&MessageStatus=%&To=%E0%A4%A'),
  'many names': Buffer.from(Array.from({ length: 50_000 }, (_, i) => `p${i}=1`).join('&')),
  'prototype names': Buffer.from(
    '{"__proto__":{"object":"x"},"constructor":1,"object":"whatsapp_business_account","entry":[{"changes":[{"field":"__proto__"}]}]}',
  ),
  'prototype form': Buffer.from('__proto__=1&constructor=2&MessageSid=SM1&MessageStatus=__proto__'),
};

describe.each([...PUSH_CONNECTORS.values()].map((connector) => [connector.name, connector] as const))(
  '%s',
  (name, connector) => {
    it.each(Object.entries(HOSTILE))('survives %s', (_, body) => {
      const items = check(connector, body);
      expect(items.every((item) => !item.ok)).toBe(true);
    });

    it('survives texts of 10 MB in every field and keeps the neighbours', () => {
      const long = 'x'.repeat(10_000_000);
      for (const body of samples(name)) {
        const text = body.toString();
        const whole = check(connector, body).length;
        const place = /[a-z][A-Za-z0-9.@_-]{11,}/.exec(text)?.[0];
        if (place === undefined) continue;
        expect(check(connector, Buffer.from(text.replace(place, long))).length).toBeLessThanOrEqual(whole + 1);
      }
    });

    it('survives any bytes', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, target) => {
          check(connector, Buffer.from(bytes), `/hooks/x?${target}`);
        }),
        { numRuns: 300 },
      );
    });

    it('survives real bodies with bytes changed, cut and doubled', () => {
      const bodies = samples(name);
      const edit = fc.record({ at: fc.nat(2000), byte: fc.nat(255), kind: fc.constantFrom('set', 'cut', 'double') });
      fc.assert(
        fc.property(fc.nat(bodies.length - 1), fc.array(edit, { minLength: 1, maxLength: 6 }), (index, edits) => {
          let body = Buffer.from(bodies[index] ?? '');
          for (const { at, byte, kind } of edits) {
            const place = at % Math.max(1, body.length);
            if (kind === 'set' && body.length > 0) body[place] = byte;
            else if (kind === 'cut') body = Buffer.concat([body.subarray(0, place), body.subarray(place + (byte % 9))]);
            else body = Buffer.concat([body.subarray(0, place), body.subarray(Math.max(0, place - byte))]);
          }
          check(connector, body);
        }),
        { numRuns: 400 },
      );
    });

    it('survives real bodies with values of other kinds', () => {
      const odd = [
        'null',
        '7',
        '-1',
        '1e400',
        '"\\ud800"',
        '[]',
        '{}',
        'true',
        '""',
        '[[]]',
        '{"__proto__":1}',
        '99999999999999999999',
      ];
      for (const body of samples(name)) {
        const text = body.toString();
        if (!/^[[{]/.test(text)) continue;
        for (const match of text.matchAll(/:("(?:[^"\\]|\\.)*"|-?\d+|true|false|null)/g)) {
          for (const value of odd) {
            check(
              connector,
              Buffer.from(`${text.slice(0, match.index)}:${value}${text.slice(match.index + match[0].length)}`),
            );
          }
        }
      }
    });
  },
);
