import { addDays, addUnits, daysBetween, startOf, weekdayOf } from '../../src/contract/plain-date.ts';
import { localTime } from '../format/local-time.ts';

/** Arithmetic over bucket names (`2024-11-04`, or `2024-11-04T08:00:00+07:00` at hour grain). Pure: no clock. */

/** Saturday or Sunday. */
export function isWeekend(date: string): boolean {
  return weekdayOf(date.slice(0, 10)) > 5;
}

/** Exclusive end of a bucket as local wall-clock text, comparable with `localTime`. */
export function bucketEnd(time: string, grain: string): string {
  const midnight = 'T00:00:00';
  switch (grain) {
    case 'hour': {
      const start = new Date(`${time.slice(0, 13)}:00:00Z`);
      return new Date(start.getTime() + 3_600_000).toISOString().slice(0, 19);
    }
    case 'week':
      return addDays(time, 7) + midnight;
    case 'month':
    case 'quarter':
    case 'year':
      return addUnits(grain, startOf(grain, time, 'monday'), 1) + midnight;
    default:
      return addDays(time, 1) + midnight;
  }
}

/** Which buckets do not hold their whole span: cut by the range, or not yet complete. `range` and `completeThrough` are instants. */
export function partialBuckets(
  times: readonly string[],
  grain: string,
  range: { start: string; end: string } | undefined,
  completeThrough: string,
  timeZone: string,
): boolean[] {
  const complete = localTime(completeThrough, timeZone);
  const end = range ? localTime(range.end, timeZone) : complete;
  const start = range ? localTime(range.start, timeZone) : '';
  const limit = [end, complete].sort()[0] ?? end;
  return times.map((time) => {
    const from = time.length > 10 ? time.slice(0, 19) : `${time}T00:00:00`;
    return bucketEnd(time, grain) > limit || from < start;
  });
}

/** Local dates in [start, end) whose day is not 24 hours long, with the change in minutes. */
export function clockChanges(start: string, end: string, timeZone: string): { date: string; minutes: number }[] {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  // Read at local noon: clocks change in the night, so the day whose noon differs is the day of the change.
  const offsetAtNoon = (date: string, minutes: number): number => {
    const noon = new Date(new Date(`${date}T12:00:00Z`).getTime() - minutes * 60_000);
    const name = format.formatToParts(noon).find((part) => part.type === 'timeZoneName');
    const match = /GMT([+-])(\d\d):?(\d\d)?/.exec(name?.value ?? '');
    if (!match) return 0;
    return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3] ?? 0));
  };
  const changes: { date: string; minutes: number }[] = [];
  const days = Math.min(daysBetween(start, end), 1100);
  let before = offsetAtNoon(addDays(start, -1), 0);
  for (let day = 0; day < days; day++) {
    const date = addDays(start, day);
    const after = offsetAtNoon(date, before);
    if (after !== before) changes.push({ date, minutes: after - before });
    before = after;
  }
  return changes;
}
