import type { Metric } from '../../model/checked.ts';
import type { ResolvedMetricQuery } from '../resolved.ts';
import { reachableChannels } from './channels.ts';
import { planConversion } from './conversion.ts';
import { planCumulative } from './cumulative.ts';
import { planDerived } from './derived.ts';
import type { Formula } from './formula.ts';
import { metricNamed, type Planner, simpleLeaf } from './planner.ts';
import { planRatio } from './ratio.ts';

export function createPlanner(query: ResolvedMetricQuery): Planner {
  const planner: Planner = {
    query,
    model: query.model,
    blocks: [],
    datasets: new Set(),
    leaves: 0,
    matures: undefined,
    mixesCurrencies: false,
    metric: (name, channels) => planMetric(planner, name, channels),
  };
  return planner;
}

function planMetric(planner: Planner, name: string, channels?: readonly string[]): Formula {
  const metric = metricNamed(planner.model, name);
  const narrowed = narrow(channels, metric.channels);
  const formula = planByType(planner, metric, narrowed);
  if (metric.channels === undefined || narrowed === undefined) return formula;
  if (reachableChannels(planner.query, narrowed).length === 0) return { kind: 'nothing' };
  return { kind: 'channels', channels: narrowed, part: formula };
}

function planByType(planner: Planner, metric: Metric, channels: readonly string[] | undefined): Formula {
  switch (metric.type) {
    case 'simple':
      return { kind: 'leaf', leaf: simpleLeaf(planner, metric, channels) };
    case 'ratio':
      return planRatio(planner, metric, channels);
    case 'derived':
      return planDerived(planner, metric.expr, channels);
    case 'cumulative':
      return planCumulative(planner, metric, channels);
    case 'conversion':
      return planConversion(planner, metric, channels);
  }
}

function narrow(
  outer: readonly string[] | undefined,
  inner: readonly string[] | undefined,
): readonly string[] | undefined {
  if (outer === undefined || inner === undefined) return outer ?? inner;
  return inner.filter((name) => outer.includes(name));
}
