import { weekdayOf } from '../contract/plain-date.ts';
import type { Cell } from '../contract/result.ts';
import type { Bucket } from './buckets.ts';
import type { Group } from './resolved.ts';

/**
 * The keys that an answer has: every combination of dimension values that occurs, times every bucket, weekday and hour there is.
 * `observed` are the keys that occur; with nothing but time parts there is always one combination.
 */
export function fillKeys(
  groups: readonly Group[],
  buckets: readonly Bucket[],
  observed: Iterable<readonly Cell[]>,
): Cell[][] {
  const sparse = groups.flatMap((group, index) => (group.kind === 'dimension' ? [index] : []));
  const combinations = new Map<string, Cell[]>();
  for (const keys of observed) {
    const own = sparse.map((index) => keys[index] ?? null);
    combinations.set(JSON.stringify(own), own);
  }
  if (sparse.length === 0) combinations.set('[]', []);
  const times = timeKeys(groups, buckets);
  return [...combinations.values()].flatMap((own) =>
    times.map((time) => {
      let next = 0;
      return groups.map((group) => (group.kind === 'dimension' ? (own[next++] ?? null) : (time[group.kind] ?? null)));
    }),
  );
}

/** How many rows `fillKeys` makes of one combination. */
export function countTimeKeys(groups: readonly Group[], buckets: readonly Bucket[]): number {
  return timeKeys(groups, buckets).length;
}

type TimeKey = Partial<Record<'time' | 'weekday' | 'hour_of_day', Cell>>;

/** Every combination of bucket, weekday and hour that can occur: a day has one weekday, an hour one hour of day. */
function timeKeys(groups: readonly Group[], buckets: readonly Bucket[]): TimeKey[] {
  const time = groups.find((group) => group.kind === 'time');
  const has = (kind: Group['kind']) => groups.some((group) => group.kind === kind);
  let keys: (TimeKey & { bucket?: Bucket })[] =
    time === undefined ? [{}] : buckets.map((bucket) => ({ time: bucket.key, bucket }));
  if (has('weekday')) {
    const daily = time?.grain === 'day' || time?.grain === 'hour';
    keys = keys.flatMap((key) =>
      (daily && key.bucket ? [weekdayOf(key.bucket.firstDay)] : range(1, 7)).map((weekday) => ({ ...key, weekday })),
    );
  }
  if (has('hour_of_day'))
    keys = keys.flatMap((key) =>
      (key.bucket?.hour === undefined ? range(0, 23) : [key.bucket.hour]).map((hour_of_day) => ({
        ...key,
        hour_of_day,
      })),
    );
  return keys;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
