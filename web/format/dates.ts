import { describeRange } from '../../src/contract/period-compare.ts';
import { addDays, isoWeekOf, weekdayOf } from '../../src/contract/plain-date.ts';
import { localTime } from './local-time.ts';
import { NO_DATA } from './numbers.ts';

/** Dates and buckets as people read them. Times are local already: `2024-11-04` or `2024-11-04T08:00:00+07:00`. */

const formatters = new Map<string, Intl.DateTimeFormat>();

function intl(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
    formatters.set(key, formatter);
  }
  return formatter;
}

function asUtc(date: string): Date {
  return new Date(`${date.slice(0, 10)}T00:00:00Z`);
}

/** "Tue 17 Nov 2026". */
export function formatDay(date: string, locale: string): string {
  const day = date.slice(0, 10);
  return describeRange({ start: day, end: addDays(day, 1) }, locale);
}

/**
 * A bucket's name; "—" without a time. `axis`: "17 Nov", week "16 Nov" (its first day), month "Nov" and "Jan 2026", hour "08:00".
 * `full`: "Tue 17 Nov 2026", "W47, Mon 16 Nov – Sun 22 Nov 2026", "November 2026", "Q4 2026", with the hour's span.
 */
export function formatBucket(time: string, grain: string, locale: string, style: 'axis' | 'full' = 'full'): string {
  if (time === '') return NO_DATA;
  const date = time.slice(0, 10);
  switch (grain) {
    case 'hour': {
      const hour = formatHour(Number(time.slice(11, 13)), locale);
      return style === 'axis' ? hour : `${formatDay(date, locale)}, ${hour}`;
    }
    case 'week': {
      if (style === 'axis') return intl(locale, { day: 'numeric', month: 'short' }).format(asUtc(date));
      const range = describeRange({ start: date, end: addDays(date, 7) }, locale);
      return weekdayOf(date) === 1 ? `W${String(isoWeekOf(date).week).padStart(2, '0')}, ${range}` : range;
    }
    case 'month':
      if (style === 'full') return intl(locale, { month: 'long', year: 'numeric' }).format(asUtc(date));
      return intl(locale, date.slice(5, 7) === '01' ? { month: 'short', year: 'numeric' } : { month: 'short' }).format(
        asUtc(date),
      );
    case 'quarter': {
      const quarter = `Q${Math.ceil(Number(date.slice(5, 7)) / 3)}`;
      return style === 'axis' && quarter !== 'Q1' ? quarter : `${quarter} ${date.slice(0, 4)}`;
    }
    case 'year':
      return date.slice(0, 4);
    default:
      return style === 'axis'
        ? intl(locale, { day: 'numeric', month: 'short' }).format(asUtc(date))
        : formatDay(date, locale);
  }
}

/** 1 = Monday … 7 = Sunday. */
export function formatWeekday(weekday: number, locale: string, style: 'short' | 'long' = 'short'): string {
  return intl(locale, { weekday: style }).format(asUtc(addDays('2024-01-01', weekday - 1)));
}

/** 0–23 as "08:00", or "8 AM" where the locale counts to twelve. */
export function formatHour(hour: number, locale: string): string {
  const twelve = intl(locale, { hour: 'numeric' }).resolvedOptions().hour12 === true && !/^en(-GB)?$/.test(locale);
  const at = new Date(Date.UTC(2024, 0, 1, hour));
  return twelve
    ? intl(locale, { hour: 'numeric' }).format(at)
    : intl(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** An instant in the workspace's zone: "Fri 20 Nov 2026, 23:59". */
export function formatInstant(instant: string, locale: string, timeZone: string): string {
  const local = localTime(instant, timeZone);
  return `${formatDay(local, locale)}, ${local.slice(11, 16)}`;
}

/** "3 minutes ago", from two instants. */
export function formatAgo(instant: string, now: string, locale: string): string {
  const seconds = Math.round((Date.parse(instant) - Date.parse(now)) / 1000);
  const units = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const;
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}
