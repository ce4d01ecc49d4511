import { afterEach, expect, test } from 'vitest';
import type { JournalEntry } from '../../src/journal/entry.ts';
import { openJournalReader } from '../../src/journal/reader.ts';
import { createProjector, drain } from '../../src/projector/project.ts';
import { loadStreamCursors } from '../../src/store/stream-cursors.ts';
import type { Failpoint } from '../../src/sync/failpoint.ts';
import { withEngine } from '../support/engine.ts';
import { rowsOf } from '../support/facts.ts';
import { type FakeRow, fakeSource, fakeTable, PULL_CONNECTORS, writeService } from '../support/fake-table.ts';
import { openInProcess } from '../support/in-process-reader.ts';
import { expectExactLedger } from '../support/ledger.ts';
import { foldPages, openSyncBench, type SyncBench } from '../support/sync.ts';

/**
 * RELIABILITY F19: a crash between any two steps of a run. Round n stops the world at step n of a run that the schedule began,
 * opens everything again and lets the run that follows by itself end; facts, cursors and ledger are then those of a run that was
 * never interrupted.
 */

const engine = withEngine();
let bench: SyncBench | undefined;
afterEach(() => bench?.close());

const DAY = 86_400_000;
const FIRST = Date.parse('2026-11-02T05:00:00Z');

/** The service as it is in round `n`: three new orders and one changed, a list of users that moves on by one. */
function serviceOf(round: number): { orders: FakeRow[]; users: FakeRow[] } {
  const orders = Array.from({ length: 3 * round }, (_, index) => ({ id: index, at: 10 * index, amount: index + 1 }));
  const changed = orders
    .slice(0, round - 1)
    .map((row) => ({ ...row, at: 10 * (3 * row.id + 5) + 5, amount: 1_000 + row.id }));
  const users = Array.from({ length: 3 }, (_, index) => ({ id: round + index, at: 1, amount: round }));
  return { orders: [...changed, ...orders.slice(round - 1)], users };
}

/** Never comes back from the n-th step: what would follow is never done. */
function stopAt(n: number): { failpoint: Failpoint; steps: string[]; stopped: Promise<void> } {
  const steps: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const failpoint = (step: string) => {
    steps.push(step);
    if (steps.length < n) return Promise.resolve();
    resolve();
    return new Promise<void>(() => {});
  };
  return { failpoint, steps, stopped: promise };
}

test('whatever step a run breaks off at, the next one ends in the same state', async () => {
  const connector = PULL_CONNECTORS.get(fakeTable.name);
  if (connector === undefined) throw new Error('no connector');
  let now = FIRST - DAY / 2;
  const source = (file: string) =>
    fakeSource(file, [
      { name: 'orders', mode: 'incremental' },
      { name: 'users', mode: 'full' },
    ]);
  bench = await openSyncBench((file) => [source(file)], { clock: () => now, openReader: openInProcess(connector) });
  const met: string[] = [];

  for (let round = 1; ; round++) {
    writeService(bench.service, { orders: { rows: serviceOf(round).orders }, users: { rows: serviceOf(round).users } });
    now = FIRST + (round - 1) * DAY;
    const { failpoint, steps, stopped } = stopAt(round);
    await bench.restart({ failpoint });
    const ran = bench.sync.tick().then(() => bench?.sync.idle());
    const outcome = await Promise.race([stopped.then(() => 'stopped'), ran.then(() => 'ended')]);
    await bench.restart();
    if (outcome === 'stopped') {
      met.push(steps.at(-1) ?? '');
      await bench.sync.tick();
      await bench.sync.idle();
    }
    await expectEndState(bench, round);
    expect(bench.errors).toEqual([]);
    if (outcome === 'ended') break;
  }

  expect(met.length).toBeGreaterThan(15);
  expect(new Set(met)).toEqual(
    new Set([
      'run begun',
      'page received',
      'page appended',
      'page indexed',
      'stream read',
      'stream complete',
      'streams read',
      'run ended',
    ]),
  );
}, 180_000);

async function expectEndState(at: SyncBench, round: number): Promise<void> {
  const truth = serviceOf(round);
  const entries = await at.entries();

  // Pages and cursors.
  const held = foldPages<FakeRow>(entries);
  const heldIn = (stream: string) => [...held].flatMap(([key, row]) => (key.startsWith(`${stream}-`) ? [row] : []));
  expect(heldIn('orders').sort(byId)).toEqual(truth.orders.sort(byId));
  expect(heldIn('users').sort(byId)).toEqual(truth.users.sort(byId));
  const cursors = await loadStreamCursors(at.control);
  const last = truth.orders.toSorted((a, b) => a.at - b.at).at(-1);
  expect(cursors.find((row) => row.stream === 'orders')).toMatchObject({
    cursor: JSON.stringify({ at: last?.at, id: last?.id }),
  });
  expect(cursors.find((row) => row.stream === 'users')).toMatchObject({ full_rows: 3 });

  // No row of an incremental stream twice.
  const pulled = entries.filter((entry) => entry.headers['turnout-stream'] === 'orders').flatMap(rowsOfPage);
  expect(new Set(pulled.map((row) => `${row.id} ${row.at}`)).size).toBe(pulled.length);

  // The runs tell what the journal holds, and the last one is whole.
  const runs = await at.sync.runs('crm', { limit: 1_000 });
  expect(runs[0]).toMatchObject({ state: 'ok' });
  expect(runs.filter((run) => run.state === 'running')).toEqual([]);
  const pages = entries.filter((entry) => entry.headers['turnout-control'] === undefined);
  expect(runs.reduce((sum, run) => sum + run.pages, 0)).toBe(pages.length);
  expect(runs.reduce((sum, run) => sum + run.rows, 0)).toBe(pages.flatMap(rowsOfPage).length);
  expect(at.sync.status('crm')).toMatchObject({ state: 'ok', failures: 0 });

  // Facts and ledger.
  await project(at);
  const facts = await rowsOf<{ feature: string; amount: number }>(engine.warehouse, 'activities');
  const told = facts.map((row) => `${row.feature} ${row.amount}`).sort();
  const expected = [
    ...truth.orders.map((row) => `orders ${row.amount}`),
    ...truth.users.map((row) => `users ${row.amount}`),
  ];
  expect(told).toEqual(expected.sort());
  const { total } = await expectExactLedger(engine.warehouse, { durableSeq: at.journal.durableSeq });
  expect(total).toMatchObject({ received: pages.flatMap(rowsOfPage).length, quarantined: 0 });
}

async function project(at: SyncBench): Promise<void> {
  const reader = await openJournalReader(`${at.folder}/journal`);
  try {
    const projector = createProjector({
      warehouse: engine.warehouse,
      reader,
      sources: new Map([['crm', { connector: fakeTable, settings: {}, defaults: {} }]]),
      workspace: { time_zone: 'Europe/Berlin', currency: 'USD' },
      channels: [],
      rates: [],
      log: { info() {}, warn() {}, error() {} },
    });
    await drain(projector, at.journal.durableSeq);
  } finally {
    await reader.close();
  }
}

const byId = (a: FakeRow, b: FakeRow) => a.id - b.id;
const rowsOfPage = (entry: JournalEntry): FakeRow[] =>
  entry.headers['turnout-control'] === undefined ? (JSON.parse(entry.body.toString()) as FakeRow[]) : [];
