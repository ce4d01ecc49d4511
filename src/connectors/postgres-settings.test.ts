import { describe, expect, test } from 'vitest';
import { postgres } from './postgres.ts';
import { parsePostgresUrl, postgresSettings, tlsOf } from './postgres-settings.ts';

const stream = { record: 'row', table: 'orders', query: 'SELECT 1 AS id', key: 'id' };
const problemsOf = (settings: unknown) =>
  postgresSettings.safeParse(settings).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('the address', () => {
  test('is read into its parts', () => {
    expect(parsePostgresUrl('postgres://rep%40rt:p%2Fw%3Ad@DB.Example.com:6432/sales%20data?sslmode=require')).toEqual({
      host: 'db.example.com',
      port: 6432,
      user: 'rep@rt',
      password: 'p/w:d',
      database: 'sales data',
      tls: 'require',
    });
    expect(parsePostgresUrl('postgresql://u:p@[::1]/d')).toMatchObject({ host: '::1', port: 5432 });
  });

  test.each([
    ['db.example.com', /not a database address/],
    ['mysql://u:p@h/d', /begins with postgres/],
    ['postgres://u:p@%2Fvar%2Frun/d', /one host/],
    ['postgres://u:p@a,b/d', /one host/],
    ['postgres:///d', /one host/],
    ['postgres://h/d', /names no user/],
    ['postgres://u:p@h', /names no database/],
    ['postgres://u:p@h/d?sslmode=prefer', /fall back to plain text/],
    ['postgres://u:p@h/d?sslrootcert=/etc/passwd', /text of the certificate into ca/],
    ['postgres://u:p@h/d?options=-c%20log_statement=all', /"options".*not known/],
    ['postgres://u:p@h/d?host=/tmp', /"host".*not known/],
    ['postgres://u:%zz@h/d', /not a database address|begins no character code/],
  ])('%s is refused with a sentence that shows no password', (url, sentence) => {
    const result = parsePostgresUrl(url);
    expect(result).toEqual({ problem: expect.stringMatching(sentence) });
    expect(JSON.stringify(result)).not.toContain('u:p');
  });
});

describe('TLS', () => {
  const settings = (extra: object, url = 'postgres://u:p@h/d') =>
    postgresSettings.parse({ url, streams: [stream], ...extra });

  test('is verified by default, plain for private addresses, and what is said holds', () => {
    expect(tlsOf(settings({}), false)).toBe('verify');
    expect(tlsOf(settings({}), true)).toBe('off');
    expect(tlsOf(settings({ tls: 'require' }), true)).toBe('require');
    expect(tlsOf(settings({ tls: 'off' }), false)).toBe('off');
    expect(tlsOf(settings({}, 'postgres://u:p@h/d?sslmode=verify-full'), true)).toBe('verify');
    expect(tlsOf(settings({ ca: '-----BEGIN CERTIFICATE-----\nx' }), true)).toBe('verify');
  });

  test('two words that disagree are a problem', () => {
    const url = 'postgres://u:p@h/d?sslmode=disable';
    expect(problemsOf({ url, tls: 'verify', streams: [stream] })).toEqual([expect.stringMatching(/^tls: .*disable/)]);
    expect(problemsOf({ url, tls: 'off', ca: '-----BEGIN CERTIFICATE-----', streams: [stream] })).toEqual([
      expect.stringMatching(/^ca: /),
    ]);
  });
});

describe('streams', () => {
  const url = 'postgres://u:p@h/d';
  test.each([
    [[stream, stream], /streams\.1\.name: Two streams are called "orders"/],
    [[{ ...stream, table: undefined }], /streams\.0\.table: Rows go into a table/],
    [[{ ...stream, record: 'person' }], /streams\.0\.table: Only records of kind row/],
    [[{ ...stream, mode: 'incremental' }], /streams\.0\.cursor: An incremental stream needs a cursor/],
    [[{ ...stream, look_back: '1 hour' }], /streams\.0\.look_back: look_back needs a cursor/],
    [[{ ...stream, cursor: 'at', look_back: "1 hour'; DROP TABLE x" }], /streams\.0\.look_back/],
    [[{ ...stream, record: 'deletion' }], /streams\.0\.record/],
    [[{ ...stream, sql: 'x' }], /Unrecognized key/],
    [[], /streams/],
  ])('%j', (streams, problem) => {
    expect(problemsOf({ url, streams }).join('\n')).toMatch(problem);
  });

  test('have names, kinds and modes', () => {
    const settings = postgresSettings.parse({
      url,
      streams: [
        stream,
        { record: 'person', query: 'x', key: ['a', 'b'], cursor: 'at' },
        { name: 'again', record: 'person', query: 'x', key: 'a', cursor: 'at', mode: 'full' },
      ],
    });
    expect(postgres.streams(settings)).toEqual([
      { name: 'orders', record: 'row', table: 'orders', mode: 'full' },
      { name: 'person', record: 'person', mode: 'incremental' },
      { name: 'again', record: 'person', mode: 'full' },
    ]);
    expect(postgres.feeds(settings)).toEqual([
      { record: 'row', table: 'orders' },
      { record: 'person' },
      { record: 'person' },
    ]);
    expect(postgres.targets(settings)).toEqual([{ host: 'h', port: 5432 }]);
  });
});
