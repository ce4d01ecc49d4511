import type { EntityIndex, Rollup, RollupMeasure } from '../model/checked.ts';
import {
  BUCKET_COLUMN,
  keyColumn,
  rollupColumns,
  SET_COLUMN,
  sizeColumn,
  sizedMeasures,
  VERSION_COLUMN,
} from '../query/rollup/columns.ts';
import { AT_COLUMN, ENTITY_COLUMN, indexColumns } from '../query/rollup/entity-index.ts';
import type { StoredColumn, StoredTable } from '../warehouse/tables.ts';

/** Small marks: a page reads a few days of one set. */
const GRANULARITY = 256;

const sizeOf = ({ name }: RollupMeasure): [string, StoredColumn] => [
  sizeColumn(name),
  { type: 'version', sizeOf: name },
];

/** A roll-up's table as the warehouse makes it; those of hours and of days have the same columns. */
export function rollupTableOf(rollup: Rollup): StoredTable {
  return {
    columns: { ...rollupColumns(rollup), ...Object.fromEntries(sizedMeasures(rollup).map(sizeOf)) },
    orderBy: [SET_COLUMN, BUCKET_COLUMN, ...rollup.keys.map(keyColumn)],
    partitionByMonthOf: BUCKET_COLUMN,
    version: VERSION_COLUMN,
    deletable: true,
    granularity: GRANULARITY,
    shardBy: BUCKET_COLUMN,
  };
}

/** An index's table: the rows of an entity lie together. */
export function indexTableOf(rollup: Rollup, index: EntityIndex): StoredTable {
  return {
    columns: indexColumns(rollup, index),
    orderBy: [ENTITY_COLUMN, AT_COLUMN, ...index.keys.map(keyColumn)],
    partitionByMonthOf: AT_COLUMN,
    version: VERSION_COLUMN,
    deletable: true,
    granularity: GRANULARITY,
    shardBy: ENTITY_COLUMN,
  };
}
