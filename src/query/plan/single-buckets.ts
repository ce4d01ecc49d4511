import type { Dataset, RollupGrain } from '../../model/checked.ts';
import type { Key } from '../compile/keys.ts';
import type { Scope } from '../compile/statement.ts';
import type { ResolvedFilter } from '../resolved.ts';
import { offsetsOf } from '../zone-offsets.ts';
import type { Level, RolledUp } from './choose-rollup.ts';

/** Grains each of whose rows is a group of its own: who is counted in a row need not be told apart from those of another one. */
export function singleBuckets(
  { levels, pieces }: RolledUp,
  dataset: Dataset,
  keys: readonly Key[],
  { filters, clock, sets }: Pick<Scope, 'filters' | 'clock' | 'sets'>,
): Set<RollupGrain> {
  // Each way to group leaves out some keys.
  if (sets !== undefined) return new Set();
  const kinds = new Set(keys.map(({ kind }) => kind));
  const isSingle = (level: Level | undefined) =>
    level?.set.keys.every((column) => isOne(column, dataset, keys, filters));
  const days = isSingle(levels.day) && kinds.has('local_day');
  const hours =
    isSingle(levels.hour) &&
    kinds.has('local_day') &&
    kinds.has('hour_of_day') &&
    !repeatsHours(clock.zone, pieces.hours);
  return new Set<RollupGrain>([...(days ? (['day'] as const) : []), ...(hours ? (['hour'] as const) : [])]);
}

/** Whether rows of a group have one value in a column. */
function isOne(column: string, dataset: Dataset, keys: readonly Key[], filters: readonly ResolvedFilter[]): boolean {
  const ofColumn = (name: string) => dataset.dimensions.get(name) === column;
  // NULL and the empty text are shown as one.
  const grouped =
    dataset.columns.get(column)?.nullable === false &&
    keys.some((key) => key.kind === 'dimension' && key.dimension.part === undefined && ofColumn(key.name));
  return (
    grouped ||
    filters.some(
      ({ name, op, values, target }) =>
        op === 'in' &&
        values.length === 1 &&
        target.kind === 'dimension' &&
        !target.dimension.ofPerson &&
        ofColumn(name),
    )
  );
}

/** Whether the clock goes back, so that a local hour comes twice. */
function repeatsHours(zone: string, stretches: RolledUp['pieces']['hours']): boolean {
  const [start, end] = [stretches[0]?.start ?? 0, stretches.at(-1)?.end ?? 0];
  const runs = offsetsOf(zone).runs({ start, end });
  return runs.some(({ offset }, index) => offset < (runs[index - 1]?.offset ?? offset));
}
