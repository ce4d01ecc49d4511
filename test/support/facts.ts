import { listUserTables } from '../../src/projector/user-tables.ts';
import { identifier, sql } from '../../src/sql/build.ts';
import { renderSql } from '../../src/sql/render.ts';
import { runAll } from '../../src/warehouse/run-all.ts';
import { dropTableStatements, truncateTableStatements } from '../../src/warehouse/schema.ts';
import { TABLES, type TableName } from '../../src/warehouse/tables.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';

/** Empties every table that the projector writes, and drops those that people brought. */
export async function emptyTables(warehouse: Warehouse): Promise<void> {
  const own = await listUserTables(warehouse);
  await Promise.all([
    ...Object.keys(TABLES).map((table) => runAll(warehouse, truncateTableStatements(table, warehouse.layout))),
    ...[...own].map((table) => runAll(warehouse, dropTableStatements(table, warehouse.layout))),
  ]);
}

/** All rows of a table as they stand; one that people brought is named as the warehouse names it: `table_leads`. */
export async function rowsOf<Row>(warehouse: Warehouse, table: TableName | `table_${string}`): Promise<Row[]> {
  const { rows } = await warehouse.query<Row>(renderSql(sql`SELECT * FROM turnout.${identifier(table)} FINAL`));
  return rows;
}
