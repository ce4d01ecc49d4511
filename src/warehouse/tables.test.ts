import { beforeEach, expect, test } from 'vitest';
import { withEngine } from '../../test/support/engine.ts';
import { identifier, sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { runAll } from './run-all.ts';
import { mergePartsStatements, tableName, truncateTableStatements } from './schema.ts';
import { columnsOf, type StoredTable, TABLES, type TableName } from './tables.ts';

/** What the projector relies on: which rows are the same row, which of them wins, and that a tombstone hides for good. */

const engine = withEngine();
const HOUR = 3_600_000;
const JANUARY = Date.UTC(2024, 0, 15);
const FEBRUARY = Date.UTC(2024, 1, 15);

beforeEach(async () => {
  for (const table of Object.keys(TABLES))
    await runAll(engine.warehouse, truncateTableStatements(table, engine.warehouse.layout));
});

const insertMessage = (message: bigint, at: number, version: number, isDeleted: 0 | 1 = 0): Promise<void> =>
  engine.warehouse.insert('messages', ['message', 'at', 'version', 'is_deleted'], [[message, at, version, isDeleted]]);

async function messages(): Promise<unknown[]> {
  const { rows } = await engine.warehouse.query(
    renderSql(
      sql`SELECT toString(message) AS message, toUnixTimestamp64Milli(at) AS at, version FROM messages FINAL ORDER BY message, at`,
    ),
  );
  return rows;
}

const mergeAll = (): Promise<void> =>
  runAll(engine.warehouse, mergePartsStatements('messages', engine.warehouse.layout));

test('the newest version of a message stands, in any order, before and after a merge', async () => {
  for (const version of [2, 3, 1, 3]) await insertMessage(7n, JANUARY, version);
  const newest = [{ message: '7', at: JANUARY, version: 3 }];
  expect(await messages()).toEqual(newest);
  await mergeAll();
  expect(await messages()).toEqual(newest);
});

test.each([
  ['within the hour', JANUARY + 60_000],
  ['to another hour', JANUARY + 5 * HOUR],
  ['to another month', FEBRUARY],
])('a message that moves %s is counted once', async (_where, movedTo) => {
  await insertMessage(7n, JANUARY, 1);
  await mergeAll();
  await insertMessage(7n, JANUARY, 2, 1);
  await insertMessage(7n, movedTo, 2);
  const moved = [{ message: '7', at: movedTo, version: 2 }];
  expect(await messages()).toEqual(moved);
  await mergeAll();
  expect(await messages()).toEqual(moved);
  await insertMessage(7n, JANUARY, 1);
  expect(await messages(), 'a batch done again').toEqual(moved);
});

test('the largest key and a charge are exact', async () => {
  const key = 0xffff_ffff_ffff_ffffn;
  await engine.warehouse.insert('messages', ['message', 'at', 'charge'], [[key, JANUARY, '123456789012.123456']]);
  const { rows } = await engine.warehouse.query(
    renderSql(sql`SELECT toString(message) AS message, toString(charge) AS charge FROM messages`),
  );
  expect(rows).toEqual([{ message: String(key), charge: '123456789012.123456' }]);
});

test.each(Object.keys(TABLES) as TableName[])(
  '%s takes a row with only its defaults and keeps one of two equal rows',
  async (name) => {
    const table: StoredTable = TABLES[name];
    const zero = Object.values(table.columns).map(({ type, nullable }) => {
      if (nullable === true) return null;
      if (type === 'date') return '2024-01-15';
      return ['category', 'string', 'json'].includes(type) ? '' : 0;
    });
    for (let time = 0; time < 2; time += 1) await engine.warehouse.insert(name, columnsOf(name), [zero]);
    const { rows } = await engine.warehouse.query<{ n: number }>(
      renderSql(sql`SELECT count() AS n FROM ${tableName(name)} FINAL`),
    );
    expect(rows).toEqual([{ n: 1 }]);
  },
);

test('months are partitions, so that FINAL works on each alone', async () => {
  await insertMessage(1n, JANUARY, 1);
  await insertMessage(2n, FEBRUARY, 1);
  const partition = identifier('_partition_id');
  const { rows } = await engine.warehouse.query(
    renderSql(sql`SELECT DISTINCT ${partition} AS month FROM messages ORDER BY month`),
  );
  expect(rows).toEqual([{ month: '202401' }, { month: '202402' }]);
});
