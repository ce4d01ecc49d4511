import { afterEach, expect, test, vi } from 'vitest';
import type { Journal, NewEntry } from '../../src/journal/entry.ts';
import { type JournalOptions, openJournal } from '../../src/journal/journal.ts';
import { openJournalReader } from '../../src/journal/reader.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { FaultFileLayer } from './fault-file-layer.ts';

const FOLDER = '/data/journal';
const HEADER = 32;
const BODY = 300;
/** Bytes of a frame of `entry(…)`. */
const FRAME = 40 + 's'.length + '{}'.length + BODY;

const opened: Journal[] = [];
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close();
});

async function open(fs: FaultFileLayer, options: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await openJournal({
    folder: FOLDER,
    fs,
    flushMs: 1,
    segmentBytes: HEADER + 5 * FRAME,
    watermarkBytes: 0,
    ballastBytes: 0,
    recheckMs: 20,
    now: () => 1_731_700_000_000,
    ...options,
  });
  opened.push(journal);
  return journal;
}

const entry = (id: number): NewEntry => ({
  source: 's',
  receivedAt: 0,
  target: '',
  headers: {},
  body: Buffer.alloc(BODY, `entry ${id} `),
});

const unavailable = expect.objectContaining({ name: 'TurnoutError', code: 'unavailable' });

async function appendMany(journal: Journal, count: number): Promise<void> {
  for (let id = 1; id <= count; id++) await journal.append(entry(id));
}

async function readSeqs(fs: FaultFileLayer, through: number): Promise<number[]> {
  const reader = await openJournalReader(FOLDER, fs);
  const entries = await reader.read(0, through, 1000);
  await reader.close();
  return entries.map(({ seq }) => seq);
}

const names = async (fs: FaultFileLayer) => (await fs.list(FOLDER)).filter((name) => name !== 'ballast').sort();
const messages = (journal: Journal) => journal.status().alarms.map((alarm) => alarm.message);
const segment = (firstSeq: number) => `${String(firstSeq).padStart(20, '0')}.seg`;

/** A closed journal of `count` entries, five to a segment, on a disk that has lost its power since. */
async function written(count: number): Promise<FaultFileLayer> {
  const fs = new FaultFileLayer();
  const journal = await open(fs);
  await appendMany(journal, count);
  await journal.close();
  return fs.afterPowerLoss('drop', seededRandom(1));
}

test('EIO on an fsync rejects that group only, and a new segment goes on', async () => {
  const fs = new FaultFileLayer();
  const journal = await open(fs);
  await appendMany(journal, 3);
  fs.faults = { failFsyncAt: fs.fsyncs + 1 };
  const group = await Promise.allSettled([journal.append(entry(4)), journal.append(entry(5))]);
  expect(group).toEqual([
    { status: 'rejected', reason: unavailable },
    { status: 'rejected', reason: unavailable },
  ]);
  expect(journal.durableSeq).toBe(3);
  expect(await journal.append(entry(6))).toBe(6);
  expect(await names(fs)).toEqual([segment(1), segment(6)]);
  expect(await readSeqs(fs, 6)).toEqual([1, 2, 3, 6]);
  expect(messages(journal)).toEqual([expect.stringContaining('EIO')]);

  const after = fs.afterPowerLoss('drop', seededRandom(1));
  expect(await readSeqs(after, (await open(after)).durableSeq)).toEqual([1, 2, 3, 6]);
});

test('a reader that has read ahead forgets what an fsync error took away', async () => {
  const fs = new FaultFileLayer();
  const journal = await open(fs);
  await appendMany(journal, 3);
  const reader = await openJournalReader(FOLDER, fs);
  const seqs: number[] = [];
  fs.faults = {
    failFsyncAt: fs.fsyncs + 1,
    beforeFsync: async () => {
      seqs.push(...(await reader.read(0, 3, 2)).map(({ seq }) => seq));
    },
  };
  await expect(journal.append(entry(4))).rejects.toEqual(unavailable);
  fs.faults = {};
  await journal.append(entry(5));
  seqs.push(...(await reader.read(2, 5, 10)).map(({ seq }) => seq));
  expect(seqs).toEqual([1, 2, 3, 5]);
  await reader.close();
});

test('EIO on the fsync of the folder rejects too', async () => {
  const fs = new FaultFileLayer();
  const journal = await open(fs);
  fs.faults = { failFsyncAt: fs.fsyncs + 2 };
  await expect(journal.append(entry(1))).rejects.toEqual(unavailable);
  expect(await journal.append(entry(2))).toBe(2);
  const after = fs.afterPowerLoss('drop', seededRandom(1));
  expect(await readSeqs(after, (await open(after)).durableSeq)).toEqual([2]);
});

test('while no segment can be opened appends are rejected, and it recovers by itself', async () => {
  const fs = new FaultFileLayer();
  const journal = await open(fs);
  await appendMany(journal, 5);
  fs.faults = { failOpen: 'EROFS' };
  for (let attempt = 0; attempt < 20; attempt++) await expect(journal.append(entry(6))).rejects.toEqual(unavailable);
  expect(journal.status().accepting).toBe(false);
  expect(messages(journal)).toHaveLength(1);
  fs.faults = {};
  const seq = await vi.waitFor(() => journal.append(entry(6)), { timeout: 5000, interval: 5 });
  expect(await readSeqs(fs, seq)).toEqual([1, 2, 3, 4, 5, seq]);
  expect(journal.status().accepting).toBe(true);
});

test('a disk that takes a few bytes at a time gets all of them', async () => {
  const fs = new FaultFileLayer();
  const journal = await open(fs);
  fs.faults = { shortWrite: 7 };
  await appendMany(journal, 7);
  const after = fs.afterPowerLoss('drop', seededRandom(1));
  expect(await readSeqs(after, 7)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('ENOSPC in the middle of a frame acknowledges nothing of it, and freed space ends it', async () => {
  const fs = new FaultFileLayer();
  const journal = await open(fs);
  await appendMany(journal, 2);
  fs.faults = { capacity: HEADER + 2 * FRAME + 100 };
  await expect(journal.append(entry(3))).rejects.toEqual(unavailable);
  await expect(journal.append(entry(4))).rejects.toEqual(unavailable);
  fs.faults = {};
  const seq = await vi.waitFor(() => journal.append(entry(5)), { timeout: 5000, interval: 5 });
  expect(await readSeqs(fs, seq)).toEqual([1, 2, seq]);
  const after = fs.afterPowerLoss('drop', seededRandom(1));
  const again = await open(after);
  expect(await readSeqs(after, again.durableSeq)).toEqual([1, 2, seq]);
  expect(messages(again)).toEqual([]);
});

test('below the watermark it rejects before the disk is full, and says what to do', async () => {
  const fs = new FaultFileLayer();
  fs.faults = { capacity: 100 * FRAME };
  const journal = await open(fs, { watermarkBytes: 40 * FRAME, segmentBytes: 1_000_000 });
  let accepted = 0;
  const refusal = await (async () => {
    for (; accepted < 1000; accepted++) await journal.append(entry(accepted));
    return undefined;
  })().catch((error: unknown) => error);
  expect(refusal).toEqual(unavailable);
  expect(String(refusal)).toMatch(/MiB free .* Free some space/);
  expect(accepted).toBeGreaterThanOrEqual(58);
  expect(accepted).toBeLessThanOrEqual(61);
  expect(journal.status()).toMatchObject({ accepting: false, durableSeq: accepted });

  fs.faults = { capacity: 200 * FRAME };
  const seq = await vi.waitFor(() => journal.append(entry(0)), { timeout: 5000, interval: 5 });
  expect(await readSeqs(fs, seq)).toHaveLength(accepted + 1);
});

test('the watermark is never below the ballast', async () => {
  const fs = new FaultFileLayer();
  fs.faults = { capacity: 5000 };
  const journal = await open(fs, { watermarkBytes: 10, ballastBytes: 6000 });
  await expect(journal.append(entry(1))).rejects.toEqual(unavailable);
});

test('a damaged frame in the last segment: the file is set aside, all others are kept, an alarm is raised, also next time', async () => {
  const fs = await written(9);
  fs.damage(`${FOLDER}/${segment(6)}`, HEADER + FRAME + 60, 10);
  const journal = await open(fs);
  expect(journal.durableSeq).toBe(9);
  expect(await readSeqs(fs, 9)).toEqual([1, 2, 3, 4, 5, 6, 8, 9]);
  expect(await names(fs)).toEqual([segment(1), '00000000000000000006.damaged-1', segment(6)]);
  expect(messages(journal)).toEqual([expect.stringContaining('00000000000000000006.damaged-1')]);
  expect(await journal.append(entry(10))).toBe(10);
  await journal.close();
  const again = await open(fs);
  expect(messages(again)).toHaveLength(1);
  expect(await readSeqs(fs, again.durableSeq)).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10]);
});

test.each([
  ['its header', 0, HEADER],
  ['a length', HEADER + 2 * FRAME + 4, 4],
  ['several frames', HEADER + FRAME + 5, 2 * FRAME],
])('a damaged last segment (%s) keeps its readable frames', async (_, position, length) => {
  const fs = await written(5);
  fs.damage(`${FOLDER}/${segment(1)}`, position, length);
  const reader = await readSeqs(fs, 5);
  const journal = await open(fs);
  expect(journal.durableSeq).toBe(5);
  expect(await readSeqs(fs, 5)).toEqual(reader);
  expect(reader).toContain(1);
  expect(reader).toContain(5);
  expect(messages(journal)).toHaveLength(1);
});

test('a bad frame at the very end is a torn tail: it is cut without alarm, and its number is not used again', async () => {
  const fs = await written(4);
  fs.damage(`${FOLDER}/${segment(1)}`, HEADER + 3 * FRAME + 50, 1);
  const journal = await open(fs);
  expect(journal.durableSeq).toBe(3);
  expect(messages(journal)).toEqual([]);
  expect(await names(fs)).toEqual([segment(1)]);
  const seq = await journal.append(entry(5));
  expect(seq).toBeGreaterThan(4);
  expect(await readSeqs(fs, seq)).toEqual([1, 2, 3, seq]);
});

test('complete segments are checked in the background and set aside when damaged', async () => {
  const fs = await written(12);
  fs.damage(`${FOLDER}/${segment(1)}`, HEADER + 4 * FRAME + 100, 1);
  const journal = await open(fs);
  await vi.waitFor(() => expect(messages(journal)).toHaveLength(1), { timeout: 5000, interval: 5 });
  expect(await names(fs)).toEqual(['00000000000000000001.damaged-1', segment(1), segment(6), segment(11)]);
  expect(await readSeqs(fs, 12)).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12]);
});

test('a segment that is gone is noticed', async () => {
  const fs = await written(12);
  await fs.remove(`${FOLDER}/${segment(6)}`);
  const journal = await open(fs);
  await vi.waitFor(() => expect(messages(journal)).toEqual([expect.stringContaining('entries 6 to 10 are missing')]), {
    timeout: 5000,
    interval: 5,
  });
});

test('on a full disk the ballast gives recovery its room', async () => {
  const fs = new FaultFileLayer();
  const first = await open(fs, { ballastBytes: 10 * FRAME });
  await appendMany(first, 5);
  await first.close();
  fs.damage(`${FOLDER}/${segment(1)}`, HEADER + FRAME, 5);
  fs.faults = { capacity: fs.usedBytes() };
  expect(await fs.freeBytes()).toBe(0);
  const journal = await open(fs, { ballastBytes: 10 * FRAME });
  expect(await names(fs)).toEqual(['00000000000000000001.damaged-1', segment(1)]);
  expect(await readSeqs(fs, 5)).toEqual([1, 3, 4, 5]);
  expect(messages(journal)).toHaveLength(1);
});

test('a damaged segment that cannot be set aside is read around, and says so', async () => {
  const fs = await written(5);
  fs.damage(`${FOLDER}/${segment(1)}`, HEADER + FRAME, 5);
  fs.faults = { failOpen: 'EROFS' };
  const journal = await open(fs);
  expect(messages(journal)).toEqual([expect.stringMatching(/could not be set aside \(EROFS\)/)]);
  expect(await readSeqs(fs, journal.durableSeq)).toEqual([1, 3, 4, 5]);
});

/** One long segment with a reserve of zeros. */
const RESERVED = { segmentBytes: 64 * 1024, reserveBytes: 4096 };

async function sizeOf(fs: FaultFileLayer, name: string): Promise<number> {
  const file = await fs.open(`${FOLDER}/${name}`, 'read');
  const size = await file.size();
  await file.close();
  return size;
}

test('under load a segment grows rarely, and what it has reserved is no part of it', async () => {
  const fs = new FaultFileLayer();
  const journal = await open(fs, RESERVED);
  const sizes = new Set<number>();
  for (let id = 1; id <= 60; id++) {
    // Bytes of an entry that are zeros are an entry's all the same.
    await journal.append({ ...entry(id), body: Buffer.alloc(BODY, id % 2 === 0 ? 0 : `entry ${id} `) });
    sizes.add(await sizeOf(fs, segment(1)));
  }
  const written = HEADER + 60 * FRAME;
  expect(sizes.size).toBeLessThan(12);
  expect(Math.max(...sizes)).toBeGreaterThan(written);
  const seqs = Array.from({ length: 60 }, (_, index) => index + 1);
  const damages: unknown[] = [];
  const reader = await openJournalReader(FOLDER, fs, (damage) => damages.push(damage));
  expect((await reader.read(0, 1000, 1000)).map(({ seq }) => seq)).toStrictEqual(seqs);
  await journal.append(entry(61));
  expect((await reader.read(60, 61, 10)).map(({ body }) => body)).toStrictEqual([entry(61).body]);
  expect(damages).toStrictEqual([]);
  await reader.close();

  const killed = fs.afterKill();
  const again = await open(killed, RESERVED);
  expect(again.durableSeq).toBe(61);
  expect(await sizeOf(killed, segment(1))).toBe(written + FRAME);
  expect(await again.append(entry(62))).toBe(62);
  expect(await readSeqs(killed, 62)).toStrictEqual([...seqs, 61, 62]);
  expect(messages(again)).toStrictEqual([]);

  await journal.close();
  expect(await sizeOf(fs, segment(1))).toBe(written + FRAME);
});

test('a reserve stays within its segment', async () => {
  const fs = new FaultFileLayer();
  const journal = await open(fs, { ...RESERVED, segmentBytes: HEADER + 20 * FRAME });
  await appendMany(journal, 20);
  expect(await sizeOf(fs, segment(1))).toBe(HEADER + 20 * FRAME);
  await appendMany(journal, 3);
  expect(await names(fs)).toStrictEqual([segment(1), segment(21)]);
  expect(await readSeqs(fs, 23)).toHaveLength(23);
});

test('a disk that has no room to reserve any takes what it has room for', async () => {
  const fs = new FaultFileLayer();
  const journal = await open(fs, RESERVED);
  fs.faults = { capacity: HEADER + 20 * FRAME + 100 };
  await appendMany(journal, 20);
  await expect(journal.append(entry(21))).rejects.toEqual(unavailable);
  expect(await readSeqs(fs, 20)).toHaveLength(20);
  fs.faults = {};
  await vi.waitFor(() => journal.append(entry(22)));
  await journal.close();
  const after = fs.afterPowerLoss('drop', seededRandom(1));
  const again = await open(after, RESERVED);
  expect(await readSeqs(after, again.durableSeq)).toHaveLength(21);
  expect(messages(again)).toStrictEqual([]);
});
