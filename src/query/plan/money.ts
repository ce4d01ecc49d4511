import type { Dataset } from '../../model/checked.ts';
import type { SimpleMetric } from '../compile/aggregate.ts';
import type { ResolvedFilter, ResolvedMetricQuery } from '../resolved.ts';

/** Which currency a money metric counts: the one that is filtered, else the workspace's; every one where rows are grouped by currency. */
export function currencyRule(
  query: ResolvedMetricQuery,
  { currency: column }: SimpleMetric,
  dataset: Dataset,
): { column: string; code: string } | undefined {
  if (column === undefined || groupsByCurrency(query, column, dataset)) return undefined;
  const filtered = query.filters.map((filter) => onlyValue(filter, column, dataset)).find((code) => code !== undefined);
  return { column, code: filtered ?? query.model.workspace.currency };
}

function groupsByCurrency(query: ResolvedMetricQuery, column: string, dataset: Dataset): boolean {
  return query.groups.some((group) => group.kind === 'dimension' && dataset.dimensions.get(group.name) === column);
}

function onlyValue(filter: ResolvedFilter, column: string, dataset: Dataset): string | undefined {
  const [value, ...more] = filter.values;
  const single = (filter.op === 'in' || filter.op === 'eq') && more.length === 0 && value !== undefined;
  return single && dataset.dimensions.get(filter.name) === column ? String(value) : undefined;
}
