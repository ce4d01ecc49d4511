import { addDays, bucketStart, localDates, localTime, startOfDay, weekdayOf } from './calendar.ts';
import { matchesFilter } from './filters.ts';
import { type Cell, metricValue, type Question } from './metrics.ts';

/** A metric's mean over the complete local days of the range that belong to a cell; days on which it has no value are left out. */
export function perDayValue(question: Question, metric: string, cell: Cell): number | null {
  const { range, zone, completeThrough } = question;
  if (range === undefined) throw new Error('per day needs a range');
  const weekdayFilters = question.filters.filter((filter) => filter.dimension === 'weekday');
  const running = localTime(completeThrough, zone).date;
  const days = localDates(range.start, range.end, zone).filter(
    (date) =>
      date < running &&
      weekdayFilters.every((filter) => matchesFilter(filter, weekdayOf(date))) &&
      (cell.parts['weekday'] === undefined || cell.parts['weekday'] === weekdayOf(date)) &&
      (cell.time === undefined || cell.time === bucketStart(date, dayGrain(question), question.weekStart)),
  );
  const { time: _, ...place } = cell;
  const values = days.flatMap((date) => {
    const day = {
      start: Math.max(range.start, startOfDay(date, zone)),
      end: Math.min(range.end, startOfDay(addDays(date, 1), zone)),
    };
    return metricValue({ ...question, range: day }, metric, place) ?? [];
  });
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function dayGrain({ grain }: Question): 'day' | 'week' | 'month' | 'quarter' | 'year' {
  if (grain === 'hour') throw new Error('hours are shorter than a day');
  return grain ?? 'day';
}
