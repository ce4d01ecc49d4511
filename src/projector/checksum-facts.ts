import { FACT_TABLES } from '../contract/facts.ts';
import { commas, identifier, sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { listColumns, tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { listUserTables } from './user-tables.ts';

export interface TableChecksum {
  rows: number;
  /** Sum of the rows' hashes, which does not depend on their order; unsigned decimal. */
  checksum: string;
}

/**
 * A fingerprint of every fact table, of the columns that the model can read, and of every table that people brought: two
 * warehouses with the same facts have the same.
 */
export async function checksumFacts(warehouse: Warehouse): Promise<Record<string, TableChecksum>> {
  const facts = Object.entries(FACT_TABLES).map(([table, columns]): [string, string[]] => [
    table,
    Object.keys(columns),
  ]);
  const tables = [...facts, ...(await listOwnColumns(warehouse))];
  const checksums = await Promise.all(
    tables.map(async ([table, columns]) => [table, await checksumTable(warehouse, table, columns)] as const),
  );
  return Object.fromEntries(checksums);
}

/** Tables that people brought with their columns, in order. */
async function listOwnColumns(warehouse: Warehouse): Promise<Map<string, string[]>> {
  const own = await listUserTables(warehouse);
  const { rows } = await warehouse.query<{ table: string; name: string }>(listColumns);
  const columns = rows.filter(({ table, name }) => own.has(table) && name !== 'version' && name !== 'is_deleted');
  return new Map(
    [...Map.groupBy(columns, ({ table }) => table)].map(([table, ofTable]) => [table, ofTable.map(({ name }) => name)]),
  );
}

async function checksumTable(warehouse: Warehouse, table: string, columns: readonly string[]): Promise<TableChecksum> {
  const { rows } = await warehouse.query<TableChecksum>(
    renderSql(sql`SELECT count() AS rows,
  toString(sum(cityHash64(toString(tuple(${commas(columns.map(identifier))}))))) AS checksum
FROM ${tableName(table)} FINAL`),
    { timeoutMs: 300_000 },
  );
  return rows[0] ?? { rows: 0, checksum: '0' };
}
