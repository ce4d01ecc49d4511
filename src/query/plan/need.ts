import type { Dataset, RollupGrain } from '../../model/checked.ts';
import { partsOfMetric } from '../../model/rollups.ts';
import type { InstantRange } from '../buckets.ts';
import { hasFilter } from '../compile/filter.ts';
import type { Key } from '../compile/keys.ts';
import type { Scope } from '../compile/statement.ts';
import type { Measure } from './blocks.ts';
import type { Need } from './choose-rollup.ts';

/** What a statement over one dataset asks of its rows. */
export function needOf(
  { dataset, time, measures }: { dataset: Dataset; time: string; measures: readonly Measure[] },
  keys: readonly Key[],
  { filters, clock, range }: Pick<Scope, 'filters' | 'clock'> & { range?: Partial<InstantRange> },
): Need {
  const columns = new Map<string, string>();
  let grain: Need['grain'] = 'none';
  const finer = (other: RollupGrain) => {
    if (grain !== 'hour') grain = other;
  };
  const addDimension = (name: string, part: 'weekday' | 'hour_of_day' | undefined) => {
    if (part !== undefined) return finer(part === 'weekday' ? 'day' : 'hour');
    const column = dataset.dimensions.get(name);
    if (column !== undefined) columns.set(column, name);
  };
  for (const key of keys) {
    if (key.kind === 'dimension') addDimension(key.name, key.dimension.part);
    else if (key.kind === 'time') finer(key.grain === 'hour' ? 'hour' : 'day');
    else finer(key.kind === 'hour_of_day' ? 'hour' : 'day');
  }
  for (const filter of filters) {
    if (!hasFilter(dataset, filter)) continue;
    const { target } = filter;
    if (target.kind === 'dimension') addDimension(filter.name, target.dimension.part);
    else finer(target.kind === 'hour_of_day' ? 'hour' : 'day');
  }
  for (const { channels, money } of measures) {
    if (channels !== undefined) columns.set(channels.column, channels.column);
    if (money !== undefined) columns.set(money.column, money.column);
  }
  return {
    dataset,
    time,
    range: range ?? {},
    columns,
    grain,
    zone: clock.zone,
    parts: measures.map(({ metric }) => ({ metric: metric.name, parts: partsOfMetric(metric, dataset) })),
    splits: [...new Set(measures.flatMap(({ until }) => until ?? []))],
  };
}
