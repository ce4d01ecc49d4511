import type { Dataset } from '../../model/checked.ts';
import { comment, nested, sql, string } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import { renderSql } from '../../sql/render.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import type { Measure } from '../plan/blocks.ts';
import { compileFilters } from './filter.ts';
import { compilePredicate } from './predicate.ts';
import { compileRowSource } from './row-source.ts';
import type { Scope } from './statement.ts';
import { compileTimeBounds } from './time.ts';

/** Money of other currencies in the range, which a metric leaves out: rows of `currency` and `amount`. */
export function compileOtherCurrencies(
  { metric, money }: Measure,
  dataset: Dataset,
  { range, filters, clock }: Scope,
): RenderedSql | null {
  const { column: amount, filter, time } = metric;
  if (money === undefined || amount === undefined) return null;
  const rows = compileRowSource({
    dataset,
    columns: new Map([
      ['code', (column) => sql`toString(${column(money.column)})`],
      ['money', (column) => column(amount)],
    ]),
    where: [
      ...compileTimeBounds(dataset, time, range ?? {}),
      ...compileFilters(filters, dataset, time, clock),
      ...(filter === undefined ? [] : [(column: (name: string) => SqlNode) => compilePredicate(filter, column)]),
      (column) => sql`${column(money.column)} != ${string(money.code)}`,
      (column) => sql`ifNull(${column(amount)} != 0, 0)`,
    ],
  });
  return renderSql(sql`${comment(`money that ${metric.name} leaves out`)}SELECT rows.code AS currency, sum(rows.money) AS amount
FROM ${nested(rows)} AS rows
GROUP BY currency
ORDER BY currency
LIMIT 20`);
}
