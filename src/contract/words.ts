/** Closed lists of words, apart from the schemas so that the browser can have them without zod. */

export const GRAINS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type Grain = (typeof GRAINS)[number];

export const FILTER_OPS = ['in', 'not', 'has', 'starts', 'null', 'eq', 'ne', 'gte', 'lte', 'between'] as const;
export type FilterOp = (typeof FILTER_OPS)[number];

/** The group of what no rule of source_groups.yaml fits. */
export const UNASSIGNED = 'Unassigned';

/** What a rule of source groups looks at. */
export const SOURCE_FIELDS = ['source', 'medium', 'campaign', 'content', 'term', 'referrer'] as const;
export type SourceField = (typeof SOURCE_FIELDS)[number];

/** What joins are matched to registrations by. */
export const MATCH_KINDS = ['service_id', 'email', 'phone', 'external_id'] as const;
export type MatchKind = (typeof MATCH_KINDS)[number];
