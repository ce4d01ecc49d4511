import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunInfo, SourceDetail } from '../../src/contract/api.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import { createLogger } from '../../src/logger.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { launchBrowser } from '../support/browser.ts';
import { type FakeGoogle, startFakeGoogle } from '../support/fake-google.ts';
import { openPage, settled, tile } from '../support/page.ts';
import { temporaryFolder, until } from '../support/server.ts';

/** A source that is read every morning, by a clock that the test moves: DST, downtime, retries, lateness and recovery. */

const HOUR = 3_600_000;
let now = Date.parse('2026-03-28T03:00:00Z');
let google: FakeGoogle;
let workspace: string;
let data: string;
let server: RunningServer;
let browser: Browser;
let page: Page;

const start = () =>
  startServer(
    { port: 0, host: '127.0.0.1', data, workspace, sample: false, logLevel: 'silent' },
    createLogger('silent'),
    () => now,
  );

beforeAll(async () => {
  google = await startFakeGoogle(
    [
      {
        gid: 0,
        title: 'Logins',
        cells: [
          ['Account', 'What', 'When'],
          ['acme', 'login', '2026-03-20T09:00:00Z'],
          ['bright', 'login', '2026-03-21T10:00:00Z'],
        ],
      },
    ],
    () => now,
  );
  workspace = join(temporaryFolder('morning'), 'workspace');
  data = temporaryFolder('morning-data');
  mkdirSync(join(workspace, 'sources'), { recursive: true });
  writeFileSync(
    join(workspace, 'turnout.yaml'),
    'version: 1\nname: Morning\ntime_zone: Europe/Berlin\negress: { allow: ["127.0.0.1"] }\n',
  );
  const settings = {
    ...google.published,
    mapping: {
      record: 'activity',
      columns: [
        { field: 'person.external_id', column: 'Account' },
        { field: 'feature', column: 'What' },
        { field: 'at', column: 'When' },
      ],
    },
  };
  const source = { name: 'logins', label: 'Logins', connector: 'google_sheets', settings, expect: { by: '06:30' } };
  // JSON is YAML.
  writeFileSync(join(workspace, 'sources', 'logins.yaml'), JSON.stringify({ version: 1, sources: [source] }));
  browser = await launchBrowser();
  server = await start();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await google?.close();
});

const get = async <T>(path: string) => (await (await fetch(server.url + path)).json()) as T;
const detail = () => get<SourceDetail>('/api/v1/sources/logins');
const runs = async () => (await get<{ runs: RunInfo[] }>('/api/v1/sources/logins/runs')).runs;
const asked = () => get<QueryResult>('/api/v1/query?m=active_users&p=2026-03-01..2026-03-31');

async function ended(what: string, count: number): Promise<RunInfo[]> {
  return until(
    async () => {
      const all = await runs();
      return all.length >= count && all.every((run) => run.state !== 'running') ? all : undefined;
    },
    what,
    60_000,
  );
}

/** Everything is counted, and so many accounts were active. */
const counted = (accounts: number) =>
  until(
    async () => {
      const { pending } = await get<{ pending: number }>('/api/v1/freshness');
      return pending === 0 && (await asked()).rows[0]?.['active_users'] === accounts ? true : undefined;
    },
    `${accounts} accounts are counted`,
    20_000,
  );

/** So long that a run which should not begin would have begun: the scheduler looks every second. */
async function nothingBegins(count: number): Promise<void> {
  const requests = google.requests.length;
  const until = performance.now() + 2_500;
  while (performance.now() < until) {
    expect((await runs()).length).toBe(count);
    await new Promise((done) => setTimeout(done, 250));
  }
  expect(google.requests.length).toBe(requests);
}

const chip = () => page.locator('.freshness-text').textContent();
const shows = (text: RegExp) =>
  until(async () => (text.test((await chip()) ?? '') ? true : undefined), `the chip says ${text}`, 20_000);

test('every morning at 06:00 of Berlin, also on the day that has no 02:00', async () => {
  expect(await detail()).toMatchObject({ state: 'waiting', next_run_at: '2026-03-28T05:00:00.000Z' });
  now = Date.parse('2026-03-28T04:59:58Z');
  await nothingBegins(0);
  now = Date.parse('2026-03-28T05:00:00Z');
  expect(await ended('the first morning', 1)).toMatchObject([{ trigger: 'schedule', state: 'ok', rows: 2 }]);
  await counted(2);
  expect(await detail()).toMatchObject({
    state: 'ok',
    complete_through: '2026-03-28T05:00:00.000Z',
    // The clocks go forward in between: 23 hours.
    next_run_at: '2026-03-29T04:00:00.000Z',
  });
  expect(Date.parse((await asked()).meta.complete_through)).toBe(Date.parse('2026-03-28T05:00:00Z'));
  expect((await asked()).meta.late).toBeUndefined();

  now = Date.parse('2026-03-29T03:59:58Z');
  await nothingBegins(1);
  now = Date.parse('2026-03-29T04:00:01Z');
  expect((await ended('the morning of the change', 2))[0]).toMatchObject({ trigger: 'schedule', state: 'ok' });
  expect(await detail()).toMatchObject({ next_run_at: '2026-03-30T04:00:00.000Z' });
}, 60_000);

test('after days without Turnout one run catches up, not one per day', async () => {
  await server.close();
  now = Date.parse('2026-04-02T09:00:00Z');
  server = await start();
  const all = await ended('one run catches up', 3);
  expect(all[0]).toMatchObject({ trigger: 'catch_up', state: 'ok' });
  await nothingBegins(3);
  expect(await detail()).toMatchObject({ state: 'ok', next_run_at: '2026-04-03T04:00:00.000Z' });
}, 60_000);

test('a morning that fails is tried again, is late on the page and in meta, keeps its numbers, and recovers', async () => {
  page = await openPage(browser, `${server.url}/d/overview?p=2026-03-01..2026-04-30`);
  await shows(/^Complete to .*Apr 2/);
  const numbers = (await asked()).rows;

  google.spreadsheet.sheets[0]?.cells.push(['cobalt', 'login', '2026-03-22T09:00:00Z']);
  // The service asks for an hour of rest: the run does not wait for that, the schedule does.
  const headers = { 'retry-after': '3600' };
  for (let request = 0; request < 20; request++) google.fault(request, { kind: 'status', status: 503, headers });
  now = Date.parse('2026-04-03T04:00:00Z');
  const failed = await ended('the morning fails', 4);
  expect(failed[0]).toMatchObject({ trigger: 'schedule', state: 'failed', rows: 0 });
  expect(failed[0]?.error).toMatch(/\S/);
  const retrying = await detail();
  expect(retrying).toMatchObject({ state: 'late', failures: 1 });
  expect(retrying.detail).toMatch(/retry 2\/5 in /i);

  now = Date.parse('2026-04-03T05:31:00Z');
  await ended('a retry fails as well', 5);
  await until(
    async () => {
      const info = await detail();
      return /late/i.test(info.detail) ? true : undefined;
    },
    'it is late',
    20_000,
  );
  const late = await asked();
  expect(late.rows).toEqual(numbers);
  expect(Date.parse(late.meta.complete_through)).toBe(Date.parse('2026-04-02T09:00:00Z'));
  expect(late.meta).toMatchObject({
    late: [{ source: 'logins', label: 'Logins', complete_through: '2026-04-02T09:00:00.000Z' }],
  });
  await page.reload();
  await settled(page);
  await shows(/^Logins 1 h late/);
  await tile(page, 'Users').getByRole('button', { name: 'Not complete' }).first().waitFor();
  expect(await tile(page, 'Users').textContent()).toMatch(/Active users/);

  google.calm();
  now += 2 * HOUR;
  await until(async () => ((await runs())[0]?.state === 'ok' ? true : undefined), 'it recovers', 60_000);
  await counted(3);
  expect((await asked()).meta.late).toBeUndefined();
  await shows(/^Complete to /);
}, 180_000);
