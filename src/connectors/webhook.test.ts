import { describe, expect, it } from 'vitest';
import type { ParsedItem } from '../contract/connector.ts';
import type { SourceDefaults } from '../contract/source.ts';
import { webhook } from './webhook.ts';

const token = 'a-long-test-token';

function verify(authorization: string | undefined, tokens: string | string[] = token): boolean {
  const request = {
    method: 'POST' as const,
    target: '/hooks/own',
    headers: { authorization },
    body: Buffer.from('{}'),
  };
  return webhook.verify(request, { token: tokens }, 0).ok;
}

function parse(body: Buffer | string, defaults: SourceDefaults = {}): ParsedItem[] {
  const entry = { seq: 1, receivedAt: 0, target: '/hooks/own', headers: {}, body: Buffer.from(body) };
  return webhook.parse(entry, { source: 'own', settings: { token }, defaults });
}

const login = {
  record: 'activity',
  key: 'a-1',
  person: { external_id: 'acme' },
  at: '2026-11-18T16:00:00Z',
  feature: 'login',
};
const sent = {
  record: 'message_event',
  key: 'm-1',
  message_id: 'm',
  channel: 'sms',
  status: 'sent',
  at: '2026-11-18T16:00:00+07:00',
};
const reasons = (body: Buffer | string) => parse(body).map((item) => (item.ok ? 'ok' : item.reason));

describe('token', () => {
  it('accepts the token, and each of several while they are rotated', () => {
    expect(verify(`Bearer ${token}`)).toBe(true);
    expect(verify(`bearer  ${token} `)).toBe(true);
    expect(verify('Bearer second-token', [token, 'second-token'])).toBe(true);
  });

  it('refuses anything else', () => {
    for (const header of [
      undefined,
      '',
      token,
      'Bearer',
      `Basic ${token}`,
      `Bearer ${token}x`,
      `Bearer ${token.slice(1)}`,
      `Bearer ${token} ${token}`,
    ]) {
      expect(verify(header)).toBe(false);
    }
  });
});

describe('records', () => {
  it('reads one record, an array, and lines', () => {
    expect(parse(JSON.stringify(login))).toEqual([{ ok: true, record: login }]);
    expect(parse(JSON.stringify(login, null, 2))).toEqual([{ ok: true, record: login }]);
    expect(parse(JSON.stringify([login, sent]))).toEqual([
      { ok: true, record: login },
      { ok: true, record: sent },
    ]);
    expect(parse(`\ufeff${JSON.stringify(login)}\r\n\r\n${JSON.stringify(sent)}\r\n`)).toEqual([
      { ok: true, record: login },
      { ok: true, record: sent },
    ]);
  });

  it('fills what a record leaves out and leaves what it says', () => {
    const defaults = { account: 'acme', category: 'marketing', campaign: 'spring', channel: 'email', currency: 'IDR' };
    const { channel, ...noChannel } = sent;
    expect(parse(JSON.stringify({ ...noChannel, charge: 350 }), defaults)).toEqual([
      {
        ok: true,
        record: {
          ...noChannel,
          charge: 350,
          channel: 'email',
          account: { external_id: 'acme' },
          category: 'marketing',
          campaign: 'spring',
          currency: 'IDR',
        },
      },
    ]);
    const full = { ...sent, channel, account: { email: 'ops@example.com' }, category: 'utility', campaign: 'autumn' };
    expect(parse(JSON.stringify(full), defaults)).toEqual([{ ok: true, record: full }]);
    expect(parse(JSON.stringify({ ...login, amount: 5 }), defaults)).toMatchObject([
      { record: { channel: 'email', category: 'marketing', currency: 'IDR' } },
    ]);
  });

  it('keeps a long integer as the id that was sent', () => {
    expect(parse('{"record":"person","key":"p","kind":"account","external_id":12345678901234567890}')).toMatchObject([
      { ok: true, record: { external_id: '12345678901234567890' } },
    ]);
  });
});

describe('poison', () => {
  it('names the field', () => {
    expect(reasons(JSON.stringify({ ...login, at: 'yesterday' }))).toEqual([
      expect.stringContaining('"at" of this activity is wrong'),
    ]);
    expect(reasons(JSON.stringify({ ...login, person: {} }))).toEqual([
      expect.stringContaining('"person" of this activity is wrong: needs at least one of'),
    ]);
    expect(reasons(JSON.stringify({ ...sent, statsu: 'x' }))).toEqual([
      'The field "statsu" is not known in records of kind message_event. Did you mean "status"?',
    ]);
    expect(reasons(JSON.stringify({ ...login, person: { name: 'x', email: 'x@example.com' } }))).toEqual([
      'The field "name" of "person" is not known in records of kind activity.',
    ]);
    expect(reasons(JSON.stringify({ ...login, record: 'activty' }))).toEqual([
      'The field "record" names no kind of record. Did you mean "activity"?',
    ]);
    expect(reasons('{"key":"x"}')).toEqual([
      expect.stringContaining('The field "record" is missing. Known are person,'),
    ]);
  });

  it('leaves the neighbours alone, in arrays and in lines', () => {
    expect(parse(JSON.stringify([login, 7, null, [], { ...sent, at: 1 }, sent])).map((item) => item.ok)).toEqual([
      true,
      false,
      false,
      false,
      false,
      true,
    ]);
    const items = parse([JSON.stringify(login), '{"record":', 'NaN', '[1]', JSON.stringify(sent)].join('\n'));
    expect(items.map((item) => item.ok)).toEqual([true, false, false, false, true]);
    expect(items[1]).toEqual({ ok: false, reason: 'This is not valid JSON.', raw: '{"record":' });
  });

  it('is one item where nothing can be read', () => {
    for (const body of [
      '',
      ' ',
      'hello',
      '{"record":"person"',
      '{\n"record":\n"person"',
      '[{},',
      Buffer.from([0xff, 0xfe, 0x7b]),
    ]) {
      expect(parse(body)).toMatchObject([{ ok: false, reason: expect.stringMatching(/\.$/) }]);
    }
  });

  it('refuses half characters, and keys that mean something to JavaScript', () => {
    expect(
      reasons(
        '{"record":"activity","key":"\\ud800","person":{"external_id":"x"},"at":"2026-11-18T16:00:00Z","feature":"login"}',
      ),
    ).toEqual(['A text holds half of a character (a lone surrogate).']);
    expect(
      reasons(
        '{"record":"activity","key":"a","__proto__":{"x":1},"person":{"external_id":"x"},"at":"2026-11-18T16:00:00Z","feature":"login"}',
      ),
    ).toEqual([expect.stringContaining('__proto__')]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
