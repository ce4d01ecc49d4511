import type { CheckedModel, Metric } from './checked.ts';
import { metricsOf } from './parse-arithmetic.ts';

/** Dimensions that every dataset with a time has. */
export const TIME_PARTS = ['weekday', 'hour_of_day'] as const;

/** Names of the simple metrics that a metric is made of, each once. */
export function simplePartsOf(model: CheckedModel, name: string): string[] {
  const metric = model.metrics.get(name);
  if (metric === undefined) return [];
  const parts = partsOf(metric);
  return parts.length === 0 ? [name] : [...new Set(parts.flatMap((part) => simplePartsOf(model, part)))];
}

/**
 * Declared dimensions that apply to a metric: those of its dataset, and for a metric made of others those that all of them
 * have. A conversion has the dimensions of its base. Time parts are not among them.
 */
export function dimensionsOfMetric(model: CheckedModel, name: string): Set<string> {
  const metric = model.metrics.get(name);
  if (metric?.type === 'conversion') return dimensionsOfMetric(model, metric.base);
  const [first, ...rest] = simplePartsOf(model, name).map((part) => {
    const simple = model.metrics.get(part);
    const dataset = simple?.type === 'simple' ? model.datasets.get(simple.dataset) : undefined;
    return new Set(dataset?.dimensions.keys());
  });
  const parts = hasTimeParts(model, name);
  return new Set(
    [...(first ?? [])].filter(
      (dimension) =>
        rest.every((other) => other.has(dimension)) && (parts || model.dimensions.get(dimension)?.part === undefined),
    ),
  );
}

/** Time parts apply to whatever is counted by the time of a row: not to metrics that hold a trailing window. */
export function hasTimeParts(model: CheckedModel, name: string): boolean {
  const metric = model.metrics.get(name);
  if (metric === undefined || metric.type === 'cumulative') return false;
  return partsOf(metric).every((part) => hasTimeParts(model, part));
}

function partsOf(metric: Metric): string[] {
  switch (metric.type) {
    case 'simple':
      return [];
    case 'ratio':
      return [metric.numerator, metric.denominator];
    case 'derived':
      return [...new Set(metricsOf(metric.expr))];
    case 'cumulative':
      return [metric.metric];
    case 'conversion':
      return [metric.base, metric.conversion];
  }
}
