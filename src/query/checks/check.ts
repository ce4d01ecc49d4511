import type { Problem } from '../../contract/errors.ts';
import type { Dataset, Metric } from '../../model/checked.ts';
import type { ResolvedMetricQuery } from '../resolved.ts';

/** One named rule over a query whose names are known; it reports and never throws. */
export type MetricQueryCheck = (query: ResolvedMetricQuery) => Problem[];

/** The datasets whose rows a metric groups and filters, and the time column it reads them by. */
export function datasetsOf(query: ResolvedMetricQuery, metric: Metric): { dataset: Dataset; time: string }[] {
  const { metrics, datasets } = query.model;
  const visit = (name: string, seen: ReadonlySet<string>): { dataset: Dataset; time: string }[] => {
    const found = metrics.get(name);
    if (found === undefined || seen.has(name)) return [];
    const inner = (next: string) => visit(next, new Set([...seen, name]));
    switch (found.type) {
      case 'simple': {
        const dataset = datasets.get(found.dataset);
        return dataset === undefined ? [] : [{ dataset, time: found.time }];
      }
      case 'ratio':
        return [...inner(found.numerator), ...inner(found.denominator)];
      case 'derived':
        return namesIn(found.expr).flatMap(inner);
      case 'cumulative':
        return inner(found.metric);
      case 'conversion':
        return inner(found.base);
    }
  };
  return visit(metric.name, new Set());
}

/** Metric types that a metric is made of, itself included. */
export function typesIn(query: ResolvedMetricQuery, metric: Metric): Set<Metric['type']> {
  const types = new Set<Metric['type']>();
  const visit = (name: string): void => {
    const found = query.model.metrics.get(name);
    if (found === undefined) return;
    types.add(found.type);
    if (found.type === 'ratio') [found.numerator, found.denominator].forEach(visit);
    if (found.type === 'derived') namesIn(found.expr).forEach(visit);
  };
  visit(metric.name);
  return types;
}

function namesIn(expr: Extract<Metric, { type: 'derived' }>['expr']): string[] {
  switch (expr.kind) {
    case 'metric':
      return [expr.name];
    case 'number':
      return [];
    case 'negate':
      return namesIn(expr.part);
    case 'binary':
      return [...namesIn(expr.left), ...namesIn(expr.right)];
  }
}
