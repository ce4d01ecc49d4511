import { Temporal } from 'temporal-polyfill';
import type { Grain } from '../../src/contract/query.ts';

/** Local time of a zone, the slow and obvious way: one instant at a time. */

export type WeekStart = 'monday' | 'sunday' | 'saturday';

export interface LocalTime {
  /** `2024-11-04` */
  date: string;
  hour: number;
  /** 1 = Monday … 7 = Sunday. */
  weekday: number;
  /** `+07:00` */
  offset: string;
}

const localTimes = new Map<string, LocalTime>();

export function localTime(instant: number, zone: string): LocalTime {
  return remember(localTimes, `${zone} ${instant}`, () => readLocalTime(instant, zone));
}

function readLocalTime(instant: number, zone: string): LocalTime {
  const local = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
  return {
    date: local.toPlainDate().toString(),
    hour: local.hour,
    weekday: local.dayOfWeek,
    offset: local.offset,
  };
}

export function startOfDay(date: string, zone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
}

export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

export function weekdayOf(date: string): number {
  return Temporal.PlainDate.from(date).dayOfWeek;
}

/** First local date of the bucket that holds a local date. */
export function bucketStart(date: string, grain: Exclude<Grain, 'hour'>, weekStart: WeekStart): string {
  const day = Temporal.PlainDate.from(date);
  switch (grain) {
    case 'day':
      return date;
    case 'week': {
      const first = { monday: 1, sunday: 7, saturday: 6 }[weekStart];
      let start = day;
      while (start.dayOfWeek !== first) start = start.subtract({ days: 1 });
      return start.toString();
    }
    case 'month':
      return day.with({ day: 1 }).toString();
    case 'quarter':
      return day.with({ day: 1, month: Math.floor((day.month - 1) / 3) * 3 + 1 }).toString();
    case 'year':
      return day.with({ day: 1, month: 1 }).toString();
  }
}

const MINUTE = 60_000;

/** The first minute of the run of minutes with the same local date, hour and offset, as `2024-11-04T08:00:00+07:00`. */
export function hourStart(instant: number, zone: string): string {
  return remember(hourStarts, `${zone} ${instant}`, () => findHourStart(instant, zone));
}

const hourStarts = new Map<string, string>();

function findHourStart(instant: number, zone: string): string {
  const own = localTime(instant, zone);
  let start = Math.floor(instant / MINUTE) * MINUTE;
  for (;;) {
    const before = localTime(start - MINUTE, zone);
    if (before.date !== own.date || before.hour !== own.hour || before.offset !== own.offset) break;
    start -= MINUTE;
  }
  const local = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(zone);
  return `${local.toPlainDateTime().toString({ smallestUnit: 'second' })}${own.offset}`;
}

/** The time bucket of an instant as answers show it. */
export function bucketOf(instant: number, grain: Grain, zone: string, weekStart: WeekStart): string {
  if (grain === 'hour') return hourStart(instant, zone);
  return bucketStart(localTime(instant, zone).date, grain, weekStart);
}

/** Every local date of [start, end) that exists in the zone. */
export function localDates(start: number, end: number, zone: string): string[] {
  if (end <= start) return [];
  const dates: string[] = [];
  const last = localTime(end - 1, zone).date;
  for (let date = localTime(start, zone).date; date <= last; date = addDays(date, 1))
    if (startOfDay(date, zone) < startOfDay(addDays(date, 1), zone)) dates.push(date);
  return dates;
}

/** Every bucket that [start, end) touches, in order. Hours are found by walking in steps of 15 minutes. */
export function bucketsOf(start: number, end: number, grain: Grain, zone: string, weekStart: WeekStart): string[] {
  const names: string[] = [];
  if (grain === 'hour') {
    for (let at = start; at < end; at += 15 * MINUTE) names.push(hourStart(at, zone));
  } else {
    for (const date of localDates(start, end, zone)) names.push(bucketStart(date, grain, weekStart));
  }
  return [...new Set(names)];
}

/** The only thing that is not done anew each time: conversions of one instant, which are slow. */
function remember<T>(known: Map<string, T>, key: string, find: () => T): T {
  const found = known.get(key) ?? find();
  known.set(key, found);
  return found;
}
