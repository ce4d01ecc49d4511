import type { Cell } from '../../src/contract/result.ts';
import type { DataSheet, SheetRow } from './data-sheet.ts';

const BOM = '\ufeff';
const LINE_END = '\r\n';

/**
 * UTF-8 with BOM, comma, CRLF; raw numbers with a point. `about` are lines above the header, each one field. Text that a spreadsheet
 * would take for a formula gets an apostrophe in front.
 */
export function toCsv(sheet: DataSheet, about: readonly string[]): string {
  const lines: Cell[][] = [
    ...about.map((line) => [`# ${line}`]),
    sheet.columns.map(({ label }) => label),
    ...[...sheet.rows, ...(sheet.totals ? [sheet.totals] : [])].map((row: SheetRow) => row.cells),
  ];
  return BOM + lines.map((cells) => cells.map(csvField).join(',')).join(LINE_END) + LINE_END;
}

function csvField(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = guardFormula(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** `=SUM(A1)` → `'=SUM(A1)`; numbers stay what they are. */
export function guardFormula(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}
