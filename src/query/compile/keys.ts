import { assertNever } from '../../contract/errors.ts';
import type { Dataset } from '../../model/checked.ts';
import { identifier, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { Clock, Group } from '../resolved.ts';
import type { RowExpression } from './row-source.ts';
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
      return compileDimension(key.name, dataset);
    default:
      return assertNever(key);
  }
}

/** A dimension's value as people read it, NULL where nothing is known; people stay numbers until `compilePersonNames`. */
export function compileDimension(name: string, dataset: Dataset): RowExpression {
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
      case 'key':
      case 'instant':
      case 'json':
        return sql`toString(${value})`;
      default:
        return assertNever(type.type);
    }
  };
}

/** Positions of the keys that hold people. */
export function personKeys(keys: readonly Key[]): string[] {
  return keys.flatMap((key, index) => (key.kind === 'dimension' && key.dimension.ofPerson ? [keyAlias(index)] : []));
}

export const keyIdentifiers = (keys: readonly Key[]): SqlNode[] => keys.map((_, index) => identifier(keyAlias(index)));
