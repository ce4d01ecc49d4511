import { createHash } from 'node:crypto';
import { assertNever } from '../../contract/errors.ts';
import type { ColumnType } from '../../contract/facts.ts';
import type { Dataset, EntityIndex, Rollup, RollupGrain, RollupMeasure, RollupMethod } from '../../model/checked.ts';
import { instant, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { InstantRange } from '../buckets.ts';
import { compileAggregate } from '../compile/aggregate.ts';

/** What the tables of a roll-up look like, for those who fill them and those who read them. */

/**
 * Rows outside of this span are kept in no roll-up: their local hours and days do not fit into the engine's short types. Whoever
 * reads beyond it reads the facts.
 */
export const ROLLUP_SPAN: InstantRange = { start: Date.UTC(1970, 0, 3), end: Date.UTC(2100, 0, 1) };

/** Raised when the same declaration is kept in another way: every roll-up is then built anew. */
const FORMAT = 2;

/** `second` = DateTime, `version` = UInt64, `total` = Decimal(38, 6), `bitmap` = state of groupBitmap over UInt32; the rest as in facts. */
export type RollupColumnType = ColumnType | 'version' | 'count' | 'second' | 'total' | 'bitmap';

export interface RollupColumn {
  type: RollupColumnType;
  nullable?: true;
}

/** Number of the set that a row is of (`RollupSet.index`). */
export const SET_COLUMN = 'set';
/** DateTime: start of the local hour as `compileBucket` has it, or the first instant of the local day. */
export const BUCKET_COLUMN = 'bucket';
export const VERSION_COLUMN = 'version';
export const DELETED_COLUMN = 'is_deleted';

/** Column of a key: the raw value of the dataset's column, in its own type; its type's default in rows of sets without it. */
export const keyColumn = (column: string): string => `key_${column}`;

/** Columns of a roll-up's table, in order: set, bucket, keys, measures, version, is_deleted. */
export function rollupColumns(rollup: Rollup): Record<string, RollupColumn> {
  const { dataset, keys, measures } = rollup;
  return {
    [SET_COLUMN]: { type: 'count' },
    [BUCKET_COLUMN]: { type: 'second' },
    ...Object.fromEntries(keys.map((key) => [keyColumn(key), columnTypeOf(dataset, key)])),
    ...Object.fromEntries(measures.map((measure) => [measure.name, measureType(measure, dataset)])),
    [VERSION_COLUMN]: { type: 'version' },
    [DELETED_COLUMN]: { type: 'flag' },
  };
}

/** How many people a bitmap holds, so that it need not be read where the row is a group of its own. */
export const sizeColumn = (measure: string): string => `${measure}_size`;

/** The measures whose sizes a roll-up's table has beside them. */
export const sizedMeasures = ({ measures }: Rollup): RollupMeasure[] =>
  measures.filter(({ method }) => method === 'people');

function measureType({ method, column }: RollupMeasure, dataset: Dataset): RollupColumn {
  const of: RollupColumn = column === undefined ? { type: 'integer' } : columnTypeOf(dataset, column);
  switch (method) {
    case 'count':
    case 'known':
      return { type: 'version' };
    case 'people':
      return { type: 'bitmap' };
    case 'sum':
      return { ...of, type: of.type === 'decimal' ? 'total' : of.type === 'flag' ? 'version' : 'integer' };
    case 'min':
    case 'max':
      return { type: of.type, nullable: true };
    default:
      return assertNever(method);
  }
}

/** The type of a dataset's column, as a table keeps it. */
export function columnTypeOf(dataset: Dataset, name: string): RollupColumn {
  const column = dataset.columns.get(name);
  if (column === undefined) throw new Error(`${dataset.name} has no column ${name}`);
  return { type: column.type, ...(column.nullable ? { nullable: true } : {}) };
}

/** What is kept of a measure, of the rows where `condition` is 1; `value` is unused by `count`. Nobody is person 0. */
export function compileKept(method: RollupMethod, value: SqlNode, condition: SqlNode): SqlNode {
  switch (method) {
    case 'known':
      return sql`countIf(${condition} AND isNotNull(${value}))`;
    case 'people':
      return sql`groupBitmapStateIf(${value}, ${condition} AND ${value} != 0)`;
    default:
      // These are merged as they are.
      return compileAggregate(method, value, condition);
  }
}

/** Puts what is kept of several rows together, to be kept or put together again: one type in, the same type out. */
export function compileKeptTogether(method: RollupMethod, kept: SqlNode): SqlNode {
  switch (method) {
    case 'count':
    case 'known':
    case 'sum':
      return sql`sum(${kept})`;
    case 'people':
      return sql`groupBitmapMergeState(${kept})`;
    case 'min':
      return sql`min(${kept})`;
    case 'max':
      return sql`max(${kept})`;
    default:
      return assertNever(method);
  }
}

/** The value of what is kept of several rows: as the aggregate over their facts. */
export function compileKeptValue(method: RollupMethod, kept: SqlNode): SqlNode {
  return method === 'people' ? sql`groupBitmapMerge(${kept})` : compileKeptTogether(method, kept);
}

/** What a row holds of a measure that its set does not keep. */
export function compileNothingKept(measure: RollupMeasure, dataset: Dataset): SqlNode {
  const { type, nullable } = measureType(measure, dataset);
  if (type === 'bitmap') return sql`bitmapBuild(emptyArrayUInt32())`;
  return nullable ? sql`NULL` : sql`0`;
}

/**
 * Hash of everything that the rows of a roll-up depend on besides the facts. A roll-up with another one is another roll-up.
 *
 * @param zone the workspace's, as the engine spells it
 */
export function hashRollup(rollup: Rollup, zone: string): string {
  const { dataset, time, keys, measures, sets, indexes } = rollup;
  const indexed = indexes.flatMap(({ entity, keys: own }) => [entity, ...own]);
  const used = new Set([time, ...indexed, ...keys, ...measures.flatMap(({ column }) => column ?? [])]);
  const definition = [
    FORMAT,
    zone,
    dataset.name,
    time,
    dataset.filter ?? null,
    dataset.branches.map(({ table, filter, columns }) => [table, filter ?? null, [...columns].sort()]),
    [...used].sort().map((name) => [name, columnTypeOf(dataset, name)]),
    keys,
    measures,
    sets.map((set) => [set.index, set.keys, set.grains, [...set.measures].sort()]),
    ...indexes.map(({ entity, keys: own }) => [entity, own]),
  ];
  return createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 32);
}

/** Long names are cut: the hash tells tables apart. */
const LONGEST_NAME = 80;

/** `rollup_messages_at_hour_1a2b3c4d`; the same name never holds rows of another definition. */
export function rollupTable(rollup: Rollup, grain: RollupGrain, zone: string): string {
  return `rollup_${rollup.name.slice(0, LONGEST_NAME)}_${grain}_${hashRollup(rollup, zone).slice(0, 8)}`;
}

/** `rollup_transactions_at_by_account_index_1a2b3c4d` */
export function indexTable(rollup: Rollup, { entity }: EntityIndex, zone: string): string {
  const name = `${rollup.name}_by_${entity}`.slice(0, LONGEST_NAME);
  const hash = createHash('sha256')
    .update(`${hashRollup(rollup, zone)} ${entity}`)
    .digest('hex');
  return `rollup_${name}_index_${hash.slice(0, 8)}`;
}

export const isRollupTable = (name: string): boolean => /^rollup_.+_(hour|day|index)_[0-9a-f]{8}$/.test(name);

/** What a row holds of a key that its set does not have. */
export function compileNoKey({ dataset }: Rollup, key: string): SqlNode {
  const { type, nullable } = columnTypeOf(dataset, key);
  if (nullable) return sql`NULL`;
  if (type === 'instant') return instant(0);
  return type === 'category' || type === 'string' || type === 'json' ? sql`''` : sql`0`;
}
