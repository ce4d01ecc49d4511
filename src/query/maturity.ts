import type { InstantRange } from './buckets.ts';
import { localDate, sameElapsed, startOfDay } from './local-time.ts';
import type { Clock, ResolvedMetricQuery } from './resolved.ts';

/** Cohorts from this instant on are still maturing. Both in UTC milliseconds. */
export const maturedThrough = (seconds: number, completeThrough: number): number => completeThrough - seconds * 1000;

interface Ranges {
  range?: InstantRange;
  compare?: InstantRange;
}

/**
 * Only what has settled: the range ends where cohorts are still maturing, and the range compared with ends at the same local
 * distance from its own start, so that both have the same age. Nothing is left where `end` is not after `start`.
 */
export function cutToMatured(
  { range, compare }: Ranges,
  seconds: number,
  { completeThrough, zone }: { completeThrough: number; zone: string },
): Ranges {
  const end = maturedThrough(seconds, completeThrough);
  if (range === undefined) return { range: { start: BEGINNING, end } };
  if (end >= range.end) return { range, ...(compare === undefined ? {} : { compare }) };
  const cut = { start: range.start, end: Math.max(end, range.start) };
  if (compare === undefined) return { range: cut };
  const until = sameElapsed(range.start, cut.end, compare.start, zone);
  return { range: cut, compare: { start: compare.start, end: Math.min(compare.end, until) } };
}

/** Before every fact; the engine's dates begin in 1970. */
const BEGINNING = Date.UTC(1970, 0, 2);

/** Where the rows of cohorts that have settled end, by the seconds that they take. */
export type SettledEnds = ReadonlyMap<number, number>;

/** For the query's range or the one that it is compared with. Averages per day end with a whole local day. */
export function settledEndsOf(
  { metrics, range, compare, clock, perDay, matured }: ResolvedMetricQuery,
  which: 'range' | 'compare',
): SettledEnds {
  const ends = new Map<number, number>();
  if (!matured) return ends;
  for (const { maturesAfter } of metrics) {
    if (maturesAfter === undefined) continue;
    const cut = cutToMatured(rangesOf(range, compare), maturesAfter, {
      completeThrough: clock.dataThrough,
      zone: clock.zone,
    })[which];
    if (cut === undefined) continue;
    const whole = which === 'range' ? range : compare;
    const isCut = whole === undefined || cut.end < whole.end;
    ends.set(maturesAfter, perDay && isCut ? startOfDay(localDate(cut.end, clock.zone), clock.zone) : cut.end);
  }
  return ends;
}

export function rangesOf(range: InstantRange | undefined, compare: InstantRange | undefined): Ranges {
  return { ...(range === undefined ? {} : { range }), ...(compare === undefined ? {} : { compare }) };
}

/** Whether a metric's cohorts of a bucket that ends at an instant can still change. */
export function isMaturing(end: number, seconds: number | undefined, { dataThrough }: Clock): boolean {
  return seconds !== undefined && end > maturedThrough(seconds, dataThrough);
}
