import type { TablePage } from '../contract/table-page.ts';
import { isObject, parseJsonBody } from './json.ts';

/** The page of a table that an entry holds; undefined for what is none. */
export function readTablePage(body: Buffer): TablePage | undefined {
  const parsed = parseJsonBody(body);
  if (!parsed.ok || !isObject(parsed.value)) return undefined;
  const { columns, rows, first_row } = parsed.value;
  const isPage =
    Array.isArray(columns) &&
    columns.every((name) => typeof name === 'string') &&
    Array.isArray(rows) &&
    rows.every(Array.isArray) &&
    typeof first_row === 'number';
  return isPage ? (parsed.value as unknown as TablePage) : undefined;
}
