import { Temporal } from 'temporal-polyfill';
import type { FactTable } from '../../src/contract/facts.ts';
import type { CheckedModel, Dataset } from '../../src/model/checked.ts';
import { TABLE_COLUMNS } from '../cases/tables.ts';
import { type FactCell, type FactRow, matches } from './predicate.ts';

const isoInstant = (at: number, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toString({ timeZoneName: 'never' });

/** Rows by the table's name in the warehouse: fact tables and tables that people brought. */
export type Facts = Partial<Record<FactTable | `table_${string}`, FactRow[]>>;

/** A fact row with every column: what is not given is '', 0 or null by the column's type. */
export function fullRow(table: string, given: FactRow): FactRow {
  const row: FactRow = {};
  for (const [name, column] of Object.entries(TABLE_COLUMNS[table] ?? {})) {
    const textual = ['category', 'string', 'json'].includes(column.type);
    row[name] = given[name] ?? (column.nullable === true ? null : textual ? '' : 0);
  }
  return row;
}

/** The rows of a dataset: branch by branch, filtered, under the dataset's own column names. */
export function datasetRows(model: CheckedModel, facts: Facts, name: string): FactRow[] {
  const dataset = datasetOf(model, name);
  const rows: FactRow[] = [];
  for (const branch of dataset.branches) {
    for (const given of facts[branch.table as keyof Facts] ?? []) {
      const source = fullRow(branch.table, given);
      if (!matches(branch.filter, source)) continue;
      const row: FactRow = {};
      for (const [column, from] of branch.columns)
        row[column] = 'constant' in from ? from.constant : (source[from.column] ?? null);
      if (matches(dataset.filter, row)) rows.push(row);
    }
  }
  return rows;
}

export function datasetOf(model: CheckedModel, name: string): Dataset {
  const dataset = model.datasets.get(name);
  if (dataset === undefined) throw new Error(`no dataset ${name}`);
  return dataset;
}

/** A dimension's value as people read it: nothing known is null, flags are words, people their external id. */
export function dimensionValue(
  model: CheckedModel,
  facts: Facts,
  dataset: Dataset,
  dimension: string,
  row: FactRow,
  zone: string,
): FactCell {
  const column = dataset.dimensions.get(dimension);
  if (column === undefined) return null;
  const value = row[column] ?? null;
  if (model.dimensions.get(dimension)?.ofPerson === true) {
    if (value === 0) return null;
    const person = (facts.people ?? []).find((candidate) => candidate['person'] === value);
    const id = person?.['external_id'];
    return typeof id === 'string' && id !== '' ? id : `#${value}`;
  }
  if (dataset.columns.get(column)?.type === 'flag') return value === null ? null : value === 1 ? 'true' : 'false';
  if (dataset.columns.get(column)?.type === 'instant' && typeof value === 'number') return isoInstant(value, zone);
  return value === '' ? null : value;
}
