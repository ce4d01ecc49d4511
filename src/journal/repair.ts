import { dirname } from 'node:path';
import { type FileLayer, type OpenFile, writeAll } from './file-layer.ts';
import { openSegment } from './packed-segment.ts';
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES, type SegmentFile, setAsidePath } from './segment.ts';
import { SegmentCursor } from './segment-cursor.ts';

export interface SegmentScan {
  /** Highest readable sequence number; `firstSeq - 1` where nothing is readable. */
  lastSeq: number;
  entries: number;
  /** End of the last readable frame (of the header, where there is none; 0 where that is unreadable too). */
  end: number;
  /** Up to the last byte that is not zero. */
  size: number;
  /** Unreadable bytes with a readable frame after them. */
  damaged: boolean;
  previousSeq: number | undefined;
}

/** Reads a whole segment. `pause` is called after each entry with its bytes and may slow the reading down or throw to end it. */
export async function scanSegment(
  fs: FileLayer,
  segment: SegmentFile,
  pause: (bytes: number) => Promise<void> | undefined = () => undefined,
): Promise<SegmentScan> {
  const cursor = await SegmentCursor.open(fs, segment, 1024 * 1024);
  try {
    let entries = 0;
    let end = cursor.position;
    let damaged = false;
    for (;;) {
      const step = await cursor.next();
      if (step.kind === 'entry') {
        if (cursor.header === undefined) damaged = true;
        entries++;
        end = cursor.position;
        const paused = pause(step.size);
        if (paused !== undefined) await paused;
        continue;
      }
      if (step.kind === 'end' || !(await cursor.skipDamage())) break;
      damaged = true;
    }
    return {
      lastSeq: cursor.lastSeq,
      entries,
      end,
      size: await cursor.size(),
      damaged,
      previousSeq: cursor.header?.previousSeq,
    };
  } finally {
    await cursor.close();
  }
}

/**
 * Puts the damaged file aside under a name of its own, for good, and a copy of its readable frames in its place. At no moment
 * is the segment's own name missing, so a reader never takes the next segment for it. Returns the name of the original.
 */
export async function setAside(fs: FileLayer, segment: SegmentFile): Promise<string> {
  const folder = dirname(segment.path);
  const copy = `${segment.path}.repair`;
  await copyReadable(fs, segment, copy);
  const aside = await setAsidePath(fs, folder, segment.firstSeq);
  await fs.link(segment.path, aside);
  await fs.fsyncDirectory(folder);
  await fs.rename(copy, segment.path);
  await fs.fsyncDirectory(folder);
  return aside;
}

async function copyReadable(fs: FileLayer, segment: SegmentFile, target: string): Promise<void> {
  const cursor = await SegmentCursor.open(fs, segment, 1024 * 1024);
  const opened: OpenFile[] = [];
  try {
    const original = await openSegment(fs, segment);
    opened.push(original);
    const copy = await fs.open(target, 'replace');
    opened.push(copy);
    const header = cursor.header ?? { firstSeq: segment.firstSeq, previousSeq: 0 };
    await writeAll(copy, encodeSegmentHeader(header), 0);
    let end = SEGMENT_HEADER_BYTES;
    for (;;) {
      const step = await cursor.next();
      if (step.kind === 'entry') {
        const frame = Buffer.allocUnsafeSlow(step.size);
        if ((await original.read(frame, step.offset)) !== step.size) throw new Error('a frame could not be read again');
        await writeAll(copy, frame, end);
        end += step.size;
      } else if (step.kind === 'end' || !(await cursor.skipDamage())) break;
    }
    await copy.fdatasync();
  } catch (error) {
    if (opened.length === 2) await fs.remove(target).catch(() => {});
    throw error;
  } finally {
    await Promise.all([cursor.close(), ...opened.map((file) => file.close())]);
  }
}
