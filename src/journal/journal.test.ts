import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Journal, NewEntry } from './entry.ts';
import { type FileLayer, nodeFileLayer, type OpenFile } from './file-layer.ts';
import { type JournalOptions, openJournal } from './journal.ts';
import { openJournalReader } from './reader.ts';

let folder: string;
const opened: { close(): Promise<void> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnout-journal-'));
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await openJournal({ folder, flushMs: 1, watermarkBytes: 0, ballastBytes: 0, ...options });
  opened.push(journal);
  return journal;
}

async function openReader() {
  const reader = await openJournalReader(folder);
  opened.push(reader);
  return reader;
}

function entry(text: string): NewEntry {
  return {
    source: 'wa-main',
    receivedAt: 1_731_700_000_000,
    target: '/hooks/wa-main?k=1',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(text),
  };
}

/** The real disk, with its writes and fsyncs counted. */
function countingLayer() {
  const counts = { writes: 0, fsyncs: 0, directoryFsyncs: 0 };
  const counted = (file: OpenFile): OpenFile => ({
    ...file,
    write(bytes, position) {
      counts.writes++;
      return file.write(bytes, position);
    },
    fdatasync() {
      counts.fsyncs++;
      return file.fdatasync();
    },
  });
  const fs: FileLayer = {
    ...nodeFileLayer,
    open: async (path, mode) => counted(await nodeFileLayer.open(path, mode)),
    fsyncDirectory(path) {
      counts.directoryFsyncs++;
      return nodeFileLayer.fsyncDirectory(path);
    },
  };
  return { counts, fs };
}

test('numbers rise by one, over restarts too, and a reader sees the same bytes', async () => {
  const first = await open();
  expect(first.durableSeq).toBe(0);
  expect(await Promise.all(['a', 'b', 'c'].map((text) => first.append(entry(text))))).toEqual([1, 2, 3]);
  expect(first.durableSeq).toBe(3);
  await first.close();

  const second = await open();
  expect(second.durableSeq).toBe(3);
  expect(await second.append(entry('d'))).toBe(4);
  const reader = await openReader();
  const entries = await reader.read(0, 4, 100);
  expect(entries.map(({ seq, body }) => [seq, body.toString()])).toEqual([
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
    [4, 'd'],
  ]);
  expect(entries[3]).toEqual({ ...entry('d'), seq: 4 });
});

test('appends of one window are one write and one fsync; a new segment also fsyncs its folder', async () => {
  const { counts, fs } = countingLayer();
  const journal = await open({ fs, flushMs: 5 });
  await Promise.all(Array.from({ length: 50 }, (_, index) => journal.append(entry(`first ${index}`))));
  expect(counts).toEqual({ writes: 1, fsyncs: 1, directoryFsyncs: 1 });
  await Promise.all(Array.from({ length: 50 }, (_, index) => journal.append(entry(`second ${index}`))));
  expect(counts).toEqual({ writes: 2, fsyncs: 2, directoryFsyncs: 1 });
});

test('listeners hear of each group, until they stop listening', async () => {
  const journal = await open();
  const heard: number[] = [];
  const stop = journal.onCommit((seq) => heard.push(seq));
  await journal.append(entry('a'));
  await vi.waitFor(() => expect(heard).toEqual([1]));
  stop();
  await journal.append(entry('b'));
  expect(heard).toEqual([1]);
});

test('closing writes what waits, and refuses what comes later', async () => {
  const journal = await open({ flushMs: 60_000 });
  const waiting = journal.append(entry('a'));
  await journal.close();
  expect(await waiting).toBe(1);
  await expect(journal.append(entry('b'))).rejects.toMatchObject({ code: 'unavailable' });
});

test('what waits is bounded', async () => {
  const journal = await open({ flushMs: 60_000, queueBytes: 10_000 });
  const results = await Promise.allSettled([
    journal.append(entry('x'.repeat(6000))),
    journal.append(entry('x'.repeat(6000))),
    journal.close(),
  ]);
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('an entry too large for a frame is refused as too large', async () => {
  const journal = await open();
  const large = { ...entry(''), body: Buffer.alloc(64 * 1024 * 1024) };
  await expect(journal.append(large)).rejects.toMatchObject({ code: 'too_large' });
});

test('segments are rotated by size and counted', async () => {
  const journal = await open({ segmentBytes: 1100 });
  for (let index = 0; index < 10; index++) await journal.append(entry('x'.repeat(400)));
  const names = readdirSync(folder).filter((name) => name.endsWith('.seg'));
  expect(names).toEqual(['1', '3', '5', '7', '9'].map((seq) => `${seq.padStart(20, '0')}.seg`));
  const status = journal.status();
  expect(status).toMatchObject({ segments: 5, durableSeq: 10, accepting: true, alarms: [] });
  await journal.close();
  expect((await open()).status()).toMatchObject({ segments: 5, bytes: status.bytes, durableSeq: 10 });
});

test('the ballast is real bytes on the disk', async () => {
  await open({ ballastBytes: 300_000 });
  const file = await nodeFileLayer.open(join(folder, 'ballast'), 'read');
  expect(await file.size()).toBe(300_000);
  await file.close();
});
