import type { ImportCheck, ImportField, ImportKind } from '../../src/contract/api.ts';
import type { RowMapping } from '../../src/contract/mapping.ts';
import { columnOf } from './mapping-edits.ts';

/** What the values step asks about. Pure. */

export interface ValueRow {
  theirs: string;
  /** Null where nobody has said what it means. */
  ours: string | null;
  /** In the whole file; null where it was mapped before the file was read through. */
  rows: number | null;
}

/** Values of a field with a fixed list that need a word: the unmapped ones first, the commonest on top, then those that are mapped. */
export function valueRows(field: ImportField, mapping: RowMapping, found: ImportCheck['unmapped_values']): ValueRow[] {
  const one = columnOf(mapping, field.name);
  if (one?.column === undefined) return [];
  const mapped = new Map(Object.entries(one.values ?? {}));
  const theirs = found.find((entry) => entry.field === field.name && entry.column === one.column)?.values ?? [];
  const seen = new Set(theirs.map(({ value }) => value));
  const rows = [
    ...theirs.map(({ value, rows }) => ({ theirs: value, ours: mapped.get(value) ?? null, rows })),
    ...[...mapped].filter(([value]) => !seen.has(value)).map(([value, ours]) => ({ theirs: value, ours, rows: null })),
  ];
  return rows.toSorted(
    (a, b) => Number(seen.has(b.theirs)) - Number(seen.has(a.theirs)) || (b.rows ?? 0) - (a.rows ?? 0),
  );
}

/** Types of the fields and columns that are read from the file. */
export function typesInUse(kind: ImportKind | undefined, mapping: RowMapping): Set<string> {
  const typeOf = new Map(kind?.fields.map((field) => [field.name, field.type]));
  return new Set(mapping.columns.map((one) => one.type ?? typeOf.get(one.field) ?? 'text'));
}

/** What was taken for granted about the values, as beginnings of sentences. */
export function assumptions(kind: ImportKind | undefined, mapping: RowMapping, timeZone: string): string[] {
  const types = typesInUse(kind, mapping);
  const said: string[] = [];
  if (types.has('time')) said.push(`times without a zone are in ${mapping.time_zone ?? timeZone}`);
  if (mapping.date_order !== undefined && mapping.date_order !== 'ymd' && (types.has('date') || types.has('time')))
    said.push(`in dates the ${ORDER_WORDS[mapping.date_order]} comes first`);
  if (types.has('number')) said.push(`decimals are written ${mapping.decimal === ',' ? '1.234,50' : '1,234.50'}`);
  const [first, ...rest] = said;
  return first === undefined ? [] : [first.charAt(0).toUpperCase() + first.slice(1), ...rest];
}

const ORDER_WORDS = { dmy: 'day', mdy: 'month' } as const;
