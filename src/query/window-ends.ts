import { addDays } from '../contract/plain-date.ts';
import type { Bucket, InstantRange } from './buckets.ts';
import { localDate, startOfDay } from './local-time.ts';
import type { Clock } from './resolved.ts';

/** Where a cumulative value ends: at the end of a local day. */
export interface WindowEnd {
  /** Key of the time bucket; undefined without time grain. */
  bucket?: string;
  day: string;
}

/** The local day that is not complete yet, and the last one that is. */
export function completeness({ completeThrough, zone }: Clock): { lastComplete: string; running: string | null } {
  const day = localDate(completeThrough, zone);
  return { lastComplete: addDays(day, -1), running: startOfDay(day, zone) < completeThrough ? day : null };
}

/**
 * The day with which each bucket's window ends: its last complete local day inside the range, or the running day where there is
 * no complete one. Buckets that have not begun have no end. A stock (`soFar`) has no window that a part of a day could make too
 * short: it counts the running day too.
 */
export function windowEnds(
  buckets: readonly Bucket[] | undefined,
  range: InstantRange | undefined,
  clock: Clock,
  soFar: boolean,
): WindowEnd[] {
  const { lastComplete, running } = completeness(clock);
  const newest = soFar ? (running ?? lastComplete) : lastComplete;
  const first = range === undefined ? null : localDate(range.start, clock.zone);
  const last = range === undefined ? newest : localDate(range.end - 1, clock.zone);
  const endOf = (from: string | null, through: string): string | null => {
    const complete = earlier(through, newest);
    if (from === null || complete >= from) return complete;
    return running !== null && running >= from && running <= through ? running : null;
  };
  if (buckets === undefined) {
    const day = endOf(first, last);
    return day === null ? [] : [{ day }];
  }
  return buckets.flatMap((bucket): WindowEnd[] => {
    const from = first !== null && first > bucket.firstDay ? first : bucket.firstDay;
    const lastOfBucket = addDays(bucket.endDay, -1);
    const day = endOf(from, earlier(last, lastOfBucket));
    return day === null ? [] : [{ bucket: bucket.key, day }];
  });
}

function earlier(a: string, b: string): string {
  return a <= b ? a : b;
}
