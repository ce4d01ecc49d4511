import type { Problem } from '../contract/errors.ts';
import { type Period, resolvePeriod } from '../contract/period.ts';
import { resolveCompare } from '../contract/period-compare.ts';
import { addDays, parseDate } from '../contract/plain-date.ts';
import type { Compare, Query } from '../contract/query.ts';
import type { InstantRange } from './buckets.ts';
import { localDate, shiftInstant, startOfDay } from './local-time.ts';
import type { QueryContext } from './query-context.ts';
import type { Clock } from './resolved.ts';

interface ResolvedTime {
  range?: InstantRange;
  compare?: InstantRange;
}

const DAY = 86_400_000;
/** The engine's local dates reach from 1970 to 2149. */
const EARLIEST = Date.UTC(1970, 0, 2);
const LATEST = Date.UTC(2148, 0, 1);

/** Presets, dates and instants → instants; what cannot be read is a problem. */
export function resolveTime(query: Query, clock: Clock, context: QueryContext): ResolvedTime & { problems: Problem[] } {
  const problems: Problem[] = [];
  if (query.time === undefined) {
    if (query.compare !== undefined)
      problems.push({
        code: 'missing_range',
        path: 'compare',
        message: 'Without a time range there is nothing to compare with.',
        hint: 'Add time.range, for example "28d".',
      });
    return { problems };
  }
  const today = localDate(clock.now, clock.zone);
  const { range: written } = query.time;
  let period: Pick<Period, 'start' | 'end' | 'calendar' | 'comparable'> | undefined;
  let range: InstantRange | undefined;
  if (typeof written === 'string') {
    const resolved = resolvePeriod(written, { today, weekStart: clock.weekStart, data: context.data });
    if (!resolved.ok) {
      problems.push({ code: 'invalid_period', path: 'time.range', message: resolved.message });
      return { problems };
    }
    period = resolved;
    range = daysToInstants(resolved, clock.zone);
  } else {
    range = { start: toInstant(written[0], clock.zone), end: toInstant(written[1], clock.zone) };
    if (isDate(written[0]) && isDate(written[1])) period = { start: written[0], end: written[1], comparable: true };
  }
  checkRange(range, 'time.range', problems);
  if (problems.length > 0 || query.compare === undefined) return { range, problems };
  const compare = resolveCompareRange(query.compare, query.match_weekday, range, period, today, clock.zone);
  if (compare === null) {
    problems.push({
      code: 'not_comparable',
      path: 'compare',
      message: 'All time has nothing before it to compare with.',
      hint: 'Leave out compare, or choose a shorter time range.',
    });
    return { range, problems };
  }
  checkRange(compare, 'compare.range', problems);
  return { range, compare, problems };
}

function resolveCompareRange(
  compare: Compare,
  matchWeekday: boolean | undefined,
  range: InstantRange,
  period: Pick<Period, 'start' | 'end' | 'calendar' | 'comparable'> | undefined,
  today: string,
  zone: string,
): InstantRange | null {
  if (typeof compare === 'object')
    return { start: toInstant(compare.range[0], zone), end: toInstant(compare.range[1], zone) };
  if (period !== undefined) {
    const days = resolveCompare(compare === 'previous_period' ? 'prev' : 'prev_year', period, {
      matchWeekday: matchWeekday !== false,
      elapsedThrough: addDays(today, 1),
    });
    return days === null ? null : daysToInstants(days, zone);
  }
  return shiftRange(compare, matchWeekday !== false, range, zone);
}

/** Ranges that begin or end within a day keep their wall clock. */
function shiftRange(
  compare: 'previous_period' | 'previous_year',
  matchWeekday: boolean,
  range: InstantRange,
  zone: string,
): InstantRange {
  const shift = (by: { days?: number; years?: number }) => ({
    start: shiftInstant(range.start, zone, by),
    end: shiftInstant(range.end, zone, by),
  });
  const length = range.end - range.start;
  if (compare === 'previous_year') return shift(matchWeekday ? { days: -364 } : { years: -1 });
  if (matchWeekday) return shift({ days: -7 * Math.ceil(length / (7 * DAY)) });
  return { start: range.start - length, end: range.start };
}

function checkRange(range: InstantRange, path: string, problems: Problem[]): void {
  if (!(range.end > range.start))
    problems.push({
      code: 'empty_range',
      path,
      message: 'The time range ends before it begins, or it is empty.',
      hint: 'The end is not part of the range: for one day write ["2024-11-15", "2024-11-16"].',
    });
  else if (range.start < EARLIEST || range.end > LATEST)
    problems.push({ code: 'range_too_far', path, message: 'Time ranges lie between 1970-01-02 and 2148-01-01.' });
}

function daysToInstants(days: { start: string; end: string }, zone: string): InstantRange {
  return { start: startOfDay(days.start, zone), end: startOfDay(days.end, zone) };
}

function isDate(edge: string): boolean {
  return parseDate(edge) !== null;
}

function toInstant(edge: string, zone: string): number {
  return isDate(edge) ? startOfDay(edge, zone) : Date.parse(edge);
}
