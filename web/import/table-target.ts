import type { RowMapping } from '../../src/contract/mapping.ts';
import { titleFromFile } from './file-words.ts';
import type { ImportKinds } from './import-api.ts';
import { columnName } from './mapping-edits.ts';

/** Where the rows of a table of one's own go. Pure. */

/** Longest name that the server takes. */
const LONGEST = 41;

/** `operator_calls` for "operator-calls 2026-11.csv"; never the name of a table that is there. */
export function newTableName(file: string, tables: ImportKinds['tables']): string {
  const stem = columnName(titleFromFile(file), new Set()).slice(0, LONGEST - 3);
  return columnName(stem, new Set(tables.map((table) => table.name)));
}

/** Name of the table that the import makes; null where the rows are added to one that is there, or are no rows of a table. */
export function tableToMake(file: string, mapping: RowMapping, tables: ImportKinds['tables']): string | null {
  if (mapping.record !== 'row') return null;
  const name = mapping.table ?? newTableName(file, tables);
  return tables.some((table) => table.name === name) ? null : name;
}
