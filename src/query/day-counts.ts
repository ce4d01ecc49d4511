import { addDays, weekdayOf } from '../contract/plain-date.ts';
import type { Cell } from '../contract/result.ts';
import { type Bucket, type InstantRange, listDays } from './buckets.ts';
import { startOfDay } from './local-time.ts';
import type { Clock, Group, ResolvedFilter } from './resolved.ts';
import { completeness } from './window-ends.ts';

/** The part of a range that consists of complete local days; null where there is none. */
export function completeRange(range: InstantRange, clock: Clock): InstantRange | null {
  const { running, lastComplete } = completeness(clock);
  const firstIncomplete = startOfDay(running ?? addDays(lastComplete, 1), clock.zone);
  const end = Math.min(range.end, firstIncomplete);
  return end > range.start ? { start: range.start, end } : null;
}

/** How many local days of the range belong to a cell: those of its bucket and weekday that the filters let through. */
export function countDays(
  range: InstantRange | null,
  groups: readonly Group[],
  buckets: readonly Bucket[],
  filters: readonly ResolvedFilter[],
  clock: Clock,
): (keys: readonly Cell[]) => number {
  const days = range === null ? [] : listDays(range, clock.zone).filter((day) => passes(filters, weekdayOf(day)));
  const time = groups.findIndex((group) => group.kind === 'time');
  const weekday = groups.findIndex(
    (group) => group.kind === 'weekday' || (group.kind === 'dimension' && group.dimension.part === 'weekday'),
  );
  const counts = new Map<string, number>();
  let next = 0;
  for (const day of days) {
    while (time >= 0 && (buckets[next]?.endDay ?? '9999') <= day) next++;
    const id = `${time >= 0 ? buckets[next]?.key : ''} ${weekday >= 0 ? weekdayOf(day) : ''}`;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return (keys) => counts.get(`${time >= 0 ? keys[time] : ''} ${weekday >= 0 ? keys[weekday] : ''}`) ?? 0;
}

function passes(filters: readonly ResolvedFilter[], weekday: number): boolean {
  return filters.every(({ target, op, values }) => {
    if (target.kind !== 'weekday') return true;
    const numbers = values.map(Number);
    const [low = 0, high = low] = numbers;
    switch (op) {
      case 'in':
      case 'eq':
        return numbers.includes(weekday);
      case 'not':
      case 'ne':
        return !numbers.includes(weekday);
      case 'gte':
        return weekday >= low;
      case 'lte':
        return weekday <= low;
      case 'between':
        return weekday >= low && weekday <= high;
      case 'null':
        return values.includes('false');
      default:
        return true;
    }
  });
}
