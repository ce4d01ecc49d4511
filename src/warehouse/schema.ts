import { allOf, commas, identifier, number, plain, sql, string } from '../sql/build.ts';
import type { Fragment, SqlNode } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import type { Layout } from './layout.ts';
import { DATABASE, LOCAL_DATABASE, type StoredColumn, type StoredTable, TABLES } from './tables.ts';

const TYPES = {
  key: sql`UInt64`,
  version: sql`UInt64`,
  person: sql`UInt32`,
  count: sql`UInt32`,
  instant: sql`DateTime64(3, 'UTC')`,
  date: sql`Date`,
  second: sql`DateTime('UTC')`,
  flag: sql`UInt8`,
  category: sql`LowCardinality(String)`,
  string: sql`String`,
  json: sql`String`,
  integer: sql`Int64`,
  decimal: sql`Decimal(18, 6)`,
  total: sql`Decimal(38, 6)`,
  bitmap: sql`AggregateFunction(groupBitmap, UInt32)`,
} as const satisfies Record<StoredColumn['type'], Fragment>;

function definition(column: string, { type, nullable, sizeOf }: StoredColumn): Fragment {
  const filled = sizeOf === undefined ? sql`` : sql` DEFAULT bitmapCardinality(${identifier(sizeOf)})`;
  return sql`${identifier(column)} ${nullable === true ? sql`Nullable(${TYPES[type]})` : TYPES[type]}${filled}`;
}

/** Makes one table; running it again changes nothing. */
export function createTableStatements(name: string, table: StoredTable, layout: Layout): RenderedSql[] {
  const columns = Object.entries(table.columns).map(([column, stored]) => definition(column, stored));
  const indexes = (table.minmaxOf ?? []).map((column) => sql`INDEX ${minmaxIndex(column)}`);
  const local = sql`CREATE TABLE IF NOT EXISTS ${localTable(name, layout)} (${commas([...columns, ...indexes])})
ENGINE = ${replacing(name, table, layout)}
${table.partitionByMonthOf === undefined ? sql`` : sql`PARTITION BY toYYYYMM(${identifier(table.partitionByMonthOf)})`}
ORDER BY (${commas(table.orderBy.map(sortingKey))})
SETTINGS ${commas(tableSettings(table, layout))}`;
  if (layout.kind !== 'cluster') return [renderSql(local)];
  const spanning = sql`CREATE TABLE IF NOT EXISTS ${tableName(name)}${onClusterOf(layout)} (${commas(columns)})
ENGINE = Distributed(${plain(layout.cluster)}, ${plain(LOCAL_DATABASE)}, ${plain(name)}, cityHash64(${identifier(shardingColumn(name, table))}))`;
  return [renderSql(local), renderSql(spanning)];
}

const indexName = (column: string): string => `${column}_range`;

const minmaxIndex = (column: string): Fragment =>
  sql`${identifier(indexName(column))} ${identifier(column)} TYPE minmax GRANULARITY 1`;

/** Adds a table's indexes to one that is there, for rows to come; running it again changes nothing. */
export function addMinmaxIndexStatements(name: string, { minmaxOf = [] }: StoredTable, layout: Layout): RenderedSql[] {
  return minmaxOf.map((column) =>
    renderSql(sql`ALTER TABLE ${localTable(name, layout)} ADD INDEX IF NOT EXISTS ${minmaxIndex(column)}`),
  );
}

/** Makes a table's indexes for the rows that are there, too; running it again changes nothing. */
export function buildMinmaxIndexStatements(
  name: string,
  { minmaxOf = [] }: StoredTable,
  layout: Layout,
): RenderedSql[] {
  return minmaxOf.map((column) =>
    renderSql(sql`ALTER TABLE ${localTable(name, layout)} MATERIALIZE INDEX ${identifier(indexName(column))}`),
  );
}

const blockSetting = (bytes: number): Fragment => sql`min_compress_block_size = ${number(bytes)}`;

/** Gives a table that is there its blocks, for parts to come; running it again changes nothing. */
export function setBlockBytesStatements(name: string, { blockBytes }: StoredTable, layout: Layout): RenderedSql[] {
  if (blockBytes === undefined) throw new Error(`${name} has blocks as they come`);
  return [renderSql(sql`ALTER TABLE ${localTable(name, layout)} MODIFY SETTING ${blockSetting(blockBytes)}`)];
}

/** Adds columns to a table that is there; running it again changes nothing. */
export function addColumnsStatements(
  name: string,
  table: StoredTable,
  columns: readonly string[],
  layout: Layout,
): RenderedSql[] {
  const added = columns.map((column) => {
    const stored = table.columns[column];
    if (stored === undefined) throw new Error(`no column ${column}`);
    return sql`ADD COLUMN IF NOT EXISTS ${definition(column, stored)}`;
  });
  const places = [
    localTable(name, layout),
    ...(layout.kind === 'cluster' ? [sql`${tableName(name)}${onClusterOf(layout)}`] : []),
  ];
  return places.map((place) => renderSql(sql`ALTER TABLE ${place} ${commas(added)}`));
}

/** Drops a table where it is there. */
export function dropTableStatements(name: string, layout: Layout): RenderedSql[] {
  const local = sql`DROP TABLE IF EXISTS ${localTable(name, layout)}`;
  if (layout.kind !== 'cluster') return [renderSql(local)];
  // At once, so that replicas of a table of the same name can take its place.
  return [
    renderSql(sql`DROP TABLE IF EXISTS ${tableName(name)}${onClusterOf(layout)} SYNC`),
    renderSql(sql`${local} SYNC`),
  ];
}

export const truncateTableStatements = (name: string, layout: Layout): RenderedSql[] => [
  renderSql(sql`TRUNCATE TABLE IF EXISTS ${localTable(name, layout)}`),
];

/** Merges a table's parts into one, or those of a month (`202401`), on every shard. */
export const mergePartsStatements = (name: string, layout: Layout, month?: number): RenderedSql[] => {
  const partition = month === undefined ? sql`` : sql` PARTITION ${number(month)}`;
  return [renderSql(sql`OPTIMIZE TABLE ${localTable(name, layout)}${partition} FINAL`)];
};

export function createDatabaseStatements(layout: Layout): RenderedSql[] {
  const databases = layout.kind === 'cluster' ? [DATABASE, LOCAL_DATABASE] : [DATABASE];
  return databases.map((name) =>
    renderSql(sql`CREATE DATABASE IF NOT EXISTS ${identifier(name)}${onClusterOf(layout)}`),
  );
}

/** ` ON CLUSTER 'name'` on a cluster, else nothing. */
export const onClusterOf = (layout: Layout): Fragment =>
  layout.kind === 'cluster' ? sql` ON CLUSTER ${plain(layout.cluster)}` : sql``;

/** The table that holds rows, on every node. */
const localTable = (name: string, layout: Layout): Fragment =>
  layout.kind === 'cluster'
    ? sql`${identifier(LOCAL_DATABASE)}.${identifier(name)}${onClusterOf(layout)}`
    : tableName(name);

function replacing(name: string, table: StoredTable, layout: Layout): Fragment {
  const versions = [
    ...(table.version === undefined ? [] : [identifier(table.version)]),
    ...(table.version !== undefined && table.deletable ? [identifier('is_deleted')] : []),
  ];
  if (layout.kind !== 'cluster') return sql`ReplacingMergeTree(${commas(versions)})`;
  const path = plain(`/clickhouse/tables/{shard}/${DATABASE}/${name}`);
  return sql`ReplicatedReplacingMergeTree(${commas([path, plain('{replica}'), ...versions])})`;
}

function tableSettings(table: StoredTable, { kind }: Layout): SqlNode[] {
  return [
    sql`fsync_after_insert = 1`,
    sql`fsync_part_directory = 1`,
    sql`index_granularity = ${number(table.granularity ?? 8192)}`,
    ...(table.blockBytes === undefined ? [] : [blockSetting(table.blockBytes)]),
    ...(table.orderBy.some((part) => table.columns[part]?.nullable) ? [sql`allow_nullable_key = 1`] : []),
    // Blocks whose tokens a table remembers; replicated tables do so by themselves.
    ...(kind === 'server' ? [sql`non_replicated_deduplication_window = 1000`] : []),
  ];
}

/** See `StoredTable.shardBy`. */
function shardingColumn(name: string, { shardBy, orderBy }: StoredTable): string {
  const column = shardBy ?? orderBy.find((part) => /^\w+$/.test(part));
  if (column === undefined || !orderBy.includes(column))
    throw new Error(`the rows of ${name} have no column of their sorting key to be spread by`);
  return column;
}

/** `hour(at)` orders by time first, so that a range of days reads few marks, and keeps equal messages of an hour together. */
function sortingKey(part: string): SqlNode {
  const hour = /^hour\((\w+)\)$/.exec(part)?.[1];
  return hour === undefined ? identifier(part) : sql`toStartOfHour(${identifier(hour)})`;
}

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

/** Lists tables, and months of them, that are in pieces, most first: `table`, `partition`, `parts`, `rows`. Each part costs a query with FINAL. */
export const listParts = ({ kind }: Layout): RenderedSql =>
  renderSql(sql`SELECT table, partition, count() AS parts, sum(rows) AS rows FROM system.parts
WHERE ${allOf([sql`database = ${string(kind === 'cluster' ? LOCAL_DATABASE : DATABASE)}`, sql`active`])}
GROUP BY table, partition HAVING parts > 1 ORDER BY parts DESC, table, partition`);
