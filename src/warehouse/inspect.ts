import { TurnoutError } from '../contract/errors.ts';
import { DamagedDataError } from './client-faults.ts';
import { expectedColumns, listBrokenParts, listColumns, readWholeTable } from './schema.ts';
import { TABLES } from './tables.ts';
import type { Warehouse } from './warehouse.ts';

/**
 * Looks for damage: tables that are not as this version makes them, parts that the engine itself found broken, and data that
 * does not match its checksums (every column of every table is read, for as long as `budgetMs` allows).
 *
 * @returns one sentence per fault; empty where none was found
 */
export async function findFaults(warehouse: Warehouse, budgetMs: number): Promise<string[]> {
  const until = performance.now() + budgetMs;
  const faults = [...(await findSchemaFaults(warehouse)), ...(await findBrokenParts(warehouse))];
  if (faults.length > 0) return faults;
  for (const table of ['schema_version', ...Object.keys(TABLES)]) {
    const left = until - performance.now();
    if (left <= 0) return faults;
    try {
      await warehouse.query(readWholeTable(table), { timeoutMs: left });
    } catch (error) {
      if (error instanceof TurnoutError && error.code === 'timeout') return faults;
      if (!(error instanceof DamagedDataError)) throw error;
      faults.push(`The table ${table} cannot be read: ${error.detail}`);
    }
  }
  return faults;
}

/** Columns that are missing or of another type; one sentence each. */
export async function findSchemaFaults(warehouse: Warehouse): Promise<string[]> {
  const { rows } = await warehouse.query<{ table: string; name: string; type: string }>(listColumns);
  const present = new Map(rows.map(({ table, name, type }) => [`${table}.${name}`, type]));
  const faults: string[] = [];
  for (const [column, type] of expectedColumns())
    if (present.get(column) !== type)
      faults.push(`The column ${column} is ${present.get(column) ?? 'missing'}, not ${type}.`);
  return faults;
}

async function findBrokenParts(warehouse: Warehouse): Promise<string[]> {
  const { rows } = await warehouse.query<{ table: string; name: string; reason: string }>(listBrokenParts);
  return rows.map(({ table, name, reason }) => `The table ${table} has a broken part ${name} (${reason}).`);
}
