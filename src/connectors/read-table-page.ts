import type { TablePage } from '../contract/table-page.ts';
import { isObject, parseJsonBody } from './json.ts';

/** The page of a table that an entry holds; undefined for what is none. */
export function readTablePage(body: Buffer): TablePage | undefined {
  const parsed = parseJsonBody(body);
  if (!parsed.ok || !isObject(parsed.value)) return undefined;
  const { columns, rows, first_row, place, row_numbers: numbers, time_zone: zone } = parsed.value;
  const isPage =
    Array.isArray(columns) &&
    columns.every((name) => typeof name === 'string') &&
    Array.isArray(rows) &&
    rows.every((row) => Array.isArray(row) && row.every(isCell)) &&
    typeof first_row === 'number' &&
    (place === undefined || typeof place === 'string') &&
    (zone === undefined || typeof zone === 'string') &&
    (numbers === undefined || (Array.isArray(numbers) && numbers.every((number) => typeof number === 'number')));
  return isPage ? (parsed.value as unknown as TablePage) : undefined;
}

/** Text, number, truth, nothing. */
function isCell(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
