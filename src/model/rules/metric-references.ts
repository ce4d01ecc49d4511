import type { Problem } from '../../contract/errors.ts';
import { didYouMean } from '../../contract/suggest.ts';
import { type Draft, findMetric, type MetricDraft } from '../draft.ts';
import { metricsOf, parseArithmetic } from '../parse-arithmetic.ts';
import { type Pointer, problemAt } from '../source-document.ts';
import type { Rule } from './rule.ts';

/** Metrics that are made of others name metrics that exist, and none is made of itself. */
export const metricReferences: Rule = (draft) =>
  draft.metrics.flatMap((metric) => [...checkNames(draft, metric), ...checkCycle(draft, metric)]);

/** The metrics a metric is made of, with the key that names each; [] where its expression cannot be read. */
export function referencesOf({ spec }: MetricDraft): { key: string; name: string }[] {
  switch (spec.type) {
    case 'simple':
      return [];
    case 'ratio':
      return [
        { key: 'numerator', name: spec.numerator },
        { key: 'denominator', name: spec.denominator },
      ];
    case 'derived': {
      const parsed = parseArithmetic(spec.expr);
      return parsed.ok ? metricsOf(parsed.value).map((name) => ({ key: 'expr', name })) : [];
    }
    case 'cumulative':
      return [{ key: 'metric', name: spec.metric }];
    case 'conversion':
      return [
        { key: 'base', name: spec.base },
        { key: 'conversion', name: spec.conversion },
      ];
  }
}

function checkNames(draft: Draft, metric: MetricDraft): Problem[] {
  const at = (key: string): Pointer => [...metric.pointer, key];
  const problems: Problem[] = [];
  if (metric.spec.type === 'derived') {
    const parsed = parseArithmetic(metric.spec.expr);
    if (!parsed.ok)
      problems.push(
        problemAt(
          metric.source,
          at('expr'),
          'invalid_expression',
          `The expression cannot be read at character ${parsed.position + 1}: ${parsed.message}`,
        ),
      );
  }
  for (const { key, name } of referencesOf(metric)) {
    if (findMetric(draft, name) !== undefined) continue;
    const names = draft.metrics.map((other) => other.spec.name);
    const message = `"${metric.spec.name}" is made of "${name}", which is no metric.`;
    problems.push(problemAt(metric.source, at(key), 'unknown_metric', message, didYouMean(name, names)));
  }
  return problems;
}

function checkCycle(draft: Draft, metric: MetricDraft): Problem[] {
  const path = findWayBack(draft, metric, metric.spec.name, []);
  if (path === undefined) return [];
  const message = `"${metric.spec.name}" is made of itself: ${[metric.spec.name, ...path].join(' → ')}.`;
  return [problemAt(metric.source, metric.pointer, 'metric_cycle', message)];
}

function findWayBack(draft: Draft, from: MetricDraft, target: string, seen: readonly string[]): string[] | undefined {
  for (const { name } of referencesOf(from)) {
    if (name === target) return [name];
    if (seen.includes(name)) continue;
    const next = findMetric(draft, name);
    const rest = next === undefined ? undefined : findWayBack(draft, next, target, [...seen, name]);
    if (rest !== undefined) return [name, ...rest];
  }
  return undefined;
}
