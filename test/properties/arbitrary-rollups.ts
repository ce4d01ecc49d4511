import fc from 'fast-check';
import { type IndexSpec, indexSpec, type RollupSpec, rollupSpec } from '../../src/contract/model.ts';
import type { CheckedModel, Dataset } from '../../src/model/checked.ts';
import { resolveRollups } from '../../src/model/rollups.ts';

/** A model with random roll-ups and indexes: any dimensions, by any of a dataset's times, of any of its metrics and entities. */
export function rolledUp(model: CheckedModel): fc.Arbitrary<CheckedModel> {
  const datasets = [...model.datasets.values()];
  return fc
    .tuple(
      ...datasets.map((dataset) =>
        fc.record({
          rollups: fc.array(specIn(dataset, model), { minLength: 1, maxLength: 3 }),
          indexes: dataset.entities.size === 0 ? fc.constant([]) : fc.array(indexIn(dataset, model), { maxLength: 3 }),
        }),
      ),
    )
    .map((specs) => {
      const declared = new Map(
        datasets.map(({ name }, index) => [name, specs[index] ?? { rollups: [], indexes: [] }] as const),
      );
      return { ...model, rollups: resolveRollups(model, declared) };
    });
}

function specIn(dataset: Dataset, model: CheckedModel): fc.Arbitrary<RollupSpec> {
  const dimensions = dimensionsOf(dataset, model);
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

/** Mostly with every dimension, so that questions find it. */
function indexIn(dataset: Dataset, model: CheckedModel): fc.Arbitrary<IndexSpec> {
  const dimensions = dimensionsOf(dataset, model);
  return fc
    .record({
      entity: fc.constantFrom(...dataset.entities.keys()),
      dimensions: fc.oneof(fc.constant(dimensions), fc.subarray(dimensions)),
    })
    .map((spec) => indexSpec.parse(spec));
}

const dimensionsOf = (dataset: Dataset, model: CheckedModel): string[] =>
  [...dataset.dimensions.keys()].filter((name) => model.dimensions.get(name)?.part === undefined);
