import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Column, FACT_TABLES, storedTableColumns, userTableName } from '../../src/contract/facts.ts';
import type { TableSpec } from '../../src/contract/model.ts';
import { checkTables } from '../../src/model/check-tables.ts';
import { parseYaml } from '../../src/model/parse-yaml.ts';

/** The tables of `tables.yaml`. */
export const CASE_TABLES: readonly TableSpec[] = readTables();

/** Columns of every table that the cases know, fact tables and own ones, by name in the warehouse. */
export const TABLE_COLUMNS: Readonly<Record<string, Record<string, Column>>> = {
  ...FACT_TABLES,
  ...Object.fromEntries(CASE_TABLES.map(({ table, columns }) => [userTableName(table), storedTableColumns(columns)])),
};

function readTables(): TableSpec[] {
  const file = join(import.meta.dirname, 'tables.yaml');
  const { documents, problems } = parseYaml(file, readFileSync(file, 'utf8'));
  const checked = checkTables(documents);
  const found = [...problems, ...checked.problems];
  if (found.length > 0) throw new Error(JSON.stringify(found, null, 2));
  return [...checked.tables];
}
