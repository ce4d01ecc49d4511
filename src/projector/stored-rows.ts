import { commas, identifier, sql } from '../sql/build.ts';
import type { SqlNode } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import { columnsOf, type StoredColumn, TABLES, type TableName } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { encodeTable, type TableRow } from './rows.ts';

/** Rows of the projector's own tables, read and written back as they are. */

/** Milliseconds for statements that may go through a whole table. */
const STATEMENT_LIMIT_MS = 300_000;

/** Rows as they stand, in the form in which they are written. */
export async function loadRows<Table extends TableName>(
  warehouse: Warehouse,
  table: Table,
  condition: SqlNode,
): Promise<TableRow<Table>[]> {
  const columns = Object.entries(TABLES[table].columns as Record<string, StoredColumn>);
  const cells = columns.map(([name, column]) => sql`${cellOf(name, column)} AS ${identifier(name)}`);
  const { rows } = await warehouse.query<TableRow<Table>>(
    renderSql(sql`SELECT ${commas(cells)} FROM (SELECT * FROM ${tableName(table)} FINAL WHERE ${condition}) AS t`),
    { timeoutMs: STATEMENT_LIMIT_MS },
  );
  return rows;
}

function cellOf(name: string, { type }: StoredColumn): SqlNode {
  const cell = sql`t.${identifier(name)}`;
  if (type === 'instant') return sql`toUnixTimestamp64Milli(${cell})`;
  return type === 'key' || type === 'date' || type === 'decimal' ? sql`toString(${cell})` : cell;
}

export async function insertRows<Table extends TableName>(
  warehouse: Warehouse,
  table: Table,
  rows: readonly TableRow<Table>[],
): Promise<void> {
  if (rows.length === 0) return;
  const { columns, lines } = encodeTable(table, rows);
  await warehouse.insert(table, columns, lines);
}

/** Writes rows again with other cells; the sorting key has to stay. */
export async function rewriteRows<Table extends TableName>(
  warehouse: Warehouse,
  table: Table,
  condition: SqlNode,
  changes: Partial<Record<keyof TableRow<Table>, SqlNode>>,
): Promise<void> {
  const columns = columnsOf(table);
  const cells = columns.map((name) => (changes as Record<string, SqlNode>)[name] ?? sql`t.${identifier(name)}`);
  await warehouse.command(
    renderSql(sql`INSERT INTO ${tableName(table)} (${commas(columns.map(identifier))})
SELECT ${commas(cells)} FROM (SELECT * FROM ${tableName(table)} FINAL WHERE ${condition}) AS t`),
    { timeoutMs: STATEMENT_LIMIT_MS },
  );
}
