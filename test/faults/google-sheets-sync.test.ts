import { afterEach, beforeEach, expect, test } from 'vitest';
import { googleSheets } from '../../src/connectors/google-sheets.ts';
import type { Source } from '../../src/connectors/sources.ts';
import type { RunDetail } from '../../src/contract/api.ts';
import type { PullConnector } from '../../src/contract/pull.ts';
import { sourceDeclaration } from '../../src/contract/source.ts';
import { openJournalReader } from '../../src/journal/reader.ts';
import { createProjector, drain } from '../../src/projector/project.ts';
import { withEngine } from '../support/engine.ts';
import { rowsOf } from '../support/facts.ts';
import { type FakeGoogle, startFakeGoogle } from '../support/fake-google.ts';
import { expectExactLedger } from '../support/ledger.ts';
import { editCells } from '../support/read-sheet.ts';
import { openSyncBench, type SyncBench } from '../support/sync.ts';

/** A sheet from Google's socket to the facts: read by a process of its own, through the guard, journalled and projected. */

const engine = withEngine();
let google: FakeGoogle;
let bench: SyncBench;

beforeEach(async () => {
  google = await startFakeGoogle(
    [
      {
        gid: 0,
        title: 'Orders',
        cells: [
          ['Order', 'Customer', 'Paid at', 'Amount'],
          ['A-1', 'dana.lopez@example.com', 46336.5, 100],
          ['A-2', 'ben.okafor@example.com', 46337.5, 250.5],
          ['A-3', 'mei.tanaka@example.com', 46338.5, 40],
        ],
      },
    ],
    Date.now,
  );
  bench = await openSyncBench(() => [orders()], { clock: () => Date.now(), egressAllow: ['127.0.0.1'], reader: {} });
});
afterEach(async () => {
  await bench.close();
  await google.close();
});

function orders(): Source {
  const settings = {
    ...google.account,
    range: 'Orders',
    mapping: {
      record: 'activity',
      key: ['Order'],
      columns: [
        { field: 'feature', value: 'purchase' },
        { field: 'person.email', column: 'Customer' },
        { field: 'at', column: 'Paid at' },
        { field: 'amount', column: 'Amount' },
        { field: 'currency', value: 'USD' },
      ],
    },
  };
  return {
    name: 'orders',
    label: 'Orders',
    connector: googleSheets,
    pull: googleSheets as PullConnector,
    settings: googleSheets.settings.parse(settings),
    defaults: {},
    declaration: sourceDeclaration.parse({ name: 'orders', connector: 'google_sheets', settings }),
  };
}

async function sync(): Promise<RunDetail> {
  const id = await bench.sync.runNow('orders');
  await bench.sync.idle();
  const run = await bench.sync.run(id);
  if (run === null) throw new Error('no run');
  return run;
}

/** Amounts by order, in order. */
async function amounts(): Promise<number[]> {
  const reader = await openJournalReader(`${bench.folder}/journal`);
  try {
    const { connector, settings, defaults } = orders();
    const projector = createProjector({
      warehouse: engine.warehouse,
      reader,
      sources: new Map([['orders', { connector, settings, defaults }]]),
      workspace: { time_zone: 'Europe/Berlin', currency: 'USD' },
      channels: [],
      rates: [],
      log: { info() {}, warn() {}, error() {} },
    });
    await drain(projector, bench.journal.durableSeq);
  } finally {
    await reader.close();
  }
  const rows = await rowsOf<{ amount: number; at: string }>(engine.warehouse, 'activities');
  return rows.toSorted((a, b) => String(a.at).localeCompare(String(b.at))).map(({ amount }) => Number(amount));
}

test('rows are counted, changed and deleted with the sheet; a header that moves stops the source and nothing goes away', async () => {
  expect(await sync()).toMatchObject({ state: 'ok', rows: 3, pages: 1 });
  expect(await amounts()).toEqual([100, 250.5, 40]);

  const before = bench.journal.durableSeq;
  expect(await sync()).toMatchObject({ state: 'ok', rows: 0, pages: 0 });
  expect(bench.journal.durableSeq).toBe(before);
  expect(await amounts()).toEqual([100, 250.5, 40]);

  editCells(google, (cells) => {
    cells[1] = ['A-1', 'dana.lopez@example.com', 46336.5, 120];
    cells.splice(3, 1);
    cells.push(['A-4', 'no address', 46339.5, 9]);
    // It is still there, although it can no longer be read: it is not taken for gone.
    cells[2] = ['A-2', 'ben.okafor@example.com', 'next week', 250.5];
  });
  expect(await sync()).toMatchObject({ state: 'ok', rows: 3 });
  expect(await amounts()).toEqual([120, 250.5]);
  expect((await expectExactLedger(engine.warehouse)).total).toMatchObject({ quarantined: 2 });

  editCells(google, (cells) => cells.unshift(['Orders of November']));
  const run = await sync();
  expect(run).toMatchObject({ state: 'failed', rows: 0 });
  expect(run.error).toBe(
    'Sheet "Orders", row 1: the columns "Customer", "Paid at", "Order" are missing. Row 2 has them: the header has moved; set header_row: 2.',
  );
  expect(bench.sync.status('orders')).toMatchObject({ state: 'failed' });
  expect(await amounts()).toEqual([120, 250.5]);
  await expectExactLedger(engine.warehouse, { durableSeq: bench.journal.durableSeq });
});

test('secrets of the key are in no log line', async () => {
  google.mode = 'key_deleted';
  const run = await sync();
  expect(run).toMatchObject({ state: 'failed', error: expect.stringContaining('make a new key') });
  expect(JSON.stringify(run)).not.toMatch(/PRIVATE KEY|ya29/);
});
