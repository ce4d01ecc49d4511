import type { ParseContext, ParsedItem } from '../../contract/connector.ts';
import type { RowMapping } from '../../contract/mapping.ts';
import type { CanonicalRecord } from '../../contract/record.ts';
import type { TableCell, TablePage } from '../../contract/table-page.ts';
import { counted, poison } from '../parsed-item.ts';
import { type CompiledMapping, compileMapping, type MappingContext } from './compile-mapping.ts';

/** Rows of a page as records by a mapping; a rejected row is kept with its place and reason. Pure. */
export function mapPage(
  page: TablePage,
  mapping: RowMapping,
  context: Pick<ParseContext<unknown>, 'defaults' | 'timeZone' | 'country'>,
): ParsedItem[] {
  const { map } = compiledFor(mapping, {
    columns: page.columns,
    timeZone: page.time_zone ?? context.timeZone ?? 'UTC',
    country: context.country,
    defaults: context.defaults,
  });
  // Each row of a report names its webinar: once a page is enough.
  const webinars = new Set<string>();
  const isNew = ({ record, key }: CanonicalRecord): boolean => {
    if (mapping.record !== 'webinar_report' || record !== 'webinar') return true;
    const isFirst = !webinars.has(key);
    webinars.add(key);
    return isFirst;
  };
  return page.rows.flatMap((row, index): ParsedItem[] => {
    const number = page.row_numbers?.[index] ?? page.first_row + index;
    const mapped = map(row, number, page.place);
    if ('skip' in mapped) return [];
    if (mapped.ok) return mapped.records.filter(isNew).map(counted);
    const place = page.place === undefined ? `Row ${number}` : `${page.place}, row ${number}`;
    const column = mapped.column === null ? '' : `, column "${mapped.column}"`;
    return [poison(`${place}${column}: ${mapped.reason}`, cellsByColumn(page.columns, row), mapped.key)];
  });
}

const compiled = new WeakMap<RowMapping, { context: string; mapping: CompiledMapping }>();

/** Pages of one file come with the same columns: what was compiled for the last one, and what it has learnt of phones and days, serves again. */
function compiledFor(mapping: RowMapping, context: MappingContext): CompiledMapping {
  const key = JSON.stringify(context);
  const known = compiled.get(mapping);
  if (known?.context === key) return known.mapping;
  const made = compileMapping(mapping, context);
  compiled.set(mapping, { context: key, mapping: made });
  return made;
}

function cellsByColumn(columns: readonly string[], row: readonly TableCell[]): Record<string, TableCell> {
  return Object.fromEntries(row.map((cell, index) => [columns[index] ?? `cell ${index + 1}`, cell]));
}
