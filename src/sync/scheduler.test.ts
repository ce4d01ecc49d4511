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
import { openSyncBench, type SyncBench } from '../../test/support/sync.ts';
import type { Source } from '../connectors/sources.ts';
import { openControlDatabase } from '../store/database.ts';
import { createSync, type SyncOptions } from './sync.ts';

/** A workspace in Berlin whose clock is moved by hand. */

let bench: SyncBench;
let now: number;
afterEach(() => bench.close());

const at = (text: string) => Date.parse(text);
const instant = (text: string) => new Date(text).toISOString();

async function open(
  begin: string,
  declaration: Parameters<typeof fakeSource>[2] = {},
  options: Partial<SyncOptions> = {},
  streams: Parameters<typeof fakeSource>[1] = [{ name: 'orders', mode: 'incremental' }],
): Promise<void> {
  now = at(begin);
  const connector = PULL_CONNECTORS.get(fakeTable.name);
  if (connector === undefined) throw new Error('no connector');
  bench = await openSyncBench((file) => [fakeSource(file, streams, declaration)], {
    clock: () => now,
    openReader: openInProcess(connector),
    ...options,
  });
  serve({ rows: fakeRows(3) });
}

function serve(orders: FakeTable, more: Record<string, FakeTable> = {}): void {
  writeService(bench.service, { orders, ...more });
}

/** Lets a minute pass at a time, as the server's second does, and answers what ran. */
async function passTo(text: string, step = 60_000): Promise<string[]> {
  const before = (await bench.sync.runs('crm', { limit: 1 }))[0]?.id ?? 0;
  for (; now < at(text); now = Math.min(now + step, at(text))) await settle();
  await settle();
  const runs = await bench.sync.runs('crm', { limit: 100 });
  return runs
    .filter((run) => run.id > before)
    .reverse()
    .map((run) => `${run.trigger} ${run.state} ${run.started_at.slice(0, 16)}`);
}

async function settle(): Promise<void> {
  await bench.sync.tick();
  await bench.sync.idle();
}

describe('schedule', () => {
  test('a new source waits for its first morning; across a change of the clocks it runs every morning at 06:00', async () => {
    await open('2026-03-27T12:00:00Z');
    expect(bench.sync.status('crm')).toMatchObject({
      state: 'waiting',
      schedule: '0 6 * * *',
      next_run_at: instant('2026-03-28T05:00Z'),
      complete_through: null,
      expected: 'within 2 h of its schedule',
      failures: 0,
    });
    expect(await passTo('2026-03-30T12:00:00Z', 1_800_000)).toEqual([
      'schedule ok 2026-03-28T05:00',
      'schedule ok 2026-03-29T04:00',
      'schedule ok 2026-03-30T04:00',
    ]);
    expect(bench.sync.status('crm')).toMatchObject({
      state: 'ok',
      complete_through: instant('2026-03-30T04:00Z'),
      next_run_at: instant('2026-03-31T04:00Z'),
    });
  });

  test('after days of downtime there is one run, at once', async () => {
    await open('2026-10-23T12:00:00Z');
    expect(await passTo('2026-10-24T05:00:00Z', 1_800_000)).toEqual(['schedule ok 2026-10-24T04:00']);
    now = at('2026-10-27T13:17:00Z');
    await bench.restart();
    expect(bench.sync.status('crm')).toMatchObject({ state: 'late', detail: 'Late 2 d. Last complete run 3 d ago.' });
    expect(bench.sync.freshness()).toMatchObject([{ state: 'late', lateSince: at('2026-10-25T07:00:00Z') }]);
    expect(await passTo('2026-10-28T06:00:00Z', 300_000)).toEqual([
      'catch_up ok 2026-10-27T13:17',
      'schedule ok 2026-10-28T05:02',
    ]);
    expect(bench.sync.freshness()).toMatchObject([{ state: 'ok', lateSince: null }]);
  });

  test('a run by hand, in between and while paused; what was missed while paused is caught up', async () => {
    await open('2026-11-20T12:00:00Z');
    await bench.sync.pause('crm', true);
    expect(bench.sync.status('crm')).toMatchObject({ state: 'paused', next_run_at: null });
    expect(await passTo('2026-11-22T12:00:00Z', 3_600_000)).toEqual([]);
    await bench.sync.runNow('crm');
    await bench.sync.idle();
    expect(await bench.sync.runs('crm', { limit: 1 })).toMatchObject([{ trigger: 'manual', state: 'ok', rows: 3 }]);
    await bench.sync.pause('crm', false);
    expect(await passTo('2026-11-23T12:00:00Z', 3_600_000)).toEqual([
      'catch_up ok 2026-11-22T12:00',
      'schedule ok 2026-11-23T05:00',
    ]);
  });

  test('manual never runs by itself, and a schedule that cannot be read is said', async () => {
    await open('2026-11-20T12:00:00Z', { schedule: 'manual' });
    expect(await passTo('2026-11-22T12:00:00Z', 3_600_000)).toEqual([]);
    expect(bench.sync.status('crm')).toMatchObject({ schedule: 'manual', next_run_at: null, state: 'waiting' });
    await bench.sync.reload([fakeSource(bench.service, [{ name: 'orders', mode: 'full' }], { schedule: 'daily' })]);
    expect(bench.sync.status('crm')).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(/^The schedule "daily" cannot be read/),
    });
  });

  test('two sources at a time; the third waits for a place', async () => {
    const streams = [{ name: 'orders', mode: 'incremental' as const }];
    const named = (file: string) => ['a', 'b', 'c'].map((name) => fakeSource(file, streams, { name }));
    now = at('2026-11-20T12:00:00Z');
    const gates = new Map<string, () => void>();
    let running = 0;
    let most = 0;
    bench = await openSyncBench(named, {
      clock: () => now,
      openReader: () => ({
        async *read() {
          running += 1;
          most = Math.max(most, running);
          await new Promise<void>((resolve) => gates.set(`${gates.size}`, resolve));
          running -= 1;
          yield* [];
        },
        check: async () => [],
        count: async () => null,
        close: async () => {},
      }),
    });
    now = at('2026-11-21T05:00:00Z');
    await bench.sync.tick();
    await until('two run', () => gates.size === 2);
    expect(bench.sync.sources().map((source) => source.state)).toEqual(['running', 'running', 'running']);
    gates.get('0')?.();
    await until('the third runs', () => gates.size === 3);
    for (const open of gates.values()) open();
    await bench.sync.idle();
    expect(most).toBe(2);
  });
});

describe('retries', () => {
  test('five tries, then it waits for the next morning; late within them, failed after them', async () => {
    await open('2026-11-20T12:00:00Z');
    serve({ rows: [], fault: { page: 1, what: 'retry', message: 'The service is away.' } });
    expect(await passTo('2026-11-21T05:00:00Z')).toEqual(['schedule failed 2026-11-21T05:00']);
    expect(bench.sync.status('crm')).toMatchObject({
      state: 'late',
      detail: 'Retry 2/5 in 1 min. The service is away.',
      failures: 1,
      next_run_at: instant('2026-11-21T05:00:45Z'),
      last_run: { error: 'The service is away.' },
    });
    expect(await passTo('2026-11-21T12:00:00Z')).toEqual([
      'retry failed 2026-11-21T05:01',
      'retry failed 2026-11-21T05:04',
      'retry failed 2026-11-21T05:16',
      'retry failed 2026-11-21T06:01',
    ]);
    expect(bench.sync.status('crm')).toMatchObject({
      state: 'failed',
      detail: 'Failed 5 times in a row. The service is away.',
      next_run_at: instant('2026-11-22T05:00Z'),
    });
    serve({ rows: fakeRows(3) });
    expect(await passTo('2026-11-22T05:00:00Z', 600_000)).toEqual(['schedule ok 2026-11-22T05:00']);
    expect(bench.sync.status('crm')).toMatchObject({ state: 'ok', failures: 0 });
  });

  test('a retry that succeeds ends it, and reads only the streams that failed', async () => {
    await open('2026-11-20T12:00:00Z', {}, {}, [
      { name: 'orders', mode: 'incremental' },
      { name: 'users', mode: 'full' },
    ]);
    const away: FakeTable = { rows: fakeRows(3), fault: { page: 2, what: 'retry', message: 'gone' } };
    serve(away, { users: { rows: fakeRows(2) } });
    expect(await passTo('2026-11-21T05:00:00Z', 600_000)).toEqual(['schedule failed 2026-11-21T05:00']);
    const [failed] = await bench.sync.runs('crm', { limit: 1 });
    expect(failed).toMatchObject({ error: 'orders: gone', rows: 4 });
    expect((await bench.sync.run(failed?.id ?? 0))?.streams).toEqual([
      { name: 'orders', rows: 2, pages: 1, state: 'failed' },
      { name: 'users', rows: 2, pages: 1, state: 'ok' },
    ]);
    expect(bench.sync.status('crm')?.complete_through).toBeNull();
    serve({ rows: fakeRows(3) }, { users: { rows: fakeRows(2) } });
    expect(await passTo('2026-11-21T05:05:00Z')).toEqual(['retry ok 2026-11-21T05:01']);
    const [retried] = await bench.sync.runs('crm', { limit: 1 });
    expect((await bench.sync.run(retried?.id ?? 0))?.streams).toEqual([
      { name: 'orders', rows: 1, pages: 1, state: 'ok' },
    ]);
    expect(bench.sync.status('crm')).toMatchObject({ state: 'ok', complete_through: instant('2026-11-21T05:00Z') });
  });

  test('a mistake in the settings is not tried again until the declaration changes or a person starts it', async () => {
    await open('2026-11-20T12:00:00Z', { token: 'k-1234567890' }, { env: { CRM_TOKEN: 'k-1234567890' } });
    serve({ rows: [], fault: { page: 1, what: 'settings' } });
    expect(await passTo('2026-11-23T12:00:00Z', 600_000)).toEqual(['schedule failed 2026-11-21T05:00']);
    expect(bench.sync.status('crm')).toMatchObject({
      state: 'failed',
      detail: 'The last run failed. The service is away (token ••••).',
      next_run_at: null,
    });
    serve({ rows: fakeRows(3) });
    await bench.sync.reload([changed(bench.service)]);
    expect(await passTo('2026-11-23T13:00:00Z', 600_000)).toEqual(['catch_up ok 2026-11-23T12:00']);

    serve({ rows: [], fault: { page: 1, what: 'settings' } });
    await passTo('2026-11-24T12:00:00Z', 600_000);
    serve({ rows: fakeRows(3) });
    await bench.sync.runNow('crm');
    await bench.sync.idle();
    expect(bench.sync.status('crm')).toMatchObject({ state: 'ok', next_run_at: instant('2026-11-25T05:00Z') });
  });

  test('a start, and another list of allowed addresses, are reason enough to try once more', async () => {
    await open('2026-11-20T12:00:00Z');
    serve({ rows: [], fault: { page: 1, what: 'settings' } });
    expect(await passTo('2026-11-21T12:00:00Z', 600_000)).toEqual(['schedule failed 2026-11-21T05:00']);
    await bench.restart();
    expect(await passTo('2026-11-21T13:00:00Z', 600_000)).toEqual(['retry failed 2026-11-21T12:00']);
    const same = [fakeSource(bench.service, [{ name: 'orders', mode: 'incremental' }])];
    await bench.sync.reload(same, { env: {}, egressAllow: [] });
    expect(await passTo('2026-11-21T14:00:00Z', 600_000)).toEqual([]);
    serve({ rows: fakeRows(3) });
    await bench.sync.reload(same, { env: {}, egressAllow: ['10.0.0.0/8'] });
    expect(await passTo('2026-11-21T15:00:00Z', 600_000)).toEqual(['retry ok 2026-11-21T14:00']);
  });

  const changed = (file: string): Source =>
    fakeSource(file, [{ name: 'orders', mode: 'incremental' }], { label: 'Customers' });
});

describe('one run of a source at a time', () => {
  test('a second one is refused and says since when the first runs; a person can stop it', async () => {
    await open('2026-11-20T12:00:00Z', { label: 'CRM' });
    serve({ rows: fakeRows(6), fault: { page: 2, what: 'hang' } });
    const run = await bench.sync.runNow('crm');
    now += 180_000;
    await expect(bench.sync.runNow('crm')).rejects.toMatchObject({
      code: 'conflict',
      message: '"crm" is being read since 13:00 (3 min). Wait until that run has ended, or stop it first.',
    });
    await until('a page is kept', async () => (await bench.sync.run(run))?.pages === 1);
    expect(bench.sync.stop('crm')).toBe(true);
    await bench.sync.idle();
    expect(await bench.sync.run(run)).toMatchObject({
      state: 'stopped',
      error: 'Stopped by a person. What was read is kept; the next run goes on from there.',
      rows: 2,
    });
    expect(bench.sync.stop('crm')).toBe(false);
    await expect(bench.sync.runNow('other')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('another process with the same control database is refused as well, and can go on once the first is dead', async () => {
    await open('2026-11-20T12:00:00Z');
    serve({ rows: fakeRows(6), fault: { page: 2, what: 'hang' } });
    await bench.sync.runNow('crm');
    await until('a page is kept', async () => (await bench.sync.runs('crm', { limit: 1 }))[0]?.pages === 1);
    const second = await createSync({
      ...bench.options,
      control: await openControlDatabase(join(bench.folder, 'control.sqlite')),
      journal: bench.journal,
      sources: [fakeSource(bench.service, [{ name: 'orders', mode: 'incremental' }])],
      exclusive: false,
    });
    await expect(second.runNow('crm')).rejects.toMatchObject({ code: 'conflict' });
    expect(await second.runs('crm', { limit: 1 })).toMatchObject([{ state: 'running', pages: 1 }]);
    now += 61_000;
    serve({ rows: fakeRows(6) });
    await second.runNow('crm');
    await second.idle();
    expect(await second.runs('crm', { limit: 1 })).toMatchObject([{ state: 'ok', rows: 4 }]);
    await second.close();
  });

  test('the end of Turnout stops a run, which goes on after the next start', async () => {
    await open('2026-11-20T12:00:00Z');
    serve({ rows: fakeRows(6), fault: { page: 2, what: 'hang' } });
    now = at('2026-11-21T05:00:00Z');
    await bench.sync.tick();
    await until('a page is kept', async () => (await bench.sync.runs('crm', { limit: 1 }))[0]?.pages === 1);
    await bench.sync.close();
    serve({ rows: fakeRows(6) });
    await bench.restart();
    expect(await bench.sync.runs('crm', { limit: 1 })).toMatchObject([
      { state: 'stopped', error: expect.stringMatching(/^Turnout ended during this run/) },
    ]);
    expect(await passTo('2026-11-21T05:01:00Z')).toEqual(['retry ok 2026-11-21T05:00']);
    expect(await bench.sync.runs('crm', { limit: 1 })).toMatchObject([{ rows: 4 }]);
  });
});
