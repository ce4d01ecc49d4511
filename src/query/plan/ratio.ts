import type { Metric } from '../../model/checked.ts';
import type { Formula } from './formula.ts';
import type { Planner } from './planner.ts';

/** Numerator and denominator are counted over the same channels; without a denominator there is no value. */
export function planRatio(
  planner: Planner,
  metric: Extract<Metric, { type: 'ratio' }>,
  channels: readonly string[] | undefined,
): Formula {
  return {
    kind: 'binary',
    op: '/',
    left: planner.metric(metric.numerator, channels),
    right: planner.metric(metric.denominator, channels),
  };
}
