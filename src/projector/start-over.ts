import { truncateTable } from '../warehouse/schema.ts';
import { TABLES } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/** Empties every table that the projector writes, the progress last: stopped half way it is simply done again. */
export async function startOver(warehouse: Warehouse): Promise<void> {
  const tables = Object.keys(TABLES).filter((name) => name !== 'progress');
  for (const name of [...tables, 'progress']) await warehouse.command(truncateTable(name), { timeoutMs: 60_000 });
}
