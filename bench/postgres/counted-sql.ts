import type { InstantRange } from '../../src/query/buckets.ts';
import type { ResolvedFilter } from '../../src/query/resolved.ts';
import type { Counted, Distinct } from './metrics.ts';
import { timeOf } from './metrics.ts';
import { filterConditions, inRange, instant, whereAll } from './rows-of.ts';

export interface Scope {
  range: InstantRange | undefined;
  filters: readonly ResolvedFilter[];
  /** Name and expression over a table's time column. */
  keys: readonly { name: string; of: (time: string) => string }[];
}

export interface CountedColumn {
  name: string;
  counted: Counted;
  /** UTC milliseconds: only what is older has settled. */
  until?: number;
}

/** One scan for everything that is counted or summed of one table by one time. */
export function countedSql(columns: readonly CountedColumn[], { range, filters, keys }: Scope): string {
  const [{ table, time = timeOf(table) }] = [columns[0]?.counted ?? { table: '' }] as [Counted];
  const aggregates = columns.map(({ name, counted, until }) => {
    const settled = until === undefined || until === range?.end ? '' : ` AND ${time} < ${instant(until)}`;
    const what = counted.sum === undefined ? 'count(*)' : `sum(${counted.sum})`;
    const where = `${counted.where}${settled}`;
    return `${where === 'true' ? what : `${what} FILTER (WHERE ${where})`} AS "${name}"`;
  });
  const keyed = keys.map(({ name, of }) => `${of(time)} AS "${name}"`);
  return `SELECT ${[...keyed, ...aggregates].join(',\n  ')}
FROM ${table}${whereAll([...inRange(time, range), ...filterConditions(table, filters)])}${groupBy(keys.length)}`;
}

/**
 * Different people by key. PostgreSQL finds them faster as distinct rows than by count(DISTINCT …), and with both cores.
 * Totals, where they are asked for, are the people of all rows together.
 */
export function distinctSql({ rows }: Distinct, scope: Scope, name: string, totals: boolean): string {
  const { keys } = scope;
  const seen = seenSql(rows, scope);
  if (keys.length === 0) return `SELECT count(*) AS "${name}"\nFROM (${seen}) AS seen`;
  const names = keys.map((key) => `"${key.name}"`);
  const groups = `SELECT ${names.join(', ')}, count(*) AS "${name}", false AS is_total FROM seen${groupBy(keys.length)}`;
  const nothing = names.map(() => 'NULL').join(', ');
  const total = totals ? `\nUNION ALL SELECT ${nothing}, count(DISTINCT who), true FROM seen` : '';
  return `WITH seen AS (${seen})\n${groups}${total}`;
}

/** Each key with each of its people once. */
export function seenSql(rows: Distinct['rows'], { range, filters, keys }: Scope): string {
  const parts = rows.map(({ table, column, where }) => {
    const time = timeOf(table);
    const columns = [...keys.map(({ name, of }) => `${of(time)} AS "${name}"`), `${column} AS who`];
    return `SELECT ${columns.join(', ')} FROM ${table}${whereAll([
      ...inRange(time, range),
      where,
      ...filterConditions(table, filters),
    ])}`;
  });
  const [only, ...more] = parts;
  if (more.length === 0) return `SELECT DISTINCT${only?.slice('SELECT'.length)}`;
  return `SELECT DISTINCT * FROM (\n${parts.join('\nUNION ALL\n')}\n) AS acts`;
}

export const groupBy = (keys: number): string =>
  keys === 0 ? '' : `\nGROUP BY ${Array.from({ length: keys }, (_, index) => index + 1).join(', ')}`;
