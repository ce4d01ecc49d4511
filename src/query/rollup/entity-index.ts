import type { Dataset, EntityIndex, Rollup } from '../../model/checked.ts';
import { commas, comment, identifier, indented, joined, lines, nested, sql, uint64 } from '../../sql/build.ts';
import { renderSql } from '../../sql/render.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import { isKnownIn } from '../compile/entity.ts';
import { compileRowSource, type RowExpression, tableName } from '../compile/row-source.ts';
import { compileTime, compileTimeBounds } from '../compile/time.ts';
import { compileSpan, type RollupJob, startOfBucket } from './build.ts';
import { columnTypeOf, DELETED_COLUMN, indexTable, keyColumn, type RollupColumn, VERSION_COLUMN } from './columns.ts';

/** Rows of a dataset in the order of an entity, for those who fill their tables and those who read them. */

/** The entity, in its own type. */
export const ENTITY_COLUMN = 'entity';
/** When it has a row. */
export const AT_COLUMN = 'at';

/** Columns of an index's table, in order: entity, at, keys, version, is_deleted. Equal rows are one. */
export function indexColumns({ dataset }: Rollup, { entity, keys }: EntityIndex): Record<string, RollupColumn> {
  return {
    [ENTITY_COLUMN]: columnTypeOf(dataset, entity),
    [AT_COLUMN]: { type: 'instant' },
    ...Object.fromEntries(keys.map((key) => [keyColumn(key), columnTypeOf(dataset, key)])),
    [VERSION_COLUMN]: { type: 'version' },
    [DELETED_COLUMN]: { type: 'flag' },
  };
}

/** Writes the rows of a span that came and takes away those that went; what stands and is right is let be. */
export function compileIndex({ rollup, zone, span, version }: RollupJob, index: EntityIndex): RenderedSql {
  const { dataset, time } = rollup;
  const table = tableName(indexTable(rollup, index, zone));
  const names = [ENTITY_COLUMN, AT_COLUMN, ...index.keys.map(keyColumn)].map(identifier);
  const at = compileTime(dataset, time);
  const facts = compileRowSource({
    dataset,
    columns: new Map<string, RowExpression>([
      [ENTITY_COLUMN, (column) => column(index.entity)],
      [AT_COLUMN, at],
      ...index.keys.map((key): [string, RowExpression] => [keyColumn(key), (column) => column(key)]),
    ]),
    where: [
      ...compileTimeBounds(dataset, time, {}),
      (column) => joined('\nAND ', compileSpan(span, at(column), startOfBucket(at(column), 'hour', zone), at(column))),
      isKnownIn(dataset, index.entity),
    ],
  });
  const kept = identifier(AT_COLUMN);
  const standing = sql`SELECT ${commas(names)}, 0 AS stands, 1 AS stood
FROM ${table} FINAL
WHERE ${joined('\nAND ', compileSpan(span, kept, startOfBucket(kept, 'hour', zone)))}`;
  return renderSql(sql`INSERT INTO ${table} (${commas([...names, identifier(VERSION_COLUMN), identifier(DELETED_COLUMN)])})
${comment(`${rollup.name}: rows by ${index.entity} that came or went`)}SELECT
  ${indented(lines([...names, sql`${uint64(version * 2n + 1n)}`, sql`max(stood)`]))}
FROM ${nested(joined('\nUNION ALL\n', [sql`SELECT ${commas(names)}, 1 AS stands, 0 AS stood FROM ${nested(facts)}`, standing]))}
GROUP BY ${commas(names)}
HAVING max(stands) != max(stood)`);
}

/** An index as a dataset: the rows that the dataset has, with fewer columns. */
export function datasetOfIndex({ dataset, time }: Rollup, { entity, keys }: EntityIndex, table: string): Dataset {
  const { filter: _, rowKey: __, ...rest } = dataset;
  const columns = [[entity, ENTITY_COLUMN], [time, AT_COLUMN], ...keys.map((key) => [key, keyColumn(key)])] as const;
  return {
    ...rest,
    name: `${dataset.name} by ${entity}`,
    branches: [
      { table, shown: table, columns: new Map(columns.map(([name = '', column = '']) => [name, { column }])) },
    ],
    // Rows without a time are in no index.
    columns: new Map([...dataset.columns, [time, { type: 'instant', nullable: false }]]),
    time,
  };
}
