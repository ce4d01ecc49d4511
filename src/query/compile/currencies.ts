import type { Dataset } from '../../model/checked.ts';
import { comment, identifier, nested, sql, string } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import { renderSql } from '../../sql/render.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import type { Measure } from '../plan/blocks.ts';
import { type Choice, chooseRollup, type RolledUp } from '../plan/choose-rollup.ts';
import { needOf } from '../plan/need.ts';
import type { StatementTraits } from '../query-context.ts';
import { compileFilters } from './filter.ts';
import { compilePredicate } from './predicate.ts';
import { isHeavy, readsOf, readsOfPeople } from './reads.ts';
import { compileKeptMeasure, compileRolledUpRows } from './rolled-up.ts';
import { compileRowSource } from './row-source.ts';
import type { Scope } from './statement.ts';
import { compileTimeBounds } from './time.ts';

/** Money in a currency that a metric leaves out. */
interface Money {
  measure: Measure;
  dataset: Dataset;
  /** Columns of the currency and the amount, and the currency that counts. */
  column: string;
  amount: string;
  code: string;
}

/** Money of other currencies in the range, which a metric leaves out: rows of `currency` and `amount`, none where they add up to 0. */
export function compileOtherCurrencies(
  measure: Measure,
  dataset: Dataset,
  scope: Scope,
): { sql: RenderedSql; traits: StatementTraits } | null {
  const { metric, money } = measure;
  if (money === undefined || metric.column === undefined) return null;
  const left: Money = { measure, dataset, column: money.column, amount: metric.column, code: money.code };
  const choice = chooseMoney(left, scope);
  const key = finish(left, ofFacts(left, scope));
  return {
    sql: choice.kind === 'facts' ? key : finish(left, ofRollup(left, scope, choice.source)),
    traits: {
      key,
      reads: [...readsOf(dataset, metric.time, scope.range ?? {}), ...readsOfPeople(scope.filters, false)],
      heavy: isHeavy(choice.kind === 'facts' ? [scope.range ?? {}] : choice.source.pieces.facts),
    },
  };
}

/** Nothing of it names the metric: two that leave out the same money ask once. */
function finish({ amount: column, code }: Money, { rows, amount }: { rows: SqlNode; amount: SqlNode }): RenderedSql {
  return renderSql(sql`${comment(`${column} in other currencies than ${code}`)}SELECT rows.code AS currency, ${amount} AS amount
FROM ${nested(rows)} AS rows
WHERE rows.code != ${string(code)}
GROUP BY currency
HAVING amount != 0
ORDER BY currency
LIMIT 20`);
}

function ofFacts({ measure, dataset, column: currency, amount }: Money, { range, filters, clock }: Scope) {
  const { filter, time } = measure.metric;
  const rows = compileRowSource({
    dataset,
    columns: new Map([
      ['code', (column) => sql`toString(${column(currency)})`],
      ['money', (column) => column(amount)],
    ]),
    where: [
      ...compileTimeBounds(dataset, time, range ?? {}),
      ...compileFilters(filters, dataset, time, clock),
      ...(filter === undefined ? [] : [(column: (name: string) => SqlNode) => compilePredicate(filter, column)]),
    ],
  });
  return { rows, amount: sql`sum(rows.${identifier('money')})` };
}

/** Every currency counts here, and every channel. */
const whole = ({ metric, method }: Measure): Measure => ({ metric, method });

function chooseMoney({ measure, dataset, column }: Money, scope: Scope): Choice {
  if (measure.method !== 'sum') return { kind: 'facts' };
  const need = needOf({ dataset, time: measure.metric.time, measures: [whole(measure)] }, [], scope);
  return chooseRollup({ ...need, columns: new Map([...need.columns, [column, column]]) }, scope.rollups);
}

function ofRollup({ measure, dataset, column: currency }: Money, scope: Scope, source: RolledUp) {
  const rows = compileRolledUpRows({
    source,
    dataset,
    time: measure.metric.time,
    measures: [whole(measure)],
    scope,
    keys: () => new Map([['code', (column) => sql`toString(${column(currency)})`]]),
  });
  return { rows, amount: compileKeptMeasure(whole(measure), 0, dataset) };
}
