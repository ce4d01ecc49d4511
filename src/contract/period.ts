import { readPeriodText } from './period-text.ts';
import {
  addDays,
  addUnits,
  type CalendarUnit,
  dateParts,
  daysBetween,
  isoWeekOf,
  isoWeekStart,
  parseDate,
  startOf,
  type WeekStart,
} from './plain-date.ts';

/** Periods of the URL grammar: text → half-open range of local dates. Pure; the browser and the server use the same code. */

/** Half-open: `end` is the first local date that is not part of it. */
export interface DateRange {
  start: string;
  end: string;
}

/** The calendar units a period is made of; `toDate` where it ends with today. Comparisons and steps follow the calendar then. */
export interface CalendarShape {
  unit: CalendarUnit;
  count: number;
  toDate: boolean;
}

export interface Period extends DateRange {
  /** Canonical text for the URL, `28d`; relative periods stay relative. */
  id: string;
  label: string;
  /** Today, or days after it, are part of the period. */
  partial: boolean;
  calendar?: CalendarShape;
  /** "All time" has nothing before it. */
  comparable: boolean;
}

export type ResolvedPeriod = ({ ok: true } & Period) | { ok: false; message: string };

export interface PeriodContext {
  /** Local date of the workspace's clock. */
  today: string;
  weekStart: WeekStart;
  /** Local dates of the first and last record, for `all`. */
  data?: { first: string | null; last: string | null } | null;
  /** Rolling periods end with today instead of yesterday; their length stays. */
  includeToday?: boolean;
}

export type PresetGroup = 'day' | 'rolling' | 'to_date' | 'complete' | 'all';

/** The presets of the picker in its order. `key` is its key; F and K alone mean other things on a page. */
export const PERIOD_PRESETS = [
  { id: 'd', label: 'Today', group: 'day', key: 'd' },
  { id: 'e', label: 'Yesterday', group: 'day', key: 'e' },
  { id: 'w', label: 'Last 7 days', group: 'rolling', key: 'w' },
  { id: '28d', label: 'Last 28 days', group: 'rolling', key: 'Shift F' },
  { id: '91d', label: 'Last 91 days', group: 'rolling', key: 'n' },
  { id: 'wtd', label: 'This week', group: 'to_date', key: 'Shift K' },
  { id: 'mtd', label: 'This month', group: 'to_date', key: 'm' },
  { id: 'qtd', label: 'This quarter', group: 'to_date', key: 'q' },
  { id: 'ytd', label: 'This year', group: 'to_date', key: 'y' },
  { id: 'lw', label: 'Last week', group: 'complete' },
  { id: 'lm', label: 'Last month', group: 'complete', key: 'p' },
  { id: 'lq', label: 'Last quarter', group: 'complete' },
  { id: 'ly', label: 'Last year', group: 'complete' },
  { id: '12m', label: 'Last 12 months', group: 'complete', key: 'l' },
  { id: 'all', label: 'All time', group: 'all', key: 'a' },
] as const satisfies readonly { id: string; label: string; group: PresetGroup; key?: string }[];

export const PRESET_GROUPS: Record<PresetGroup, string> = {
  day: 'Day',
  rolling: 'Rolling, complete days',
  to_date: 'To date',
  complete: 'Complete',
  all: 'All',
};

/** Other spellings of the presets: the keyboard letters and what people type. */
const ALIASES: ReadonlyMap<string, string> = new Map<string, string>(
  Object.entries({
    '7d': 'w',
    f: '28d',
    n: '91d',
    k: 'wtd',
    m: 'mtd',
    q: 'qtd',
    y: 'ytd',
    '1w': 'lw',
    p: 'lm',
    '1m': 'lm',
    '1q': 'lq',
    '1y': 'ly',
    l: '12m',
    a: 'all',
  }),
);

const TO_DATE: ReadonlyMap<string, CalendarUnit> = new Map<string, CalendarUnit>(
  Object.entries({ wtd: 'week', mtd: 'month', qtd: 'quarter', ytd: 'year' }),
);
const LAST: ReadonlyMap<string, CalendarUnit> = new Map<string, CalendarUnit>(
  Object.entries({ lw: 'week', lm: 'month', lq: 'quarter', ly: 'year' }),
);
const UNIT_LETTERS: Record<string, CalendarUnit> = { w: 'week', m: 'month', q: 'quarter', y: 'year' };
const MAX_DAYS = 36_600;

/**
 * Reads a period of the URL (`28d`, `mtd`, `2026-W47`, `2026-11-01..2026-11-20`) or one that a person typed (`last 3 weeks`).
 * The end of a written range is inclusive; the result is half-open. `Nd` are complete days that end yesterday; `Nw`, `Nm`,
 * `Nq`, `Ny` are complete calendar units.
 */
export function resolvePeriod(text: string, context: PeriodContext): ResolvedPeriod {
  const written = text.trim().toLowerCase();
  const id = ALIASES.get(written) ?? written;
  return (
    resolvePreset(id, context) ??
    resolveRolling(id, context) ??
    resolveCalendar(id, context) ??
    resolveTyped(id, context) ?? {
      ok: false,
      message: `"${text.slice(0, 60)}" is not a period. Write 28d, mtd, 2026-11, 2026-W47, 2026-11-01..2026-11-20 or "last 3 weeks".`,
    }
  );
}

function resolvePreset(id: string, context: PeriodContext): ResolvedPeriod | null {
  const { today, weekStart, data } = context;
  const tomorrow = addDays(today, 1);
  if (id === 'd') return { ok: true, ...custom({ start: today, end: tomorrow }, today), id, label: 'Today' };
  if (id === 'e') {
    return { ok: true, ...custom({ start: addDays(today, -1), end: today }, today), id, label: 'Yesterday' };
  }
  if (id === 'all') {
    const first = data?.first && data.first < today ? data.first : today;
    return { ok: true, start: first, end: tomorrow, id, label: 'All time', partial: true, comparable: false };
  }
  const toDateUnit = TO_DATE.get(id);
  if (toDateUnit) {
    const calendar = { unit: toDateUnit, count: 1, toDate: true };
    const start = startOf(toDateUnit, today, weekStart);
    return { ok: true, start, end: tomorrow, id, label: presetLabel(id), partial: true, calendar, comparable: true };
  }
  const lastUnit = LAST.get(id);
  return lastUnit ? completeUnits(id, presetLabel(id), lastUnit, 1, context) : null;
}

function resolveRolling(id: string, context: PeriodContext): ResolvedPeriod | null {
  const match = /^([1-9]\d{0,4})([dwmqy])$/.exec(id === 'w' ? '7d' : id);
  if (!match) return null;
  const count = Number(match[1]);
  const letter = match[2] ?? 'd';
  const unit = UNIT_LETTERS[letter];
  if (unit) {
    const limit = { week: 5000, month: 1200, quarter: 400, year: 100 }[unit];
    if (count > limit) return { ok: false, message: `The longest period is ${limit} ${unit}s.` };
    return completeUnits(id, `Last ${count} ${unit}s`, unit, count, context);
  }
  if (count > MAX_DAYS) return { ok: false, message: `The longest period is ${MAX_DAYS} days.` };
  const end = context.includeToday ? addDays(context.today, 1) : context.today;
  const label = count === 1 ? 'Last day' : `Last ${count} days`;
  return { ok: true, ...custom({ start: addDays(end, -count), end }, context.today), id, label };
}

/** `count` whole units that end with the last complete one, or with the running one when today is included. */
function completeUnits(
  id: string,
  label: string,
  unit: CalendarUnit,
  count: number,
  context: PeriodContext,
): ResolvedPeriod {
  const running = startOf(unit, context.today, context.weekStart);
  const calendar = { unit, count, toDate: context.includeToday === true };
  const start = addUnits(unit, running, context.includeToday ? 1 - count : -count);
  const end = context.includeToday ? addDays(context.today, 1) : running;
  return { ok: true, start, end, id, label, partial: end > context.today, calendar, comparable: true };
}

/** `2026`, `2026-Q4`, `2026-11`, `2026-W47`, `2026-11-20`, `2026-11-01..2026-11-20`. */
function resolveCalendar(id: string, { today }: PeriodContext): ResolvedPeriod | null {
  const match = /^(\d{4})(?:-(?:q([1-4])|w(\d{1,2})|(\d{2})))?$/.exec(id);
  if (match) {
    const [year, quarter, week, month] = match.slice(1).map((part) => (part === undefined ? null : Number(part)));
    if (year == null || year < 1001 || year > 9998) return { ok: false, message: `There is no year ${match[1]} here.` };
    if (week != null) {
      const start = isoWeekStart(year, week);
      if (!start) return { ok: false, message: `${year} has no week ${week}.` };
      return whole('week', start, `${year}-W${String(week).padStart(2, '0')}`, today);
    }
    if (quarter != null) return whole('quarter', monthStart(year, 3 * quarter - 2), `${year}-Q${quarter}`, today);
    if (month != null) {
      if (month < 1 || month > 12) return { ok: false, message: `There is no month ${month}.` };
      return whole('month', monthStart(year, month), monthStart(year, month).slice(0, 7), today);
    }
    return whole('year', monthStart(year, 1), String(year), today);
  }
  const range = /^(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?$/.exec(id);
  if (!range) return null;
  const first = range[1] ?? '';
  const last = range[2] ?? first;
  for (const date of [first, last]) {
    if (parseDate(date) === null || date > '9998-12-31')
      return { ok: false, message: `${date} is not a day of the calendar.` };
  }
  if (last < first) return { ok: false, message: `${last} is before ${first}. Write the earlier day first.` };
  if (daysBetween(first, last) >= MAX_DAYS) return { ok: false, message: `The longest period is ${MAX_DAYS} days.` };
  return { ok: true, ...custom({ start: first, end: addDays(last, 1) }, today) };
}

function resolveTyped(text: string, context: PeriodContext): ResolvedPeriod | null {
  const read = readPeriodText(text, context.today);
  return read === null || read === text ? null : resolvePeriod(read, context);
}

function custom(range: DateRange, today: string): Period {
  const last = addDays(range.end, -1);
  const id = range.start === last ? last : `${range.start}..${last}`;
  return { ...range, id, label: id.replace('..', ' – '), partial: range.end > today, comparable: true };
}

function whole(unit: CalendarUnit, start: string, id: string, today: string): ResolvedPeriod {
  const end = addUnits(unit, start, 1);
  const calendar = { unit, count: 1, toDate: false };
  return { ok: true, start, end, id, label: id, partial: end > today, calendar, comparable: true };
}

function monthStart(year: number, month: number): string {
  return `${year}-${String(month).padStart(2, '0')}-01`;
}

function presetLabel(id: string): string {
  return PERIOD_PRESETS.find((preset) => preset.id === id)?.label ?? id;
}

/** The shortest text of a range: `2026`, `2026-Q4`, `2026-11`, `2026-W47`, `2026-11-20` or `2026-11-01..2026-11-20`. */
export function formatPeriod({ start, end }: DateRange): string {
  const { year, month, day } = dateParts(start);
  if (day === 1) {
    if (month === 1 && end === addUnits('year', start, 1)) return String(year);
    if (month % 3 === 1 && end === addUnits('quarter', start, 1)) return `${year}-Q${(month + 2) / 3}`;
    if (end === addUnits('month', start, 1)) return start.slice(0, 7);
  }
  if (start === startOf('week', start, 'monday') && end === addDays(start, 7)) {
    const iso = isoWeekOf(start);
    return `${iso.year}-W${String(iso.week).padStart(2, '0')}`;
  }
  const last = addDays(end, -1);
  return start === last ? start : `${start}..${last}`;
}

/** The period one whole length earlier (-1) or later (+1): calendar periods move by their units, others by their days. */
export function stepPeriod(period: Period, direction: -1 | 1): DateRange {
  const { start, end, calendar } = period;
  if (!calendar) {
    const days = daysBetween(start, end) * direction;
    return { start: addDays(start, days), end: addDays(end, days) };
  }
  const moved = addUnits(calendar.unit, start, calendar.count * direction);
  return { start: moved, end: addUnits(calendar.unit, moved, calendar.count) };
}
