import { listUserTables } from '../../src/projector/user-tables.ts';
import { identifier, sql } from '../../src/sql/build.ts';
import { renderSql } from '../../src/sql/render.ts';
import { runAll } from '../../src/warehouse/run-all.ts';
import { dropTableStatements, truncateTableStatements } from '../../src/warehouse/schema.ts';
import { TABLES, type TableName } from '../../src/warehouse/tables.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';

/** Empties every table that the projector writes, and drops those that people brought. */
export async function emptyTables(warehouse: Warehouse): Promise<void> {
  const [own, filled] = await Promise.all([listUserTables(warehouse), listFilled(warehouse)]);
  await Promise.all([
    ...filled.map((table) => runAll(warehouse, truncateTableStatements(table, warehouse.layout))),
    ...[...own].map((table) => runAll(warehouse, dropTableStatements(table, warehouse.layout))),
  ]);
}

/** The embedded engine knows which tables have rows: emptying all of them takes ten times as long as asking. */
async function listFilled(warehouse: Warehouse): Promise<string[]> {
  const tables = Object.keys(TABLES);
  if (warehouse.layout.kind !== 'embedded') return tables;
  const { rows } = await warehouse.query<{ name: string }>(
    renderSql(sql`SELECT name FROM system.tables WHERE database = 'turnout' AND total_rows > 0`),
  );
  const filled = new Set(rows.map(({ name }) => name));
  return tables.filter((table) => filled.has(table));
}

/** All rows of a table as they stand; one that people brought is named as the warehouse names it: `table_leads`. */
export async function rowsOf<Row>(warehouse: Warehouse, table: TableName | `table_${string}`): Promise<Row[]> {
  const { rows } = await warehouse.query<Row>(renderSql(sql`SELECT * FROM turnout.${identifier(table)} FINAL`));
  return rows;
}
