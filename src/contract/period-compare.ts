import type { CalendarShape, DateRange } from './period.ts';
import { addDays, addMonths, addUnits, daysBetween } from './plain-date.ts';

export interface CompareOptions {
  /** Keep weekdays aligned (default). */
  matchWeekday?: boolean;
  /** First local date that has not elapsed: a period that runs on is compared with the same elapsed part only. */
  elapsedThrough?: string;
}

/**
 * The range that a period is compared with; null for `off`, for `all`, and for choices that have no single range.
 *
 * - `prev`: the same length immediately before, never overlapping; with weekdays matched the shift is the next multiple of 7.
 *   Months, quarters and years (not bare ranges) go against the previous month, quarter or year; running ones against its same elapsed part.
 * - `prev_year`: 364 days earlier (the same weekdays), or the same dates with weekdays unmatched; 29 February becomes the 28th.
 * - `2026-10-01..2026-10-20`: that range, end inclusive.
 */
export function resolveCompare(
  choice: string,
  period: DateRange & { calendar?: CalendarShape; comparable?: boolean },
  options: CompareOptions = {},
): DateRange | null {
  if (period.comparable === false) return null;
  const match = options.matchWeekday !== false;
  const elapsed = elapsedPart(period, options.elapsedThrough);
  if (choice === 'prev') return previousPeriod(elapsed, period, match);
  if (choice === 'prev_year') return previousYear(elapsed, period.calendar, match);
  const custom = /^(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?$/.exec(choice);
  if (!custom?.[1]) return null;
  return { start: custom[1], end: addDays(custom[2] ?? custom[1], 1) };
}

function elapsedPart(period: DateRange, through: string | undefined): DateRange {
  const end = through !== undefined && through < period.end && through > period.start ? through : period.end;
  return { start: period.start, end };
}

function previousPeriod(
  elapsed: DateRange,
  period: DateRange & { calendar?: CalendarShape },
  match: boolean,
): DateRange {
  const { calendar } = period;
  const days = daysBetween(elapsed.start, elapsed.end);
  if (calendar) {
    const start = addUnits(calendar.unit, elapsed.start, -calendar.count);
    const whole = !calendar.toDate && elapsed.end === period.end;
    if (whole || calendar.unit === 'week')
      return { start, end: addDays(start, whole ? daysBetween(start, elapsed.start) : days) };
    return { start, end: earlierOf(sameDayEarlier(elapsed.end, calendar), elapsed.start) };
  }
  const shift = match ? Math.ceil(days / 7) * 7 : days;
  return { start: addDays(elapsed.start, -shift), end: addDays(elapsed.end, -shift) };
}

/** The day after the last elapsed day, one calendar step earlier; 31 May becomes 30 April. */
function sameDayEarlier(end: string, calendar: CalendarShape): string {
  return addDays(addUnits(calendar.unit, addDays(end, -1), -calendar.count), 1);
}

function previousYear(elapsed: DateRange, calendar: CalendarShape | undefined, match: boolean): DateRange {
  if (!match || calendar?.unit === 'year') {
    const last = addMonths(addDays(elapsed.end, -1), -12);
    return { start: addMonths(elapsed.start, -12), end: addDays(last, 1) };
  }
  const days = daysBetween(elapsed.start, elapsed.end);
  // A whole year is longer than 52 weeks; 53 keep the two ranges apart.
  const shift = days > 364 && days <= 371 ? 371 : 364;
  return { start: addDays(elapsed.start, -shift), end: addDays(elapsed.end, -shift) };
}

function earlierOf(a: string, b: string): string {
  return a < b ? a : b;
}

/**
 * The sentence under the picker: "Mon 19 Oct – Sun 15 Nov 2026 (28 days), compared with Mon 21 Sep – Sun 18 Oct 2026 (same weekdays)".
 * `locale` is BCP 47.
 */
export function describePeriod(period: DateRange, compare: DateRange | null, locale: string): string {
  const own = `${describeRange(period, locale)} (${countDays(period)})`;
  if (!compare) return own;
  const shift = daysBetween(compare.start, period.start);
  const sameLength = daysBetween(compare.start, compare.end) === daysBetween(period.start, period.end);
  const note = sameLength ? (shift % 7 === 0 ? ' (same weekdays)' : '') : ` (${countDays(compare)})`;
  return `${own}, compared with ${describeRange(compare, locale)}${note}`;
}

/** "Mon 19 Oct – Sun 15 Nov 2026", "Fri 20 Nov 2026"; the end shown is the last day inside. */
export function describeRange(range: DateRange, locale: string): string {
  const last = addDays(range.end, -1);
  if (range.start === last) return describeDay(last, locale, true);
  return `${describeDay(range.start, locale, range.start.slice(0, 4) !== last.slice(0, 4))} – ${describeDay(last, locale, true)}`;
}

function describeDay(date: string, locale: string, withYear: boolean): string {
  const parts = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(withYear ? { year: 'numeric' } : {}),
    timeZone: 'UTC',
  });
  const text = parts.format(new Date(`${date}T00:00:00Z`));
  return /^en\b/.test(locale) ? text.replaceAll(',', '') : text;
}

function countDays(range: DateRange): string {
  const days = daysBetween(range.start, range.end);
  return days === 1 ? '1 day' : `${days} days`;
}
