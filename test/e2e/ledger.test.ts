import { spawnSync } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerRow, QuarantinePage, RunInfo } from '../../src/contract/api.ts';
import { launchBrowser } from '../support/browser.ts';
import { expectLedgerPage, expectStoredLedger } from '../support/ledger-page.ts';
import { openPage } from '../support/page.ts';
import { type ServerProcess, startServerProcess, temporaryFolder, until } from '../support/server.ts';

/**
 * RELIABILITY P4 and F21 on the real server: whatever was sent, read, killed and started again, the ledger on the page is that of
 * the API, and that of the single rows in the store.
 */

const main = resolve(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const TOKEN = 'a-token-of-sixteen-or-more';
const workspace = join(temporaryFolder('ledger'), 'workspace');
const data = temporaryFolder('ledger-data');
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(join(workspace, 'sources'), { recursive: true });
  mkdirSync(join(workspace, 'tables'));
  mkdirSync(join(workspace, 'inbox'));
  writeFileSync(
    join(workspace, 'turnout.yaml'),
    'version: 1\nname: Example\ntime_zone: Europe/Berlin\ncurrency: USD\nlocale: en-GB\npacks: [omnichannel]\n',
  );
  writeFileSync(
    join(workspace, 'tables', 'visits.yaml'),
    'version: 1\ntable: visits\ncolumns:\n  - { name: city, type: text }\n  - { name: visits, type: integer }\n',
  );
  writeFileSync(
    join(workspace, 'sources', 'sources.yaml'),
    `version: 1
sources:
  - { name: shop, connector: webhook, settings: { token: ${TOKEN} } }
  - name: files
    connector: csv
    schedule: manual
    settings:
      folder: inbox
      mapping:
        record: row
        table: visits
        key: [Id]
        columns:
          - { field: city, column: City }
          - { field: visits, column: Visits, type: integer }
`,
  );
  server = await startServerProcess({ workspace, data });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const get = async <T>(path: string) => (await (await fetch(server.url + path)).json()) as T;
const post = (path: string) =>
  fetch(server.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });

async function send(body: string): Promise<void> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  expect((await fetch(`${server.url}/hooks/shop`, { method: 'POST', headers, body })).status).toBe(200);
}

const message = (id: string, more: object = {}) => ({
  record: 'message_event',
  key: id,
  message_id: id,
  channel: 'sms',
  status: 'delivered',
  at: '2026-03-01T08:00:00Z',
  recipient: { email: `${id}@example.com` },
  ...more,
});

/** A file that has settled. */
function drop(name: string, rows: string[]): void {
  const file = join(workspace, 'inbox', name);
  writeFileSync(file, ['Id,City,Visits', ...rows].join('\n'));
  const time = Date.now() / 1000 - 3600 + name.charCodeAt(0);
  utimesSync(file, time, time);
}

const lastRun = async () => (await get<{ runs: RunInfo[] }>('/api/v1/sources/files/runs')).runs[0];

async function sync(): Promise<RunInfo> {
  const answer = await post('/api/v1/sources/files/sync');
  expect(answer.ok).toBe(true);
  return until(async () => {
    const run = await lastRun();
    return run !== undefined && run.state !== 'running' ? run : undefined;
  }, 'the run has ended');
}

const received = async () => (await get<LedgerRow[]>('/api/v1/ledger')).reduce((sum, row) => sum + row.received, 0);

test('sent twice, sent wrong, changed, killed: page, API and store hold the same ledger', async () => {
  await send(JSON.stringify([message('a'), message('b'), message('a')]));
  await send(JSON.stringify([message('b', { status: 'failed' }), { record: 'message_event', key: 'c' }]));
  await send('{"record":"message_event"');
  await send(`[${JSON.stringify(message('d'))},${'['.repeat(5000)}`);
  drop('a.csv', ['1,Oslo,10', '2,Bergen,20', '3,Tromsø,many']);
  expect(await sync()).toMatchObject({ state: 'ok', rows: 3 });
  drop('b.csv', ['1,Oslo,11', '2,Bergen,20', '4,Bodø,5']);
  expect(await sync()).toMatchObject({ state: 'ok', rows: 3 });

  // A second server on the same folder is refused, and the first does not mind.
  const second = spawnSync(process.execPath, [main, 'serve'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      TURNOUT_DATA: data,
      TURNOUT_WORKSPACE: workspace,
      TURNOUT_SAMPLE: '0',
      TURNOUT_LOG: 'silent',
      NODE_NO_WARNINGS: '1',
    },
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect([second.status, second.stderr]).toEqual([1, expect.stringMatching(/^Another Turnout is running on .*\n$/)]);

  await send(JSON.stringify([message('e')]));
  await server.stop('SIGKILL');
  server = await startServerProcess({ workspace, data });
  await send(JSON.stringify([message('e'), message('f')]));
  expect(await sync()).toMatchObject({ state: 'ok', rows: 0 });
  await until(async () => ((await received()) === 16 ? true : undefined), 'everything is counted');

  const page = await openPage(browser, `${server.url}/ledger`);
  const api = await expectLedgerPage(page, server.url);
  const { total } = await get<QuarantinePage>('/api/v1/quarantine');
  await page.context().close();

  await server.stop();
  const exact = await expectStoredLedger(join(data, 'main', 'warehouse'), api);
  expect(exact.facts).toMatchObject({ message_event: 4, row: 3 });
  expect(exact.total).toMatchObject({ received: 16, quarantined: total, erased: 0, expired: 0 });
  expect(exact.older).toBe(1);
});

test('two runs of one source at once: the second is refused, whoever asks', async () => {
  server = await startServerProcess({ workspace, data });
  drop(
    'c.csv',
    Array.from({ length: 60_000 }, (_, id) => `${100 + id},Oslo,${id}`),
  );
  const answers = await Promise.all(Array.from({ length: 5 }, () => post('/api/v1/sources/files/sync')));
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses.slice(1)).toEqual([409, 409, 409, 409]);
  expect(statuses[0]).toBeLessThan(300);
  const refused = await Promise.all(answers.filter(({ ok }) => !ok).map((answer) => answer.text()));
  for (const text of refused) expect(text).toMatch(/is being read since/);
  await until(async () => ((await lastRun())?.state === 'ok' ? true : undefined), 'the run has ended', 60_000);
  await until(async () => ((await received()) === 60_016 ? true : undefined), 'everything is counted', 60_000);
});
