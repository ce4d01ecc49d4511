import { Temporal } from 'temporal-polyfill';
import type { Grain } from '../../src/contract/query.ts';
import { addDays, bucketStart, localTime, startOfDay, type WeekStart } from './calendar.ts';

export interface Instants {
  start: number;
  end: number;
}

/** What of a range has settled, and what of the range compared with is as old. Ranges begin with a local day. */
export function settledRanges(
  range: Instants,
  compare: Instants | undefined,
  seconds: number,
  completeThrough: number,
  zone: string,
): { range: Instants; compare?: Instants } {
  const end = completeThrough - seconds * 1000;
  if (end >= range.end) return { range, ...(compare === undefined ? {} : { compare }) };
  const cut = Math.max(end, range.start);
  const settled = { start: range.start, end: cut };
  if (compare === undefined) return { range: settled };
  const clock = Temporal.Instant.fromEpochMilliseconds(cut).toZonedDateTimeISO(zone).toPlainTime();
  let date = localTime(compare.start, zone).date;
  for (let day = localTime(range.start, zone).date; day < localTime(cut, zone).date; day = addDays(day, 1))
    date = addDays(date, 1);
  const sameAge = Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone, plainTime: clock }).epochMilliseconds;
  return { range: settled, compare: { start: compare.start, end: Math.min(compare.end, sameAge) } };
}

/** Averages per day are of whole days. */
export function wholeDays(settled: Instants, whole: Instants, zone: string): Instants {
  if (settled.end >= whole.end) return settled;
  return { start: settled.start, end: startOfDay(localTime(settled.end, zone).date, zone) };
}

/** Whether something of a bucket (`2026-11-02` of weeks) that lies in the range can still change. */
export function isMaturing(
  bucket: string,
  grain: Exclude<Grain, 'hour'>,
  { range, seconds, completeThrough }: { range: Instants; seconds: number; completeThrough: number },
  zone: string,
  weekStart: WeekStart,
): boolean {
  let next = bucket;
  while (bucketStart(next, grain, weekStart) === bucket) next = addDays(next, 1);
  return Math.min(startOfDay(next, zone), range.end) > completeThrough - seconds * 1000;
}
