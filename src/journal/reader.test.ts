import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Journal, JournalReader } from './entry.ts';
import { nodeFileLayer } from './file-layer.ts';
import { openJournal } from './journal.ts';
import { type Damage, openJournalReader } from './reader.ts';
import { listSegments, segmentPath } from './segment.ts';

let folder: string;
let journal: Journal;
let reader: JournalReader;
let damages: Damage[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'turnout-reader-'));
  journal = await openJournal({ folder, flushMs: 0, segmentBytes: 2000, watermarkBytes: 0, ballastBytes: 0 });
  damages = [];
  reader = await openJournalReader(folder, nodeFileLayer, (damage) => damages.push(damage));
});
afterEach(async () => {
  await reader.close();
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

async function append(count: number, bytes = 300): Promise<void> {
  for (let index = 0; index < count; index++)
    await journal.append({ source: 's', receivedAt: 0, target: '', headers: {}, body: Buffer.alloc(bytes, index) });
}

const seqs = async (after: number, through: number, limit = 1000, maxBytes?: number) =>
  (await reader.read(after, through, limit, maxBytes)).map((entry) => entry.seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

async function damage(seq: number, within: number, length: number): Promise<void> {
  const holder = (await listSegments(nodeFileLayer, folder)).findLast((segment) => segment.firstSeq <= seq);
  const file = await nodeFileLayer.open(holder?.path ?? '', 'update');
  const frame = 40 + 1 + 2 + 300;
  await file.write(Buffer.alloc(length, 0xee), 32 + (seq - (holder?.firstSeq ?? 0)) * frame + within);
  await file.close();
}

test('reads nothing above `through`, follows rotation, and goes on where it was', async () => {
  await append(23);
  expect(await seqs(0, 0)).toEqual([]);
  expect(await seqs(0, 4)).toEqual(range(1, 4));
  expect(await seqs(4, 12, 3)).toEqual([5, 6, 7]);
  expect(await seqs(7, 12)).toEqual(range(8, 12));
  expect(await seqs(12, 23)).toEqual(range(13, 23));
  expect(await seqs(23, 23)).toEqual([]);
  await append(9);
  expect(await seqs(23, 32)).toEqual(range(24, 32));
});

test('jumps to any place, forward and back', async () => {
  await append(30);
  for (const [after, through] of [
    [17, 30],
    [3, 9],
    [29, 30],
    [0, 30],
    [5, 6],
  ] as const)
    expect(await seqs(after, through)).toEqual(range(after + 1, through));
});

test('stops at about `maxBytes`, but always gives an entry', async () => {
  await append(10);
  expect(await seqs(0, 10, 1000, 1)).toEqual([1]);
  expect(await seqs(1, 10, 1000, 700)).toEqual([2, 3, 4]);
});

test('entries larger than what is read at a time', async () => {
  await append(3, 700_000);
  await append(2, 10);
  expect((await reader.read(0, 5, 10)).map((entry) => entry.body.length)).toEqual([700_000, 700_000, 700_000, 10, 10]);
});

test.each([
  ['body', 100, 5],
  ['length', 4, 4],
  ['marker', 0, 4],
  ['all of it', 0, 343],
])('skips a frame whose %s is damaged, and says so once', async (_, within, length) => {
  await append(12);
  await damage(3, within, length);
  expect(await seqs(0, 12)).toEqual([1, 2, ...range(4, 12)]);
  expect(await seqs(0, 12)).toEqual([1, 2, ...range(4, 12)]);
  expect(damages).toEqual([{ path: segmentPath(folder, 1), offset: 32 + 2 * 343 }]);
});

test('damage at the end of a segment does not hide the next one', async () => {
  await append(12);
  await damage(5, 0, 343);
  expect(await seqs(0, 12)).toEqual([...range(1, 4), ...range(6, 12)]);
});

test('damage at the very end answers with nothing, and new entries are found behind it', async () => {
  await append(4);
  await damage(4, 0, 343);
  expect(await seqs(0, 4)).toEqual([1, 2, 3]);
  expect(await seqs(3, 4)).toEqual([]);
  await append(4);
  expect(await seqs(3, 8)).toEqual([5, 6, 7, 8]);
});
