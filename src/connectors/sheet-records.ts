import { createHash } from 'node:crypto';
import { columnName } from '../contract/column-name.ts';
import type { ParseContext, ParsedItem } from '../contract/connector.ts';
import type { RowMapping } from '../contract/mapping.ts';
import type { TableCell, TablePage } from '../contract/table-page.ts';
import { isEmptyCell } from './mapping/cell-reader.ts';
import { mapPage } from './mapping/map-page.ts';
import { counted } from './parsed-item.ts';

/** Pages of sheets → records. */

/** Rows of a page by their mapping. Keys begin with the stream's name: a source may hold several sheets. */
export function mapRows(
  page: TablePage,
  stream: string,
  mapping: RowMapping,
  context: Pick<ParseContext<unknown>, 'defaults' | 'timeZone' | 'country'>,
): ParsedItem[] {
  const place = `Sheet "${page.place ?? stream}"`;
  const prefixed = (key: string) => `${stream}:${key}`.slice(0, 500);
  return mapPage({ ...page, place }, mapping, context).map((item) => {
    if (item.ok) return counted({ ...item.record, key: prefixed(item.record.key) });
    return item.key === undefined ? item : { ...item, key: prefixed(item.key) };
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
