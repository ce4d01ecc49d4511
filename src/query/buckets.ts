import { addDays, addUnits, startOf, type WeekStart } from '../contract/plain-date.ts';
import type { Grain } from '../contract/query.ts';
import { formatWithOffset, localDate, offsetAt, offsetChanges, startOfDay } from './local-time.ts';

/** UTC milliseconds, half-open. */
export interface InstantRange {
  start: number;
  end: number;
}

/** One value of the time dimension. */
export interface Bucket {
  /** As the engine groups: the local date of its first day, or the hour's nominal start in UTC seconds. */
  key: string;
  /** As people read it: local date, or the first instant with offset. */
  time: string;
  /** Local days that it touches, `endDay` exclusive. */
  firstDay: string;
  endDay: string;
  /** Local hour for hour grain. */
  hour?: number;
}

/** Every bucket that overlaps the range, in order. Days that the zone skipped are no buckets. */
export function listBuckets(grain: Grain, range: InstantRange, zone: string, weekStart: WeekStart): Bucket[] {
  if (range.end <= range.start) return [];
  const first = localDate(range.start, zone);
  const last = localDate(range.end - 1, zone);
  if (grain === 'hour') return listHours(range, first, last, zone);
  const buckets: Bucket[] = [];
  const move = (date: string) => (grain === 'day' ? addDays(date, 1) : addUnits(grain, date, 1));
  for (let day = grain === 'day' ? first : startOf(grain, first, weekStart); day <= last; day = move(day)) {
    const next = move(day);
    if (grain === 'day' && startOfDay(day, zone) === startOfDay(next, zone)) continue;
    buckets.push({ key: day, time: day, firstDay: day, endDay: next });
  }
  return buckets;
}

/** Local days that overlap the range and exist in the zone. */
export function listDays(range: InstantRange, zone: string): string[] {
  return listBuckets('day', range, zone, 'monday').map((bucket) => bucket.key);
}

const HOUR = 3_600_000;

/** Maximal runs of instants with the same local date, hour and offset: a fall-back day has 25, Lord Howe's has 24 and a half. */
function listHours(range: InstantRange, first: string, last: string, zone: string): Bucket[] {
  const buckets: Bucket[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) {
    const dayStart = startOfDay(day, zone);
    const endDay = addDays(day, 1);
    const dayEnd = startOfDay(endDay, zone);
    const plain = dayEnd - dayStart === 24 * HOUR && offsetAt(dayStart, zone) === offsetAt(dayEnd, zone);
    const edges = [dayStart, ...(plain ? [] : offsetChanges(dayStart, dayEnd, zone)), dayEnd];
    for (let index = 0; index + 1 < edges.length; index++) {
      let start = edges[index] ?? dayEnd;
      const end = edges[index + 1] ?? dayEnd;
      const offset = start < end ? offsetAt(start, zone) : 0;
      while (start < end) {
        const nominal = start - modulo(start + offset, HOUR);
        const next = Math.min(nominal + HOUR, end);
        if (next > range.start && start < range.end)
          buckets.push({
            key: String(nominal / 1000),
            time: formatWithOffset(start, offset),
            firstDay: day,
            endDay,
            hour: modulo(nominal + offset, 24 * HOUR) / HOUR,
          });
        start = next;
      }
    }
  }
  return buckets;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
