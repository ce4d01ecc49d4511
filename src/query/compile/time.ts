import { assertNever } from '../../contract/errors.ts';
import type { WeekStart } from '../../contract/plain-date.ts';
import type { Grain } from '../../contract/query.ts';
import type { Dataset } from '../../model/checked.ts';
import { allOf, instant, number, sql, zone as zoneLiteral } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { InstantRange } from '../buckets.ts';
import type { RowExpression } from './row-source.ts';

const FIRST_WEEKDAY = { monday: 1, saturday: 6, sunday: 7 } as const satisfies Record<WeekStart, number>;

export function compileLocalDay(at: SqlNode, zone: string): SqlNode {
  return sql`toDate(${at}, ${zoneLiteral(zone)})`;
}

/** The bucket that an instant lies in, as `Bucket.key` has it. */
export function compileBucket(at: SqlNode, grain: Grain, zone: string, weekStart: WeekStart): SqlNode {
  const day = compileLocalDay(at, zone);
  switch (grain) {
    case 'hour': {
      const local = zoneLiteral(zone);
      return sql`toInt64(toUnixTimestamp(${at})) - (toMinute(${at}, ${local}) * 60 + toSecond(${at}, ${local}))`;
    }
    case 'day':
      return day;
    case 'week':
      return sql`${day} - (toDayOfWeek(${day}) + 7 - ${number(FIRST_WEEKDAY[weekStart])}) % 7`;
    case 'month':
      return sql`toStartOfMonth(${day})`;
    case 'quarter':
      return sql`toStartOfQuarter(${day})`;
    case 'year':
      return sql`toStartOfYear(${day})`;
    default:
      return assertNever(grain);
  }
}

/** 1 = Monday … 7 = Sunday, whatever the workspace's week starts on. */
export function compileWeekday(at: SqlNode, zone: string): SqlNode {
  return sql`toDayOfWeek(${compileLocalDay(at, zone)})`;
}

export function compileHourOfDay(at: SqlNode, zone: string): SqlNode {
  return sql`toHour(${at}, ${zoneLiteral(zone)})`;
}

/** The time column, known not to be null: `compileTimeBounds` stands in the same WHERE. */
export function compileTime(dataset: Dataset, time: string): RowExpression {
  const nullable = dataset.columns.get(time)?.nullable === true;
  return (column) => (nullable ? sql`assumeNotNull(${column(time)})` : column(time));
}

/** Whether an instant that is known lies in a range. */
export function compileWithin(at: SqlNode, { start, end }: Partial<InstantRange>): SqlNode {
  return allOf([
    ...(start === undefined ? [] : [sql`${at} >= ${instant(start)}`]),
    ...(end === undefined ? [] : [sql`${at} < ${instant(end)}`]),
  ]);
}

/** Conditions that keep the rows of a range; rows without a time never count. */
export function compileTimeBounds(dataset: Dataset, time: string, range: Partial<InstantRange>): RowExpression[] {
  const { start, end } = range;
  const bounds: RowExpression[] = [];
  if (dataset.columns.get(time)?.nullable === true) bounds.push((column) => sql`${column(time)} IS NOT NULL`);
  if (start !== undefined) bounds.push((column) => sql`${column(time)} >= ${instant(start)}`);
  if (end !== undefined) bounds.push((column) => sql`${column(time)} < ${instant(end)}`);
  return bounds;
}
