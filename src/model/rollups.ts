import type { IndexSpec, RollupSpec } from '../contract/model.ts';
import { bindParameters } from './bind-parameters.ts';
import type {
  CheckedModel,
  Dataset,
  EntityIndex,
  Metric,
  Rollup,
  RollupGrain,
  RollupMeasure,
  RollupMethod,
  RollupSet,
} from './checked.ts';

type SimpleMetric = Extract<Metric, { type: 'simple' }>;

/** A measure that a metric needs, without its name in a table. */
export type MeasurePart = Omit<RollupMeasure, 'name'>;

/**
 * The parts from which a simple metric can be put together exactly: its average is a sum and a count. Last comes the number of its
 * rows, because a sum of 0 does not tell whether there were any. None where it cannot be: a median, and distinct values of anything
 * but people.
 */
export function partsOfMetric({ agg, column, filter }: SimpleMetric, dataset: Dataset): MeasurePart[] {
  const part = (method: RollupMethod): MeasurePart => ({
    method,
    ...(method === 'count' || column === undefined ? {} : { column }),
    ...(filter === undefined ? {} : { filter }),
  });
  switch (agg) {
    case 'count':
      return [part('count')];
    case 'sum':
    case 'min':
    case 'max':
      return [part(agg), part('count')];
    case 'average':
      return [part('sum'), part('known'), part('count')];
    case 'count_distinct': {
      const isPerson = column !== undefined && dataset.columns.get(column)?.type === 'person';
      return isPerson ? [part('people'), part('count')] : [];
    }
    case 'median':
      return [];
  }
}

/** Two parts are the same when they count the same of the same rows. */
export const describePart = ({ method, column, filter }: MeasurePart): string =>
  JSON.stringify([method, column ?? null, filter ?? null]);

/** What a dataset declares to be kept ready. */
export interface KeptSpecs {
  rollups: readonly RollupSpec[];
  indexes: readonly IndexSpec[];
}

/** Puts the roll-ups of all datasets together; `specs` were checked by the rule `rollups`. */
export function resolveRollups(
  model: Omit<CheckedModel, 'rollups'>,
  specs: ReadonlyMap<string, KeptSpecs>,
): Map<string, Rollup> {
  const bound = bindParameters({ ...model, rollups: new Map() }, {});
  const rollups = new Map<string, Rollup>();
  for (const [name, own] of specs) {
    const dataset = model.datasets.get(name);
    if (dataset === undefined) continue;
    const timeOf = (spec: { time?: string | undefined }) => spec.time ?? dataset.time;
    const declared = Map.groupBy(own.rollups, timeOf);
    const indexed = Map.groupBy(own.indexes, timeOf);
    for (const time of new Set([...declared.keys(), ...indexed.keys()])) {
      const metrics = simpleMetricsOf(bound, dataset, time);
      const rollup = resolveRollup(dataset, time, declared.get(time) ?? [], metrics);
      const indexes = resolveIndexes(dataset, indexed.get(time) ?? []);
      rollups.set(rollup.name, { ...rollup, indexes });
    }
  }
  return rollups;
}

/** One per column that holds an entity, with every dimension that any of its declarations has. */
function resolveIndexes({ dimensions, entities }: Dataset, specs: readonly IndexSpec[]): EntityIndex[] {
  const columnOf = ({ entity }: IndexSpec) => entities.get(entity) ?? entity;
  return [...Map.groupBy(specs, columnOf)].map(([entity, own]) => {
    const keys = own.flatMap((spec) => spec.dimensions.map((name) => dimensions.get(name) ?? name));
    return { entity, keys: [...new Set(keys)].filter((key) => key !== entity).sort() };
  });
}

function simpleMetricsOf(model: CheckedModel, dataset: Dataset, time: string): SimpleMetric[] {
  return [...model.metrics.values()].filter(
    (metric): metric is SimpleMetric =>
      metric.type === 'simple' && metric.dataset === dataset.name && metric.time === time,
  );
}

function resolveRollup(
  dataset: Dataset,
  time: string,
  specs: readonly RollupSpec[],
  metrics: readonly SimpleMetric[],
): Omit<Rollup, 'indexes'> {
  const measures = new Map<string, RollupMeasure>();
  const sets = new Map<string, { keys: string[]; grains: RollupGrain[]; measures: Set<string> }>();
  for (const spec of specs) {
    const kept = metrics.filter(
      ({ name }) => (spec.metrics === undefined || spec.metrics.includes(name)) && !spec.except.includes(name),
    );
    const names = kept.flatMap((metric) =>
      partsOfMetric(metric, dataset).map((part) => {
        const known = measures.get(describePart(part)) ?? { name: `m${measures.size}`, ...part };
        measures.set(describePart(part), known);
        return known.name;
      }),
    );
    // A query picks its currency when it reads.
    const currencies = kept.flatMap(({ currency }) => currency ?? []);
    for (const dimensions of spec.dimensions) {
      const columns = dimensions.map((dimension) => dataset.dimensions.get(dimension) ?? dimension);
      const keys = [...new Set([...columns, ...currencies])].sort();
      const grains = [...new Set(spec.grains)].sort();
      const id = `${keys.join()} by ${grains.join()}`;
      const set = sets.get(id) ?? { keys, grains, measures: new Set() };
      for (const name of names) set.measures.add(name);
      sets.set(id, set);
    }
  }
  return {
    name: `${dataset.name}_${time}`,
    dataset,
    time,
    keys: [...new Set([...sets.values()].flatMap(({ keys }) => keys))].sort(),
    measures: [...measures.values()],
    sets: [...sets.values()].map(
      ({ keys, grains, measures: own }, index): RollupSet => ({
        index,
        keys,
        grains,
        measures: own,
      }),
    ),
  };
}

/** What people call the entity of a column. */
export const entityOf = (column: string, { entities }: Dataset): string =>
  [...entities].find(([, own]) => own === column)?.[0] ?? column;
