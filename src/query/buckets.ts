import { addDays, addUnits, startOf, toDate, type WeekStart } from '../contract/plain-date.ts';
import type { Grain } from '../contract/query.ts';
import { formatWithOffset, localDate, offsetAt, offsetChanges, startOfDay } from './local-time.ts';
import { remembering } from './remembering.ts';

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

/** The first instant after a bucket. */
export function bucketEnd({ key, endDay, hour }: Bucket, zone: string): number {
  return hour === undefined ? startOfDay(endDay, zone) : Number(key) * 1000 + HOUR;
}

/** Every bucket that overlaps the range, in order. Days that the zone skipped are no buckets. */
export function listBuckets(grain: Grain, range: InstantRange, zone: string, weekStart: WeekStart): readonly Bucket[] {
  return bucketsBetween(grain, range.start, range.end, zone, weekStart);
}

const bucketsBetween = remembering(
  100,
  (grain: Grain, start: number, end: number, zone: string, weekStart: WeekStart) =>
    makeBuckets(grain, { start, end }, zone, weekStart),
  (buckets) => buckets.length < 1_000,
);

function makeBuckets(grain: Grain, range: InstantRange, zone: string, weekStart: WeekStart): readonly Bucket[] {
  if (range.end <= range.start) return [];
  if (grain === 'hour') return listHours(range, zone);
  const first = localDate(range.start, zone);
  const last = localDate(range.end - 1, zone);
  const skipped = grain === 'day' ? skippedDays(range, zone) : new Set();
  const buckets: Bucket[] = [];
  const move = (date: string) => (grain === 'day' ? addDays(date, 1) : addUnits(grain, date, 1));
  for (let day = grain === 'day' ? first : startOf(grain, first, weekStart); day <= last; day = move(day))
    if (!skipped.has(day)) buckets.push({ key: day, time: day, firstDay: day, endDay: move(day) });
  return buckets;
}

/** Local dates that never were: a change of the clocks leapt over them. */
function skippedDays(range: InstantRange, zone: string): Set<string> {
  const skipped = new Set<string>();
  for (const change of offsetChanges(range.start, range.end, zone))
    for (let day = addDays(localDate(change - 1, zone), 1); day < localDate(change, zone); day = addDays(day, 1))
      skipped.add(day);
  return skipped;
}

/** Local days that overlap the range and exist in the zone. */
export function listDays(range: InstantRange, zone: string): string[] {
  return listBuckets('day', range, zone, 'monday').map((bucket) => bucket.key);
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Maximal runs of instants with the same local date, hour and offset: a fall-back day has 25, Lord Howe's has 24 and a half. */
function listHours(range: InstantRange, zone: string): Bucket[] {
  const buckets: Bucket[] = [];
  // The first and the last hour may begin before the range and end after it.
  const outer = { start: range.start - HOUR, end: range.end + HOUR };
  const edges = [outer.start, ...offsetChanges(outer.start, outer.end, zone), outer.end];
  for (const [index, edge] of edges.entries()) {
    const end = edges[index + 1] ?? edge;
    const offset = offsetAt(edge, zone);
    let [firstDay, endDay, dayNumber] = ['', '', Number.NaN];
    for (let start = edge; start < end; ) {
      const nominal = start - modulo(start + offset, HOUR);
      const next = Math.min(nominal + HOUR, end);
      if (next > range.start && start < range.end) {
        const day = Math.floor((start + offset) / DAY);
        if (day !== dayNumber) [firstDay, endDay, dayNumber] = [toDate(day), toDate(day + 1), day];
        const hour = modulo(nominal + offset, DAY) / HOUR;
        buckets.push({ key: String(nominal / 1000), time: formatWithOffset(start, offset), firstDay, endDay, hour });
      }
      start = next;
    }
  }
  return buckets;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
