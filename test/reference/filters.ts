import type { Filter } from '../../src/contract/query.ts';
import type { CheckedModel, Dataset } from '../../src/model/checked.ts';
import { localTime } from './calendar.ts';
import { datasetOf, dimensionValue, type Facts } from './dataset.ts';
import type { FactCell, FactRow } from './predicate.ts';

export const isTimePart = (name: string): boolean => name === 'weekday' || name === 'hour_of_day';

/** The value by which a row is filtered or grouped: a dimension or a local time part of its time. */
export function partValue(
  model: CheckedModel,
  facts: Facts,
  dataset: Dataset,
  name: string,
  row: FactRow,
  at: number,
  zone: string,
): FactCell {
  if (name === 'weekday') return localTime(at, zone).weekday;
  if (name === 'hour_of_day') return localTime(at, zone).hour;
  const part = model.dimensions.get(name)?.part;
  if (part !== undefined) return partValue(model, facts, dataset, part, row, at, zone);
  return dimensionValue(model, facts, dataset, name, row, zone);
}

/** Whether a row passes the filters that its dataset has. Filters by dimensions that it does not have are ignored. */
export function passes(
  model: CheckedModel,
  facts: Facts,
  datasetName: string,
  filters: readonly Filter[],
  row: FactRow,
  at: number,
  zone: string,
): boolean {
  const dataset = datasetOf(model, datasetName);
  return filters.every((filter) => {
    if (!isTimePart(filter.dimension) && !dataset.dimensions.has(filter.dimension)) return true;
    return matchesFilter(filter, partValue(model, facts, dataset, filter.dimension, row, at, zone));
  });
}

export function matchesFilter(filter: Filter, value: FactCell): boolean {
  const text = value === null ? '' : String(value);
  const folded = text.toLowerCase();
  const words = filter.values.map((word) => String(word).toLowerCase());
  const number = Number(value);
  switch (filter.op) {
    case 'in':
    case 'eq':
      return filter.values.some((word) => String(word) === text);
    case 'not':
    case 'ne':
      return !filter.values.some((word) => String(word) === text);
    case 'has':
      return words.some((word) => folded.includes(word));
    case 'starts':
      return words.some((word) => folded.startsWith(word));
    case 'null':
      return filter.values.map(String).includes('false') ? value !== null : value === null;
    case 'gte':
      return value !== null && number >= Number(filter.values[0]);
    case 'lte':
      return value !== null && number <= Number(filter.values[0]);
    case 'between':
      return value !== null && number >= Number(filter.values[0]) && number <= Number(filter.values[1]);
  }
}
