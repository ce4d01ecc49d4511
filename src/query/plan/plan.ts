import type { Dataset, Metric } from '../../model/checked.ts';
import { hasFilter } from '../compile/filter.ts';
import type { ResolvedMetricQuery } from '../resolved.ts';
import type { Block } from './blocks.ts';
import { reachableChannels } from './channels.ts';
import { createPlanner } from './create-planner.ts';
import type { Formula } from './formula.ts';

export interface PlannedMetric {
  metric: Metric;
  formula: Formula;
  /** Number of entities or the denominator that the value rests on. */
  sample?: Formula;
  /** Filters' dimensions that none or not all of its datasets have. */
  ignores: string[];
  /** Channels in which it has no meaning. */
  notApplicable: string[];
  /** Its total would add up currencies. */
  mixesCurrencies: boolean;
}

export interface Plan {
  blocks: Block[];
  metrics: PlannedMetric[];
  leaves: number;
}

/** Which numbers the engine has to compute for a query, and how the metrics follow from them. */
export function planQuery(query: ResolvedMetricQuery): Plan {
  const planner = createPlanner(query);
  const metrics = query.metrics.map((metric): PlannedMetric => {
    planner.datasets = new Set();
    planner.mixesCurrencies = false;
    const formula = planner.metric(metric.name);
    const sample = sampleOf(metric, formula);
    return {
      metric,
      formula,
      ...(sample === undefined ? {} : { sample }),
      ignores: ignoredFilters(query, planner.datasets),
      notApplicable: notApplicable(query, metric),
      mixesCurrencies: planner.mixesCurrencies,
    };
  });
  return { blocks: planner.blocks, metrics, leaves: planner.leaves };
}

/** The denominator of a rate. */
function sampleOf(metric: Metric, formula: Formula): Formula | undefined {
  if (metric.type !== 'ratio' && !(metric.type === 'conversion' && metric.calculation === 'rate')) return undefined;
  if (formula.kind === 'channels') {
    const part = sampleOf(metric, formula.part);
    return part && { kind: 'channels', channels: formula.channels, part };
  }
  return formula.kind === 'binary' ? formula.right : formula;
}

function ignoredFilters(query: ResolvedMetricQuery, datasets: ReadonlySet<Dataset>): string[] {
  const ignored = query.filters.filter((filter) => ![...datasets].every((dataset) => hasFilter(dataset, filter)));
  return [...new Set(ignored.map((filter) => filter.name))];
}

function notApplicable(query: ResolvedMetricQuery, metric: Metric): string[] {
  const { channels } = metric;
  if (channels === undefined) return [];
  const others = query.model.channels.map((channel) => channel.name).filter((name) => !channels.includes(name));
  return reachableChannels(query, others);
}
