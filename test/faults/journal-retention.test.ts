import { expect, test } from 'vitest';
import type { Journal, NewEntry, Retention } from '../../src/journal/entry.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { openJournalReader } from '../../src/journal/reader.ts';
import { loadDeletedThrough, retainSegments } from '../../src/journal/retention.ts';
import { listSegments } from '../../src/journal/segment.ts';
import { listUnusedNumbers } from '../../src/journal/unused-numbers.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { FaultFileLayer, LOSSES } from './fault-file-layer.ts';

/** Old segments are packed and deleted: what is to be kept can be read at any moment, also after a power loss at any step. */

const FOLDER = '/journal';
const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);
const never = new AbortController().signal;

const open = (fs: FaultFileLayer): Promise<Journal> =>
  openJournal({
    folder: FOLDER,
    fs,
    now: () => START,
    flushMs: 0,
    segmentBytes: 2500,
    watermarkBytes: 0,
    ballastBytes: 0,
    checkBytesPerSecond: 0,
  });

/** Twelve days of entries, about two a segment, of text that packs well. */
async function write(fs: FaultFileLayer): Promise<Map<number, NewEntry>> {
  const journal = await open(fs);
  const written = new Map<number, NewEntry>();
  for (let day = 0; day < 12; day += 1) {
    const body = Buffer.from(JSON.stringify({ day, text: 'again and again '.repeat(60) }));
    const entry = { source: 'hook', receivedAt: START + day * DAY, target: '/hooks/hook', headers: {}, body };
    written.set(await journal.append(entry), entry);
  }
  await journal.close();
  return written;
}

async function readAll(fs: FaultFileLayer): Promise<Map<number, string>> {
  const reader = await openJournalReader(FOLDER, fs, ({ path, offset }) => {
    throw new Error(`${path} is damaged at ${offset}`);
  });
  const found = new Map<number, string>();
  for (let after = 0; ; ) {
    const entries = await reader.read(after, 1_000, 3);
    if (entries.length === 0) break;
    for (const { seq, body } of entries) found.set(seq, body.toString());
    after = entries.at(-1)?.seq ?? after;
  }
  await reader.close();
  return found;
}

const bodies = (entries: ReadonlyMap<number, NewEntry>, from = 1) =>
  new Map([...entries].filter(([seq]) => seq >= from).map(([seq, { body }]) => [seq, body.toString()]));
const retain = (fs: FaultFileLayer, retention: Partial<Retention>) =>
  retainSegments(fs, FOLDER, { projectedSeq: 0, ...retention }, never, Number.POSITIVE_INFINITY);

test('segments that are old enough are packed, are smaller, and read as before', async () => {
  const fs = new FaultFileLayer();
  const written = await write(fs);
  const before = await listSegments(fs, FOLDER);
  const { compacted } = await retain(fs, { compactBefore: START + 6 * DAY });
  const after = await listSegments(fs, FOLDER);
  expect(compacted).toBeGreaterThan(1);
  expect(after.filter(({ packed }) => packed)).toHaveLength(compacted);
  expect(after.at(-1)?.packed).toBeUndefined();
  expect(after.map(({ firstSeq }) => firstSeq)).toStrictEqual(before.map(({ firstSeq }) => firstSeq));
  expect(await readAll(fs)).toStrictEqual(bodies(written));
  expect(await retain(fs, { compactBefore: START + 6 * DAY })).toMatchObject({ compacted: 0 });

  const journal = await open(fs);
  const status = journal.status();
  expect(status).toMatchObject({ durableSeq: 12, alarms: [], compacted: { segments: compacted } });
  expect(status.compacted.bytesBefore).toBeGreaterThan(compacted * 1000);
  expect(status.bytes, 'of more than 12,000').toBeLessThan(10_000);
  const entry = { source: 'hook', receivedAt: START + 20 * DAY, target: '', headers: {}, body: Buffer.from('new') };
  expect(await journal.append(entry)).toBe(13);
  await journal.close();
  expect([...(await readAll(fs)).keys()].at(-1)).toBe(13);
});

test('a reader goes on while what it reads is packed', async () => {
  const fs = new FaultFileLayer();
  const written = await write(fs);
  const reader = await openJournalReader(FOLDER, fs);
  const found = (await reader.read(0, 12, 1)).map(({ seq }) => seq);
  await retain(fs, { compactBefore: START + 100 * DAY });
  for (let after = 1; after < 12; after += 1) found.push(...(await reader.read(after, 12, 1)).map(({ seq }) => seq));
  expect(found).toStrictEqual([...written.keys()]);
  await reader.close();
});

test('only what is old and counted is deleted, from the oldest on; no number is taken for lost', async () => {
  const fs = new FaultFileLayer();
  const written = await write(fs);
  expect(await retain(fs, { deleteBefore: START + 9 * DAY, projectedSeq: 0 })).toMatchObject({ deletedThrough: 0 });
  const { deletedThrough } = await retain(fs, {
    deleteBefore: START + 9 * DAY,
    projectedSeq: 5,
    compactBefore: START + 9 * DAY,
  });
  expect(deletedThrough).toBeGreaterThan(0);
  expect(deletedThrough).toBeLessThanOrEqual(5);
  expect(await readAll(fs)).toStrictEqual(bodies(written, deletedThrough + 1));
  expect(await listUnusedNumbers(FOLDER, 12, fs)).toStrictEqual([]);
  const journal = await open(fs);
  expect(journal.status()).toMatchObject({ durableSeq: 12, alarms: [], deletedThrough });
  await journal.close();
});

test.each(LOSSES)('power loss (%s) at every step of packing and deleting', async (loss) => {
  const intact = new FaultFileLayer();
  const written = await write(intact);
  const wish = { compactBefore: START + 8 * DAY, deleteBefore: START + 4 * DAY, projectedSeq: 12 };
  for (let loseAt = 1; ; loseAt += 1) {
    const fs = intact.afterPowerLoss('drop', seededRandom(loseAt));
    fs.faults = { loseAt };
    await retain(fs, wish).catch((error: unknown) => {
      if (!fs.dead) throw error;
    });
    const next = fs.afterPowerLoss(loss, seededRandom(1000 + loseAt));
    const through = await loadDeletedThrough(next, FOLDER);
    const found = await readAll(next);
    for (const [seq, body] of bodies(written, through + 1))
      expect(found.get(seq), `${loss}, operation ${loseAt}, entry ${seq}`).toBe(body);
    const journal = await open(next);
    expect(journal.status(), `${loss}, operation ${loseAt}`).toMatchObject({ durableSeq: 12, alarms: [] });
    await journal.close();
    const { deletedThrough } = await retain(next, wish);
    expect(await readAll(next)).toStrictEqual(bodies(written, deletedThrough + 1));
    if (!fs.dead) break;
  }
});

test('a damaged block of a packed segment costs its entries only, and is set aside', async () => {
  const fs = new FaultFileLayer();
  await write(fs);
  await retain(fs, { compactBefore: START + 100 * DAY });
  const [first] = await listSegments(fs, FOLDER);
  if (first === undefined) throw new Error('no segment');
  fs.damage(first.path, 32 + 8 + 10, 8);
  const journal = await openJournal({ folder: FOLDER, fs, now: () => START, watermarkBytes: 0, ballastBytes: 0 });
  await expect.poll(() => journal.status().alarms.length).toBeGreaterThan(0);
  await journal.close();
  const reader = await openJournalReader(FOLDER, fs);
  const seqs = (await reader.read(0, 12, 100)).map(({ seq }) => seq);
  await reader.close();
  const second = (await listSegments(fs, FOLDER))[1]?.firstSeq ?? 0;
  expect(seqs).toStrictEqual(Array.from({ length: 13 - second }, (_, index) => second + index));
});
