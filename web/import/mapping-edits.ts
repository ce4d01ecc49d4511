import type { ImportColumn, ImportField } from '../../src/contract/api.ts';
import { columnName } from '../../src/contract/column-name.ts';
import { RESERVED_TABLE_COLUMNS, type TableColumnType } from '../../src/contract/facts.ts';
import type { ColumnMapping, RowMapping, ValueFormat } from '../../src/contract/mapping.ts';

/** Changes of a mapping as the page makes them; each returns a new one. Pure. */

export const columnOf = (mapping: RowMapping, field: string): ColumnMapping | undefined =>
  mapping.columns.find((one) => one.field === field);

/** A column, or a value that is not empty. */
export function isMapped(one: ColumnMapping | undefined): boolean {
  return one !== undefined && (one.column !== undefined || (one.value !== undefined && one.value !== ''));
}

/** Our field is read from this column of the file; what it was before is gone. */
export function assignColumn(mapping: RowMapping, field: string, column: string): RowMapping {
  return replaceColumn(mapping, field, { field, column });
}

/** Our field has this value in every row. */
export function assignValue(mapping: RowMapping, field: string, value: string): RowMapping {
  return replaceColumn(mapping, field, { field, value });
}

/** The file does not say it. */
export function unassign(mapping: RowMapping, field: string): RowMapping {
  return { ...mapping, columns: mapping.columns.filter((one) => one.field !== field) };
}

function replaceColumn(mapping: RowMapping, field: string, next: ColumnMapping): RowMapping {
  const known = mapping.columns.some((one) => one.field === field);
  return {
    ...mapping,
    columns: known ? mapping.columns.map((one) => (one.field === field ? next : one)) : [...mapping.columns, next],
  };
}

/** Their value means ours; `null`: it is not mapped. */
export function mapValue(mapping: RowMapping, field: string, theirs: string, ours: string | null): RowMapping {
  return {
    ...mapping,
    columns: mapping.columns.map((one) => {
      if (one.field !== field) return one;
      const { values, ...rest } = one;
      const others = Object.entries(values ?? {}).filter(([value]) => value !== theirs);
      const next = ours === null ? others : [...others, [theirs, ours] as const];
      return next.length === 0 ? rest : { ...rest, values: Object.fromEntries(next) };
    }),
  };
}

/** Columns of the file that nothing is read from. */
export function unusedColumns(mapping: RowMapping, columns: readonly ImportColumn[]): ImportColumn[] {
  const used = new Set(mapping.columns.map((one) => one.column));
  return columns.filter((column) => !used.has(column.name));
}

/** `undefined` takes a choice back. */
export function setValueFormat<K extends keyof ValueFormat>(
  mapping: RowMapping,
  key: K,
  value: ValueFormat[K] | undefined,
): RowMapping {
  const { [key]: _before, ...rest } = mapping;
  return (value === undefined ? rest : { ...rest, [key]: value }) as RowMapping;
}

/** What makes a row the same as another one; none: rows are the same when all their columns are. */
export function toggleKey(mapping: RowMapping, column: string): RowMapping {
  const { key = [], ...rest } = mapping;
  const next = key.includes(column) ? key.filter((one) => one !== column) : [...key, column];
  return next.length === 0 ? rest : { ...rest, key: next };
}

/** Fields that must be known first, then those that are mapped, then the rest, each in the kind's own order. */
export function orderFields(fields: readonly ImportField[], mapped: ReadonlySet<string>): ImportField[] {
  const rank = (field: ImportField): number => (field.required ? 0 : mapped.has(field.name) ? 1 : 2);
  return fields.toSorted((a, b) => rank(a) - rank(b));
}

// Tables of one's own: a column of the table per column of the file.

export const ownColumn = (mapping: RowMapping, column: string): ColumnMapping | undefined =>
  mapping.columns.find((one) => one.column === column);

/** Keeps a column of the file, where it stands in the file, or leaves it out; a key loses it, too. */
export function includeColumn(
  mapping: RowMapping,
  columns: readonly ImportColumn[],
  column: ImportColumn,
  included: boolean,
): RowMapping {
  if (!included) {
    const without = { ...mapping, columns: mapping.columns.filter((one) => one.column !== column.name) };
    return mapping.key?.includes(column.name) ? toggleKey(without, column.name) : without;
  }
  if (ownColumn(mapping, column.name)) return mapping;
  const place = (one: ColumnMapping): number => columns.findIndex((known) => known.name === one.column);
  const taken = new Set(mapping.columns.map((one) => one.field));
  const fallback = `column_${columns.findIndex(({ name }) => name === column.name) + 1}`;
  const field = columnName(column.name, taken, fallback);
  const added: ColumnMapping = { field, column: column.name, type: column.type };
  const time = timeColumn(mapping);
  const next = [...mapping.columns, added].toSorted((a, b) => place(a) - place(b));
  const ordered = { ...mapping, columns: next };
  return time === undefined ? ordered : setTimeColumn(ordered, time);
}

export function setColumnType(mapping: RowMapping, column: string, type: TableColumnType): RowMapping {
  const time = timeColumn(mapping);
  const columns = mapping.columns.map((one) => (one.column === column ? { ...one, type } : one));
  const next = { ...mapping, columns };
  return time === undefined || time === column ? next : setTimeColumn(next, time);
}

export function renameColumn(mapping: RowMapping, column: string, field: string): RowMapping {
  return {
    ...mapping,
    columns: mapping.columns.map((one) => (one.column === column ? { ...one, field } : one)),
  };
}

/** The column by whose time the rows are counted: the first date or time among the columns, because the order of a mapping is kept. */
export function timeColumn(mapping: RowMapping): string | undefined {
  return mapping.columns.find(isTime)?.column;
}

export const isTime = ({ type }: ColumnMapping): boolean => type === 'date' || type === 'time';

/** Moves a date or time column before the other ones. */
export function setTimeColumn(mapping: RowMapping, column: string): RowMapping {
  const chosen = ownColumn(mapping, column);
  const current = timeColumn(mapping);
  if (chosen === undefined || !isTime(chosen) || current === undefined || current === column) return mapping;
  const others = mapping.columns.filter((one) => one !== chosen);
  const at = others.findIndex((one) => one.column === current);
  return { ...mapping, columns: [...others.slice(0, at), chosen, ...others.slice(at)] };
}

/** What is wrong with a name of a column or table; null where nothing is. */
export function nameProblem(name: string): string | null {
  if (RESERVED_TABLE_COLUMNS.includes(name))
    return `“${name}” is a column that every table has already: choose another name.`;
  if (/^[a-z][a-z0-9_]{0,62}$/.test(name)) return null;
  if (name === '') return 'A name is missing.';
  return `“${name}” cannot be a name: use lower-case letters, digits and _, and begin with a letter.`;
}
