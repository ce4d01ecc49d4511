import { sql, string } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { DATABASE } from './tables.ts';
import type { Warehouse } from './warehouse.ts';

/** Rows of each table as they lie on disk, older versions included; tables of which the engine does not know them are left out. */
export async function loadTableRows(warehouse: Warehouse): Promise<Map<string, number>> {
  const { rows } = await warehouse.query<{ table: string; total: number | null }>(
    renderSql(
      sql`SELECT name AS table, toInt64(total_rows) AS total FROM system.tables WHERE database = ${string(DATABASE)}`,
    ),
  );
  return new Map(rows.flatMap(({ table, total }) => (total === null ? [] : [[table, total] as const])));
}
