import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerRow, RunInfo, SourceInfo } from '../../src/contract/api.ts';
import { violationsOf } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { expectLedgerPage, expectStoredLedger } from '../support/ledger-page.ts';
import { openPage, settled, tableOf } from '../support/page.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { type ServerProcess, startServerProcess, temporaryFolder, until } from '../support/server.ts';

/**
 * The first seed's dashboard from a PostgreSQL database, as examples/messaging-postgres says: read by a click, compared with SQL
 * run on that database, then rows are changed and deleted and read again.
 */

const example = resolve(import.meta.dirname, '..', '..', 'examples', 'messaging-postgres');
const script = (name: string) => readFileSync(join(example, name), 'utf8');

let postgres: TestPostgres;
let server: ServerProcess;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  postgres = await startPostgres();
  await postgres.sql(script('schema.sql'));
  await postgres.sql(script('seed.sql'));
  await postgres.sql(script('reader.sql'));
  await postgres.sql(`ALTER ROLE turnout_reader PASSWORD 'test-password'`);
  const workspace = join(temporaryFolder('postgres-workspace'), 'workspace');
  cpSync(join(example, 'workspace'), workspace, { recursive: true });
  writeFileSync(
    join(workspace, 'sources', 'shops.yaml'),
    `version: 1
sources:
  - name: shops
    label: Shops
    connector: postgres
    schedule: manual
    settings:
      url: "\${PLATFORM_DATABASE_URL}"
      streams:
        - { name: shops, record: row, table: shops, key: account, mode: full, query: "SELECT account, plan, region, registered_at, id * 1.5 AS credit FROM platform.users" }
`,
  );
  server = await startServerProcess({
    workspace,
    env: { PLATFORM_DATABASE_URL: postgres.urlFor({ user: 'turnout_reader' }) },
  });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await postgres?.stop();
});

const get = async <T>(path: string) => (await (await fetch(server.url + path)).json()) as T;
const number = (cell: string | undefined) => Number((cell ?? '').replaceAll(/[^\d.-]/g, ''));
const column = (rows: string[][], name: string) => {
  const index = rows[0]?.indexOf(name) ?? -1;
  return Object.fromEntries(rows.slice(1).map((row) => [row[0] ?? '', number(row[index])]));
};

/** What the page shows: charges by channel, the three counts of users, the funnel. */
async function figuresOfPage(): Promise<object> {
  await page.goto(`${server.url}/d/overview`);
  await settled(page);
  return {
    charges: column(await tableOf(page, 'Total blast by channel'), 'Charges'),
    users: column(await tableOf(page, 'Users'), 'Value'),
    invitations: column(await tableOf(page, 'Invitations'), 'People'),
  };
}

/** The same by SQL on the team's own database, written without a look at the source's queries. */
async function figuresOfDatabase(): Promise<object> {
  const period = (time: string) => `${time} >= '2024-01-01T00:00+07' AND ${time} < '2024-11-16T00:00+07'`;
  const labels: Record<string, string> = { whatsapp: 'WhatsApp', email: 'E-mail', sms: 'SMS', ivr: 'IVR' };
  const byChannel = await postgres.sql<{ channel: string; charges: string }>(
    `SELECT b.channel::text, sum(m.charge) AS charges FROM platform.messages m JOIN platform.blasts b ON b.id = m.blast_id
     WHERE m.deleted_at IS NULL AND m.charge > 0 AND ${period('coalesce(m.sent_at, m.queued_at)')} GROUP BY 1`,
  );
  const charges = Object.fromEntries(byChannel.map((row) => [labels[row.channel] ?? row.channel, Number(row.charges)]));
  const [users] = await postgres.sql<{ registered: string; active: string; transacting: string }>(`
    WITH sent AS (
      SELECT b.user_id, m.charge FROM platform.messages m JOIN platform.blasts b ON b.id = m.blast_id
      WHERE m.deleted_at IS NULL AND ${period('coalesce(m.sent_at, m.queued_at)')} AND (m.sent_at IS NOT NULL OR m.charge > 0)
    ), acted AS (SELECT user_id, feature FROM platform.activities WHERE ${period('happened_at')})
    SELECT (SELECT count(*) FROM platform.users WHERE deleted_at IS NULL AND registered_at < '2024-11-16T00:00+07') AS registered,
      (SELECT count(DISTINCT user_id) FROM (SELECT user_id FROM sent UNION SELECT user_id FROM acted) a) AS active,
      (SELECT count(DISTINCT user_id) FROM (
         SELECT user_id FROM sent WHERE charge > 0 UNION SELECT user_id FROM acted WHERE feature = 'purchase') t) AS transacting`);
  const [funnel] = await postgres.sql<{ invited: string; activated: string; transacting: string }>(`
    WITH paid AS (
      SELECT u.email, coalesce(m.sent_at, m.queued_at) AS at FROM platform.messages m JOIN platform.blasts b ON b.id = m.blast_id
        JOIN platform.users u ON u.id = b.user_id WHERE m.deleted_at IS NULL AND m.charge > 0
      UNION ALL SELECT u.email, a.happened_at FROM platform.activities a JOIN platform.users u ON u.id = a.user_id WHERE a.feature = 'purchase'
    ), invited AS (SELECT email, accepted_at FROM platform.invitations WHERE ${period('invited_at')})
    SELECT count(DISTINCT email) AS invited, count(DISTINCT email) FILTER (WHERE accepted_at IS NOT NULL) AS activated,
      count(DISTINCT email) FILTER (WHERE accepted_at IS NOT NULL AND EXISTS (
        SELECT FROM paid WHERE paid.email = invited.email AND paid.at >= invited.accepted_at)) AS transacting
    FROM invited`);
  return {
    charges: { ...charges, Total: Object.values(charges).reduce((sum, charge) => sum + charge, 0) },
    users: {
      'Registered users': Number(users?.registered),
      'Active users': Number(users?.active),
      'Transacting users': Number(users?.transacting),
    },
    invitations: {
      Invited: Number(funnel?.invited),
      Activated: Number(funnel?.activated),
      Transacting: Number(funnel?.transacting),
    },
  };
}

const source = async () => (await get<{ sources: SourceInfo[] }>('/api/v1/sources')).sources[0];
const lastRun = async (): Promise<RunInfo | undefined> => (await source())?.last_run;

/** Starts a run from the list of sources, as a person does, and waits until it is counted. */
async function syncNow(): Promise<RunInfo> {
  const before = (await lastRun())?.id ?? 0;
  await page.goto(`${server.url}/sources`);
  await page
    .getByRole('button', { name: /^Sync .*now/ })
    .first()
    .click();
  const run = await until(
    async () => {
      const latest = await lastRun();
      return latest !== undefined && latest.id > before && latest.state !== 'running' ? latest : undefined;
    },
    'the run has ended',
    120_000,
  );
  await until(
    async () => ((await get<{ pending: number }>('/api/v1/freshness')).pending === 0 ? true : undefined),
    'everything is counted',
    60_000,
  );
  return run;
}

async function expectLedgerAddsUp(): Promise<LedgerRow[]> {
  const ledger = await get<LedgerRow[]>('/api/v1/ledger');
  for (const row of ledger)
    expect(row.received).toBe(row.counted + row.duplicate + row.quarantined + row.expired + row.erased);
  return ledger;
}

test('the dashboard shows what SQL says of the database, also after rows were changed, added and deleted', async () => {
  page = await openPage(browser, `${server.url}/sources`);
  const first = await syncNow();
  expect(first).toMatchObject({ state: 'ok', error: null });
  const seeded = await figuresOfDatabase();
  expect(seeded).toMatchObject({ invitations: { Invited: 210, Activated: 105, Transacting: 34 } });
  expect(await figuresOfPage()).toEqual(seeded);
  expect((await expectLedgerAddsUp())[0]).toMatchObject({ source: 'platform', quarantined: 0 });

  // A second run finds nothing new, and nothing changes.
  await syncNow();
  expect(await figuresOfPage()).toEqual(seeded);

  await postgres.sql(`
    UPDATE platform.messages SET charge = charge + 1000 WHERE id IN (
      SELECT m.id FROM platform.messages m JOIN platform.blasts b ON b.id = m.blast_id
      WHERE b.channel = 'whatsapp' AND m.charge > 0 AND m.sent_at > '2024-03-01' ORDER BY m.id LIMIT 7);
    UPDATE platform.messages SET deleted_at = now() WHERE id IN (
      SELECT m.id FROM platform.messages m JOIN platform.blasts b ON b.id = m.blast_id
      WHERE b.channel = 'sms' AND m.charge > 0 AND m.sent_at > '2024-03-01' ORDER BY m.id LIMIT 40);
    UPDATE platform.users SET deleted_at = now() WHERE account IN ('shop-001', 'shop-002', 'shop-003');
    INSERT INTO platform.users (account, email, registered_at) VALUES ('shop-900', 'shop900@example.com', '2024-05-01T09:00+07');
    INSERT INTO platform.activities (user_id, feature, happened_at)
      SELECT id, 'login', '2024-05-02T09:00+07' FROM platform.users WHERE account = 'shop-900';
    DELETE FROM platform.invitations WHERE accepted_at IS NULL AND id IN (
      SELECT id FROM platform.invitations WHERE accepted_at IS NULL ORDER BY id LIMIT 5);
    UPDATE platform.invitations SET accepted_at = NULL WHERE id = (
      SELECT min(id) FROM platform.invitations WHERE accepted_at IS NOT NULL)`);
  const changed = await figuresOfDatabase();
  expect(changed).not.toEqual(seeded);
  expect(changed).toMatchObject({ invitations: { Invited: 205, Activated: 104 } });

  expect(await syncNow()).toMatchObject({ state: 'ok' });
  expect(await figuresOfPage()).toEqual(changed);
  await expectLedgerAddsUp();

  // What was deleted may come back.
  await postgres.sql(`UPDATE platform.users SET deleted_at = NULL WHERE account = 'shop-001'`);
  await syncNow();
  expect(await figuresOfPage()).toEqual(await figuresOfDatabase());
}, 300_000);

test('a table of one’s own from SQL: its types are found and shown, its files written, its dashboard shows the rows', async () => {
  await page.goto(`${server.url}/sources/shops`);
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  const making = page.getByRole('region', { name: 'Table shops' });
  await making.waitFor({ timeout: 30_000 });
  expect(await making.getByLabel('registered_at').inputValue()).toBe('time');
  expect(await making.getByLabel('credit').inputValue()).toBe('number');
  expect(await violationsOf(page)).toEqual([]);
  await making.getByRole('button', { name: 'Make the table and a dashboard' }).click();
  const link = page.getByRole('link', { name: 'Open the dashboard' });
  await link.waitFor();
  const { run } = (await (
    await fetch(`${server.url}/api/v1/sources/shops/sync`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
  ).json()) as { run: number };
  await until(
    async () => ((await get<RunInfo>(`/api/v1/runs/${run}`)).state === 'ok' ? true : undefined),
    'the shops are read',
    60_000,
  );
  const [expected] = await postgres.sql<{ rows: string; credit: string }>(
    'SELECT count(*) AS rows, sum(id * 1.5) AS credit FROM platform.users',
  );
  await until(
    async () => {
      const answer = await get<{ rows: Record<string, unknown>[] }>(
        '/api/v1/query?m=shops_count,shops_credit&p=2000-01-01..2026-11-15',
      );
      return answer.rows?.[0]?.['shops_count'] === Number(expected?.rows) ? true : undefined;
    },
    'the shops are counted',
    30_000,
  );
  const answer = await get<{ rows: Record<string, unknown>[] }>(
    '/api/v1/query?m=shops_credit&p=2000-01-01..2026-11-15',
  );
  expect(answer.rows[0]?.['shops_credit']).toBe(Number(expected?.credit));
  await link.click();
  await settled(page);
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Shops');
}, 120_000);

test('while the database is away the page keeps its numbers and says how old they are', async () => {
  const before = await figuresOfPage();
  await postgres.stop();
  expect(await syncNow()).toMatchObject({ state: 'failed' });
  expect(await figuresOfPage()).toEqual(before);
  const state = await source();
  expect(['late', 'failed']).toContain(state?.state);
  const answer = (await (await fetch(`${server.url}/api/v1/query?m=charges&p=2024-01-01..2024-11-15`)).json()) as {
    meta: { late?: { source: string }[] };
  };
  expect(answer.meta.late).toMatchObject([{ source: 'platform' }]);
});

test('the ledger on the page is the ledger of the API is the sum of what is stored', async () => {
  const ledger = await expectLedgerPage(page, server.url);
  await page.context().close();
  expect(await server.stop()).toBe(0);
  const stored = await expectStoredLedger(join(server.data, 'main', 'warehouse'), ledger);
  expect(stored.facts.message_event).toBeGreaterThan(10_000);
  expect(stored.deletions).toBeGreaterThan(0);
}, 120_000);
