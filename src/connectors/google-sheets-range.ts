/** Ranges as spreadsheets write them: `A1:G`, `'My sheet'!A3:G200`, `Registrations`. Rows from 1, columns from 0. */

export interface SheetRange {
  /** The name before `!`. */
  sheet?: string;
  firstColumn: number;
  /** Inclusive; the sheet's last where absent. */
  lastColumn?: number;
  firstRow: number;
  lastRow?: number;
}

const CELLS = /^\$?([A-Z]{1,3})?\$?(\d{1,7})?:\$?([A-Z]{1,3})?\$?(\d{1,7})?$/i;

/** undefined for what is no range. */
export function parseRange(text: string): SheetRange | undefined {
  const split = /^(?:'((?:[^']|'')+)'|([^'!]+))(?:!(.+))?$/.exec(text.trim());
  const name = split?.[1]?.replaceAll("''", "'") ?? split?.[2];
  if (split === null || name === undefined) return undefined;
  if (split[3] !== undefined) {
    const cells = parseCells(split[3]);
    return cells === undefined ? undefined : { sheet: name, ...cells };
  }
  const cells = split[1] === undefined ? parseCells(name) : undefined;
  return cells ?? { sheet: name, firstColumn: 0, firstRow: 1 };
}

function parseCells(text: string): Omit<SheetRange, 'sheet'> | undefined {
  const match = CELLS.exec(text);
  if (match === null) return undefined;
  const [, fromColumn, fromRow, toColumn, toRow] = match;
  if (fromColumn === undefined && fromRow === undefined) return undefined;
  const range: Omit<SheetRange, 'sheet'> = {
    firstColumn: fromColumn === undefined ? 0 : columnIndex(fromColumn),
    firstRow: fromRow === undefined ? 1 : Number(fromRow),
  };
  if (toColumn !== undefined) range.lastColumn = columnIndex(toColumn);
  if (toRow !== undefined) range.lastRow = Number(toRow);
  const backwards = (range.lastColumn ?? 1e9) < range.firstColumn || (range.lastRow ?? 1e9) < range.firstRow;
  return backwards || range.firstRow < 1 ? undefined : range;
}

/** A → 0, Z → 25, AA → 26. */
export function columnIndex(letters: string): number {
  return [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/** 0 → A, 25 → Z, 26 → AA. */
export function columnLetters(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnLetters(Math.floor(index / 26) - 1) + letter;
}

/** Rows `from` to `to` of a range, with the sheet's name quoted. */
export function rangeText(sheet: string, columns: { first: number; last: number }, from: number, to: number): string {
  const name = sheet.replaceAll("'", "''");
  return `'${name}'!${columnLetters(columns.first)}${from}:${columnLetters(columns.last)}${to}`;
}
