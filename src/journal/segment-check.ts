import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiskSpace } from './disk-space.ts';
import type { FileLayer } from './file-layer.ts';
import { setAsideWithAlarm } from './recovery.ts';
import { scanSegment } from './repair.ts';
import { listSetAside, type SegmentFile } from './segment.ts';

/** Some two milliseconds of work: what is received does not notice. */
const BYTES_AT_A_TIME = 64 * 1024;

/**
 * Reads segments that are complete, oldest first, and sets those aside that have an unreadable byte. Says so, too, when entries are missing
 * between two segments. Ends early, without an error, when `signal` is aborted.
 * @param bytesPerSecond how fast it may read
 */
export async function checkSegments(
  fs: FileLayer,
  segments: readonly SegmentFile[],
  space: DiskSpace,
  alarm: (sentence: string) => void,
  bytesPerSecond: number,
  signal: AbortSignal,
): Promise<void> {
  const pause = pacer(bytesPerSecond, signal);
  let lastSeq: number | undefined;
  try {
    const withLosses = await setAsideSeqs(fs, segments);
    for (const segment of segments) {
      const scan = await scanSegment(fs, segment, pause);
      if (lastSeq !== undefined && scan.previousSeq !== undefined && scan.previousSeq > lastSeq)
        alarm(
          `Journal entries ${lastSeq + 1} to ${scan.previousSeq} are missing before segment ${basename(segment.path)}. Was a file removed from the journal folder? Put it back, or restore it from a backup.`,
        );
      const damaged = scan.damaged || scan.size > scan.end;
      if (damaged) await setAsideWithAlarm(fs, segment, space, alarm);
      // What a damaged segment has lost has its own alarm.
      lastSeq = damaged || withLosses.has(segment.firstSeq) ? undefined : scan.lastSeq;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function setAsideSeqs(fs: FileLayer, segments: readonly SegmentFile[]): Promise<Set<number>> {
  const first = segments[0];
  if (first === undefined) return new Set();
  const names = await listSetAside(fs, dirname(first.path));
  return new Set(names.map((name) => Number(name.slice(0, 20))));
}

function pacer(bytesPerSecond: number, signal: AbortSignal): (bytes: number) => Promise<void> | undefined {
  const startedAt = performance.now();
  let total = 0;
  let unpaused = 0;
  return (bytes) => {
    total += bytes;
    unpaused += bytes;
    if (unpaused < BYTES_AT_A_TIME) return undefined;
    unpaused = 0;
    const due = startedAt + (total / bytesPerSecond) * 1000;
    return sleep(Math.max(0, due - performance.now()), undefined, { signal, ref: false });
  };
}
