import { createHash } from 'node:crypto';
import { columnName } from '../contract/column-name.ts';
import type { ParseContext, ParsedItem } from '../contract/connector.ts';
import type { RowMapping } from '../contract/mapping.ts';
import type { CanonicalRecord } from '../contract/record.ts';
import type { TableCell, TablePage } from '../contract/table-page.ts';
import { isObject, parseJsonBody } from './json.ts';
import { isEmptyCell } from './mapping/cell-reader.ts';
import { compileMapping } from './mapping/compile-mapping.ts';
import { counted, poison } from './parsed-item.ts';

/** Pages of sheets → records. */

/** Bytes → page; undefined for what is none. */
export function readTablePage(body: Buffer): TablePage | undefined {
  const parsed = parseJsonBody(body);
  if (!parsed.ok || !isObject(parsed.value)) return undefined;
  const { columns, rows } = parsed.value;
  const isPage = Array.isArray(columns) && Array.isArray(rows) && rows.every((row) => Array.isArray(row));
  return isPage ? (parsed.value as unknown as TablePage) : undefined;
}

/** Rows of a page by their mapping. Keys begin with the stream's name: a source may hold several sheets. */
export function mapRows(
  page: TablePage,
  stream: string,
  mapping: RowMapping,
  context: Pick<ParseContext<unknown>, 'defaults' | 'timeZone' | 'country'>,
): ParsedItem[] {
  const { map } = compileMapping(mapping, {
    columns: page.columns,
    timeZone: page.time_zone ?? context.timeZone ?? 'UTC',
    defaults: context.defaults,
    country: context.country,
  });
  return page.rows.flatMap((row, index): ParsedItem[] => {
    const number = numberOf(page, index);
    const mapped = map(row, number, page.place);
    if ('skip' in mapped) return [];
    if (mapped.ok) return mapped.records.map((record) => counted(withPrefix(record, stream)));
    const column = mapped.column === null ? '' : `, column "${mapped.column}"`;
    return [poison(`Sheet "${page.place ?? stream}", row ${number}${column}: ${mapped.reason}`, rowObject(page, row))];
  });
}

/** Rows of a table as they stand: columns are named after the header, equal rows are one. */
export function plainRows(page: TablePage, stream: string, table: string): ParsedItem[] {
  const taken = new Set<string>();
  const names = page.columns.map((column, index) => {
    const name = columnName(column, taken, `column_${index + 1}`);
    taken.add(name);
    return name;
  });
  return page.rows.map((row) => {
    const cells = names.map((name, index): [string, TableCell] => [name, row[index] ?? null]);
    const told = cells.filter(([, cell]) => !isEmptyCell(cell));
    const digest = createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 32);
    const key = `${stream}:row:${digest}`;
    return counted({ record: 'row', key, table, values: Object.fromEntries(cells) });
  });
}

function numberOf(page: TablePage, index: number): number {
  return page.row_numbers?.[index] ?? page.first_row + index;
}

function withPrefix(record: CanonicalRecord, stream: string): CanonicalRecord {
  return { ...record, key: `${stream}:${record.key}`.slice(0, 500) };
}

function rowObject(page: TablePage, row: readonly TableCell[]): Record<string, TableCell> {
  return Object.fromEntries(page.columns.map((column, index) => [column, row[index] ?? null]));
}
