import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunDetail } from '../../src/contract/api.ts';
import { loadStreamCursors } from '../../src/store/stream-cursors.ts';
import { withEngine } from '../support/engine.ts';
import { emptyTables } from '../support/facts.ts';
import { type FakePages, fakeItems, startFakePages } from '../support/fake-pages.ts';
import { FAKE_PAGES_CONNECTORS, fakePagesSource } from '../support/fake-pages-reader.ts';
import { projectJournal } from '../support/project-journal.ts';
import { openSyncBench, type SyncBench } from '../support/sync.ts';

/** RELIABILITY F17 and F18 from the service's socket to the journal: a process of its own reads, through the egress guard. */

const engine = withEngine();
let service: FakePages;
let bench: SyncBench;
let now: number;
beforeEach(async () => {
  service = await startFakePages(fakeItems(45));
  now = Date.parse('2026-11-20T12:00:00Z');
});
afterEach(async () => {
  const { connector, settings } = fakePagesSource(service.url);
  const journal = { folder: join(bench.folder, 'journal'), durableSeq: bench.journal.durableSeq };
  const held = await ids();
  await emptyTables(engine.warehouse);
  const { facts } = await projectJournal(
    engine.warehouse,
    journal,
    new Map([['crm', { connector, settings, defaults: {} }]]),
  );
  await bench.close();
  await service.close();
  // However the pages came, each item is one fact.
  expect(facts.activity).toBe(held.size);
});

async function open(declaration: Parameters<typeof fakePagesSource>[1] = {}, egressAllow = ['127.0.0.1']) {
  bench = await openSyncBench(() => [fakePagesSource(service.url, declaration)], {
    clock: () => now,
    egressAllow,
    reader: { connectors: FAKE_PAGES_CONNECTORS },
  });
}

async function runNow(): Promise<RunDetail> {
  const run = await bench.sync.runNow('crm');
  await bench.sync.idle();
  const detail = await bench.sync.run(run);
  if (detail === null) throw new Error('no run');
  return detail;
}

/** Ids that the journal holds. */
async function ids(): Promise<Set<string>> {
  const pages = (await bench.entries()).map(
    (entry) => JSON.parse(entry.body.toString()) as { items: { id: string }[] },
  );
  return new Set(pages.flatMap((page) => page.items.map((item) => item.id)));
}

const cursor = async () => (await loadStreamCursors(bench.control, 'crm'))[0]?.cursor ?? null;

describe('F17: transport', () => {
  test('what passes by is waited out within the run', async () => {
    await open();
    service.fault(0, { kind: 'status', status: 429, headers: { 'retry-after': '0' } });
    service.fault(2, { kind: 'status', status: 502, headers: { 'content-type': 'text/html' }, body: '<html>' });
    service.fault(4, { kind: 'hang_in_body' });
    service.fault(6, { kind: 'reset' });
    const run = await runNow();
    expect(run).toMatchObject({ state: 'ok', rows: 45, pages: 5, error: null, notices: [] });
    expect(run.log.filter((line) => line.message.includes('Trying again in')).length).toBe(4);
    expect((await ids()).size).toBe(45);
  });

  test('half an answer moves nothing beyond the last whole page; the source is late, not failed, and its next try ends it', async () => {
    await open();
    now = Date.parse('2026-11-21T05:00:00Z');
    service.fault(2, { kind: 'half_json' });
    await bench.sync.tick();
    await bench.sync.idle();
    expect((await bench.sync.runs('crm', { limit: 1 }))[0]).toMatchObject({
      trigger: 'schedule',
      state: 'failed',
      error: 'The service sent half an answer.',
      pages: 2,
    });
    expect(await cursor()).toBe(JSON.stringify({ updated_at: fakeItems(20).at(-1)?.updated_at }));
    expect(bench.sync.status('crm')).toMatchObject({
      state: 'late',
      detail: 'Retry 2/5 in 1 min. The service sent half an answer.',
    });
    now += 60_000;
    await bench.sync.tick();
    await bench.sync.idle();
    expect((await bench.sync.runs('crm', { limit: 1 }))[0]).toMatchObject({ trigger: 'retry', state: 'ok' });
    expect((await ids()).size).toBe(45);
    expect(bench.sync.status('crm')).toMatchObject({ state: 'ok', failures: 0 });
  });

  test('requests that may be made are counted; the next run goes on', async () => {
    await open({ budget: { requests: 3 } });
    expect(await runNow()).toMatchObject({
      state: 'ok',
      pages: 3,
      notices: [
        'The run has made the 3 requests that it may make. More is left of "items"; the next run goes on from there.',
      ],
    });
    expect(await runNow()).toMatchObject({ state: 'ok' });
    expect((await ids()).size).toBe(45);
  });

  test('an address of the own network is refused before anything is sent', async () => {
    await open({}, []);
    expect(await runNow()).toMatchObject({
      state: 'failed',
      error: expect.stringMatching(/egress\.allow in turnout\.yaml/),
    });
    expect(service.requests()).toBe(0);
    expect(bench.sync.status('crm')).toMatchObject({ state: 'failed', next_run_at: null });
    expect(await bench.sync.test('crm')).toMatchObject([{ ok: false, detail: expect.stringMatching(/egress\.allow/) }]);
  });
});

describe('F18: paging', () => {
  test('a partial page and a total that disagrees are told in the run; the next one finds the rows', async () => {
    await open();
    service.fault(4, { kind: 'partial', rows: 2 });
    expect((await runNow()).notices).toEqual([
      '"items" announced a page of 5 rows and sent 3. The next run looks again.',
      '"items" announced 45 rows and sent 43.',
    ]);
    expect((await ids()).size).toBe(43);
    expect((await runNow()).notices).toEqual([]);
    expect((await ids()).size).toBe(45);
  });

  test('a service that leads round in circles ends the run; what came before is kept', async () => {
    await open();
    service.fault(1, { kind: 'repeat_token' });
    expect(await runNow()).toMatchObject({ state: 'failed', error: expect.stringMatching(/round in circles/) });
    expect(await cursor()).not.toBeNull();
    expect(await runNow()).toMatchObject({ state: 'ok' });
    expect((await ids()).size).toBe(45);
  });

  test('rows that slip from page to page are told and found by the next run', async () => {
    await open();
    service.fault(4, { kind: 'shrink', rows: 3 });
    expect((await runNow()).notices[0]).toMatch(/had 45 rows when the read began and 42 later/);
    await runNow();
    expect((await ids()).size).toBe(45);
  });
});
