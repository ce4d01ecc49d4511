import fc from 'fast-check';
import { type RollupSpec, rollupSpec } from '../../src/contract/model.ts';
import type { CheckedModel, Dataset } from '../../src/model/checked.ts';
import { resolveRollups } from '../../src/model/rollups.ts';

/** A model with random roll-ups: any sets of dimensions, by any of a dataset's times, of any of its metrics. */
export function rolledUp(model: CheckedModel): fc.Arbitrary<CheckedModel> {
  const datasets = [...model.datasets.values()];
  return fc
    .tuple(...datasets.map((dataset) => fc.array(specIn(dataset, model), { minLength: 1, maxLength: 3 })))
    .map((specs) => {
      const declared = new Map(datasets.map(({ name }, index) => [name, specs[index] ?? []]));
      return { ...model, rollups: resolveRollups(model, declared) };
    });
}

function specIn(dataset: Dataset, model: CheckedModel): fc.Arbitrary<RollupSpec> {
  const dimensions = [...dataset.dimensions.keys()].filter((name) => model.dimensions.get(name)?.part === undefined);
  const metrics = [...model.metrics.values()].flatMap((metric) =>
    metric.type === 'simple' && metric.dataset === dataset.name ? [metric] : [],
  );
  const times = [dataset.time, dataset.time, ...metrics.map(({ time }) => time)];
  return fc
    .record({
      dimensions: fc.array(fc.subarray(dimensions), { minLength: 1, maxLength: 3 }),
      grains: fc.constantFrom(['hour', 'day'], ['hour', 'day'], ['day'], ['hour']),
      time: fc.constantFrom(...new Set(times)),
      except: fc.subarray(
        metrics.map(({ name }) => name),
        { maxLength: Math.min(2, metrics.length) },
      ),
    })
    .map((spec) => rollupSpec.parse(spec));
}
