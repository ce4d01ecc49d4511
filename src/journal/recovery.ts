import { basename, join } from 'node:path';
import type { DiskSpace } from './disk-space.ts';
import { errorCode, type FileLayer } from './file-layer.ts';
import { FRAME_HEAD_BYTES } from './frame.ts';
import { bytesBeforePacking } from './packed-segment.ts';
import { type SegmentScan, scanSegment, setAside } from './repair.ts';
import { loadDeletedThrough } from './retention.ts';
import { listSegments, listSetAside, SEGMENT_HEADER_BYTES, type SegmentFile } from './segment.ts';

export interface Recovered {
  segments: SegmentFile[];
  /** Segments that are packed, and their bytes before. */
  compacted: { segments: number; bytesBefore: number };
  /** Entries up to here were deleted. */
  deletedThrough: number;
  bytes: number;
  /** Highest readable sequence number; 0 in an empty journal. */
  durableSeq: number;
  /** Above every number that was ever given out, also those in bytes that were cut. */
  nextSeq: number;
}

/**
 * Brings the end of the journal in order before anything is appended: a torn tail is cut, a damaged last segment is set aside,
 * and what is left is fsynced, so that what is read from now on cannot vanish again. `alarm` gets a sentence for each damage.
 */
export async function recoverJournal(
  fs: FileLayer,
  folder: string,
  space: DiskSpace,
  alarm: (sentence: string) => void,
): Promise<Recovered> {
  for (const name of await listSetAside(fs, folder)) alarm(setAsideSentence(name));
  await removeUnfinishedRepairs(fs, folder);
  const segments = await listSegments(fs, folder);
  let durableSeq = 0;
  let nextSeq = 1;
  for (const segment of segments.toReversed()) {
    const scan = await recoverSegment(fs, segment, space, alarm);
    const unreadable = Math.max(0, scan.size - scan.end);
    nextSeq = Math.max(nextSeq, scan.lastSeq + 1 + Math.ceil(unreadable / FRAME_HEAD_BYTES), segment.firstSeq + 1);
    if (scan.entries > 0) {
      durableSeq = scan.lastSeq;
      break;
    }
  }
  // A process that was killed may have left a segment whose name was not durable yet.
  if (segments.length > 0) await fs.fsyncDirectory(folder);
  const bytes = await sizeOfAll(fs, segments);
  const compacted = await measureCompacted(fs, segments);
  return { segments, compacted, deletedThrough: await loadDeletedThrough(fs, folder), bytes, durableSeq, nextSeq };
}

async function recoverSegment(
  fs: FileLayer,
  segment: SegmentFile,
  space: DiskSpace,
  alarm: (sentence: string) => void,
): Promise<SegmentScan> {
  const scan = await scanSegment(fs, segment);
  if (scan.damaged) await setAsideWithAlarm(fs, segment, space, alarm);
  else {
    // An fsync that failed is not tried again on this file: its readable frames go to a new one.
    await cutAndSync(fs, segment, scan).catch((error: unknown) => {
      if (errorCode(error) === '') throw error;
      return setAsideWithAlarm(fs, segment, space, alarm);
    });
  }
  return scan;
}

async function cutAndSync(fs: FileLayer, segment: SegmentFile, scan: SegmentScan): Promise<void> {
  // It was complete and durable before it got its name.
  if (segment.packed) return;
  const file = await fs.open(segment.path, 'update');
  try {
    const end = scan.end < SEGMENT_HEADER_BYTES ? 0 : scan.end;
    if ((await file.size()) > end) await file.truncate(end);
    await file.fdatasync();
  } finally {
    await file.close();
  }
}

/** Sets the segment aside. Where even that fails the segment stays as it is: readers skip what they cannot read. */
export async function setAsideWithAlarm(
  fs: FileLayer,
  segment: SegmentFile,
  space: DiskSpace,
  alarm: (sentence: string) => void,
): Promise<void> {
  try {
    const original = await setAside(fs, segment).catch(async (error: unknown) => {
      if (errorCode(error) !== 'ENOSPC') throw error;
      await space.releaseBallast();
      return setAside(fs, segment);
    });
    alarm(setAsideSentence(basename(original)));
  } catch (error) {
    if (errorCode(error) === '') throw error;
    alarm(
      `Journal segment ${basename(segment.path)} is damaged and could not be set aside (${errorCode(error)}). Its readable entries are still used. Check the disk, then start Turnout again.`,
    );
  }
}

function setAsideSentence(name: string): string {
  return `A damaged journal segment was set aside as ${name}; its readable entries were kept. Check the disk. When you no longer need the file, move it out of the journal folder.`;
}

async function removeUnfinishedRepairs(fs: FileLayer, folder: string): Promise<void> {
  for (const name of await fs.list(folder))
    if (/\.segz?\.(repair|part)$/.test(name)) await fs.remove(join(folder, name));
}

export async function measureCompacted(
  fs: FileLayer,
  segments: readonly SegmentFile[],
): Promise<Recovered['compacted']> {
  const packed = segments.filter((segment) => segment.packed);
  let bytesBefore = 0;
  for (const segment of packed) bytesBefore += (await bytesBeforePacking(fs, segment)) ?? 0;
  return { segments: packed.length, bytesBefore };
}

/** Bytes on the disk. */
export async function sizeOfAll(fs: FileLayer, segments: readonly SegmentFile[]): Promise<number> {
  let bytes = 0;
  for (const segment of segments) bytes += await sizeOf(fs, segment);
  return bytes;
}

async function sizeOf(fs: FileLayer, segment: SegmentFile): Promise<number> {
  const file = await fs.open(segment.path, 'read');
  try {
    return await file.size();
  } finally {
    await file.close();
  }
}
