import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { loadStreamCursors } from '../../src/store/stream-cursors.ts';
import { type FakeRow, fakeRows, fakeSource, writeService } from '../support/fake-table.ts';
import { until } from '../support/poll.ts';
import { foldPages, openSyncBench } from '../support/sync.ts';

/** RELIABILITY F19 with real processes: kill -9 of the server at every fourth step of a run, while a process of its own reads. */

const SCRIPT = fileURLToPath(new URL('../support/sync-process.ts', import.meta.url));
const MORNING = Date.parse('2026-11-03T05:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'turnout-sync-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function runProcess(home: string, killAt: number, now = MORNING): Promise<{ killed: boolean; output: string }> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [SCRIPT, home, String(now), String(killAt)], (error, stdout, stderr) => {
      const killed = error?.signal === 'SIGKILL';
      if (error !== null && !killed) reject(new Error(stderr));
      else resolve({ killed, output: stdout });
    });
  });
}

test('what kill -9 breaks off is finished by the next start, nothing twice', async () => {
  const truth = { orders: fakeRows(5), users: fakeRows(3) };
  const home = (n: number) => join(folder, String(n));
  const steps = Number((await prepared(home(0), 0)).output);
  expect(steps).toBeGreaterThan(15);
  for (let killAt = 2; killAt <= steps; killAt += 4) {
    expect(await prepared(home(killAt), killAt)).toMatchObject({ killed: true });
    expect(await runProcess(home(killAt), 0)).toMatchObject({ killed: false });
    await expectWhole(home(killAt));
  }

  /** Seen the evening before, so that the morning is due; then the morning. */
  async function prepared(at: string, killAt: number) {
    const bench = await openSyncBench(sources, { folder: at, clock: () => MORNING - 3_600_000 });
    writeService(bench.service, { orders: { rows: truth.orders }, users: { rows: truth.users } });
    await bench.close();
    return runProcess(at, killAt);
  }

  async function expectWhole(at: string): Promise<void> {
    const bench = await openSyncBench(sources, { folder: at, clock: () => MORNING });
    try {
      const entries = await bench.entries();
      const held = foldPages<FakeRow>(entries);
      expect([...held.keys()].length).toBe(8);
      const orders = entries
        .filter((entry) => entry.headers['turnout-stream'] === 'orders')
        .flatMap((entry) => JSON.parse(entry.body.toString()) as FakeRow[]);
      expect(orders).toEqual(truth.orders);
      const cursors = await loadStreamCursors(bench.control);
      expect(cursors.find((row) => row.stream === 'orders')?.cursor).toBe('{"at":5,"id":5}');
      const runs = await bench.sync.runs('crm', { limit: 10 });
      expect(runs[0]).toMatchObject({ state: 'ok' });
      expect(bench.sync.status('crm')).toMatchObject({ state: 'ok', failures: 0 });
    } finally {
      await bench.close();
    }
  }
}, 180_000);

test('the process that reads ends with the server', async () => {
  const home = join(folder, 'orphan');
  const bench = await openSyncBench(sources, { folder: home, clock: () => MORNING - 3_600_000 });
  const rows = fakeRows(5);
  writeService(bench.service, { orders: { rows, tell: true }, users: { rows } });
  await bench.close();
  expect(await runProcess(home, 5)).toMatchObject({ killed: true });
  const after = await openSyncBench(sources, { folder: home, clock: () => MORNING });
  const [run] = await after.sync.runs('crm', { limit: 1 });
  const log = (await after.sync.run(run?.id ?? 0))?.log ?? [];
  await after.close();
  const pid = Number(log.find((line) => /^\d+$/.test(line.message))?.message);
  expect(pid).toBeGreaterThan(0);
  await until('the reading process is gone', () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  });
});

function sources(file: string) {
  return [
    fakeSource(file, [
      { name: 'orders', mode: 'incremental' },
      { name: 'users', mode: 'full' },
    ]),
  ];
}
