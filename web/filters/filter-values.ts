import type { Catalog, DimensionInfo, MetricInfo } from '../../src/contract/api.ts';
import type { Dashboard } from '../../src/contract/dashboard.ts';
import type { DateRange } from '../../src/contract/period.ts';
import type { Filter } from '../../src/contract/query.ts';
import type { BatchItem } from '../../src/contract/result.ts';
import type { KeyedQuery } from '../api/page-results.ts';
import { metricsOnPage } from '../dashboard/page-metrics.ts';
import { valueLabel } from './filter-words.ts';

/** One line of a filter's list. `count` is null where the values are not counted. */
export interface FilterValue {
  value: string;
  label: string;
  count: number | null;
}

const MOST_VALUES = 200;

export function valueKey(dimension: string): string {
  return `filter/${dimension}`;
}

/**
 * The metric whose amount stands beside the values: a plain count that knows the dimension. Large counts (of messages, not of
 * people) come first because they say more about a value, and those of this dashboard before others.
 */
export function countingMetric(dimension: string, dashboard: Dashboard, catalog: Catalog): string | null {
  const onPage = new Set(metricsOnPage(dashboard));
  const rank = (metric: MetricInfo) => (metric.format === 'compact' ? 0 : 2) + (onPage.has(metric.name) ? 0 : 1);
  const counts = catalog.metrics.filter(
    (metric) =>
      metric.type === 'simple' &&
      (metric.format === 'integer' || metric.format === 'compact') &&
      metric.dimensions.includes(dimension),
  );
  return counts.toSorted((a, b) => rank(a) - rank(b))[0]?.name ?? null;
}

/** One query per filter: its values in order of size, under the other filters of the page. */
export function buildValueQueries(
  dimensions: readonly string[],
  filters: readonly Filter[],
  period: DateRange,
  dashboard: Dashboard,
  catalog: Catalog,
): KeyedQuery[] {
  return dimensions.flatMap((dimension) => {
    const metric = countingMetric(dimension, dashboard, catalog);
    if (!metric) return [];
    const others = filters.filter((filter) => filter.dimension !== dimension);
    return {
      key: valueKey(dimension),
      query: {
        metrics: [metric],
        dimensions: [dimension],
        time: { range: [period.start, period.end] as [string, string] },
        ...(others.length > 0 ? { filters: others } : {}),
        order_by: [`-${metric}`],
        limit: MOST_VALUES,
      },
    };
  });
}

/** Counted values first; declared ones without rows follow with 0, chosen ones never vanish. */
export function readValues(
  name: string,
  dimension: DimensionInfo | undefined,
  item: BatchItem | undefined,
  chosen: readonly (string | number)[],
  locale: string,
): FilterValue[] {
  const result = item && 'rows' in item ? item : null;
  const metric = result?.columns.find((column) => column.kind === 'metric')?.name;
  const counted = (result?.rows ?? []).map((row): [string, number | null] => {
    const count = metric ? row[metric] : null;
    return [String(row[name] ?? ''), typeof count === 'number' ? count : 0];
  });
  const counts = new Map(counted);
  for (const value of [...Object.keys(dimension?.labels ?? {}), ...chosen.map(String)]) {
    if (!counts.has(value)) counts.set(value, result ? 0 : null);
  }
  const values = [...counts].map(([value, count]) => ({
    value,
    label: valueLabel(dimension, name, value, locale),
    count,
  }));
  return dimension?.type === 'time_part' ? values.toSorted((a, b) => Number(a.value) - Number(b.value)) : values;
}
