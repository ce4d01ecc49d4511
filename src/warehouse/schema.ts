import { allOf, commas, identifier, number, sql, string } from '../sql/build.ts';
import type { Fragment, SqlNode } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { DATABASE, type StoredColumn, type StoredTable, TABLES } from './tables.ts';

const TYPES = {
  key: sql`UInt64`,
  version: sql`UInt64`,
  person: sql`UInt32`,
  count: sql`UInt32`,
  instant: sql`DateTime64(3, 'UTC')`,
  date: sql`Date`,
  flag: sql`UInt8`,
  category: sql`LowCardinality(String)`,
  string: sql`String`,
  json: sql`String`,
  integer: sql`Int64`,
  decimal: sql`Decimal(18, 6)`,
} as const satisfies Record<StoredColumn['type'], Fragment>;

const definition = (column: string, { type, nullable }: StoredColumn): Fragment =>
  sql`${identifier(column)} ${nullable === true ? sql`Nullable(${TYPES[type]})` : TYPES[type]}`;

/** The DDL of one table; running it again changes nothing. */
export function createTable(name: string, table: StoredTable): RenderedSql {
  const columns = Object.entries(table.columns).map(([column, stored]) => definition(column, stored));
  const index = table.minmaxOf === undefined ? [] : [sql`INDEX ${minmaxIndex(table.minmaxOf)}`];
  return renderSql(sql`CREATE TABLE IF NOT EXISTS ${tableName(name)} (${commas([...columns, ...index])})
ENGINE = ReplacingMergeTree(${commas(engineArguments(table))})
${table.partitionByMonthOf === undefined ? sql`` : sql`PARTITION BY toYYYYMM(${identifier(table.partitionByMonthOf)})`}
ORDER BY (${commas(table.orderBy.map(sortingKey))})
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = ${number(table.granularity ?? 8192)}`);
}

const minmaxIndex = (column: string): Fragment =>
  sql`${identifier(`${column}_range`)} ${identifier(column)} TYPE minmax GRANULARITY 1`;

/** Adds a table's index to one that is there, for rows to come; running it again changes nothing. */
export function addMinmaxIndex(name: string, { minmaxOf }: StoredTable): RenderedSql {
  if (minmaxOf === undefined) throw new Error(`${name} has no index`);
  return renderSql(sql`ALTER TABLE ${tableName(name)} ADD INDEX IF NOT EXISTS ${minmaxIndex(minmaxOf)}`);
}

/** Adds columns to a table that is there; running it again changes nothing. */
export function addColumns(name: string, table: StoredTable, columns: readonly string[]): RenderedSql {
  const added = columns.map((column) => {
    const stored = table.columns[column];
    if (stored === undefined) throw new Error(`no column ${column}`);
    return sql`ADD COLUMN IF NOT EXISTS ${definition(column, stored)}`;
  });
  return renderSql(sql`ALTER TABLE ${tableName(name)} ${commas(added)}`);
}

export const dropTable = (name: string): RenderedSql => renderSql(sql`DROP TABLE IF EXISTS ${tableName(name)}`);

function engineArguments(table: StoredTable): SqlNode[] {
  if (table.version === undefined) return [];
  return [identifier(table.version), ...(table.deletable ? [identifier('is_deleted')] : [])];
}

/** `hour(at)` orders by time first, so that a range of days reads few marks, and keeps equal messages of an hour together. */
function sortingKey(part: string): SqlNode {
  const hour = /^hour\((\w+)\)$/.exec(part)?.[1];
  return hour === undefined ? identifier(part) : sql`toStartOfHour(${identifier(hour)})`;
}

export const createDatabase: RenderedSql = renderSql(sql`CREATE DATABASE IF NOT EXISTS ${identifier(DATABASE)}`);

/** `turnout`.`name` */
export const tableName = (name: string): Fragment => sql`${identifier(DATABASE)}.${identifier(name)}`;

/** Lists every column of every table as the engine has it: rows of `table`, `name`, `type`. */
export const listColumns: RenderedSql = renderSql(sql`SELECT table, name, type FROM system.columns
WHERE database = ${string(DATABASE)} ORDER BY table, position`);

/** Lists the parts that the engine found broken when it opened its folder. */
export const listBrokenParts: RenderedSql = renderSql(sql`SELECT table, name, reason FROM system.detached_parts
WHERE ${allOf([sql`database = ${string(DATABASE)}`, sql`startsWith(reason, 'broken')`])}`);

/** The types that the engine should report, by table and column. */
export function expectedColumns(): Map<string, string> {
  const types = new Map<string, string>();
  for (const [table, { columns }] of Object.entries(TABLES) as [string, StoredTable][])
    for (const [column, { type, nullable }] of Object.entries(columns)) {
      const written = String(renderSql(TYPES[type]));
      types.set(`${table}.${column}`, nullable === true ? `Nullable(${written})` : written);
    }
  return types;
}

/** Reads every column of a table, and its index, so that every block's checksum is checked. */
export const readWholeTable = (name: string): RenderedSql =>
  renderSql(sql`SELECT
  (SELECT count() FROM ${tableName(name)} WHERE NOT ignore(*)) AS rows,
  (SELECT count() FROM mergeTreeIndex(${string(DATABASE)}, ${string(name)}) WHERE NOT ignore(*)) AS marks`);

/** How many parts a table has: each costs a query with FINAL. */
export const countParts = (name: string): RenderedSql =>
  renderSql(sql`SELECT count() AS parts FROM system.parts
WHERE ${allOf([sql`database = ${string(DATABASE)}`, sql`table = ${string(name)}`, sql`active`])}`);

/** Merges a table's parts into one. */
export const mergeParts = (name: string): RenderedSql => renderSql(sql`OPTIMIZE TABLE ${tableName(name)} FINAL`);

export const truncateTable = (name: string): RenderedSql => renderSql(sql`TRUNCATE TABLE IF EXISTS ${tableName(name)}`);
