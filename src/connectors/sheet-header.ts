import type { RowMapping } from '../contract/mapping.ts';
import { PullError } from '../contract/pull.ts';
import { nearestWord } from '../contract/suggest.ts';
import type { TableCell } from '../contract/table-page.ts';
import { columnLetters } from './google-sheets-range.ts';
import { isEmptyCell } from './mapping/cell-reader.ts';
import { compileMapping } from './mapping/compile-mapping.ts';
import { normaliseLabel } from './mapping/normalise-label.ts';

/** The header of a sheet: its columns' names, and what to say when it is not where or what it was. */

export interface NumberedRow {
  /** As the sheet counts, from 1. */
  number: number;
  cells: TableCell[];
}

export interface HeaderPlace {
  /** The sheet, for sentences. */
  place: string;
  headerRow: number;
  /** Index of the first column in the sheet, from 0. */
  firstColumn: number;
  mapping?: RowMapping;
}

/** Names of the columns, unlike each other: a second `Email` is `Email_2`, one without a name is `Column C`. */
export function columnNames(cells: readonly TableCell[], firstColumn: number): string[] {
  const last = cells.findLastIndex((cell) => !isEmptyCell(cell) && String(cell).trim() !== '');
  const taken = new Set<string>();
  return cells.slice(0, last + 1).map((cell, index) => {
    const text = isEmptyCell(cell) ? '' : String(cell).trim().slice(0, 1000);
    const base = text === '' ? `Column ${columnLetters(firstColumn + index)}` : text;
    let name = base;
    for (let number = 2; taken.has(name); number++) name = `${base}_${number}`;
    taken.add(name);
    return name;
  });
}

/**
 * The names in the header row, held against what the mapping needs. Throws `PullError('settings')` with sheet, row and column
 * where a needed column is missing, and where it is now; returns notices for columns that the source can do without.
 * `rows`: the first rows of the sheet, the header's among them.
 */
export function readHeader(rows: readonly NumberedRow[], at: HeaderPlace): { columns: string[]; notices: string[] } {
  const columns = columnNames(rowAt(rows, at.headerRow), at.firstColumn);
  const where = `Sheet "${at.place}", row ${at.headerRow}`;
  if (columns.length === 0) {
    const first = rows.find((row) => columnNames(row.cells, at.firstColumn).length > 1 && row.number !== at.headerRow);
    const hint =
      first === undefined
        ? ''
        : ` Row ${first.number} has texts: if it is the header, set header_row: ${first.number}.`;
    throw new PullError('settings', `${where}: the header should be here, but the row is empty.${hint}`);
  }
  if (at.mapping === undefined) return { columns, notices: [] };
  const missing = missingColumns(at.mapping, columns);
  const needed = missing.filter((one) => one.needed).map(({ column }) => column);
  if (needed.length > 0) throw new PullError('settings', `${where}: ${missingSentence(needed, columns, rows, at)}`);
  return {
    columns,
    notices: missing.map(
      ({ column }) => `${where}: ${missingSentence([column], columns, rows, at)} Its field stays empty.`,
    ),
  };
}

function rowAt(rows: readonly NumberedRow[], number: number): readonly TableCell[] {
  return rows.find((row) => row.number === number)?.cells ?? [];
}

/** Columns that the mapping names and the header lacks. Those of a table of one's own are all needed: a chart would go empty without a word. */
function missingColumns(mapping: RowMapping, columns: readonly string[]): { column: string; needed: boolean }[] {
  const { problems } = compileMapping(mapping, { columns, timeZone: 'UTC', defaults: {} });
  const found = new Map<string, boolean>();
  for (const { code, path } of problems) {
    if (code !== 'unknown_column' && code !== 'optional_column_missing') continue;
    const [list, index = ''] = path.split('.');
    const column = list === 'key' ? mapping.key?.[Number(index)] : mapping.columns[Number(index)]?.column;
    if (column === undefined) continue;
    found.set(column, found.get(column) === true || code === 'unknown_column' || mapping.record === 'row');
  }
  return [...found].map(([column, needed]) => ({ column, needed }));
}

function missingSentence(
  missing: readonly string[],
  columns: readonly string[],
  rows: readonly NumberedRow[],
  at: HeaderPlace,
): string {
  const [first = ''] = missing;
  const named = missing
    .slice(0, 5)
    .map((column) => `"${column}"`)
    .join(', ');
  const says = missing.length === 1 ? `the column ${named} is missing.` : `the columns ${named} are missing.`;
  const moved = rows.find(
    (row) => row.number !== at.headerRow && holdsAll(columnNames(row.cells, at.firstColumn), missing),
  );
  if (moved !== undefined) {
    const it = missing.length === 1 ? 'it' : 'them';
    return `${says} Row ${moved.number} has ${it}: the header has moved; set header_row: ${moved.number}.`;
  }
  const near = similarColumn(first, columns);
  if (near === undefined) return `${says} The header now reads ${listed(columns)}.`;
  const letters = columnLetters(at.firstColumn + columns.indexOf(near));
  return `${says} Did you mean "${near}" (column ${letters})? If it was renamed, change the mapping.`;
}

function holdsAll(columns: readonly string[], names: readonly string[]): boolean {
  const labels = new Set(columns.map(normaliseLabel));
  return names.every((name) => labels.has(normaliseLabel(name)));
}

/** Near in its letters, or the same words with something added: `Email` → `Email address`. */
function similarColumn(name: string, columns: readonly string[]): string | undefined {
  const words = normaliseLabel(name).split(' ');
  return (
    nearestWord(name, columns) ??
    columns.find((column) => {
      const others = new Set(normaliseLabel(column).split(' '));
      return words.every((word) => others.has(word));
    })
  );
}

function listed(columns: readonly string[]): string {
  const shown = columns
    .slice(0, 8)
    .map((column) => `"${column}"`)
    .join(', ');
  return columns.length > 8 ? `${shown} and ${columns.length - 8} more` : shown;
}
