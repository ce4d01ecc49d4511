import type { Predicate } from '../contract/model.ts';
import type { CheckedModel, Metric } from './checked.ts';

/**
 * Whether a metric is a share of things that are counted, so that an interval can be given: a ratio of counts over the same rows
 * whose numerator counts some of what the denominator counts, or the rate of a conversion. Shown by the filters alone; what cannot
 * be shown is taken for no share.
 */
export function isProportion(model: CheckedModel, metric: Metric): boolean {
  if (metric.type === 'conversion') return metric.calculation === 'rate';
  if (metric.type !== 'ratio') return false;
  const numerator = model.metrics.get(metric.numerator);
  const denominator = model.metrics.get(metric.denominator);
  if (numerator?.type !== 'simple' || denominator?.type !== 'simple') return false;
  const counts = numerator.agg === 'count' || numerator.agg === 'count_distinct';
  return (
    counts &&
    numerator.agg === denominator.agg &&
    numerator.column === denominator.column &&
    numerator.dataset === denominator.dataset &&
    numerator.time === denominator.time &&
    (denominator.channels === undefined || within(numerator.channels ?? metric.channels, denominator.channels)) &&
    implies(numerator.filter, denominator.filter)
  );
}

const within = (some: readonly string[] | undefined, all: readonly string[]): boolean =>
  some?.every((name) => all.includes(name)) === true;

/** Whether every row that the first lets through is certain to be let through by the second. */
function implies(first: Predicate | undefined, second: Predicate | undefined): boolean {
  if (second === undefined) return true;
  if (second.kind === 'and') return second.parts.every((part) => implies(first, part));
  if (conjuncts(first).some((part) => JSON.stringify(part) === JSON.stringify(second))) return true;
  return second.kind === 'or' && second.parts.some((part) => implies(first, part));
}

function conjuncts(predicate: Predicate | undefined): Predicate[] {
  if (predicate === undefined) return [];
  return predicate.kind === 'and' ? predicate.parts.flatMap(conjuncts) : [predicate];
}
