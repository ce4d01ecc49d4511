import type { Metric } from '../../model/checked.ts';
import type { ConversionBlock } from './blocks.ts';
import type { Formula } from './formula.ts';
import { datasetNamed, maturing, measureOf, newLeaf, type Planner, simpleMetricNamed } from './planner.ts';

export function planConversion(
  planner: Planner,
  metric: Extract<Metric, { type: 'conversion' }>,
  channels: readonly string[] | undefined,
): Formula {
  const block = conversionBlock(planner, metric, channels);
  const converted: Formula = { kind: 'leaf', leaf: block.converted };
  if (metric.calculation === 'count') return converted;
  return { kind: 'binary', op: '/', left: converted, right: { kind: 'leaf', leaf: block.entities } };
}

function conversionBlock(
  planner: Planner,
  metric: Extract<Metric, { type: 'conversion' }>,
  channels: readonly string[] | undefined,
): ConversionBlock {
  const base = simpleMetricNamed(planner.model, metric.base);
  const conversion = simpleMetricNamed(planner.model, metric.conversion);
  const dataset = datasetNamed(planner.model, base.dataset);
  planner.datasets.add(dataset);
  const known = planner.blocks.find(
    (block): block is ConversionBlock =>
      block.kind === 'conversion' && block.metric === metric && block.matures === planner.matures,
  );
  if (known !== undefined) return known;
  const block: ConversionBlock = {
    kind: 'conversion',
    metric,
    dataset,
    base: measureOf(planner, base, channels),
    conversionDataset: datasetNamed(planner.model, conversion.dataset),
    conversion: measureOf(planner, conversion, undefined),
    entities: newLeaf(planner, 0),
    converted: newLeaf(planner, 0),
    ...maturing(planner),
  };
  planner.blocks.push(block);
  return block;
}
