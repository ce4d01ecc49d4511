import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Journal } from '../journal/entry.ts';
import { openJournal } from '../journal/journal.ts';
import { openJournalReader } from '../journal/reader.ts';
import { openControlDatabase } from '../store/database.ts';
import { loadRun } from '../store/runs.ts';
import { loadStreamCursors } from '../store/stream-cursors.ts';
import type { ControlDatabase } from '../store/tables.ts';
import { loadIndexedSeq, PageKeeper, type PageToKeep } from './page-keeper.ts';
import { indexJournalTail } from './recovery.ts';
import { startRun } from './runs.ts';

let folder: string;
let journal: Journal;
let control: ControlDatabase;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'turnout-pages-'));
  journal = await openJournal({ folder, checkBytesPerSecond: 0, watermarkBytes: 0, ballastBytes: 0 });
  control = await openControlDatabase(join(folder, 'control.sqlite'));
});
afterEach(async () => {
  await control.destroy();
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

const clock = () => 1_000;
const page = (source: string, run: number, n: number): PageToKeep => ({
  source,
  stream: 'orders',
  run,
  rows: n,
  contentType: 'application/json',
  body: Buffer.from(`[${n}]`),
  cursor: { n },
});

async function recover(): Promise<void> {
  const reader = await openJournalReader(folder);
  await indexJournalTail({ control, reader, durableSeq: journal.durableSeq, clock });
  await reader.close();
}

const state = async (runs: number[]) => ({
  runs: await Promise.all(runs.map(async (id) => ((run) => [run?.rows, run?.pages])(await loadRun(control, id)))),
  cursors: (await loadStreamCursors(control)).map((row) => [row.source, row.cursor]).sort(),
});

test('a page that is kept but not noted is noted by the next start, and one that was noted beside it is not counted twice', async () => {
  const [a, b] = [
    await startRun({ control, clock }, { source: 'a', trigger: 'manual' }),
    await startRun({ control, clock }, { source: 'b', trigger: 'manual' }),
  ];
  let stuck = true;
  const keeper = new PageKeeper(
    {
      journal,
      control,
      clock,
      failpoint: async (step) => {
        if (step !== 'page appended' || !stuck) return;
        stuck = false;
        await new Promise<void>(() => {});
      },
    },
    0,
  );
  const hanging = journal.durableSeq + 1;
  void keeper.keep(page('a', a.id, 3));
  while (journal.durableSeq < hanging) await new Promise((resolve) => setImmediate(resolve));
  await keeper.keep(page('b', b.id, 5));
  await keeper.catchUp();
  expect(await loadIndexedSeq(control)).toBeLessThan(hanging);
  expect(await state([a.id, b.id])).toEqual({
    runs: [
      [0, 0],
      [5, 1],
    ],
    cursors: [['b', '{"n":5}']],
  });

  await recover();
  const whole = {
    runs: [
      [3, 1],
      [5, 1],
    ],
    cursors: [
      ['a', '{"n":3}'],
      ['b', '{"n":5}'],
    ],
  };
  expect(await state([a.id, b.id])).toEqual(whole);
  expect(await loadIndexedSeq(control)).toBe(journal.durableSeq);
  await recover();
  expect(await state([a.id, b.id])).toEqual(whole);
});

test('nothing but what runs wrote is looked at, and only what is new', async () => {
  const run = await startRun({ control, clock }, { source: 'a', trigger: 'manual' });
  const keeper = new PageKeeper({ journal, control, clock, failpoint: async () => {} }, 0);
  await keeper.keep(page('a', run.id, 1));
  for (const headers of [{}, { 'turnout-run': 'x', 'turnout-stream': 'orders' }, { 'turnout-control': 'undo' }])
    await journal.append({ source: 'hook', receivedAt: 0, target: '/hooks/hook', headers, body: Buffer.alloc(1) });
  expect(await loadIndexedSeq(control)).toBe(1);
  await keeper.catchUp();
  expect(await loadIndexedSeq(control)).toBe(4);
  await recover();
  expect((await state([run.id])).cursors).toEqual([['a', '{"n":1}']]);
});
