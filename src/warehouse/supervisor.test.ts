import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SILENT_LOG, temporaryFolder } from '../../test/support/engine.ts';
import { until } from '../../test/support/poll.ts';
import { sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { connectWarehouse } from './client.ts';
import { type EmbeddedWarehouse, openWarehouse } from './open.ts';
import { startEngine } from './supervisor.ts';

/** Faults F07/F08: real processes, real signals. */

const ONE = renderSql(sql`SELECT 1 AS one`);
const ENDLESS = renderSql(sql`SELECT sum(cityHash64(number)) AS x FROM numbers(1000000000000)`);

let place: ReturnType<typeof temporaryFolder>;
let opened: EmbeddedWarehouse | undefined;
beforeEach(() => {
  place = temporaryFolder();
});
afterEach(async () => {
  await opened?.close();
  opened = undefined;
  place.remove();
});

const open = async (options: { silenceLimitMs?: number } = {}): Promise<EmbeddedWarehouse> => {
  opened = await openWarehouse({ folder: join(place.folder, 'warehouse'), log: SILENT_LOG, poolSize: 2, ...options });
  return opened;
};

/** On Linux a zombie that nobody reaps counts as gone. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

const pidOf = (warehouse: EmbeddedWarehouse): number => {
  const { pid } = warehouse.supervisor;
  if (pid === undefined) throw new Error('the engine is away');
  return pid;
};

test.each(['SIGKILL', 'SIGSEGV', 'SIGABRT'] as const)(
  '%s: the engine comes back and queries recover',
  async (signal) => {
    const warehouse = await open();
    const exits: unknown[] = [];
    warehouse.supervisor.onExit((exit) => exits.push(exit.signal));
    const first = pidOf(warehouse);
    const underway = warehouse.warehouse.query(renderSql(sql`SELECT count() AS n FROM numbers(300000000)`));
    process.kill(first, signal);
    const killedAt = performance.now();
    expect((await underway).rows).toEqual([{ n: 300_000_000 }]);
    expect((await warehouse.warehouse.query(ONE)).rows).toEqual([{ one: 1 }]);
    expect(performance.now() - killedAt).toBeLessThan(10_000);
    expect(pidOf(warehouse)).not.toBe(first);
    expect(warehouse.supervisor.restarts).toBe(1);
    expect(exits).toEqual([signal]);
  },
);

test('kill -9 at random moments under load: no acknowledged insert is lost, none is torn', async () => {
  const { warehouse, supervisor } = await open();
  const acknowledged: number[] = [];
  const columns = ['seq', 'source', 'day', 'received_at', 'records', 'bytes'];
  const rowsEach = 100;
  let done = false;
  const insertAll = async (): Promise<void> => {
    for (let batch = 0; !done; batch += 1) {
      const rows = Array.from({ length: rowsEach }, (_, item) => [
        batch * rowsEach + item,
        's',
        '2024-01-01',
        batch,
        1,
        1,
      ]);
      await warehouse.insert('entries', columns, rows).then(
        () => acknowledged.push(batch),
        () => {},
      );
    }
  };
  const readAll = async (): Promise<void> => {
    while (!done) await warehouse.query(renderSql(sql`SELECT count() AS n FROM entries FINAL`)).catch(() => {});
  };
  const load = Promise.all([insertAll(), readAll()]);
  for (let round = 0; round < 5; round += 1) {
    const before = acknowledged.length;
    await until('some inserts are acknowledged', () => acknowledged.length >= before + 3 + round);
    if (supervisor.pid !== undefined) process.kill(supervisor.pid, 'SIGKILL');
  }
  done = true;
  await load;
  const { rows } = await warehouse.query<{ batch: number; n: number }>(
    renderSql(sql`SELECT intDiv(seq, 100) AS batch, count() AS n FROM entries FINAL GROUP BY batch ORDER BY batch`),
  );
  const present = new Map(rows.map(({ batch, n }) => [batch, n]));
  expect(acknowledged.filter((batch) => present.get(batch) !== rowsEach)).toEqual([]);
  expect([...present.values()].every((n) => n === rowsEach)).toBe(true);
  expect(supervisor.restarts).toBeGreaterThanOrEqual(5);
});

test('an engine that stands still is ended and started again', async () => {
  const warehouse = await open({ silenceLimitMs: 400 });
  const first = pidOf(warehouse);
  process.kill(first, 'SIGSTOP');
  await until('the stopped engine is gone', () => !isAlive(first));
  expect((await warehouse.warehouse.query(ONE)).rows).toEqual([{ one: 1 }]);
});

test('a statement that cannot be interrupted costs the engine its life, not the caller', async () => {
  const warehouse = await open();
  const first = pidOf(warehouse);
  // One call of one function: the engine looks for its end only between blocks.
  const stubborn = renderSql(
    sql`SELECT arraySum(arrayMap(x -> editDistance(repeat('a', 65000 - x), repeat('b', 65000)), range(20))) AS x`,
  );
  const startedAt = performance.now();
  await expect(warehouse.warehouse.query(stubborn, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'timeout' });
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  await until('the engine has ended', () => !isAlive(first));
  expect((await warehouse.warehouse.query(ONE)).rows).toEqual([{ one: 1 }]);
});

test('kill and close', async () => {
  const warehouse = await open();
  const first = pidOf(warehouse);
  const reasons: (string | undefined)[] = [];
  warehouse.supervisor.onExit((exit) => reasons.push(exit.reason));
  warehouse.supervisor.kill('because the test says so');
  await until('it is back', () => warehouse.supervisor.pid !== undefined && warehouse.supervisor.pid !== first);
  expect(reasons).toEqual(['because the test says so']);
  const second = pidOf(warehouse);
  const underway = warehouse.warehouse.query(ENDLESS).catch(() => 'ended');
  await warehouse.close();
  expect(isAlive(second)).toBe(false);
  expect(await underway).toBe('ended');
});

test('the engine ends when its owner is killed, and the next owner gets the folder', async () => {
  const folder = join(place.folder, 'warehouse');
  const source = `
    const { openWarehouse } = await import(${JSON.stringify(fileURLToPath(new URL('./open.ts', import.meta.url)))});
    const log = { info() {}, warn() {} };
    const opened = await openWarehouse({ folder: ${JSON.stringify(folder)}, log, poolSize: 2 });
    opened.warehouse.query(${JSON.stringify(ENDLESS)}).catch(() => {});
    console.log(opened.supervisor.pid);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: owner.stdout }), 'line');
  const pid = Number(line);
  expect(isAlive(pid)).toBe(true);
  owner.kill('SIGKILL');
  const warehouse = await open();
  expect(warehouse.alarms).toEqual([]);
  expect((await warehouse.warehouse.query(ONE)).rows).toEqual([{ one: 1 }]);
  expect(isAlive(pid)).toBe(false);
});

test('an engine that cannot be started at all is unavailable, not damaged', async () => {
  const socketPath = join(place.folder, 'no-such-folder', 'engine.sock');
  const starting = startEngine({
    folder: join(place.folder, 'warehouse'),
    socketPath,
    log: SILENT_LOG,
    openTimeoutMs: 20_000,
  });
  await expect(starting).rejects.toMatchObject({ code: 'unavailable' });
});

test('two clients on one engine do not wait for each other', async () => {
  const { socketPath, warehouse } = await open();
  const other = connectWarehouse({ socketPath });
  const aborter = new AbortController();
  const slow = warehouse.query(ENDLESS, { signal: aborter.signal }).catch(() => 'ended');
  expect((await other.query(ONE)).rows).toEqual([{ one: 1 }]);
  aborter.abort();
  expect(await slow).toBe('ended');
  await other.close();
});
