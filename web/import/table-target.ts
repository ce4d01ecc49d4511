import { columnName, freeName } from '../../src/contract/column-name.ts';
import type { RowMapping } from '../../src/contract/mapping.ts';
import { titleFromFile } from './file-words.ts';
import type { ImportKinds } from './import-api.ts';

/** Where the rows of a table of one's own go. Pure. */

/** Longest name that the server takes. */
export const LONGEST_TABLE_NAME = 41;

/** A name that a table may have, for what was written. */
export function tableName(text: string): string {
  return columnName(text, new Set(), 'table').slice(0, LONGEST_TABLE_NAME);
}

/** `operator_calls` for "operator-calls 2026-11.csv"; never the name of a table that is there. */
export function newTableName(file: string, tables: ImportKinds['tables']): string {
  const stem = tableName(titleFromFile(file)).slice(0, LONGEST_TABLE_NAME - 3);
  return freeName(stem, new Set(tables.map((table) => table.name)));
}

/** Name of the table that the import makes; null where the rows are added to one that is there, or are no rows of a table. */
export function tableToMake(file: string, mapping: RowMapping, tables: ImportKinds['tables']): string | null {
  if (mapping.record !== 'row') return null;
  const name = mapping.table ?? newTableName(file, tables);
  return tables.some((table) => table.name === name) ? null : name;
}
