import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCaseModel } from '../../test/cases/model.ts';
import { BreakingWarehouse } from '../../test/support/breaking-warehouse.ts';
import { withEngine } from '../../test/support/engine.ts';
import { emptyTables } from '../../test/support/facts.ts';
import { until } from '../../test/support/poll.ts';
import { type FactChange, FactWorld, keeperOf, rollupRows } from '../../test/support/rollup-world.ts';
import { HOUR_MS, hourOf } from '../contract/changes.ts';
import { sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { runAll } from '../warehouse/run-all.ts';
import { dropTableStatements, tableName, truncateTableStatements } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { RollupKeeper, RollupKeeperOptions } from './keeper.ts';

/** Random stretches for each zone; more by TURNOUT_PROPERTY_RUNS. */
const RUNS = Number(process.env['TURNOUT_PROPERTY_RUNS'] ?? 1);
const DAY_MS = 24 * HOUR_MS;
const START = Date.UTC(2025, 0, 15);
const model = loadCaseModel({ time_zone: 'Europe/Berlin' });
const engine = withEngine();

let world: FactWorld;
const running: RollupKeeper[] = [];

beforeEach(async () => {
  await emptyTables(engine.warehouse);
  for (const table of await rollupTables())
    await runAll(engine.warehouse, dropTableStatements(table, engine.warehouse.layout));
  world = new FactWorld(engine.warehouse);
});
afterEach(async () => {
  for (const keeper of running.splice(0)) await keeper.close();
});

async function rollupTables(): Promise<string[]> {
  const { rows } = await engine.warehouse.query<{ name: string }>(
    renderSql(
      sql`SELECT name FROM system.tables WHERE database = 'turnout' AND match(name, '^rollup_.*_(hour|day|index)_[0-9a-f]{8}$')`,
    ),
  );
  return rows.map(({ name }) => name);
}

function start(
  options: Partial<RollupKeeperOptions> = {},
  warehouse: Warehouse = engine.warehouse,
  own = model,
): RollupKeeper {
  const keeper = keeperOf(world, own, warehouse, options);
  running.push(keeper);
  keeper.start();
  return keeper;
}

const message = (id: number, at: number): FactChange => ({
  table: 'messages',
  id,
  row: {
    at,
    channel: ['sms', 'email', ''][id % 3] ?? '',
    category: ['promo', ''][id % 2] ?? '',
    campaign: `c${id % 4}`,
    account: id % 5,
    recipient: id % 11,
    sent: 1,
    delivered: id % 2,
    charged: 1,
    charge: (id % 9) / 4,
    currency: 'USD',
  },
});
const messages = (count: number, every: number): FactChange[] =>
  Array.from({ length: count }, (_, index) => message(index + 1, START + index * every));

const write = async (changes: readonly FactChange[], ...keepers: RollupKeeper[]): Promise<void> => {
  const told = await world.write(changes);
  for (const keeper of keepers) keeper.applied(told, world.seq);
};

/** The rows of a build from nothing. */
async function builtAnew(own = model): Promise<Record<string, string[]>> {
  for (const table of await rollupTables())
    await runAll(engine.warehouse, dropTableStatements(table, engine.warehouse.layout));
  const keeper = start({}, engine.warehouse, own);
  await keeper.settled();
  const rows = await rollupRows(engine.warehouse, own);
  await close(keeper);
  return rows;
}

async function close(keeper: RollupKeeper): Promise<void> {
  await keeper.close();
  running.splice(running.indexOf(keeper), 1);
}

/** Rows of the hour table of messages that were written after a version, by what they are of. */
async function bucketsSince(version: number): Promise<{ hours: number; days: number; newest: number }> {
  const { tables } = rollupOf();
  const { rows } = await engine.warehouse.query<{ hours: number; days: number; newest: number }>(
    renderSql(sql`SELECT
  (SELECT uniqExact(bucket) FROM ${tableName(tables.hour)} WHERE version > ${{ kind: 'number', value: version }}) AS hours,
  (SELECT uniqExact(bucket) FROM ${tableName(tables.day)} WHERE version > ${{ kind: 'number', value: version }}) AS days,
  greatest((SELECT max(version) FROM ${tableName(tables.hour)}), (SELECT max(version) FROM ${tableName(tables.day)})) AS newest`),
  );
  return rows[0] ?? { hours: 0, days: 0, newest: 0 };
}

function rollupOf(keeper = running.at(-1)): { tables: { hour: string; day: string } } {
  const { hour = '', day = '' } = keeper?.kept().get('messages_at')?.tables ?? {};
  return { tables: { hour, day } };
}

describe('a keeper', () => {
  it('builds what is declared, whole, and keeps it when rows come, move and go', async () => {
    await write(messages(400, 5 * HOUR_MS));
    const keeper = start({ maxRows: 60 });
    await keeper.settled();
    expect(keeper.kept().get('messages_at')).toMatchObject({ from: Number.NEGATIVE_INFINITY, pending: [] });
    await write(
      [message(7, START + 90 * DAY_MS), { table: 'messages', id: 20 }, message(1000, START - 3 * DAY_MS)],
      keeper,
    );
    expect(keeper.kept().get('messages_at')?.pending).toEqual([
      hourOf(START) - 72,
      hourOf(START) + 30,
      hourOf(START) + 95,
      hourOf(START) + 90 * 24,
    ]);
    await keeper.settled();
    expect(keeper.kept().get('messages_at')?.pending).toEqual([]);
    const kept = await rollupRows(engine.warehouse, model);
    await close(keeper);
    expect(kept['messages_at by hour']?.length).toBeGreaterThan(1000);
    expect(kept).toEqual(await builtAnew());
  });

  it('goes on where it was, computing only what was touched meanwhile', async () => {
    await write(messages(200, 5 * HOUR_MS));
    const first = start();
    await first.settled();
    const { newest } = await bucketsSince(0);
    await close(first);
    await write([message(3, START + 3 * DAY_MS)]);
    const again = start();
    await again.found();
    expect(again.kept().size).toBe(model.rollups.size);
    await again.settled();
    // Message 3 was in the third hour of its time and is in another now; both days with it.
    expect(await bucketsSince(newest)).toMatchObject({ hours: 2, days: 2 });
    const kept = await rollupRows(engine.warehouse, model);
    expect(kept).toEqual(await builtAnew());
  });

  it('recomputes of 10,000 late events over 400 days only what they touched', async () => {
    await write(messages(3_000, 4 * HOUR_MS));
    const keeper = start();
    await keeper.settled();
    const { newest } = await bucketsSince(0);
    const late = Array.from({ length: 10_000 }, (_, index) =>
      message(100_000 + index, START + ((index * 7_919) % 400) * DAY_MS + ((index * 104_729) % 7) * HOUR_MS),
    );
    const touched = new Set(late.map(({ row }) => hourOf(Number(row?.['at']))));
    const days = new Set(late.map(({ row }) => Math.floor((Number(row?.['at']) + HOUR_MS) / DAY_MS)));
    await write(late, keeper);
    expect(keeper.kept().get('messages_at')?.pending.length).toBe(touched.size);
    await keeper.settled();
    expect(touched.size).toBe(2_800);
    const since = await bucketsSince(newest);
    expect(since.hours).toBe(touched.size);
    // A day of summer time begins an hour earlier: count at most what either clock says.
    expect(since.days).toBeGreaterThanOrEqual(days.size);
    expect(since.days).toBeLessThanOrEqual(401);
    expect(keeper.kept().get('messages_at')?.pending).toEqual([]);
    const kept = await rollupRows(engine.warehouse, model);
    await close(keeper);
    expect(kept).toEqual(await builtAnew());
  }, 60_000);

  it('builds anew where a change does not tell its hours, and where facts may be gone', async () => {
    await write(messages(50, HOUR_MS));
    const keeper = start();
    await keeper.settled();
    await world.write([message(1, START + 60 * DAY_MS)]);
    keeper.applied([{ table: 'messages' }], world.seq);
    expect(keeper.kept().has('messages_at')).toBe(false);
    expect(keeper.kept().has('accounts_registered_at')).toBe(true);
    await keeper.settled();
    const kept = await rollupRows(engine.warehouse, model);
    await emptyTables(engine.warehouse);
    world = new FactWorld(engine.warehouse);
    await write(messages(5, HOUR_MS));
    keeper.applied(null, 0);
    expect(keeper.kept().size).toBe(0);
    await until('everything is built again', () => keeper.kept().size === model.rollups.size);
    await keeper.settled();
    expect((await rollupRows(engine.warehouse, model))['messages_at by hour']?.length).toBe(5 * 4);
    await close(keeper);
    expect(kept['messages_at by hour']?.length).toBe(50 * 4);
  });

  it('does not believe progress of facts that were counted from the beginning again', async () => {
    await write(messages(5, HOUR_MS));
    await write([message(9, START)]);
    const keeper = start();
    await keeper.settled();
    await close(keeper);
    const anew = new FactWorld(engine.warehouse);
    await runAll(engine.warehouse, truncateTableStatements('messages', engine.warehouse.layout));
    world = anew;
    await write(messages(2, HOUR_MS));
    await start().settled();
    expect((await rollupRows(engine.warehouse, model))['messages_at by hour']?.length).toBe(2 * 4);
  });

  it('drops tables of earlier definitions once nobody reads them', async () => {
    await write(messages(5, HOUR_MS));
    const before = start({}, engine.warehouse, loadCaseModel({ time_zone: 'Asia/Kolkata' }));
    await before.settled();
    const old = rollupOf(before).tables;
    await close(before);
    const keeper = start({ dropAfterMs: 0 });
    await keeper.settled();
    const own = [...keeper.kept().values()]
      .flatMap(({ tables, indexes = new Map() }) => [...Object.values(tables), ...indexes.values()])
      .sort();
    // They go one after the other.
    await until('the old tables are gone', async () => (await rollupTables()).length === own.length);
    expect((await rollupTables()).sort()).toEqual(own);
    expect(own).not.toContain(old.hour);
  });

  it('keeps what it can of rows outside of its span and says so', async () => {
    await write([message(1, START), { table: 'people', id: 1, row: { kind: 'account', registered_at: -5 * DAY_MS } }]);
    const keeper = start();
    await keeper.settled();
    expect(keeper.kept().get('messages_at')?.from).toBe(Number.NEGATIVE_INFINITY);
    expect(keeper.kept().get('accounts_registered_at')?.from).toBe(Date.UTC(1970, 0, 3));
  });
});

describe.each([
  // Half an hour from UTC.
  ['Asia/Kolkata', Date.UTC(2026, 4, 29)],
  // The clock moves by an hour.
  ['America/New_York', Date.UTC(2026, 9, 30)],
  // The clock moves by half an hour.
  ['Australia/Lord_Howe', Date.UTC(2026, 3, 3)],
  // Half an hour more at midnight.
  ['Asia/Pyongyang', Date.UTC(2018, 4, 3)],
])('in %s', (zone, origin) => {
  const own = loadCaseModel({ time_zone: zone });

  it('what is kept batch by batch equals what is built at once', async () => {
    await fc.assert(
      fc.asyncProperty(batchesAround(origin), async (batches) => {
        await emptyTables(engine.warehouse);
        for (const table of await rollupTables())
          await runAll(engine.warehouse, dropTableStatements(table, engine.warehouse.layout));
        world = new FactWorld(engine.warehouse);
        const keeper = start({ maxRows: 10 }, engine.warehouse, own);
        for (const batch of batches) {
          await write(batch, keeper);
          await keeper.settled();
        }
        const kept = await rollupRows(engine.warehouse, own);
        await close(keeper);
        expect(kept).toEqual(await builtAnew(own));
      }),
      { numRuns: RUNS },
    );
  }, 120_000);
});

/** Rows that come, move and go within four days, on quarters of hours. */
function batchesAround(origin: number): fc.Arbitrary<FactChange[][]> {
  const at = fc.nat({ max: 4 * 96 }).map((quarters) => origin + quarters * (HOUR_MS / 4));
  const id = fc.integer({ min: 1, max: 12 });
  const change = fc.oneof(
    fc.tuple(id, at).map(([own, when]) => message(own, when)),
    id.map((own): FactChange => ({ table: 'messages', id: own })),
    fc.tuple(id, at).map(
      ([own, when]): FactChange => ({
        table: 'activities',
        id: own,
        row: { at: when, person: own % 4, feature: 'login', channel: 'sms', amount: null },
      }),
    ),
    fc.tuple(id, fc.option(at, { nil: null })).map(
      ([own, when]): FactChange => ({
        table: 'people',
        id: own,
        row: { kind: 'account', registered_at: when, region: 'north' },
      }),
    ),
  );
  const batch = fc.uniqueArray(change, {
    minLength: 1,
    maxLength: 12,
    selector: ({ table, id: own }) => `${table} ${own}`,
  });
  return fc.array(batch, { minLength: 2, maxLength: 3 });
}

describe('whatever breaks', () => {
  it('every write in turn: a keeper that begins again comes to the same state', async () => {
    await write(messages(30, 7 * HOUR_MS));
    await start().settled();
    let broken = 0;
    for (let writes = 1; ; writes += process.env['TURNOUT_THOROUGH'] === undefined ? 2 : 1) {
      const keeper = running.pop();
      await keeper?.close();
      // Each round begins with other facts and some tables gone.
      const moved = message(writes, START + (writes % 13) * DAY_MS);
      // A call beside one that was just given up may find its connection gone.
      await retry(() => world.write([moved, { table: 'messages', id: writes + 1 }]));
      if (writes % 8 === 5)
        for (const table of (await rollupTables()).slice(0, 2))
          await runAll(engine.warehouse, dropTableStatements(table, engine.warehouse.layout));
      let [whole, broke] = [false, false];
      const breaking = watched(new BreakingWarehouse(engine.warehouse, writes), () => {
        broke = true;
      });
      const shaken = keeperOf(world, model, breaking, { maxRows: 20 });
      shaken.start();
      shaken.settled().then(() => {
        whole = true;
      });
      await until('it settles or breaks', () => whole || broke, 30_000);
      await shaken.close();
      if (broke) broken += 1;
      await start().settled();
      const kept = await rollupRows(engine.warehouse, model);
      await running.pop()?.close();
      expect(kept).toEqual(await builtAnew());
      if (whole && !broke) break;
    }
    expect(broken).toBeGreaterThanOrEqual(3);
  }, 240_000);

  // Of the embedded engine: a server that dies is in test/faults/clickhouse-server.test.ts.
  it.skipIf(process.env['TURNOUT_TEST_ENGINE'] !== undefined)(
    'the engine dies in the middle: hours wait until they are computed',
    async () => {
      await write(messages(2_000, HOUR_MS));
      const keeper = start({ maxRows: 200 });
      await until('a piece is built', () => keeper.kept().size > 0, 30_000);
      engine.opened.supervisor.kill('killed by a test');
      const told = await retry(() => world.write([message(5, START + 3 * DAY_MS)]));
      keeper.applied(told, world.seq);
      engine.opened.supervisor.kill('killed by a test again');
      await keeper.settled();
      expect(keeper.kept().get('messages_at')?.pending).toEqual([]);
      const kept = await rollupRows(engine.warehouse, model);
      await close(keeper);
      expect(kept).toEqual(await builtAnew());
    },
    120_000,
  );
});

/** The same, telling when a write fails. */
function watched(inner: Warehouse, failed: () => void): Warehouse {
  const watch = async (write: Promise<void>): Promise<void> => {
    await write.catch((error: unknown) => {
      failed();
      throw error;
    });
  };
  return {
    layout: inner.layout,
    query: inner.query,
    command: (statement, options) => watch(inner.command(statement, options)),
    insert: (table, columns, rows) => watch(inner.insert(table, columns, rows)),
    close: async () => {},
  };
}

async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (let left = 20; ; left -= 1)
    try {
      return await work();
    } catch (error) {
      if (left === 0) throw error;
    }
}
