import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeCertificate } from '../../test/support/certificate.ts';
import { sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { compareVersions } from './open-server.ts';
import { ServerClient } from './server-client.ts';
import { parseServerConnection } from './server-connection.ts';

const URL_ = 'https://writer:p%40ss%2Fword@clickhouse.example.com:8443/turnout';

test('nothing is set', () => {
  expect(parseServerConnection({})).toBeUndefined();
  expect(parseServerConnection({ TURNOUT_CLICKHOUSE_URL: '' })).toBeUndefined();
});

test('a URL with name, password and database; the reader is the writer unless said otherwise', () => {
  const writer = { url: 'https://clickhouse.example.com:8443/', user: 'writer', password: 'p@ss/word' };
  expect(parseServerConnection({ TURNOUT_CLICKHOUSE_URL: URL_ })).toEqual({
    writer,
    reader: writer,
    layout: { kind: 'server' },
  });
  expect(
    parseServerConnection({
      TURNOUT_CLICKHOUSE_URL: URL_,
      TURNOUT_CLICKHOUSE_READER_URL: 'http://10.0.0.2:8123',
      TURNOUT_CLICKHOUSE_CLUSTER: '{cluster}',
    }),
  ).toEqual({
    writer,
    reader: { url: 'http://10.0.0.2:8123/', user: 'default', password: '' },
    layout: { kind: 'cluster', cluster: '{cluster}' },
  });
});

test.each([
  [{ TURNOUT_CLICKHOUSE_URL: 'clickhouse.example.com' }, /is no URL/],
  [{ TURNOUT_CLICKHOUSE_URL: 'tcp://clickhouse.example.com:9000' }, /HTTP interface/],
  [{ TURNOUT_CLICKHOUSE_URL: 'https://clickhouse.example.com/analytics' }, /a database called turnout/],
  [{ TURNOUT_CLICKHOUSE_URL: `${URL_}?async_insert=1` }, /after the database/],
  [{ TURNOUT_CLICKHOUSE_URL: URL_, TURNOUT_CLICKHOUSE_READER_URL: 'x' }, /^TURNOUT_CLICKHOUSE_READER_URL is no URL/],
  [{ TURNOUT_CLICKHOUSE_URL: URL_, TURNOUT_CLICKHOUSE_CLUSTER: `a' b` }, /no name of a cluster/],
  [{ TURNOUT_CLICKHOUSE_URL: URL_, TURNOUT_CLICKHOUSE_CA_FILE: '/nowhere.pem' }, /nowhere\.pem cannot be read/],
  [{ TURNOUT_CLICKHOUSE_CLUSTER: 'main' }, /but not TURNOUT_CLICKHOUSE_URL/],
])('%j is refused with a sentence that keeps the password', (env, sentence) => {
  let said = '';
  try {
    parseServerConnection(env);
  } catch (error) {
    said = String((error as Error).message);
  }
  expect(said).toMatch(sentence);
  expect(said).not.toContain('p@ss');
  expect(said).not.toContain('p%40ss');
});

test('a certificate is checked: by the authority that is named, and by no other', async () => {
  const { certificate, key } = makeCertificate('127.0.0.1');
  const other = makeCertificate('127.0.0.1').certificate;
  const server = createServer({ cert: certificate, key }, (_request, response) => {
    response.end(JSON.stringify({ meta: [{ name: 'one', type: 'UInt8' }], data: [[1]], rows: 1 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const ask = async (pem: string | undefined) => {
    const file = join(tmpdir(), `turnout-ca-${process.pid}.pem`);
    if (pem !== undefined) writeFileSync(file, pem);
    const connection = parseServerConnection({
      TURNOUT_CLICKHOUSE_URL: url,
      ...(pem === undefined ? {} : { TURNOUT_CLICKHOUSE_CA_FILE: file }),
    });
    rmSync(file, { force: true });
    if (connection === undefined) throw new Error('no connection');
    const client = new ServerClient(connection, { retryMs: 0 });
    return client.query(renderSql(sql`SELECT 1 AS one`)).finally(() => client.close());
  };
  expect((await ask(certificate)).rows).toEqual([{ one: 1 }]);
  for (const untrusted of [other, undefined])
    await expect(ask(untrusted)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('TURNOUT_CLICKHOUSE_CA_FILE'),
    });
  await new Promise((resolve) => server.close(resolve));
});

test('versions are compared by their numbers', () => {
  expect(compareVersions('26.3.1.1', '26.3')).toBe(0);
  expect(compareVersions('26.10.2', '26.3')).toBeGreaterThan(0);
  expect(compareVersions('25.12.9.61', '26.3')).toBeLessThan(0);
  expect(compareVersions('', '26.3')).toBeLessThan(0);
});
