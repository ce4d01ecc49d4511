import { z } from 'zod';
import { FILTER_OPS, GRAINS } from './words.ts';

/** The one query grammar: API, page, saved view, alert and report use it. */

const id = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'lower-case letters, digits and _ only');

export const grain = z.enum(GRAINS);

/** `2024-11-15` (start of that local day) or an instant with offset. */
const edge = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
/** Half-open: the end is not part of it. */
const range = z.tuple([edge, edge]);

export const filter = z.strictObject({
  dimension: id,
  /** in / not: any or none of the values; has / starts: text; null: no value known ([] = unknown only, ['false'] = known only); the rest: numbers such as hour_of_day. */
  op: z.enum(FILTER_OPS),
  values: z.array(z.union([z.string().max(500), z.number()])).max(500),
});

const time = z.strictObject({
  /** A range, or a preset of the URL grammar: `28d`, `w`, `m`, `2026-W47`, `all`, … */
  range: z.union([range, z.string().min(1).max(60)]),
  /** Adds a time dimension named `time` and fills its gaps. */
  grain: grain.optional(),
});

const compare = z.union([z.enum(['previous_period', 'previous_year']), z.strictObject({ range })]);

const shared = {
  time: time.optional(),
  filters: z.array(filter).max(50).optional(),
  /** previous_period and previous_year keep weekdays aligned unless `match_weekday` is false. */
  compare: compare.optional(),
  match_weekday: z.boolean().optional(),
  /** IANA zone; the workspace's where absent. */
  timezone: z.string().min(1).max(60).optional(),
  /** Numbers that the model's filters take from the reader: `{short_visit: 10}`; others keep their defaults. */
  parameters: z.record(id, z.number()).optional(),
  /**
   * Only cohorts whose numbers have settled: of metrics (and funnels) that declare `matures` the range ends that much before the data
   * does, and the range compared with is cut by the same length, so that both have the same age. Others are not touched.
   */
  matured: z.boolean().optional(),
};

/** Rows that stand out from the others are named in `marks`. */
const marks = z.strictObject({
  metrics: z.array(id).min(1).max(4),
  /** A row is held against the rows with the same value of this dimension (its series); against all where absent. */
  within: id.optional(),
});

export const MAX_DIMENSIONS = 12;

export const metricQuery = z.strictObject({
  metrics: z.array(id).min(1).max(20),
  /** Names; `weekday` (1 = Monday … 7) and `hour_of_day` (0–23) exist on every dataset with a time. */
  dimensions: z
    .array(z.union([id, z.strictObject({ name: id, grain })]))
    .max(MAX_DIMENSIONS)
    .optional(),
  /**
   * Several ways to group in one answer, each a subset of `dimensions` (time is `time`), re-aggregated by the engine; `[]` is the
   * total. Rows carry `__set`, the index of their way; what is not of it is null. Not with `order_by`, `limit`, `totals` or `per`.
   */
  grouping_sets: z.array(z.array(id).max(MAX_DIMENSIONS)).min(1).max(24).optional(),
  marks: marks.optional(),
  ...shared,
  /** `-charges` or `charges`; several in order. */
  order_by: z
    .array(z.string().regex(/^-?[a-z][a-z0-9_]{0,62}$/, 'a column of the answer, with - in front for descending'))
    .max(6)
    .optional(),
  limit: z.number().int().min(1).max(50_000).optional(),
  /** Re-aggregated by the engine over all rows, never summed from cells. */
  totals: z.boolean().optional(),
  /** Each cell is computed per local day and averaged over the local days of the range that belong to it (days without rows count as 0). */
  per: z.enum(['day']).optional(),
});

export const funnelQuery = z.strictObject({
  funnel: id,
  dimensions: z.array(id).max(1).optional(),
  ...shared,
});

/**
 * Why a metric changed: its change from the range compared with (the previous period where absent) to the range, split over segments
 * so that the parts add up to it. Of a rate each segment has a rate part and a mix part; of a sum, its difference.
 */
export const changeQuery = z.strictObject({
  change: id,
  /** A hierarchy, widest first: each level is split on its own. */
  dimensions: z.array(id).min(1).max(4),
  ...shared,
  /** Segments per level; the rest is one segment "Other". Default 50. */
  limit: z.number().int().min(1).max(500).optional(),
});

export const query = z.union([metricQuery, funnelQuery, changeQuery]);
/** One page's worth. */
export const MAX_BATCH = 200;
export const queryBatch = z.strictObject({ queries: z.array(query).min(1).max(MAX_BATCH) });
export const queryBody = z.union([metricQuery, funnelQuery, changeQuery, queryBatch]);

export type { Grain } from './words.ts';
export type Filter = z.infer<typeof filter>;
export type MetricQuery = z.infer<typeof metricQuery>;
export type FunnelQuery = z.infer<typeof funnelQuery>;
export type ChangeQuery = z.infer<typeof changeQuery>;
export type Query = z.infer<typeof query>;
export type Compare = z.infer<typeof compare>;
