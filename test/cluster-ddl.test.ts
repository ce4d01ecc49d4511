import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storedTableColumns, userTableName } from '../src/contract/facts.ts';
import { indexTable, rollupTable } from '../src/query/rollup/columns.ts';
import { indexTableOf, rollupTableOf } from '../src/rollups/tables.ts';
import { sql, string } from '../src/sql/build.ts';
import { renderSql } from '../src/sql/render.ts';
import type { RenderedSql } from '../src/sql/rendered.ts';
import { EMBEDDED, type Layout } from '../src/warehouse/layout.ts';
import { migrationsOf } from '../src/warehouse/migrations.ts';
import { openServerWarehouse } from '../src/warehouse/open-server.ts';
import { runAll } from '../src/warehouse/run-all.ts';
import {
  addColumnsStatements,
  createDatabaseStatements,
  createTableStatements,
  dropTableStatements,
  mergePartsStatements,
  truncateTableStatements,
} from '../src/warehouse/schema.ts';
import { ServerClient } from '../src/warehouse/server-client.ts';
import { columnsOf, type StoredTable, TABLES } from '../src/warehouse/tables.ts';
import { loadCaseModel } from './cases/model.ts';
import { type ClickHouseBridge, startClickHouseBridge } from './support/clickhouse-bridge.ts';
import { SILENT_LOG, temporaryFolder, withEngine } from './support/engine.ts';

/** What is sent to a cluster of 2 shards with 2 replicas each, and the rights that docs/scale.md asks for. */

const CLUSTER: Layout = { kind: 'cluster', cluster: 'two_by_two' };
const SERVER: Layout = { kind: 'server' };
const engine = withEngine();

const model = loadCaseModel({ time_zone: 'Europe/Berlin' });
const own: StoredTable = {
  columns: {
    ...storedTableColumns([{ name: 'amount', type: 'number' }]),
    version: { type: 'version' },
    is_deleted: { type: 'flag' },
  },
  orderBy: ['row'],
  version: 'version',
  deletable: true,
};
const rollups = [...model.rollups.values()].flatMap((rollup) => [
  ...(['hour', 'day'] as const).map(
    (grain) => [rollupTable(rollup, grain, 'Europe/Berlin'), rollupTableOf(rollup)] as const,
  ),
  ...rollup.indexes.map((index) => [indexTable(rollup, index, 'Europe/Berlin'), indexTableOf(rollup, index)] as const),
]);
const tables: (readonly [string, StoredTable])[] = [
  ...(Object.entries(TABLES) as [string, StoredTable][]),
  [userTableName('leads'), own],
  ...rollups,
];

/** The engine's own parser reads the statement, and nothing is done. */
const parse = async (statement: string): Promise<string> => {
  const read = renderSql(sql`SELECT formatQuery(${string(statement)}) AS read`);
  return (await engine.warehouse.query<{ read: string }>(read)).rows[0]?.read ?? '';
};

test('there are tables of every kind', () => {
  expect(rollups.length).toBeGreaterThan(2);
});

describe.each([CLUSTER, SERVER])('$kind', (layout) => {
  test('every statement of the schema is read by the engine', async () => {
    const statements = [
      ...createDatabaseStatements(layout),
      ...migrationsOf(layout).flatMap((migration) => migration.statements),
      ...tables.flatMap(([name, table]) => [
        ...createTableStatements(name, table, layout),
        ...truncateTableStatements(name, layout),
        ...mergePartsStatements(name, layout),
        ...addColumnsStatements(name, table, Object.keys(table.columns).slice(0, 2), layout),
        ...dropTableStatements(name, layout),
      ]),
    ];
    for (const statement of statements) expect(await parse(statement)).not.toBe('');
    await expect(parse(`${statements[0]} ON`)).rejects.toThrow(/Syntax error/);
    const changing = statements.filter((statement) => !/^INSERT|^SELECT/.test(statement));
    for (const statement of changing)
      expect(statement.includes(` ON CLUSTER 'two_by_two'`), statement).toBe(layout.kind === 'cluster');
  });
});

test.each(tables)('%s: rows on the shards, and a table that spans them', async (name, table) => {
  const [local = '', spanning = '', ...others] = createTableStatements(name, table, CLUSTER);
  expect(others).toEqual([]);
  expect(local).toContain(`CREATE TABLE IF NOT EXISTS \`turnout_local\`.\`${name}\` ON CLUSTER 'two_by_two'`);
  expect(local).toContain(
    `ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/turnout/${name}', '{replica}'`,
  );
  expect(spanning).toContain(`CREATE TABLE IF NOT EXISTS \`turnout\`.\`${name}\` ON CLUSTER 'two_by_two'`);
  // Versions of a row meet on one shard: it is spread by a part of what makes it the same row.
  const by = /ENGINE = Distributed\('two_by_two', 'turnout_local', '\w+', cityHash64\(`(\w+)`\)\)$/.exec(spanning)?.[1];
  expect(table.orderBy).toContain(by);
  const [single = ''] = createTableStatements(name, table, EMBEDDED);
  const columns = (statement: string) => /\((`.*)\)\nENGINE/s.exec(statement)?.[1]?.replace(/, INDEX .*/, '');
  expect(columns(local)).toBe(columns(single));
  expect(columns(spanning)).toBe(columns(single));
});

test('a table whose rows could not be spread is refused', () => {
  expect(() => createTableStatements('x', { ...own, shardBy: 'amount' }, CLUSTER)).toThrow(/sorting key/);
});

test('facts of a message, a webinar and a person stay together', () => {
  const shardOf = (name: keyof typeof TABLES) =>
    /cityHash64\(`(\w+)`\)/.exec(createTableStatements(name, TABLES[name], CLUSTER)[1] ?? '')?.[1];
  for (const name of ['messages', 'message_events'] as const) expect(shardOf(name)).toBe('message');
  for (const name of ['people', 'person_roots'] as const) expect(shardOf(name)).toBe('person');
  for (const name of ['participations', 'stays', 'registrations', 'attendances', 'recording_views'] as const)
    expect(shardOf(name)).toBe('webinar');
});

describe('the rights of docs/scale.md', () => {
  const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'scale.md'), 'utf8');
  const statements = [...page.matchAll(/```sql\n(.*?)```/gs)].flatMap(([, block = '']) =>
    block.split(';').flatMap((statement) => (statement.trim() === '' ? [] : [statement.trim()])),
  );
  const grantsOf = (user: string) =>
    statements.flatMap((statement) =>
      statement.endsWith(` TO ${user}`) ? [statement.replace(` TO ${user}`, '')] : [],
    );
  const INSERTED = [[1, 'hook', '2026-01-01', 1_767_225_600_000, 1, 5, '']];
  const entries = renderSql(sql`SELECT count() AS n FROM turnout.entries FINAL`);
  let bridge: ClickHouseBridge;
  let place: ReturnType<typeof temporaryFolder>;
  beforeAll(async () => {
    place = temporaryFolder();
    bridge = await startClickHouseBridge({ shards: 2, grants: grantsOf('turnout_writer') });
  });
  afterAll(async () => {
    await bridge.close();
    place.remove();
  });
  const open = () => openServerWarehouse({ server: bridge.connection, folder: place.folder, log: SILENT_LOG });

  test('are read by the engine', async () => {
    expect(statements.length).toBeGreaterThan(10);
    for (const statement of statements) await parse(statement);
  });

  test('are enough for the writer, and for no more', async () => {
    const opened = await open();
    const { warehouse } = opened;
    await warehouse.insert('entries', columnsOf('entries'), INSERTED);
    for (const [name, table] of rollups) await runAll(warehouse, createTableStatements(name, table, warehouse.layout));
    await runAll(warehouse, mergePartsStatements('entries', warehouse.layout));
    await opened.startEmpty('test');
    await warehouse.insert('entries', columnsOf('entries'), INSERTED);
    expect((await warehouse.query(entries)).rows).toEqual([{ n: 1 }]);
    for (const forbidden of [
      `CREATE DATABASE other`,
      `CREATE USER other`,
      `SELECT * FROM file('/etc/passwd', 'LineAsString')`,
      `SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')`,
    ])
      await expect(warehouse.command(forbidden as RenderedSql), forbidden).rejects.toThrow(/allow|grant/i);
    await opened.close();
  });

  test('are enough for the reader, and for reading only', async () => {
    await bridge.kill();
    await bridge.restart(grantsOf('turnout_reader'));
    const warehouse = new ServerClient(bridge.connection);
    expect((await warehouse.query(entries)).rows).toEqual([{ n: 1 }]);
    await expect(warehouse.insert('entries', columnsOf('entries'), INSERTED)).rejects.toThrow(/does not allow/);
    await expect(runAll(warehouse, truncateTableStatements('entries', warehouse.layout))).rejects.toThrow(
      /does not allow/,
    );
    await warehouse.close();
  });
});
