import { groupBy, type Scope } from './counted-sql.ts';
import { type PgMetric, timeOf } from './metrics.ts';
import { filterConditions, inRange, instant, whereAll } from './rows-of.ts';

type Median = Extract<PgMetric, { kind: 'median' }>;

/** The median by key, and of all rows where totals are asked for. */
export function medianSql(
  { table, column, where }: Median,
  { range, filters, keys }: Scope,
  name: string,
  totals: boolean,
  until: number | undefined,
): string {
  const time = timeOf(table);
  const settled = until === undefined ? [] : [`${time} < ${instant(until)}`];
  const conditions = whereAll([...inRange(time, range), ...settled, where, ...filterConditions(table, filters)]);
  const median = `percentile_cont(0.5) WITHIN GROUP (ORDER BY ${column}::float8) AS "${name}"`;
  const keyed = keys.map((key) => `${key.of(time)} AS "${key.name}"`);
  const groups = `SELECT ${[...keyed, median, 'false AS is_total'].join(', ')}\nFROM ${table}${conditions}${groupBy(keys.length)}`;
  if (!totals || keys.length === 0) return groups;
  const nothing = keys.map(() => 'NULL');
  return `${groups}\nUNION ALL\nSELECT ${[...nothing, median, 'true'].join(', ')}\nFROM ${table}${conditions}`;
}
