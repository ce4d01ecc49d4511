import { assertNever } from '../../contract/errors.ts';
import type { Dataset, Metric } from '../../model/checked.ts';
import { sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';

export type SimpleMetric = Extract<Metric, { type: 'simple' }>;

/** How a column is counted: people fit into bitmaps, which merge exactly and fast; everything else is counted by value. */
export type Method = 'count' | 'people' | 'distinct' | 'sum' | 'min' | 'max' | 'average' | 'median';

export function methodOf(metric: SimpleMetric, dataset: Dataset): Method {
  if (metric.agg !== 'count_distinct') return metric.agg;
  return columnOf(metric, dataset)?.type === 'person' ? 'people' : 'distinct';
}

/** The value where no row is: nothing was counted, or there is nothing to speak of. */
export const ABSENT = {
  count: 0,
  people: 0,
  distinct: 0,
  sum: 0,
  min: null,
  max: null,
  average: null,
  median: null,
} as const satisfies Record<Method, 0 | null>;

/**
 * The column's value as the aggregate reads it. Medians are taken of doubles; what is not known (no person, the empty text) becomes
 * NULL and is not counted.
 */
export function compileMeasured(metric: SimpleMetric, dataset: Dataset, value: SqlNode): SqlNode {
  const type = columnOf(metric, dataset)?.type;
  switch (methodOf(metric, dataset)) {
    case 'people':
      return value;
    case 'distinct':
      return type === 'category' || type === 'string' ? sql`nullIf(toString(${value}), '')` : value;
    case 'median':
      return sql`toFloat64(${value})`;
    default:
      return value;
  }
}

/** The aggregate of `value` over the rows where `condition` is 1. */
export function compileAggregate(method: Method, value: SqlNode, condition: SqlNode): SqlNode {
  switch (method) {
    case 'count':
      return sql`countIf(${condition})`;
    case 'people':
      return sql`groupBitmapIf(${value}, ${condition} AND ${value} != 0)`;
    case 'distinct':
      return sql`uniqExactIf(${value}, ${condition})`;
    case 'sum':
      return sql`sumIf(${value}, ${condition})`;
    case 'min':
      return sql`minOrNullIf(${value}, ${condition})`;
    case 'max':
      return sql`maxOrNullIf(${value}, ${condition})`;
    case 'average':
      return compileQuotient(sql`sumIf(${value}, ${condition})`, sql`countIf(${condition} AND isNotNull(${value}))`);
    case 'median':
      return sql`quantileExactInclusiveOrNullIf(0.5)(${value}, ${condition})`;
    default:
      return assertNever(method);
  }
}

/** An average: the exact sum over the number of values, whatever order they were added in; NULL without a value. */
export function compileQuotient(sum: SqlNode, count: SqlNode): SqlNode {
  return sql`toFloat64(${sum}) / nullIf(${count}, 0)`;
}

/** A state that can be merged with those of other days without losing exactness. */
export function compileState(method: Method, value: SqlNode, condition: SqlNode): SqlNode {
  switch (method) {
    case 'count':
      return sql`countIfState(${condition})`;
    case 'people':
      return sql`groupBitmapIfState(${value}, ${condition} AND ${value} != 0)`;
    case 'distinct':
      return sql`uniqExactIfState(${value}, ${condition})`;
    case 'sum':
      return sql`sumIfState(${value}, ${condition})`;
    case 'min':
      return sql`minOrNullIfState(${value}, ${condition})`;
    case 'max':
      return sql`maxOrNullIfState(${value}, ${condition})`;
    case 'average':
      return sql`avgOrNullIfState(toFloat64(${value}), ${condition})`;
    case 'median':
      return sql`quantileExactInclusiveOrNullIfState(0.5)(${value}, ${condition})`;
    default:
      return assertNever(method);
  }
}

export function compileMerge(method: Method, state: SqlNode): SqlNode {
  switch (method) {
    case 'count':
      return sql`countIfMerge(${state})`;
    case 'people':
      return sql`groupBitmapIfMerge(${state})`;
    case 'distinct':
      return sql`uniqExactIfMerge(${state})`;
    case 'sum':
      return sql`sumIfMerge(${state})`;
    case 'min':
      return sql`minOrNullIfMerge(${state})`;
    case 'max':
      return sql`maxOrNullIfMerge(${state})`;
    case 'average':
      return sql`avgOrNullIfMerge(${state})`;
    case 'median':
      return sql`quantileExactInclusiveOrNullIfMerge(0.5)(${state})`;
    default:
      return assertNever(method);
  }
}

function columnOf(metric: SimpleMetric, dataset: Dataset) {
  return metric.column === undefined ? undefined : dataset.columns.get(metric.column);
}
