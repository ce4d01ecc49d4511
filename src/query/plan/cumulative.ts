import type { Metric } from '../../model/checked.ts';
import { ABSENT } from '../compile/aggregate.ts';
import type { Formula } from './formula.ts';
import { cumulativeBlock, datasetNamed, measureOf, newLeaf, type Planner, simpleMetricNamed } from './planner.ts';

export function planCumulative(
  planner: Planner,
  { metric: name, days, label }: Extract<Metric, { type: 'cumulative' }>,
  channels: readonly string[] | undefined,
): Formula {
  const metric = simpleMetricNamed(planner.model, name);
  const dataset = datasetNamed(planner.model, metric.dataset);
  planner.datasets.add(dataset);
  const measure = measureOf(planner, metric, channels);
  const block = cumulativeBlock(planner, dataset, measure, days !== undefined);
  let window = block.windows.find((each) => each.days === days);
  if (window === undefined) {
    window = { leaf: newLeaf(planner, ABSENT[measure.method]), label, ...(days === undefined ? {} : { days }) };
    block.windows.push(window);
  }
  return { kind: 'leaf', leaf: window.leaf };
}
