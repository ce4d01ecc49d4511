/** Arithmetic on local dates written `YYYY-MM-DD`, without zones: a date is a number of days since 1970-01-01. */

export type WeekStart = 'monday' | 'sunday' | 'saturday';
export type CalendarUnit = 'week' | 'month' | 'quarter' | 'year';

const DAY_MS = 86_400_000;
const FIRST_WEEKDAY = { monday: 1, saturday: 6, sunday: 7 } as const satisfies Record<WeekStart, number>;
const MONTHS = { month: 1, quarter: 3, year: 12 } as const satisfies Record<Exclude<CalendarUnit, 'week'>, number>;

/** The day number of an existing date; null where the text is no date (`2026-02-30`). */
export function parseDate(text: string): number | null {
  // Read by hand: a page reads thousands.
  if (text.length !== 10 || text[4] !== '-' || text[7] !== '-') return null;
  return dayOf(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
}

/** NaN where something else stands there. */
function digits(text: string, from: number, past: number): number {
  let number = 0;
  for (let index = from; index < past; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/** The day number of year, month (1–12) and day of the month; null where there is no such day. */
export function dayOf(year: number, month: number, day: number): number | null {
  if (!(year >= 1000 && year <= 9999 && month >= 1 && month <= 12)) return null;
  if (!(day >= 1 && day <= daysInMonth(year, month))) return null;
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

/** The day number of a date that is known to be one; throws on anything else. */
export function toDay(date: string): number {
  const day = parseDate(date);
  if (day === null) throw new RangeError(`"${date}" is not a date`);
  return day;
}

/** `YYYY-MM-DD` of a day number. */
export function toDate(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

export function addDays(date: string, days: number): string {
  return toDate(toDay(date) + days);
}

/** Days from `start` to `end`; negative when `end` is earlier. */
export function daysBetween(start: string, end: string): number {
  return toDay(end) - toDay(start);
}

export function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** Year, month (1–12) and day of the month. */
export function dateParts(date: string): { year: number; month: number; day: number } {
  toDay(date);
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) };
}

/** Moves by months and keeps the day of the month where it exists, else the month's last day. */
export function addMonths(date: string, months: number): string {
  const { year, month, day } = dateParts(date);
  const index = year * 12 + (month - 1) + months;
  const toYear = Math.floor(index / 12);
  const toMonth = (index % 12) + 1;
  return toDate(Date.UTC(toYear, toMonth - 1, Math.min(day, daysInMonth(toYear, toMonth))) / DAY_MS);
}

/** 1 = Monday … 7 = Sunday. */
export function weekdayOf(date: string): number {
  return ((((toDay(date) + 3) % 7) + 7) % 7) + 1;
}

/** First day of the unit that `date` lies in. */
export function startOf(unit: CalendarUnit, date: string, weekStart: WeekStart): string {
  if (unit === 'week') return addDays(date, -((weekdayOf(date) - FIRST_WEEKDAY[weekStart] + 7) % 7));
  const { year, month } = dateParts(date);
  const first = unit === 'month' ? month : unit === 'quarter' ? month - ((month - 1) % 3) : 1;
  return toDate(Date.UTC(year, first - 1, 1) / DAY_MS);
}

/** Moves by whole units; the day of the month is clamped. */
export function addUnits(unit: CalendarUnit, date: string, count: number): string {
  return unit === 'week' ? addDays(date, 7 * count) : addMonths(date, MONTHS[unit] * count);
}

/** ISO 8601 week: the week belongs to the year of its Thursday. */
export function isoWeekOf(date: string): { year: number; week: number } {
  const thursday = addDays(date, 4 - weekdayOf(date));
  const year = Number(thursday.slice(0, 4));
  return { year, week: Math.floor(daysBetween(`${year}-01-01`, thursday) / 7) + 1 };
}

/** Monday of an ISO week; null where the year has no such week (W53). */
export function isoWeekStart(year: number, week: number): string | null {
  if (week < 1 || week > 53 || year < 1001 || year > 9998) return null;
  const monday = addDays(startOf('week', `${year}-01-04`, 'monday'), 7 * (week - 1));
  const found = isoWeekOf(monday);
  return found.year === year && found.week === week ? monday : null;
}
