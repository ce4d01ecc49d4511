/** Closed lists of the query grammar, apart from the schemas so that the browser can have them without zod. */

export const GRAINS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type Grain = (typeof GRAINS)[number];

export const FILTER_OPS = ['in', 'not', 'has', 'starts', 'null', 'eq', 'ne', 'gte', 'lte', 'between'] as const;
export type FilterOp = (typeof FILTER_OPS)[number];
