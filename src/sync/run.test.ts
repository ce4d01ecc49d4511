import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type FakeTable,
  fakeRows,
  fakeSource,
  fakeTable,
  PULL_CONNECTORS,
  writeService,
} from '../../test/support/fake-table.ts';
import { openInProcess } from '../../test/support/in-process-reader.ts';
import { until } from '../../test/support/poll.ts';
import { foldPages, openSyncBench, type SyncBench } from '../../test/support/sync.ts';
import type { RunDetail } from '../contract/api.ts';
import { loadStreamCursors } from '../store/stream-cursors.ts';

let bench: SyncBench;
let now = Date.parse('2026-11-20T12:00:00Z');
afterEach(() => bench.close());

type Streams = Parameters<typeof fakeSource>[1];
const ORDERS: Streams = [{ name: 'orders', mode: 'incremental' }];
const USERS: Streams = [{ name: 'users', mode: 'full' }];

async function open(streams: Streams, declaration: Parameters<typeof fakeSource>[2] = {}): Promise<void> {
  const connector = PULL_CONNECTORS.get(fakeTable.name);
  if (connector === undefined) throw new Error('no connector');
  bench = await openSyncBench((file) => [fakeSource(file, streams, declaration)], {
    openReader: openInProcess(connector),
    clock: () => (now += 1_000),
  });
}

const serve = (service: Record<string, FakeTable>) => writeService(bench.service, service);

async function ended(run: Promise<number>): Promise<RunDetail> {
  const id = await run;
  await bench.sync.idle();
  const detail = await bench.sync.run(id);
  if (detail === null) throw new Error('no run');
  return detail;
}

const orders = async () =>
  [...foldPages(await bench.entries()).keys()].map((key) => key.replace('orders-', '')).join(' ');
const users = async () =>
  [...foldPages(await bench.entries()).keys()].map((key) => key.replace('users-', '')).join(' ');
const cursorOf = async (stream: string) =>
  (await loadStreamCursors(bench.control, 'crm')).find((row) => row.stream === stream)?.cursor ?? null;

describe('budget', () => {
  test('rows: the run ends well, says that more is left, and the next one goes on', async () => {
    await open(ORDERS, { budget: { rows: 4 } });
    serve({ orders: { rows: fakeRows(10) } });
    const notices = [
      'The run has read the 4 rows that it may read. More is left of "orders"; the next run goes on from there.',
    ];
    expect(await ended(bench.sync.runNow('crm'))).toMatchObject({
      state: 'ok',
      rows: 4,
      notices,
      streams: [{ state: 'waiting' }],
    });
    expect(bench.sync.status('crm')?.complete_through).toBeNull();
    expect(await ended(bench.sync.runNow('crm'))).toMatchObject({ state: 'ok', rows: 4, notices });
    expect(await ended(bench.sync.runNow('crm'))).toMatchObject({ state: 'ok', rows: 2, notices: [] });
    expect(bench.sync.status('crm')?.complete_through).not.toBeNull();
  });

  test('a stream that was not come to is the first one of the next run', async () => {
    await open([...ORDERS, { name: 'clicks', mode: 'incremental' }], { budget: { rows: 2 } });
    serve({ orders: { rows: fakeRows(2) }, clicks: { rows: fakeRows(2) } });
    expect((await ended(bench.sync.runNow('crm'))).streams).toMatchObject([{ rows: 2 }, { rows: 0, state: 'waiting' }]);
    serve({ orders: { rows: fakeRows(4) }, clicks: { rows: fakeRows(2) } });
    expect((await ended(bench.sync.runNow('crm'))).streams).toMatchObject([
      { name: 'orders', rows: 0, state: 'waiting' },
      { name: 'clicks', rows: 2, state: 'ok' },
    ]);
  });

  test('a stream that is read whole deletes nothing when it was cut short', async () => {
    await open(USERS, { budget: { rows: 2 } });
    serve({ users: { rows: fakeRows(4) } });
    const run = await ended(bench.sync.runNow('crm'));
    expect(run.notices).toEqual([
      'The run has read the 2 rows that it may read. More is left of "users", which is read from the beginning each time: raise the budget if this is said again.',
    ]);
    expect((await bench.entries()).some((entry) => entry.headers['turnout-control'] !== undefined)).toBe(false);
  });
});

describe('streams that are read whole', () => {
  test('what is no longer there is deleted; a read that broke off deletes nothing', async () => {
    await open(USERS);
    serve({ users: { rows: fakeRows(4) } });
    await ended(bench.sync.runNow('crm'));
    serve({ users: { rows: fakeRows(3, 2), fault: { page: 2, what: 'retry', message: 'gone' } } });
    expect(await ended(bench.sync.runNow('crm'))).toMatchObject({ state: 'failed', error: 'gone' });
    expect(await users()).toBe('1 2 3 4');
    serve({ users: { rows: fakeRows(3, 2) } });
    await ended(bench.sync.runNow('crm'));
    expect(await users()).toBe('2 3 4');
  });

  test('nothing at all, or much less than before, deletes nothing until a person says so', async () => {
    await open(USERS, { page_size: 100 });
    serve({ users: { rows: fakeRows(250) } });
    await ended(bench.sync.runNow('crm'));
    const before = bench.sync.status('crm')?.complete_through;
    for (const left of [100, 0]) {
      serve({ users: { rows: fakeRows(left) } });
      expect(await ended(bench.sync.runNow('crm'))).toMatchObject({
        state: 'ok',
        notices: [
          `"users" had 250 rows and now has ${left}. Nothing was deleted. If that is right, start a full refresh.`,
        ],
      });
      expect(foldPages(await bench.entries()).size).toBe(250);
      expect(bench.sync.status('crm')?.complete_through).toBe(before);
    }
    expect(await ended(bench.sync.fullRefresh('crm'))).toMatchObject({
      state: 'ok',
      trigger: 'full',
      notices: [],
      rows: 0,
    });
    expect(foldPages(await bench.entries()).size).toBe(0);
    expect(await ended(bench.sync.runNow('crm'))).toMatchObject({ state: 'ok', notices: [] });
  });

  test('a service that tells that nothing has changed costs nothing and loses nothing', async () => {
    await open(USERS);
    serve({ users: { rows: fakeRows(3), version: 'a' } });
    await ended(bench.sync.runNow('crm'));
    expect(await cursorOf('users')).toBe('{"version":"a"}');
    const entries = (await bench.entries()).length;
    const through = bench.sync.status('crm')?.complete_through ?? '';
    const run = await ended(bench.sync.runNow('crm'));
    expect([run.rows, run.log.map((line) => line.message)]).toEqual([0, ['users: nothing has changed.']]);
    expect((await bench.entries()).length).toBe(entries);
    expect(Date.parse(bench.sync.status('crm')?.complete_through ?? '')).toBeGreaterThan(Date.parse(through));
    expect(await users()).toBe('1 2 3');
  });

  test('the mark that nothing has changed counts only after a whole read', async () => {
    await open(USERS);
    serve({ users: { rows: fakeRows(3), version: 'a', fault: { page: 2, what: 'retry' } } });
    await ended(bench.sync.runNow('crm'));
    expect(await cursorOf('users')).toBeNull();
    serve({ users: { rows: fakeRows(3), version: 'a' } });
    await ended(bench.sync.runNow('crm'));
    expect(await users()).toBe('1 2 3');
  });
});

describe('full refresh', () => {
  test('of a stream with a cursor: from the beginning, and what is gone is deleted', async () => {
    await open(ORDERS);
    serve({ orders: { rows: fakeRows(5) } });
    await ended(bench.sync.runNow('crm'));
    serve({ orders: { rows: fakeRows(2, 4) } });
    await ended(bench.sync.runNow('crm'));
    expect(await orders()).toBe('1 2 3 4 5');
    expect(await ended(bench.sync.fullRefresh('crm'))).toMatchObject({ trigger: 'full', state: 'ok', rows: 2 });
    expect(await orders()).toBe('4 5');
    expect(await cursorOf('orders')).toBe('{"at":5,"id":5}');
    expect(await ended(bench.sync.runNow('crm'))).toMatchObject({ rows: 0 });
  });
});

describe('backfill', () => {
  const day = (n: number) => Date.UTC(2026, 10, n);
  const rows = [1, 2, 3, 4].map((n) => ({ id: n, at: day(n), amount: n }));
  const wish = { from: new Date(day(2)).toISOString(), to: new Date(day(4)).toISOString() };

  test('reads a range again, counts it before, and leaves the cursor where it was', async () => {
    await open([...ORDERS, ...USERS]);
    serve({ orders: { rows }, users: { rows: fakeRows(1) } });
    await ended(bench.sync.runNow('crm'));
    const cursor = await cursorOf('orders');
    expect(await bench.sync.countBackfill('crm', wish)).toBe(2);
    expect(await ended(bench.sync.backfill('crm', wish))).toMatchObject({
      trigger: 'backfill',
      state: 'ok',
      rows: 2,
      range: wish,
      streams: [{ name: 'orders', state: 'ok' }],
    });
    expect(await cursorOf('orders')).toBe(cursor);
    expect(await ended(bench.sync.runNow('crm'))).toMatchObject({ rows: 1, streams: [{ rows: 0 }, { rows: 1 }] });
  });

  test('what cannot be is said', async () => {
    await open([...ORDERS, ...USERS]);
    serve({ orders: { rows }, users: { rows: [] } });
    const asked = (given: object) => bench.sync.backfill('crm', { ...wish, ...given });
    await expect(asked({ to: wish.from })).rejects.toThrow(
      'A backfill needs two instants, the first before the second.',
    );
    await expect(asked({ stream: 'users' })).rejects.toThrow(/read whole each time/);
    await expect(asked({ stream: 'orderz' })).rejects.toThrow('"crm" has no stream "orderz"; it has orders, users.');
  });

  test('one that fails leaves the state of the source as it is', async () => {
    await open(ORDERS);
    serve({ orders: { rows } });
    await ended(bench.sync.runNow('crm'));
    serve({ orders: { rows, fault: { page: 1, what: 'settings' } } });
    expect(await ended(bench.sync.backfill('crm', wish))).toMatchObject({ state: 'failed' });
    expect(bench.sync.status('crm')).toMatchObject({ state: 'ok', failures: 0 });
  });
});

test('changes of columns are noted, shown until somebody has looked, and told in the run', async () => {
  await open(ORDERS);
  const columns = (...names: [string, string][]) => names.map(([name, type]) => ({ name, type }));
  serve({
    orders: { rows: fakeRows(1), columns: columns(['id', 'integer'], ['amount', 'integer'], ['region', 'text']) },
  });
  await ended(bench.sync.runNow('crm'));
  expect(await bench.sync.schemaChanges('crm')).toEqual([]);
  serve({
    orders: { rows: fakeRows(2), columns: columns(['id', 'integer'], ['amount', 'text'], ['reason_code', 'text']) },
  });
  const run = await ended(bench.sync.runNow('crm'));
  expect(run.notices).toHaveLength(3);
  const changes = await bench.sync.schemaChanges('crm');
  expect(changes.map(({ stream, change, column }) => `${stream} ${change} ${column}`)).toEqual([
    'orders type amount',
    'orders new reason_code',
    'orders removed region',
  ]);
  for (const { id } of changes.slice(1)) await bench.sync.acknowledgeChange(id);
  expect(await bench.sync.schemaChanges('crm')).toHaveLength(1);
  await expect(bench.sync.acknowledgeChange(changes[1]?.id ?? 0)).rejects.toMatchObject({ code: 'not_found' });
  serve({
    orders: { rows: fakeRows(3), columns: columns(['id', 'integer'], ['amount', 'text'], ['reason_code', 'text']) },
  });
  expect((await ended(bench.sync.runNow('crm'))).notices).toEqual([]);
});

test('a source is tested as it is or before it is saved, without a run and with secrets masked', async () => {
  const env = { CRM_TOKEN: 'k-1234567890' };
  const connector = PULL_CONNECTORS.get(fakeTable.name);
  bench = await openSyncBench((file) => [fakeSource(file, ORDERS)], {
    env,
    ...(connector === undefined ? {} : { openReader: openInProcess(connector) }),
  });
  serve({ orders: { rows: fakeRows(2) } });
  expect(await bench.sync.test('crm')).toMatchObject([{ stream: 'orders', ok: true, rows: 2 }]);
  const unsaved = fakeSource(bench.service, [{ name: 'clicks', mode: 'full' }], {
    name: 'clicks',
    token: env.CRM_TOKEN,
  });
  expect(await bench.sync.test(unsaved)).toMatchObject([{ ok: false, detail: 'There is no table clicks for ••••.' }]);
  expect(await bench.sync.runs('crm', { limit: 10 })).toEqual([]);
});

test('a source reaches no further than what is counted of it', async () => {
  await open(ORDERS);
  let projected = 0;
  await bench.restart({ projectedSeq: () => projected });
  serve({ orders: { rows: fakeRows(3) } });
  await ended(bench.sync.runNow('crm'));
  expect([bench.sync.status('crm')?.complete_through, bench.sync.freshness()[0]?.completeThrough]).toEqual([
    null,
    null,
  ]);
  projected = bench.journal.durableSeq;
  expect(bench.sync.freshness()[0]?.completeThrough).toBeGreaterThan(0);
});

test('a source that people bring files to is never read, and owes a file where it says so', async () => {
  await open([], { name: 'operator-x', expect: { max_age: '7d' } });
  expect(bench.sync.status('operator-x')).toMatchObject({
    state: 'waiting',
    detail: 'Waits for its first file.',
    schedule: 'manual',
    next_run_at: null,
    expected: 'at most 7 d old',
  });
  await expect(bench.sync.runNow('operator-x')).rejects.toThrow('Files are brought to "operator-x" by people');
  const run = await bench.sync.startRun({ source: 'operator-x', trigger: 'import', file: 'calls.csv' });
  await run.end({ state: 'ok', error: null });
  await until('the file is known', () => bench.sync.status('operator-x')?.state === 'ok');
  now += 8 * 86_400_000;
  expect(bench.sync.freshness()).toMatchObject([{ state: 'late', detail: 'Late 24 h. Last file 8 d ago.' }]);
});

test('the record of an import: pages, log, undo mark of a batch', async () => {
  await open(ORDERS);
  const run = await bench.sync.startRun({ source: 'operator-x', trigger: 'import', file: 'calls.csv' });
  run.log('info', 'Reads calls.csv.');
  await run.page({ stream: 'files', rows: 10, bytes: 100, seq: 4 });
  await run.page({ stream: 'files', rows: 5, bytes: 50, seq: 9 });
  run.notice('2 rows were left out.');
  await run.end({ state: 'ok', error: null });
  expect(await bench.sync.runs('operator-x', { limit: 5 })).toMatchObject([
    {
      id: run.id,
      rows: 15,
      pages: 2,
      bytes: 150,
      state: 'ok',
      notices: ['2 rows were left out.'],
      batch: { file: 'calls.csv', undone: false },
    },
  ]);
  expect((await bench.sync.run(run.id))?.log.map((line) => line.level)).toEqual(['info', 'warn']);
});

test('cursors and the numbers of runs come back from the journal when the control database is lost', async () => {
  await open([...ORDERS, ...USERS]);
  serve({ orders: { rows: fakeRows(5) }, users: { rows: fakeRows(2) } });
  const first = await ended(bench.sync.runNow('crm'));
  for (const end of ['', '-wal', '-shm']) rmSync(join(bench.folder, `control.sqlite${end}`), { force: true });
  await bench.restart();
  const second = await ended(bench.sync.runNow('crm'));
  expect(second.id).toBeGreaterThan(first.id);
  expect(second.streams).toMatchObject([{ rows: 0 }, { rows: 2 }]);
  expect(await bench.sync.run(first.id)).toMatchObject({ state: 'stopped', rows: 7, pages: 4 });
});
