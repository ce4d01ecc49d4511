import type { Problem } from '../../contract/errors.ts';
import type { ColumnType } from '../../contract/facts.ts';
import { didYouMean } from '../../contract/suggest.ts';
import { type DatasetDraft, type Draft, findDataset, isFactTable, type MetricDraft } from '../draft.ts';
import { problemAt } from '../source-document.ts';
import { checkColumn } from './dataset-columns.ts';
import type { Rule } from './rule.ts';

const NUMBERS: readonly ColumnType[] = ['integer', 'decimal', 'flag'];
const COLUMN_TYPES = {
  count: [],
  count_distinct: ['person', 'key', 'category', 'string', 'integer'],
  sum: NUMBERS,
  min: NUMBERS,
  max: NUMBERS,
  average: NUMBERS,
  median: NUMBERS,
} as const satisfies Record<string, readonly ColumnType[]>;

/** A simple metric has a dataset, and its column fits its aggregate. */
export const simpleMetrics: Rule = (draft) => draft.metrics.flatMap((metric) => checkSimple(draft, metric));

function checkSimple(draft: Draft, metric: MetricDraft): Problem[] {
  const { spec, source, pointer } = metric;
  if (spec.type !== 'simple') return [];
  const names = draft.datasets.map((dataset) => dataset.spec.dataset);
  if (metric.dataset === undefined) {
    const message = `The simple metric "${spec.name}" needs "dataset": it does not stand in a dataset's file.`;
    return [problemAt(source, pointer, 'missing_key', message, `Datasets: ${names.join(', ')}.`)];
  }
  const dataset = findDataset(draft, metric.dataset);
  if (dataset === undefined) {
    const message = `There is no dataset "${metric.dataset}".`;
    return [problemAt(source, [...pointer, 'dataset'], 'unknown_dataset', message, didYouMean(metric.dataset, names))];
  }
  const problems: Problem[] = [];
  const use = `the metric "${spec.name}"`;
  if (spec.agg === 'count') {
    if (spec.column !== undefined)
      problems.push(
        problemAt(
          source,
          [...pointer, 'column'],
          'column_unused',
          `"count" counts rows and takes no column.`,
          'Use count_distinct to count different values.',
        ),
      );
  } else if (spec.column === undefined) {
    problems.push(problemAt(source, pointer, 'missing_key', `The aggregate "${spec.agg}" needs "column".`));
  } else {
    problems.push(
      ...checkColumn(
        dataset,
        spec.column,
        COLUMN_TYPES[spec.agg],
        [...pointer, 'column'],
        `${spec.agg} of ${use}`,
        source,
      ),
    );
  }
  if (spec.time !== undefined)
    problems.push(...checkColumn(dataset, spec.time, ['instant'], [...pointer, 'time'], `the time of ${use}`, source));
  const currency = currencyColumn(metric, dataset);
  if (currency !== undefined)
    problems.push(
      ...checkColumn(
        dataset,
        currency,
        ['category', 'string'],
        [...pointer, spec.currency === undefined ? 'format' : 'currency'],
        `the currency of ${use}`,
        source,
      ),
    );
  return problems;
}

/**
 * The column with the currency code of a simple metric of money. Amounts in tables that people brought need none: they are in the
 * workspace's currency.
 */
export function currencyColumn({ spec }: MetricDraft, { spec: from, columns }: DatasetDraft): string | undefined {
  if (spec.type !== 'simple' || spec.currency !== undefined || spec.format !== 'currency')
    return spec.type === 'simple' ? spec.currency : undefined;
  const tables = from.table === undefined ? (from.union ?? []).map((branch) => branch.table) : [from.table];
  return columns.has('currency') || tables.some(isFactTable) ? 'currency' : undefined;
}
