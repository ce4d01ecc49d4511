import { identifier, sql } from '../../src/sql/build.ts';
import { renderSql } from '../../src/sql/render.ts';
import { truncateTable } from '../../src/warehouse/schema.ts';
import { TABLES, type TableName } from '../../src/warehouse/tables.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';

/** Empties every table that the projector writes. */
export async function emptyTables(warehouse: Warehouse): Promise<void> {
  await Promise.all(Object.keys(TABLES).map((table) => warehouse.command(truncateTable(table))));
}

/** All rows of a table as they stand. */
export async function rowsOf<Row>(warehouse: Warehouse, table: TableName): Promise<Row[]> {
  const { rows } = await warehouse.query<Row>(renderSql(sql`SELECT * FROM turnout.${identifier(table)} FINAL`));
  return rows;
}
