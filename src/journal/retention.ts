import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Retention } from './entry.ts';
import { errorCode, type FileLayer, writeAll } from './file-layer.ts';
import { isSameSegment, packSegment } from './packed-segment.ts';
import { listSegments, type SegmentFile } from './segment.ts';
import { SegmentCursor } from './segment-cursor.ts';

export interface Retained {
  compacted: number;
  /** Entries up to here are deleted; 0 where none is. */
  deletedThrough: number;
}

/** Old segments are read so fast at most: nobody waits for it. */
const BYTES_PER_SECOND = 8 * 1024 * 1024;

/**
 * Deletes and packs old segments, the oldest first; the newest one is never touched. Stopped anywhere, every entry that was to be
 * kept can be read, and the next call goes on.
 */
export async function retainSegments(
  fs: FileLayer,
  folder: string,
  { compactBefore, deleteBefore, projectedSeq }: Retention,
  signal: AbortSignal,
  bytesPerSecond = BYTES_PER_SECOND,
): Promise<Retained> {
  await finishPacking(fs, folder);
  const segments = await listSegments(fs, folder);
  let deletedThrough = await loadDeletedThrough(fs, folder);
  // A crash may have left a segment that was to be deleted.
  let oldest = true;
  let compacted = 0;
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    if (next === undefined || signal.aborted) break;
    const last = next.firstSeq - 1;
    const before = await beginsAt(fs, next);
    if (before === undefined) break;
    if (oldest && deleteBefore !== undefined && before < deleteBefore && last <= projectedSeq) {
      await saveDeletedThrough(fs, folder, last);
      await fs.remove(segment.path);
      await fs.fsyncDirectory(folder);
      deletedThrough = last;
      continue;
    }
    oldest = false;
    if (segment.packed || compactBefore === undefined || before >= compactBefore) continue;
    await pack(fs, folder, segment, pacer(bytesPerSecond, signal));
    compacted += 1;
  }
  return { compacted, deletedThrough };
}

/** When the first entry of a segment was received: everything before it was received by then. Undefined where nothing in it can be read yet. */
async function beginsAt(fs: FileLayer, segment: SegmentFile): Promise<number | undefined> {
  const cursor = await SegmentCursor.open(fs, segment);
  try {
    for (;;) {
      const step = await cursor.next();
      if (step.kind === 'entry') return step.entry.receivedAt;
      if (step.kind === 'end' || !(await cursor.skipDamage())) return undefined;
    }
  } finally {
    await cursor.close();
  }
}

/** At no moment is the segment missing: the packed copy has its name, durable, before the original goes. */
async function pack(
  fs: FileLayer,
  folder: string,
  { path }: SegmentFile,
  pause: (bytes: number) => Promise<void> | undefined,
): Promise<void> {
  const draft = `${path}z.part`;
  try {
    await packSegment(fs, path, draft, pause);
    if (!(await isSameSegment(fs, path, draft))) throw new Error(`${path} could not be packed: the copy differs`);
  } catch (error) {
    await fs.remove(draft).catch(() => {});
    throw error;
  }
  await fs.rename(draft, `${path}z`);
  await fs.fsyncDirectory(folder);
  await fs.remove(path);
  await fs.fsyncDirectory(folder);
}

/** After a crash between the two names: the original goes where the copy says the same, else the copy does. */
async function finishPacking(fs: FileLayer, folder: string): Promise<void> {
  const names = new Set(await fs.list(folder));
  for (const name of names) {
    if (name.endsWith('.segz.part')) await fs.remove(join(folder, name));
    if (!name.endsWith('.seg') || !names.has(`${name}z`)) continue;
    const path = join(folder, name);
    const same = await isSameSegment(fs, path, `${path}z`).catch(() => false);
    await fs.fsyncDirectory(folder);
    await fs.remove(same ? path : `${path}z`);
  }
}

function pacer(bytesPerSecond: number, signal: AbortSignal): (bytes: number) => Promise<void> | undefined {
  return (bytes) => {
    signal.throwIfAborted();
    return sleep((bytes / bytesPerSecond) * 1000, undefined, { signal, ref: false });
  };
}

const MARK = 'deleted-through';

/** Entries up to here were deleted by the retention that people set; 0 where none was. */
export async function loadDeletedThrough(fs: FileLayer, folder: string): Promise<number> {
  try {
    const file = await fs.open(join(folder, MARK), 'read');
    try {
      const bytes = Buffer.alloc(32);
      const size = await file.read(bytes, 0);
      const through = Number(bytes.toString('latin1', 0, size).trim());
      return Number.isSafeInteger(through) && through > 0 ? through : 0;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

/** Durable when it resolves, before anything is deleted: what is missing then is not taken for a loss. */
async function saveDeletedThrough(fs: FileLayer, folder: string, through: number): Promise<void> {
  const draft = join(folder, `${MARK}.part`);
  const file = await fs.open(draft, 'replace');
  try {
    await writeAll(file, Buffer.from(`${through}\n`), 0);
    await file.fdatasync();
  } finally {
    await file.close();
  }
  await fs.rename(draft, join(folder, MARK));
  await fs.fsyncDirectory(folder);
}
