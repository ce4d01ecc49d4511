import { dropTable, truncateTable } from '../warehouse/schema.ts';
import { TABLES } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { listUserTables } from './user-tables.ts';

/** Empties every table that the projector writes and drops those that people brought, the progress last: stopped half way it is simply done again. */
export async function startOver(warehouse: Warehouse): Promise<void> {
  for (const name of await listUserTables(warehouse)) await warehouse.command(dropTable(name), { timeoutMs: 60_000 });
  const tables = Object.keys(TABLES).filter((name) => name !== 'progress');
  for (const name of [...tables, 'progress']) await warehouse.command(truncateTable(name), { timeoutMs: 60_000 });
}
