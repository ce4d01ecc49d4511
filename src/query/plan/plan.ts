import type { Dataset, Metric } from '../../model/checked.ts';
import { isProportion } from '../../model/proportion.ts';
import { hasFilter } from '../compile/filter.ts';
import type { ResolvedMetricQuery } from '../resolved.ts';
import { type Counted, viewsOf } from '../views.ts';
import type { Block } from './blocks.ts';
import { reachableChannels } from './channels.ts';
import { createPlanner } from './create-planner.ts';
import type { Formula } from './formula.ts';
import type { Planner } from './planner.ts';

export interface Valued {
  formula: Formula;
  /** Number of entities or the denominator that the value rests on. */
  sample?: Formula;
}

export interface PlannedMetric extends Record<Counted, Valued> {
  metric: Metric;
  /** It is a share of things that are counted. */
  proportion: boolean;
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
  const needed = new Set(viewsOf(query).flatMap(({ counted, totals }) => [counted, ...(totals ? [totals] : [])]));
  const metrics = query.metrics.map((metric): PlannedMetric => {
    planner.datasets = new Set();
    planner.mixesCurrencies = false;
    const values = planValues(planner, metric, needed);
    return {
      metric,
      ...values,
      proportion: isProportion(query.model, metric),
      ignores: ignoredFilters(query, planner.datasets),
      notApplicable: notApplicable(query, metric),
      mixesCurrencies: planner.mixesCurrencies,
    };
  });
  return { blocks: planner.blocks, metrics, leaves: planner.leaves };
}

/** What no view shows is not computed: it stands for the other, which nobody reads. */
function planValues(planner: Planner, metric: Metric, needed: ReadonlySet<Counted>): Record<Counted, Valued> {
  const { maturesAfter } = metric;
  const valued = (matures: number | undefined): Valued => {
    planner.matures = matures;
    const formula = planner.metric(metric.name);
    planner.matures = undefined;
    const sample = sampleOf(metric, formula);
    return { formula, ...(sample === undefined ? {} : { sample }) };
  };
  if (maturesAfter === undefined || !needed.has('settled')) {
    const all = valued(undefined);
    return { all, settled: all };
  }
  const settled = valued(maturesAfter);
  return { settled, all: needed.has('all') ? valued(undefined) : settled };
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
