import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunInfo, SourceDetail } from '../../src/contract/api.ts';
import type { ErrorBody } from '../../src/contract/errors.ts';
import type { StreamReport } from '../../src/contract/pull.ts';
import { type ServerProcess, startServerProcess, temporaryFolder, until } from '../support/server.ts';

/** RELIABILITY S9: what must not be asked is refused on create, update, test and run alike, and is never connected to. */

let listener: Server;
let connections = 0;
let port: number;
let server: ServerProcess;
let workspace: string;
let data: string;

beforeAll(async () => {
  listener = createServer((_request, response) => response.end('a,b\r\n1,2\r\n'));
  listener.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  port = (listener.address() as AddressInfo).port;
  workspace = join(temporaryFolder('egress'), 'workspace');
  data = temporaryFolder('egress-data');
  mkdirSync(join(workspace, 'sources'), { recursive: true });
  writeFileSync(join(workspace, 'turnout.yaml'), 'version: 1\nname: Egress\ntime_zone: UTC\n');
  // Written by hand, past the page: still refused when it runs.
  writeFileSync(
    join(workspace, 'sources', 'byhand.yaml'),
    JSON.stringify({
      version: 1,
      sources: [sheet('byhand', `http://127.0.0.1:${port}`), database('dbhand', '127.0.0.1')],
    }),
  );
  server = await startServerProcess({ workspace, data });
});
afterAll(async () => {
  await server?.stop();
  listener?.close();
});

const HOSTS = [
  '127.0.0.1',
  'localhost',
  'sub.localhost',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.1',
  '0',
  '10.0.0.5',
  '172.16.3.4',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.169.254',
  'metadata.google.internal',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[64:ff9b::7f00:1]',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '127.0.0.1.',
  '１２７.０.０.１',
  'ⓛocalhost',
];

function sheet(name: string, base: string) {
  const settings = {
    published_url: `${base}/spreadsheets/d/e/2PACX-1vExample0000000000/pub?output=csv`,
    base_url: base,
    table: 'things',
  };
  return { name, connector: 'google_sheets', settings };
}

function database(name: string, host: string) {
  const streams = [{ record: 'person', query: 'SELECT 1 AS id', key: 'id' }];
  return { name, connector: 'postgres', settings: { url: `postgres://reader:secret-word@${host}:5432/crm`, streams } };
}

async function post(
  path: string,
  body: object,
): Promise<{ status: number; body: ErrorBody & { streams: StreamReport[] } }> {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as ErrorBody & { streams: StreamReport[] } };
}

/** A sentence that says what to do, without a secret in it. */
function expectRefused(answer: Awaited<ReturnType<typeof post>>, what: string): void {
  expect(answer.status, `${what}: ${JSON.stringify(answer.body)}`).toBe(400);
  expect(answer.body.error.message.length, what).toBeGreaterThan(20);
  expect(JSON.stringify(answer.body), what).not.toContain('secret-word');
}

describe.each(HOSTS)('%s', (host) => {
  test('is refused for a database and for an address, on create, update and test', async () => {
    for (const declaration of [database('new', host), sheet('new', `https://${host}`)]) {
      const what = `${declaration.connector} ${host}`;
      expectRefused(await post('/api/v1/sources', { declaration }), `create ${what}`);
      expectRefused(await post('/api/v1/sources/test', { declaration }), `test ${what}`);
      const name = declaration.connector === 'postgres' ? 'dbhand' : 'byhand';
      expectRefused(await post(`/api/v1/sources/${name}`, { declaration: { ...declaration, name } }), `update ${what}`);
    }
    expect(readdirSync(join(workspace, 'sources'))).toEqual(['byhand.yaml']);
  });
});

test('userinfo, other schemes and other ports are refused as well', async () => {
  for (const base of [
    'https://user:pass@sheets.example.com',
    'http://sheets.example.com',
    'https://sheets.example.com:8443',
  ])
    expectRefused(await post('/api/v1/sources', { declaration: sheet('new', base) }), base);
  const odd = { ...database('new', 'db.example.com') };
  odd.settings = { ...odd.settings, url: 'postgres://reader:secret-word@db.example.com:22/crm' };
  expectRefused(await post('/api/v1/sources', { declaration: odd }), 'port 22');
});

test('a source written by hand is refused when it is tried and when it runs, and nothing was ever connected to', async () => {
  for (const name of ['byhand', 'dbhand']) {
    expectRefused(await post(`/api/v1/sources/${name}/test`, {}), `test ${name}`);
    const { status } = await post(`/api/v1/sources/${name}/sync`, {});
    expect(status).toBe(200);
    const run = await until(
      async () => {
        const detail = (await (await fetch(`${server.url}/api/v1/sources/${name}`)).json()) as SourceDetail;
        const last: RunInfo | undefined = detail.runs[0];
        return last !== undefined && last.state !== 'running' ? last : undefined;
      },
      `${name} has run`,
      30_000,
    );
    expect(run).toMatchObject({ state: 'failed', rows: 0 });
    expect(run.error).toMatch(/egress\.allow/);
  }
  expect(connections).toBe(0);
});

test('a source that may be asked is written with its secret apart, shown masked, and keeps it over a change', async () => {
  const allowed = join(workspace, 'turnout.yaml');
  writeFileSync(allowed, `version: 1\nname: Egress\ntime_zone: UTC\negress: { allow: ["127.0.0.1:5432"] }\n`);
  await server.stop();
  server = await startServerProcess({ workspace, data });
  const declaration = database('crm', '127.0.0.1');
  expect((await post('/api/v1/sources', { declaration })).status).toBe(200);
  const text = readFileSync(join(workspace, 'sources', 'crm.yaml'), 'utf8');
  expect(text).not.toContain('secret-word');
  expect(text).toContain('${CRM_URL_PASSWORD}');
  const secrets = join(data, 'main', 'source-secrets.json');
  expect(JSON.parse(readFileSync(secrets, 'utf8'))).toEqual({ CRM_URL_PASSWORD: 'secret-word' });
  expect(statSync(secrets).mode & 0o077).toBe(0);

  const shown = (await (await fetch(`${server.url}/api/v1/sources/crm`)).json()) as SourceDetail;
  expect(JSON.stringify(shown)).not.toContain('secret-word');
  const changed = { ...(shown.declaration as typeof declaration), schedule: '0 5 * * *' };
  expect((await post('/api/v1/sources/crm', { declaration: changed })).status).toBe(200);
  expect(readFileSync(join(workspace, 'sources', 'crm.yaml'), 'utf8')).toContain('schedule: 0 5 * * *');
  expect(JSON.parse(readFileSync(secrets, 'utf8'))).toEqual({ CRM_URL_PASSWORD: 'secret-word' });
  expect((await post('/api/v1/sources', { declaration })).status).toBe(409);
});
