import type { Dataset } from '../../model/checked.ts';
import { comment, identifier, indented, joined, nested, sql } from '../../sql/build.ts';
import { renderSql } from '../../sql/render.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import type { Clock } from '../resolved.ts';
import { compileRowSource, type RowExpression, tableName } from './row-source.ts';
import { compileLocalDay, compileTime, compileTimeBounds } from './time.ts';

/**
 * The local day of a dataset's first row as `first_day`. `early` looks only into the first weeks of the tables, which the engine
 * finds without reading them; where nothing of the dataset lies there the answer is null and says nothing.
 */
export function compileFirstDay(dataset: Dataset, time: string, { zone }: Clock, search: 'early' | 'all'): RenderedSql {
  const rows = compileRowSource({
    dataset,
    columns: new Map([['first_at', compileTime(dataset, time)]]),
    where: [...compileTimeBounds(dataset, time, {}), ...(search === 'early' ? [isEarly(dataset, time)] : [])],
  });
  return renderSql(sql`${comment(`first local day of ${dataset.name}`)}SELECT ${compileLocalDay(sql`minOrNull(first_at)`, zone)} AS first_day
FROM ${nested(rows)}`);
}

/** Replaced rows may still be in the tables, so their first time is a lower bound and no answer. */
function isEarly(dataset: Dataset, time: string): RowExpression {
  const bounds = dataset.branches.flatMap((branch) => {
    const source = branch.columns.get(time);
    if (source === undefined || 'constant' in source) return [];
    const first = identifier(source.column);
    return [sql`SELECT if(count() = 0, NULL, min(${first})) AS bound FROM ${tableName(branch.table)}`];
  });
  const bound = sql`(SELECT min(bound) FROM (\n  ${indented(joined('\nUNION ALL\n', bounds))}\n))`;
  return (column) => sql`${column(time)} < ${bound} + INTERVAL 35 DAY`;
}
