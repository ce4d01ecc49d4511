import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { fakeRows, fakeSource, writeService } from '../../test/support/fake-table.ts';
import { foldPages, openSyncBench, type SyncBench } from '../../test/support/sync.ts';
import { parseSources } from '../connectors/sources.ts';

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

test('the connectors that ship with Turnout are read: a folder of files in the workspace', async () => {
  const workspace = mkdtempSync(join(tmpdir(), 'turnout-workspace-'));
  try {
    mkdirSync(join(workspace, 'inbox'));
    const file = join(workspace, 'inbox', 'logins.csv');
    writeFileSync(file, 'mail;when\ndana@example.com;2026-11-01T08:00:00Z\n');
    utimesSync(file, 1_700_000_000, 1_700_000_000);
    const text = `version: 1
sources:
  - name: logins
    connector: csv
    settings:
      folder: inbox
      mapping:
        record: activity
        columns:
          - { field: person.email, column: mail }
          - { field: at, column: when }
          - { field: feature, value: login }
`;
    const { sources, problems } = parseSources([{ path: 'sources/files.yaml', text }], {});
    expect(problems).toEqual([]);
    bench = await openSyncBench(() => sources, { reader: { folder: workspace } });
    const run = await bench.sync.runNow('logins');
    await bench.sync.idle();
    expect(await bench.sync.run(run)).toMatchObject({ state: 'ok', rows: 1, error: null });
    const again = await bench.sync.runNow('logins');
    await bench.sync.idle();
    expect(await bench.sync.run(again)).toMatchObject({ state: 'ok', rows: 0 });
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
});
