import type { TableCell } from '../../contract/table-page.ts';
import { isEmptyCell } from './cell-reader.ts';

const TOTALS =
  /^(?:(?:grand |sub)?totals?|sum|summe|gesamt|gesamtsumme|insgesamt|subtotal|suma|razem|total général|total general|итого|всего|общий итог|jami)\s*:?$/iu;

/**
 * True for a row of totals, and for a header that is repeated in the middle of a file: neither names what it is about.
 * @param telling indexes of the columns that a real row fills: key, identity, required fields
 */
export function isTotalsRow(
  row: readonly TableCell[],
  telling: readonly number[],
  columns: readonly string[],
): boolean {
  let first: TableCell | undefined;
  let at = -1;
  for (let index = 0; index < row.length; index++) {
    if (isEmptyCell(row[index])) continue;
    first = row[index];
    at = index;
    break;
  }
  if (typeof first !== 'string') return false;
  if (first.length <= 30 && TOTALS.test(first.trim())) {
    const others = telling.filter((index) => index >= 0 && index !== at);
    return others.every((index) => isEmptyCell(row[index]));
  }
  return (
    first.trim() === columns[at] &&
    row.every((cell, index) => isEmptyCell(cell) || String(cell).trim() === columns[index])
  );
}
