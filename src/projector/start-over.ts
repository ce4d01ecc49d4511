import { runAll } from '../warehouse/run-all.ts';
import { dropTableStatements, truncateTableStatements } from '../warehouse/schema.ts';
import { TABLES } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { listUserTables } from './user-tables.ts';

const LIMIT = { timeoutMs: 60_000 };

/** Empties every table that the projector writes and drops those that people brought, the progress last: stopped half way it is simply done again. */
export async function startOver(warehouse: Warehouse): Promise<void> {
  const { layout } = warehouse;
  for (const name of await listUserTables(warehouse)) await runAll(warehouse, dropTableStatements(name, layout), LIMIT);
  const tables = Object.keys(TABLES).filter((name) => name !== 'progress');
  for (const name of [...tables, 'progress']) await runAll(warehouse, truncateTableStatements(name, layout), LIMIT);
}
