import type { Predicate } from '../contract/model.ts';
import type { CheckedModel, Funnel, FunnelStep, Metric } from './checked.ts';
import { fillLabel } from './parameters.ts';

const known = new WeakMap<CheckedModel, Map<string, CheckedModel>>();
const MOST_KEPT = 50;

/**
 * The model as it is with these values of its parameters: numbers in the filters, values in the labels. What is not given keeps its
 * default. The same values give the same object, so that it can be compared.
 */
export function bindParameters(model: CheckedModel, given: Readonly<Record<string, number>>): CheckedModel {
  if (model.parameters.size === 0) return model;
  const values = new Map(
    [...model.parameters.values()].map((parameter) => [parameter.name, given[parameter.name] ?? parameter.default]),
  );
  const key = JSON.stringify([...values]);
  const bindings = known.get(model) ?? new Map<string, CheckedModel>();
  known.set(model, bindings);
  const before = bindings.get(key);
  if (before !== undefined) return before;
  const bound = bind(model, values);
  if (bindings.size >= MOST_KEPT) bindings.clear();
  bindings.set(key, bound);
  return bound;
}

type Values = ReadonlyMap<string, number>;

function bind(model: CheckedModel, values: Values): CheckedModel {
  return {
    ...model,
    metrics: new Map([...model.metrics].map(([name, metric]) => [name, bindMetric(metric, values)])),
    funnels: new Map([...model.funnels].map(([name, funnel]) => [name, bindFunnel(funnel, values)])),
  };
}

function bindMetric(metric: Metric, values: Values): Metric {
  if (metric.parameters.length === 0) return metric;
  const labelled = bindLabel(metric, values);
  return labelled.type === 'simple' && labelled.filter !== undefined
    ? { ...labelled, filter: bindPredicate(labelled.filter, values) }
    : labelled;
}

function bindFunnel(funnel: Funnel, values: Values): Funnel {
  if (funnel.parameters.length === 0) return funnel;
  return { ...funnel, steps: funnel.steps.map((step) => bindStep(step, values)) };
}

function bindStep(step: FunnelStep, values: Values): FunnelStep {
  const { filter, after } = step;
  return {
    ...bindLabel(step, values),
    ...(filter === undefined ? {} : { filter: bindPredicate(filter, values) }),
    ...(after === undefined ? {} : { after: typeof after === 'number' ? after : numberOf(after, values) }),
  };
}

function bindLabel<T extends { label: string; labelWithPlaces?: string }>(thing: T, values: Values): T {
  return thing.labelWithPlaces === undefined ? thing : { ...thing, label: fillLabel(thing.labelWithPlaces, values) };
}

function bindPredicate(predicate: Predicate, values: Values): Predicate {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return { kind: predicate.kind, parts: predicate.parts.map((part) => bindPredicate(part, values)) };
    case 'not':
      return { kind: 'not', part: bindPredicate(predicate.part, values) };
    case 'compare':
      return typeof predicate.value === 'object'
        ? { ...predicate, value: numberOf(predicate.value, values) }
        : predicate;
    default:
      return predicate;
  }
}

/** Rounded to a millionth, as columns are: 0.1 minutes are 6 seconds. */
function numberOf({ parameter, factor }: { parameter: string; factor: number }, values: Values): number {
  return Math.round((values.get(parameter) ?? 0) * factor * 1e6) / 1e6;
}
