import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { csv } from '../../src/connectors/csv.ts';
import { postgres } from '../../src/connectors/postgres.ts';
import type { Source } from '../../src/connectors/sources.ts';
import type { RunDetail } from '../../src/contract/api.ts';
import { tableSpec } from '../../src/contract/model.ts';
import type { PullConnector } from '../../src/contract/pull.ts';
import { sourceDeclaration } from '../../src/contract/source.ts';
import { loadQuarantine } from '../../src/projector/quarantine.ts';
import { temporaryFolder, withEngine } from '../support/engine.ts';
import { emptyTables, rowsOf } from '../support/facts.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { projectJournal } from '../support/project-journal.ts';
import { openSyncBench, type SyncBench } from '../support/sync.ts';

/**
 * RELIABILITY F20 for databases and files, from a real PostgreSQL and real files to the facts. Sheets: `google-sheets.test.ts`.
 */

const engine = withEngine();
const LEADS = tableSpec.parse({
  version: 1,
  table: 'leads',
  columns: [
    { name: 'customer', type: 'text' },
    { name: 'amount', type: 'number' },
  ],
});

let database: TestPostgres;
let bench: SyncBench;
let workspace: ReturnType<typeof temporaryFolder>;
let sources: Source[];
beforeAll(async () => {
  database = await startPostgres();
});
afterAll(() => database?.stop());
beforeEach(async () => {
  workspace = temporaryFolder();
  await emptyTables(engine.warehouse);
  await database.sql(`
    DROP TABLE IF EXISTS orders, events, leads;
    CREATE TABLE orders (id int PRIMARY KEY, "person.email" text, at timestamptz, feature text, amount int, currency text);
    INSERT INTO orders SELECT n, 'p' || n || '@example.com', '2026-11-01T08:00Z', 'purchase', 10 * n, 'USD'
      FROM generate_series(1, 3) n;
    CREATE TABLE events (id int PRIMARY KEY, message_id text, channel text, status text, at timestamptz);
    INSERT INTO events VALUES (1, 'm1', 'sms', 'sent', '2026-11-01T08:00Z');
    CREATE TABLE leads (id int PRIMARY KEY, customer text, amount int);
    INSERT INTO leads VALUES (1, 'Dana', 10);`);
  mkdirSync(join(workspace.folder, 'inbox'));
  sources = [
    source('shop', postgres as PullConnector, {
      url: database.url,
      tls: 'off',
      streams: [{ name: 'orders', record: 'activity', query: 'SELECT * FROM orders', key: 'id' }],
    }),
    source('platform', postgres as PullConnector, {
      url: database.url,
      tls: 'off',
      streams: [
        { name: 'events', record: 'message_event', query: 'SELECT * FROM events', key: 'id' },
        { name: 'leads', record: 'row', table: 'leads', query: 'SELECT * FROM leads', key: 'id' },
      ],
    }),
    source('files', csv as PullConnector, {
      folder: 'inbox',
      mapping: {
        record: 'activity',
        key: ['Order'],
        columns: [
          { field: 'feature', value: 'upload' },
          { field: 'person.email', column: 'Customer' },
          { field: 'at', column: 'Paid at' },
          { field: 'amount', column: 'Amount' },
        ],
      },
    }),
  ];
  bench = await openSyncBench(() => sources, {
    egressAllow: ['127.0.0.1'],
    reader: { folder: workspace.folder },
  });
});
afterEach(async () => {
  await bench.close();
  workspace.remove();
});

function source(name: string, connector: PullConnector, settings: object): Source {
  const declaration = sourceDeclaration.parse({ name, connector: connector.name, settings });
  const parsed = connector.settings.parse(settings);
  return { name, label: name, connector, pull: connector, settings: parsed, defaults: {}, declaration };
}

async function sync(name: string): Promise<RunDetail> {
  const id = await bench.sync.runNow(name);
  await bench.sync.idle();
  const run = await bench.sync.run(id);
  if (run === null) throw new Error('no run');
  await project();
  return run;
}

async function project(): Promise<void> {
  const journal = { folder: join(bench.folder, 'journal'), durableSeq: bench.journal.durableSeq };
  const projected = sources.map(
    ({ name, connector, settings }) => [name, { connector, settings, defaults: {} }] as const,
  );
  await projectJournal(engine.warehouse, journal, new Map(projected), { tables: [LEADS] });
}

const amounts = async (feature = 'purchase') =>
  (await rowsOf<{ feature: string; amount: number | null }>(engine.warehouse, 'activities'))
    .filter((row) => row.feature === feature)
    .map(({ amount }) => Number(amount))
    .sort((a, b) => a - b);
const drift = async (name: string) =>
  (await bench.sync.schemaChanges(name)).map(({ change, column }) => `${change} ${column}`).sort();
const reasons = async () => (await loadQuarantine(engine.warehouse)).items.map(({ reason }) => reason);

describe('a database', () => {
  beforeEach(async () => {
    expect(await sync('shop')).toMatchObject({ state: 'ok', notices: [expect.stringMatching(/superuser/)] });
    expect(await amounts()).toEqual([10, 20, 30]);
  });

  test('a new column is told, kept in the journal and counts in nothing', async () => {
    await database.sql(
      `ALTER TABLE orders ADD COLUMN gift boolean DEFAULT true; UPDATE orders SET amount = 11 WHERE id = 1`,
    );
    const run = await sync('shop');
    expect(run.state).toBe('ok');
    expect(run.notices.join('\n')).toContain('New column "gift"');
    expect(await drift('shop')).toEqual(['new gift']);
    expect((await bench.entries()).some(({ body }) => body.includes('"gift"'))).toBe(true);
    expect(await amounts()).toEqual([11, 20, 30]);
  });

  test('a column that can be done without goes: it is told, and the rows are counted without it', async () => {
    await database.sql('ALTER TABLE orders DROP COLUMN currency');
    expect(await sync('shop')).toMatchObject({ state: 'ok' });
    expect(await drift('shop')).toEqual(['removed currency']);
    expect(await amounts()).toEqual([10, 20, 30]);
  });

  test('numbers become texts: what is still a number is counted, what is none is set aside and stays as it was', async () => {
    await database.sql(`ALTER TABLE orders ALTER COLUMN amount TYPE text USING amount::text;
      UPDATE orders SET amount = 'many' WHERE id = 2; UPDATE orders SET amount = '31' WHERE id = 3`);
    expect(await sync('shop')).toMatchObject({ state: 'ok' });
    expect(await drift('shop')).toEqual(['type amount']);
    expect(await amounts()).toEqual([10, 20, 31]);
    expect(await reasons()).toEqual([expect.stringMatching(/stream "orders".*"amount".*"many".*no number/)]);
  });

  test('a column that is needed is renamed: this source stops with the name, nothing goes, the others go on', async () => {
    await database.sql('ALTER TABLE orders RENAME COLUMN feature TO features; DELETE FROM orders WHERE id = 3');
    expect(await sync('shop')).toMatchObject({
      state: 'failed',
      error: expect.stringMatching(/^The query of stream "orders" has no column "feature".*Is it "features"\?/),
    });
    expect(bench.sync.status('shop')).toMatchObject({ state: 'failed', next_run_at: null });
    expect(await amounts()).toEqual([10, 20, 30]);
    expect(await sync('platform')).toMatchObject({ state: 'ok' });
    expect(await rowsOf(engine.warehouse, 'messages')).toHaveLength(1);
    await database.sql('ALTER TABLE orders RENAME COLUMN features TO feature');
    expect(await sync('shop')).toMatchObject({ state: 'ok' });
    expect(await amounts()).toEqual([10, 20]);
  });

  test('a word that nobody knows is set aside with the words that are known', async () => {
    expect(await sync('platform')).toMatchObject({ state: 'ok' });
    await database.sql(`INSERT INTO events VALUES (2, 'm2', 'sms', 'DLVRD', '2026-11-01T09:00Z'),
      (3, 'm3', 'sms', 'delivered', '2026-11-01T09:00Z')`);
    expect(await sync('platform')).toMatchObject({ state: 'ok' });
    expect(await rowsOf(engine.warehouse, 'messages')).toHaveLength(2);
    expect(await reasons()).toEqual([expect.stringMatching(/"status".*delivered/)]);
  });

  test('a table of one’s own keeps what does not fit its type as empty', async () => {
    expect(await sync('platform')).toMatchObject({ state: 'ok' });
    await database.sql(`ALTER TABLE leads ALTER COLUMN amount TYPE text USING amount::text;
      INSERT INTO leads VALUES (2, 'Ben', 'lots')`);
    expect(await sync('platform')).toMatchObject({ state: 'ok' });
    const rows = await rowsOf<{ customer: string; amount: number | null }>(engine.warehouse, 'table_leads');
    expect(rows.map(({ customer, amount }) => `${customer} ${amount}`).sort()).toEqual(['Ben null', 'Dana 10']);
    expect(await drift('platform')).toEqual(['type amount']);
  });
});

describe('a watched folder', () => {
  const HEADER = 'Order,Customer,Paid at,Amount';
  /** Files that have settled: written an hour ago. */
  const drop = (name: string, text: string) => {
    const file = join(workspace.folder, 'inbox', name);
    writeFileSync(file, text);
    const time = Date.now() / 1000 - 3600 + name.charCodeAt(0);
    utimesSync(file, time, time);
  };

  beforeEach(async () => {
    drop(
      'a.csv',
      `${HEADER}\nA-1,dana@example.com,2026-11-01T08:00:00Z,10\nA-2,ben@example.com,2026-11-01T08:00:00Z,20\n`,
    );
    expect(await sync('files')).toMatchObject({ state: 'ok', rows: 2 });
    expect(await amounts('upload')).toEqual([10, 20]);
  });

  test('a new column and another order of columns are read by name', async () => {
    drop('b.csv', 'Gift,Amount,Paid at,Customer,Order\nyes,30,2026-11-01T08:00:00Z,mei@example.com,A-3\n');
    const run = await sync('files');
    expect(run).toMatchObject({ state: 'ok', rows: 1 });
    expect(run.notices.join('\n')).toContain('New column "Gift"');
    expect(await amounts('upload')).toEqual([10, 20, 30]);
  });

  test('a column that is needed is renamed: the source stops with the name, the other files are read, nothing is lost', async () => {
    drop('b.csv', 'Order,Customer,Paid on,Amount\nA-1,dana@example.com,2026-11-02T08:00:00Z,11\n');
    drop('c.csv', `${HEADER}\nA-2,ben@example.com,2026-11-02T08:00:00Z,21\n`);
    const run = await sync('files');
    expect(run).toMatchObject({ state: 'failed', rows: 1 });
    expect(run.error).toMatch(/^b\.csv: .*"Paid at"/);
    expect(await reasons()).toEqual([]);
    expect(await amounts('upload')).toEqual([10, 21]);
    drop('b.csv', `${HEADER}\nA-1,dana@example.com,2026-11-02T08:00:00Z,11\n`);
    expect(await sync('files')).toMatchObject({ state: 'ok', rows: 1 });
    expect(await amounts('upload')).toEqual([11, 21]);
  });

  test('numbers become texts: only the rows that are none are set aside', async () => {
    drop(
      'b.csv',
      `${HEADER}\nA-1,dana@example.com,2026-11-02T08:00:00Z,many\nA-3,mei@example.com,2026-11-01T08:00:00Z,30\n`,
    );
    expect(await sync('files')).toMatchObject({ state: 'ok', rows: 2 });
    expect(await amounts('upload')).toEqual([10, 20, 30]);
    expect(await reasons()).toEqual([expect.stringMatching(/^b\.csv, row 2, column "Amount"/)]);
  });

  test('the header moved down below a title', async () => {
    drop('b.csv', `Orders of November\n\n${HEADER}\nA-3,mei@example.com,2026-11-01T08:00:00Z,30\n`);
    expect(await sync('files')).toMatchObject({ state: 'ok', rows: 1 });
    expect(await amounts('upload')).toEqual([10, 20, 30]);
  });
});
