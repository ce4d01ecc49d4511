import type { RollupInfo } from '../contract/api.ts';
import type { RollupGrain, RollupSet } from '../model/checked.ts';
import { entityOf } from '../model/rollups.ts';
import { localDate } from '../query/local-time.ts';
import { ROLLUP_SPAN } from '../query/rollup/columns.ts';
import type { RollupState } from './rollup-state.ts';

/** What is shown of roll-ups. */
export function describeRollups(
  states: readonly RollupState[],
  sizes: ReadonlyMap<string, { rows: number; bytes: number }>,
  reachable: boolean,
  zone: string,
): RollupInfo[] {
  return states.map((state): RollupInfo => {
    const { rollup, tables, indexes, last } = state;
    const sizeOf = (table: string) => sizes.get(table) ?? { rows: 0, bytes: 0 };
    const since = state.waitingSince();
    const waiting = state.waiting().length;
    return {
      name: rollup.name,
      label: rollup.dataset.label,
      time: rollup.time,
      tables: (Object.entries(tables) as [RollupGrain, string][]).map(([grain, table]) => ({
        grain,
        ...sizeOf(table),
      })),
      sets: rollup.sets.map(({ keys, grains, measures }) => ({
        dimensions: dimensionsOf(state, keys),
        grains: [...grains],
        measures: measures.size,
      })),
      indexes: rollup.indexes.map(({ entity, keys }) => ({
        entity: entityOf(entity, rollup.dataset),
        dimensions: dimensionsOf(state, keys),
        ...sizeOf(indexes.get(entity) ?? ''),
      })),
      state: !reachable ? 'unavailable' : !state.whole ? 'building' : waiting > 0 ? 'catching_up' : 'current',
      built_from: state.whole || state.from >= ROLLUP_SPAN.end ? null : localDate(state.from, zone),
      built: state.built,
      pending_hours: waiting,
      pending_since: since === undefined ? null : new Date(since).toISOString(),
      last:
        last === null
          ? null
          : { at: new Date(last.at).toISOString(), hours: last.hours, milliseconds: Math.round(last.milliseconds) },
    };
  });
}

/** Columns that are no dimension, such as a currency, are not told. */
function dimensionsOf({ rollup }: RollupState, keys: RollupSet['keys']): string[] {
  return [...rollup.dataset.dimensions].flatMap(([name, column]) => (keys.includes(column) ? [name] : []));
}
