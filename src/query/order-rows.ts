import type { Cell } from '../contract/result.ts';
import type { EvaluatedRow } from './evaluate.ts';
import type { ResolvedMetricQuery } from './resolved.ts';

/** Orders by what was asked, then by time and the other dimensions ascending, so that equal rows never swap; nulls come last. Then cuts at the limit. */
export function orderRows(rows: readonly EvaluatedRow[], query: ResolvedMetricQuery): EvaluatedRow[] {
  const { groups, metrics, orderBy, limit } = query;
  const hours = groups.findIndex((group) => group.kind === 'time' && group.grain === 'hour');
  const keyOf = (row: EvaluatedRow, index: number): Cell =>
    index === hours ? Number(row.keys[index]) : (row.keys[index] ?? null);
  const asked = orderBy.map(({ name, descending }) => {
    const key = groups.findIndex((group) => group.name === name);
    const metric = metrics.findIndex((each) => each.name === name);
    return { read: (row: EvaluatedRow) => (key >= 0 ? keyOf(row, key) : (row.values[metric] ?? null)), descending };
  });
  const time = groups.findIndex((group) => group.kind === 'time');
  const ties = groups.map((_, index) => index).sort((a, b) => Number(b === time) - Number(a === time) || a - b);
  const ordered = [...rows].sort((a, b) => {
    for (const { read, descending } of asked) {
      const order = compareCells(read(a), read(b), descending);
      if (order !== 0) return order;
    }
    for (const index of ties) {
      const order = compareCells(keyOf(a, index), keyOf(b, index), false);
      if (order !== 0) return order;
    }
    return 0;
  });
  return limit === undefined ? ordered : ordered.slice(0, limit);
}

function compareCells(a: Cell, b: Cell, descending: boolean): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  const order =
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
  return descending ? -order : order;
}
