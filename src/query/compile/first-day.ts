import type { Dataset } from '../../model/checked.ts';
import { comment, nested, sql } from '../../sql/build.ts';
import { renderSql } from '../../sql/render.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import type { Clock } from '../resolved.ts';
import { compileRowSource } from './row-source.ts';
import { compileLocalDay, compileTime, compileTimeBounds } from './time.ts';

/** The local day of a dataset's first row as `first_day`; null while it is empty. Windows that begin earlier are incomplete. */
export function compileFirstDay(dataset: Dataset, time: string, { zone }: Clock): RenderedSql {
  const rows = compileRowSource({
    dataset,
    columns: new Map([['at', compileTime(dataset, time)]]),
    where: compileTimeBounds(dataset, time, {}),
  });
  return renderSql(sql`${comment(`first local day of ${dataset.name}`)}SELECT ${compileLocalDay(sql`minOrNull(rows.at)`, zone)} AS first_day
FROM ${nested(rows)} AS rows`);
}
