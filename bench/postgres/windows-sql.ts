import { DAY_MS, ZONE } from '../store/calendar.ts';
import { type Scope, seenSql } from './counted-sql.ts';
import type { Distinct } from './metrics.ts';
import { instant, localDay } from './rows-of.ts';

/**
 * People active in the trailing days, for every day of the range. Each day on which somebody was active puts them into the windows that
 * end from then on until the window's length is over or they are active again: one sum over changes. (The join of days with days that
 * most would write takes minutes.)
 */
export function windowsSql(
  metric: Distinct,
  { range, filters }: Scope,
  windows: readonly { name: string; days: number }[],
): string {
  if (range === undefined) throw new Error('a window needs a range');
  const longest = Math.max(...windows.map(({ days }) => days));
  const before = { start: range.start - (longest - 1) * DAY_MS, end: range.end };
  const seen = seenSql(metric.rows, { range: before, filters, keys: [{ name: 'day', of: localDay }] });
  const first = `(${instant(range.start)} AT TIME ZONE '${ZONE}')::date`;
  const last = `(${instant(range.end - 1)} AT TIME ZONE '${ZONE}')::date`;
  const changes = windows.map(
    ({ days }, index) => `
  SELECT day, ${index} AS width, 1 AS change FROM spans
  UNION ALL
  SELECT least(next_day, day + ${days}), ${index}, -1 FROM spans`,
  );
  const columns = windows.map(({ name }, index) => `sum(change) FILTER (WHERE width = ${index}) AS "${name}"`);
  const running = windows.map(({ name }) => `sum(coalesce("${name}", 0)) OVER (ORDER BY day) AS "${name}"`);
  return `WITH seen AS (${seen}),
spans AS (SELECT who, day, lead(day) OVER (PARTITION BY who ORDER BY day) AS next_day FROM seen),
changes AS (${changes.join('\n  UNION ALL')}
),
daily AS (SELECT day, ${columns.join(', ')} FROM changes GROUP BY day),
running AS (
  SELECT day, ${running.join(', ')}
  FROM (
    SELECT generate_series(${first} - ${longest - 1}, ${last}, interval '1 day')::date AS day
  ) AS days LEFT JOIN daily USING (day)
)
SELECT day AS time, ${windows.map(({ name }) => `"${name}"`).join(', ')}
FROM running WHERE day BETWEEN ${first} AND ${last}`;
}

/** Everybody who registered before the end of each bucket; of the range where there are no buckets. */
export function stockSql({ range }: Scope, name: string, bucket: ((time: string) => string) | undefined): string {
  if (range === undefined) throw new Error('a stock needs a range');
  const rows = `FROM accounts WHERE registered_at < ${instant(range.end)}`;
  if (bucket === undefined) return `SELECT count(*) AS "${name}" ${rows}`;
  const at = `greatest(registered_at, ${instant(range.start)})`;
  return `SELECT ${bucket(at)} AS time, sum(count(*)) OVER (ORDER BY ${bucket(at)}) AS "${name}"
${rows}
GROUP BY 1`;
}
