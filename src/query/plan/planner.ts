import type { CheckedModel, Dataset, Metric } from '../../model/checked.ts';
import { ABSENT, methodOf, type SimpleMetric } from '../compile/aggregate.ts';
import type { ResolvedMetricQuery } from '../resolved.ts';
import type { Block, CumulativeBlock, Measure, SimpleBlock } from './blocks.ts';
import { channelColumn } from './channels.ts';
import type { Formula, Leaf } from './formula.ts';
import { currencyRule } from './money.ts';

/** Collects what has to be computed; metrics that need the same rows share a block. */
export interface Planner {
  query: ResolvedMetricQuery;
  model: CheckedModel;
  blocks: Block[];
  /** Datasets that a metric under way reads with the query's filters and groups. */
  datasets: Set<Dataset>;
  leaves: number;
  /** Seconds that the cohorts of the metric under way take to settle, where only settled ones count. */
  matures: number | undefined;
  /** Set once a metric under way adds up several currencies in rows that are not grouped by currency, as totals are. */
  mixesCurrencies: boolean;
  /** Plans another metric; `channels` are those to which an outer metric narrows it. */
  metric(name: string, channels?: readonly string[]): Formula;
}

export function metricNamed(model: CheckedModel, name: string): Metric {
  const metric = model.metrics.get(name);
  if (metric === undefined) throw new Error(`the model has no metric ${name}`);
  return metric;
}

export function simpleMetricNamed(model: CheckedModel, name: string): SimpleMetric {
  const metric = metricNamed(model, name);
  if (metric.type !== 'simple') throw new Error(`${name} is not a simple metric`);
  return metric;
}

export function datasetNamed(model: CheckedModel, name: string): Dataset {
  const dataset = model.datasets.get(name);
  if (dataset === undefined) throw new Error(`the model has no dataset ${name}`);
  return dataset;
}

export function newLeaf(planner: Planner, absent: 0 | null): Leaf {
  return { index: planner.leaves++, absent };
}

/** Which rows of a simple metric count in this query. */
export function measureOf(planner: Planner, metric: SimpleMetric, channels: readonly string[] | undefined): Measure {
  const dataset = datasetNamed(planner.model, metric.dataset);
  const column = channels === undefined ? undefined : channelColumn(planner.model, dataset);
  const money = currencyRule(planner.query, metric, dataset);
  if (metric.currency !== undefined && money === undefined) planner.mixesCurrencies = true;
  return {
    metric,
    method: methodOf(metric, dataset),
    ...(channels !== undefined && column !== undefined ? { channels: { column, names: channels } } : {}),
    ...(money === undefined ? {} : { money }),
    ...maturing(planner),
  };
}

export const maturing = ({ matures }: Planner): { matures?: number } => (matures === undefined ? {} : { matures });

export function simpleLeaf(planner: Planner, metric: SimpleMetric, channels: readonly string[] | undefined): Leaf {
  const dataset = datasetNamed(planner.model, metric.dataset);
  planner.datasets.add(dataset);
  const measure = measureOf(planner, metric, channels);
  const block = simpleBlock(planner, dataset, metric.time);
  const keyOf = (each: Measure) => JSON.stringify([each.metric.name, each.channels?.names, each.matures]);
  const known = block.measures.find((each) => keyOf(each) === keyOf(measure));
  if (known !== undefined) return known.leaf;
  const leaf = newLeaf(planner, ABSENT[measure.method]);
  block.measures.push({ ...measure, leaf });
  return leaf;
}

function simpleBlock(planner: Planner, dataset: Dataset, time: string): SimpleBlock {
  const known = planner.blocks.find(
    (block): block is SimpleBlock => block.kind === 'simple' && block.dataset === dataset && block.time === time,
  );
  if (known !== undefined) return known;
  const block: SimpleBlock = { kind: 'simple', dataset, time, measures: [] };
  planner.blocks.push(block);
  return block;
}

/** One block for all trailing windows of the same metric. */
export function cumulativeBlock(
  planner: Planner,
  dataset: Dataset,
  measure: Measure,
  windowed: boolean,
): CumulativeBlock {
  const same = (block: Block): block is CumulativeBlock =>
    block.kind === 'cumulative' &&
    block.measure.metric === measure.metric &&
    block.matures === planner.matures &&
    JSON.stringify(block.measure.channels?.names) === JSON.stringify(measure.channels?.names) &&
    block.windows.every((window) => (window.days !== undefined) === windowed);
  const known = planner.blocks.find(same);
  if (known !== undefined) return known;
  const block: CumulativeBlock = {
    kind: 'cumulative',
    dataset,
    time: measure.metric.time,
    measure,
    windows: [],
    ...maturing(planner),
  };
  planner.blocks.push(block);
  return block;
}
