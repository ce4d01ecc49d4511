import type { Filter } from '../../src/contract/query.ts';

/** Cross-filtering: a click selects a value, the selection is an ordinary filter of the page and its chip shows it. */

/** One value of one dimension that a mark, row or cell stands for. */
export interface Selection {
  dimension: string;
  value: string | number;
}

function isEqual(filter: Filter, { dimension, value }: Selection): boolean {
  return (
    filter.dimension === dimension &&
    (filter.op === 'eq' || filter.op === 'in') &&
    filter.values.length === 1 &&
    String(filter.values[0]) === String(value)
  );
}

/** True when every selection is exactly a filter of the page. */
export function isSelected(filters: readonly Filter[], selections: readonly Selection[]): boolean {
  return selections.length > 0 && selections.every((one) => filters.some((filter) => isEqual(filter, one)));
}

/** The values of a dimension that the page is filtered to by `in` or `eq`; empty when it is not. */
export function selectedValues(filters: readonly Filter[], dimension: string): Set<string> {
  return new Set(
    filters
      .filter((filter) => filter.dimension === dimension && (filter.op === 'in' || filter.op === 'eq'))
      .flatMap((filter) => filter.values.map(String)),
  );
}

/**
 * The filters that a tile asks for, `wanted`, were made from those that it knew, `known`; the page may have moved on. What the tile
 * changed of a dimension counts; the page's own stand for every other one.
 */
export function rebaseFilters(
  wanted: readonly Filter[],
  known: readonly Filter[],
  latest: readonly Filter[],
): Filter[] {
  const of = (filters: readonly Filter[], name: string) => filters.filter(({ dimension }) => dimension === name);
  const changed = new Set(
    [...known, ...wanted]
      .map(({ dimension }) => dimension)
      .filter((name) => JSON.stringify(of(known, name)) !== JSON.stringify(of(wanted, name))),
  );
  return [
    ...latest.filter(({ dimension }) => !changed.has(dimension)),
    ...wanted.filter(({ dimension }) => changed.has(dimension)),
  ];
}

/**
 * Selects; a second time clears. `add` (Ctrl or Cmd) keeps the dimension's other values and takes this one in or out. Numbers are
 * filtered by `eq`, text by `in`.
 */
export function toggleSelection(filters: readonly Filter[], selections: readonly Selection[], add = false): Filter[] {
  const dimensions = new Set(selections.map((one) => one.dimension));
  const others = filters.filter((filter) => !dimensions.has(filter.dimension));
  const [only] = selections;
  if (add && only && selections.length === 1 && typeof only.value === 'string') {
    const values = selectedValues(filters, only.dimension);
    if (!values.delete(only.value)) values.add(only.value);
    return values.size === 0 ? others : [...others, { dimension: only.dimension, op: 'in', values: [...values] }];
  }
  if (isSelected(filters, selections)) return others;
  return [
    ...others,
    ...selections.map(
      ({ dimension, value }): Filter => ({ dimension, op: typeof value === 'number' ? 'eq' : 'in', values: [value] }),
    ),
  ];
}
