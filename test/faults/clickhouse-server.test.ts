import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '../../src/sql/build.ts';
import { renderSql } from '../../src/sql/render.ts';
import { connectWarehouse } from '../../src/warehouse/client.ts';
import { openServerWarehouse } from '../../src/warehouse/open-server.ts';
import type { ServerConnection } from '../../src/warehouse/server-connection.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';
import { BRIDGE_USERS, type ClickHouseBridge, startClickHouseBridge } from '../support/clickhouse-bridge.ts';
import { SILENT_LOG, temporaryFolder } from '../support/engine.ts';
import { until } from '../support/poll.ts';

/** A ClickHouse server that breaks connections, is overloaded, restarts, or belongs to somebody else. */

const COUNT = renderSql(sql`SELECT count() AS n FROM turnout.entries`);
const ENDLESS = renderSql(sql`SELECT sum(cityHash64(number)) AS x FROM numbers(1000000000000)`);
const COLUMNS = ['seq', 'bytes'];

let bridge: ClickHouseBridge;
let place: ReturnType<typeof temporaryFolder>;
let warehouse: Warehouse;
beforeAll(async () => {
  bridge = await startClickHouseBridge();
  place = temporaryFolder();
  await (await open()).close();
});
afterAll(async () => {
  await bridge.close();
  place.remove();
});
beforeEach(async () => {
  warehouse = connectWarehouse({ server: bridge.connection, retryMs: 10_000 });
  await warehouse.command(renderSql(sql`TRUNCATE TABLE turnout.entries`));
});
afterEach(() => warehouse.close());

const open = (folder = place.folder, server: ServerConnection = bridge.connection) =>
  openServerWarehouse({ server, folder, log: SILENT_LOG, watchEveryMs: 100 });
/** Every row that was written, not only those that stand. */
const count = async (): Promise<number> => (await warehouse.query<{ n: number }>(COUNT)).rows[0]?.n ?? -1;
/** What the bridge runs at this moment. */
const running = async (): Promise<number> =>
  (
    await warehouse.query<{ n: number }>(
      renderSql(sql`SELECT count() AS n FROM system.processes WHERE position(query, 'numbers(1000000000000)') > 0
  AND position(query, 'system.processes') = 0`),
    )
  ).rows[0]?.n ?? -1;

test.each(['drop-before', 'drop-after', 'proxy', 'busy'] as const)(
  '%s: an insert is sent again and its rows are there once',
  async (kind) => {
    bridge.fail({ kind, of: 'insert', times: 2 });
    await warehouse.insert('entries', COLUMNS, [
      [1, 10],
      [2, 20],
    ]);
    expect(await count()).toBe(2);
    // The same rows once more are an insert of their own: what returns to an earlier state may not be lost.
    await warehouse.insert('entries', COLUMNS, [[1, 10]]);
    expect(await count()).toBe(3);
  },
);

test.each(['drop-before', 'drop-after', 'proxy', 'busy'] as const)('%s: a question is asked again', async (kind) => {
  bridge.fail({ kind, of: 'select', times: 2 });
  expect(await count()).toBe(0);
});

test('a statement that may not be run twice is not', async () => {
  const insert = renderSql(sql`INSERT INTO turnout.entries (seq, bytes) SELECT 7, 7`);
  bridge.fail({ kind: 'drop-after', of: 'insert', times: 1 });
  await expect(warehouse.command(insert)).rejects.toMatchObject({ code: 'unavailable' });
  bridge.fail({ kind: 'busy', of: 'insert', times: 1 });
  await warehouse.command(insert);
  expect(await count()).toBe(2);
});

test('a server that comes back is found again; one that does not is said to be away', async () => {
  const impatient = connectWarehouse({ server: bridge.connection, retryMs: 200 });
  await warehouse.insert('entries', COLUMNS, [[1, 10]]);
  await bridge.kill();
  await expect(impatient.query(COUNT)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  const asked = count();
  await bridge.restart();
  expect(await asked).toBe(1);
  await impatient.close();
});

test('a reader who goes away, and a time that is up, end the statement on the server', async () => {
  const aborter = new AbortController();
  const left = warehouse.query(ENDLESS, { signal: aborter.signal, timeoutMs: 60_000 });
  left.catch(() => {});
  await until('it runs', async () => (await running()) === 1);
  aborter.abort(new Error('the page was left'));
  await expect(left).rejects.toThrow('the page was left');
  await until('it is ended', async () => (await running()) === 0);

  await expect(warehouse.query(ENDLESS, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'timeout' });
  await until('it is ended, too', async () => (await running()) === 0);
  const kills = (await bridge.statements()).filter(({ text }) => text.startsWith('KILL QUERY'));
  expect(kills.at(-1)?.user).toBe('writer');
});

test('a statement that did not reach the server in time is given up', async () => {
  bridge.fail({ kind: 'slow', of: 'select', times: 1, delayMs: 60_000 });
  const impatient = connectWarehouse({ server: bridge.connection, graceMs: 100 });
  await expect(impatient.query(COUNT, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'timeout' });
  await impatient.close();
});

test('questions are asked by the reader, who can change nothing; every statement says how it is to be read', async () => {
  await count();
  const asked = (await bridge.statements()).findLast(({ text }) => text.includes('count() AS n FROM turnout.entries'));
  expect(asked).toMatchObject({
    user: 'reader',
    parameters: { readonly: '2', session_timezone: 'UTC', join_use_nulls: '0', database: 'turnout' },
  });
  expect(asked?.parameters['query_id']).toMatch(/^turnout-/);
  const { reader } = bridge.connection;
  const intruder = connectWarehouse({ server: { ...bridge.connection, writer: reader } });
  await expect(intruder.insert('entries', COLUMNS, [[1, 1]])).rejects.toThrow(/readonly/i);
  await intruder.close();
});

test('a wrong password is told in a sentence and not tried again', async () => {
  const writer = { ...bridge.connection.writer, password: `${BRIDGE_USERS.writer}.` };
  const before = performance.now();
  await expect(open(place.folder, { ...bridge.connection, writer })).rejects.toThrow(/password is wrong/);
  expect(performance.now() - before).toBeLessThan(4000);
});

test('a large answer and a long list of keys go through', async () => {
  const keys = Array.from({ length: 50_000 }, (_, index) => index * 7919).join(', ');
  const rows = Array.from({ length: 20_000 }, (_, seq) => [seq, seq * 31]);
  await warehouse.insert('entries', COLUMNS, rows);
  const found = await warehouse.query<{ seq: number }>(
    `SELECT seq FROM turnout.entries WHERE seq NOT IN (${keys}) ORDER BY seq` as typeof COUNT,
  );
  expect(found.rows).toHaveLength(20_000 - Math.ceil(20_000 / 7919));
});

test('the database belongs to the data folder that claimed it first; who loses it is told', async () => {
  const other = temporaryFolder();
  const first = await open();
  await expect(open(other.folder)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(place.folder),
  });
  // The same folder after a restart.
  await (await open()).close();

  const lost = new Promise<void>((resolve) => first.onLost?.(resolve));
  await warehouse.command(renderSql(sql`TRUNCATE TABLE turnout.owners`));
  const second = await open(other.folder);
  await lost;
  expect(first.trouble).toMatch(/belongs to another Turnout|not claimed/);
  await expect(first.startEmpty('test')).rejects.toMatchObject({ code: 'conflict' });
  await warehouse.command(renderSql(sql`TRUNCATE TABLE turnout.owners`));
  await Promise.all([first.close(), second.close()]);
  other.remove();
});

test('while the server is away that is known within a moment, and so is that it is back', async () => {
  const opened = await open();
  const told: (string | undefined)[] = [];
  opened.onTrouble?.(() => told.push(opened.trouble));
  await bridge.kill();
  await until('it is noticed', () => opened.trouble !== undefined);
  await pause(50);
  await bridge.restart();
  await until('it is back', () => opened.trouble === undefined);
  expect(told.length).toBeGreaterThanOrEqual(2);
  await opened.close();
});

test('emptied tables take the same rows again, whatever was remembered of them', async () => {
  const opened = await open();
  await warehouse.insert('entries', COLUMNS, [[1, 10]]);
  await opened.startEmpty('test');
  expect(await count()).toBe(0);
  await warehouse.insert('entries', COLUMNS, [[1, 10]]);
  expect(await count()).toBe(1);
  await opened.close();
});
