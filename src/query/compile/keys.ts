import { assertNever } from '../../contract/errors.ts';
import type { Dataset, Dimension } from '../../model/checked.ts';
import { identifier, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { Clock, Group } from '../resolved.ts';
import type { RowExpression } from './row-source.ts';
import { readKey } from './statement.ts';
import { compileBucket, compileHourOfDay, compileLocalDay, compileTime, compileWeekday } from './time.ts';

/** What a statement groups by: the query's groups, and the local day where values are averaged over days. */
export type Key = Group | { kind: 'local_day'; name: 'local_day' };

/** Alias of the key at an index. */
export const keyAlias = (index: number): string => `k${index}`;

/** Alias → expression for each key. */
export function compileKeys(
  keys: readonly Key[],
  dataset: Dataset,
  time: string,
  clock: Clock,
): Map<string, RowExpression> {
  return new Map(keys.map((key, index) => [keyAlias(index), compileKey(key, dataset, time, clock)]));
}

function compileKey(key: Key, dataset: Dataset, time: string, clock: Clock): RowExpression {
  const at = compileTime(dataset, time);
  switch (key.kind) {
    case 'time':
      return (column) => compileBucket(at(column), key.grain, clock.zone, clock.weekStart);
    case 'local_day':
      return (column) => compileLocalDay(at(column), clock.zone);
    case 'weekday':
      return (column) => compileWeekday(at(column), clock.zone);
    case 'hour_of_day':
      return (column) => compileHourOfDay(at(column), clock.zone);
    case 'dimension':
      return compileDimension(key.dimension, dataset, time, clock.zone);
    default:
      return assertNever(key);
  }
}

/**
 * A dimension's value as people read it, NULL where nothing is known; people stay numbers until `compilePersonNames`, instants
 * milliseconds until they are shaped. A part of time is one of the time by which rows are counted.
 */
export function compileDimension(
  { name, part }: Dimension,
  dataset: Dataset,
  time: string,
  zone: string,
): RowExpression {
  if (part !== undefined) {
    const at = compileTime(dataset, time);
    const compilePart = part === 'weekday' ? compileWeekday : compileHourOfDay;
    return (column) => compilePart(at(column), zone);
  }
  const columnName = dataset.dimensions.get(name);
  const type = columnName === undefined ? undefined : dataset.columns.get(columnName);
  if (columnName === undefined || type === undefined) throw new Error(`${dataset.name} has no dimension ${name}`);
  return (column) => {
    const value = column(columnName);
    switch (type.type) {
      case 'flag':
        return type.nullable
          ? sql`multiIf(isNull(${value}), NULL, ${value} = 1, 'true', 'false')`
          : sql`if(${value} = 1, 'true', 'false')`;
      case 'category':
      case 'string':
        return sql`nullIf(toString(${value}), '')`;
      case 'person':
      case 'integer':
      case 'decimal':
        return value;
      case 'instant':
        return sql`toUnixTimestamp64Milli(${value})`;
      case 'key':
      case 'json':
        return sql`toString(${value})`;
      default:
        return assertNever(type.type);
    }
  };
}

/** The keys of one of the engine's rows. */
export function readKeys(keys: readonly Key[], row: Record<string, unknown>): (string | number | null)[] {
  return keys.map((key, index) => {
    const value = readKey(row[keyAlias(index)]);
    return key.kind === 'dimension' && key.dimension.ofTime && value !== null ? Number(value) : value;
  });
}

/** Positions of the keys that hold people. */
export function personKeys(keys: readonly Key[]): string[] {
  return keys.flatMap((key, index) => (key.kind === 'dimension' && key.dimension.ofPerson ? [keyAlias(index)] : []));
}

export const keyIdentifiers = (keys: readonly Key[]): SqlNode[] => keys.map((_, index) => identifier(keyAlias(index)));
