import { type FileLayer, nodeFileLayer } from './file-layer.ts';
import { openSegment } from './packed-segment.ts';
import { decodeSegmentHeader, listSegments, SEGMENT_HEADER_BYTES, type SegmentFile } from './segment.ts';

/** Sequence numbers, both ends included. */
export interface NumberRange {
  first: number;
  last: number;
}

/**
 * Sequence numbers up to `through` that were given to nobody: the appends they were meant for were cut short by a crash or a
 * failing disk, so no sender was told that they are kept. Each segment's header says how far the journal was durable when it
 * was begun. In order, without overlaps.
 */
export async function listUnusedNumbers(
  folder: string,
  through: number,
  fs: FileLayer = nodeFileLayer,
): Promise<NumberRange[]> {
  const unused: NumberRange[] = [];
  let reached = 0;
  for (const segment of await listSegments(fs, folder)) {
    const last = Math.min(segment.firstSeq - 1, through);
    // A segment may be begun more than once before anything in it is durable: their gaps overlap.
    const first = Math.max((await readPreviousSeq(fs, segment)) ?? last, reached) + 1;
    if (first <= last) unused.push({ first, last });
    reached = Math.max(reached, last);
    if (reached >= through) break;
  }
  return unused;
}

/** Undefined where the header cannot be read. */
async function readPreviousSeq(fs: FileLayer, segment: SegmentFile): Promise<number | undefined> {
  const file = await openSegment(fs, segment);
  try {
    const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
    const size = await file.read(bytes, 0);
    return decodeSegmentHeader(bytes.subarray(0, size))?.previousSeq;
  } finally {
    await file.close();
  }
}
