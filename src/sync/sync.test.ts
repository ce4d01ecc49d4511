import { afterEach, expect, test } from 'vitest';
import { fakeRows, fakeSource, writeService } from '../../test/support/fake-table.ts';
import { foldPages, openSyncBench, type SyncBench } from '../../test/support/sync.ts';

let bench: SyncBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

test('a run reads its streams in a process of its own; the next one takes only what is new', async () => {
  bench = await openSyncBench((file) => [
    fakeSource(file, [
      { name: 'orders', mode: 'incremental' },
      { name: 'users', mode: 'full' },
    ]),
  ]);
  const { sync, service } = bench;
  writeService(service, { orders: { rows: fakeRows(5) }, users: { rows: fakeRows(3) } });
  const first = await sync.runNow('crm');
  await sync.idle();
  const run = await sync.run(first);
  expect(run).toMatchObject({ state: 'ok', trigger: 'manual', rows: 8, pages: 5, error: null, notices: [] });
  expect(run?.streams).toEqual([
    { name: 'orders', rows: 5, pages: 3, state: 'ok' },
    { name: 'users', rows: 3, pages: 2, state: 'ok' },
  ]);
  expect(run?.log.map((line) => line.message)).toEqual(['orders: 5 rows in 3 pages.', 'users: 3 rows in 2 pages.']);
  expect(sync.status('crm')).toMatchObject({ state: 'ok', failures: 0, last_run: { id: first } });

  writeService(service, {
    orders: { rows: [...fakeRows(5), { id: 6, at: 6, amount: 1 }, { id: 2, at: 7, amount: 99 }] },
    users: { rows: fakeRows(2) },
  });
  const second = await sync.runNow('crm');
  await sync.idle();
  expect(await sync.run(second)).toMatchObject({ rows: 4, streams: [{ rows: 2 }, { rows: 2 }] });
  const held = foldPages(await bench.entries());
  expect([...held.keys()]).toEqual([
    'orders-1',
    'orders-2',
    'orders-3',
    'orders-4',
    'orders-5',
    'orders-6',
    'users-1',
    'users-2',
  ]);
  expect(held.get('orders-2')).toMatchObject({ amount: 99 });
  expect(bench.errors).toEqual([]);
});
