import { ZONE } from '../store/calendar.ts';
import { type Scope, seenSql } from './counted-sql.ts';
import { type Counted, type Distinct, timeOf } from './metrics.ts';
import { filterConditions, inRange, localDay, localHour, weekdayOf, whereAll } from './rows-of.ts';

/**
 * What falls on each weekday and hour, or on each weekday, in the range: for people those of each day (and hour) added up over the days.
 * Averages are these sums divided by days.
 */
export function perDaySql(metric: Counted | Distinct, scope: Scope, byHour: boolean): string {
  const grouped = byHour ? '\nGROUP BY 1, 2' : '\nGROUP BY 1';
  if (metric.kind === 'distinct') {
    const keys = [{ name: 'day', of: localDay }, ...(byHour ? [{ name: 'hour_of_day', of: localHour }] : [])];
    return `SELECT ${weekdayOf('day')} AS weekday${byHour ? ', hour_of_day' : ''}, count(*) AS value
FROM (${seenSql(metric.rows, { ...scope, keys })}) AS seen${grouped}`;
  }
  const { table, where, time = timeOf(table) } = metric;
  const conditions = [...inRange(time, scope.range), where, ...filterConditions(table, scope.filters)];
  return `SELECT ${weekdayOf(`(${time} AT TIME ZONE '${ZONE}')`)} AS weekday${byHour ? `, ${localHour(time)} AS hour_of_day` : ''}, count(*) AS value
FROM ${table}${whereAll(conditions)}${grouped}`;
}
