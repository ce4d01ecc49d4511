import type { ImportCheck, ImportColumn, ImportField, ImportKind } from '../../src/contract/api.ts';
import type { RowMapping } from '../../src/contract/mapping.ts';
import { columnOf } from './mapping-edits.ts';

/** What the values step asks about. Pure. */

export interface ValueRow {
  theirs: string;
  /** Null where nobody has said what it means. */
  ours: string | null;
  /** In the whole file; null where the file was not read through since. */
  rows: number | null;
}

/** Values of a field with a fixed list that need a word: the unmapped ones first, the commonest on top, then those that are mapped. */
export function valueRows(
  field: ImportField,
  mapping: RowMapping,
  found: ImportCheck['unmapped_values'] | null,
  columns: readonly ImportColumn[],
): ValueRow[] {
  const one = columnOf(mapping, field.name);
  if (one?.column === undefined) return [];
  const mapped = new Map(Object.entries(one.values ?? {}));
  const counted = found?.find((entry) => entry.field === field.name && entry.column === one.column)?.values;
  const theirs = counted?.map(({ value, rows }) => ({ value, rows })) ?? unknownSamples(field, one.column, columns);
  const seen = new Set(theirs.map(({ value }) => value));
  const rows = [
    ...theirs.map(({ value, rows }) => ({ theirs: value, ours: mapped.get(value) ?? null, rows })),
    ...[...mapped].filter(([value]) => !seen.has(value)).map(([value, ours]) => ({ theirs: value, ours, rows: null })),
  ];
  return rows.toSorted(
    (a, b) => Number(seen.has(b.theirs)) - Number(seen.has(a.theirs)) || (b.rows ?? 0) - (a.rows ?? 0),
  );
}

/** Before the file was read through, its first values stand in. */
function unknownSamples(field: ImportField, column: string, columns: readonly ImportColumn[]) {
  const known = new Set((field.options ?? []).map((option) => option.toLowerCase()));
  const samples = columns.find((one) => one.name === column)?.samples ?? [];
  return [...new Set(samples.map((sample) => sample.trim()))]
    .filter((sample) => sample !== '' && !known.has(sample.toLowerCase()))
    .map((value) => ({ value, rows: null }));
}

/** Types of the fields and columns that are read from the file. */
export function typesInUse(kind: ImportKind | undefined, mapping: RowMapping): Set<string> {
  const typeOf = new Map(kind?.fields.map((field) => [field.name, field.type]));
  return new Set(mapping.columns.map((one) => one.type ?? typeOf.get(one.field) ?? 'text'));
}
