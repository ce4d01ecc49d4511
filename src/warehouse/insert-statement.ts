import type { InsertFormat } from './warehouse.ts';

/** The text before the rows of a bulk insert. Names come from this program; one that is no plain word is our mistake. */
export function insertStatement(table: string, columns: readonly string[], format: InsertFormat): string {
  for (const name of [table, ...columns])
    if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new Error(`not an identifier: ${JSON.stringify(name)}`);
  return `INSERT INTO ${table} (${columns.join(', ')}) FORMAT ${format}`;
}
