import { FACT_TABLES, type FactTable } from '../contract/facts.ts';
import { commas, identifier, sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

export interface TableChecksum {
  rows: number;
  /** Sum of the rows' hashes, which does not depend on their order; unsigned decimal. */
  checksum: string;
}

/** A fingerprint of every fact table, of the columns that the model can read: two warehouses with the same facts have the same. */
export async function checksumFacts(warehouse: Warehouse): Promise<Record<FactTable, TableChecksum>> {
  const tables = Object.keys(FACT_TABLES) as FactTable[];
  const checksums = await Promise.all(tables.map(async (table) => [table, await checksumTable(warehouse, table)]));
  return Object.fromEntries(checksums) as Record<FactTable, TableChecksum>;
}

async function checksumTable(warehouse: Warehouse, table: FactTable): Promise<TableChecksum> {
  const columns = Object.keys(FACT_TABLES[table]).map(identifier);
  const { rows } = await warehouse.query<TableChecksum>(
    renderSql(sql`SELECT count() AS rows, toString(sum(cityHash64(toString(tuple(${commas(columns)}))))) AS checksum
FROM ${tableName(table)} FINAL`),
    { timeoutMs: 300_000 },
  );
  return rows[0] ?? { rows: 0, checksum: '0' };
}
