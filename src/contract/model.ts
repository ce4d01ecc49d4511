import { z } from 'zod';
import { TABLE_COLUMN_TYPES } from './facts.ts';

/**
 * The model as people write it (YAML, one or more documents a file) and as the query compiler reads it. `src/model` turns the
 * former into the latter and reports every mistake with a path and a hint.
 */

const id = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'lower-case letters, digits and _ only');
const label = z.string().min(1).max(100);

/** percent | integer | compact | currency | duration (seconds) | decimal, or an Excel number format such as `#,##0.0%`. */
export const metricFormat = z.string().min(1).max(40);
export const good = z.enum(['up', 'down', 'neutral']);
/** `7 days`, `30 minutes`, `12 hours`, `4 weeks`, or the name of a workspace window: `week`, `month`. */
export const duration = z
  .string()
  .regex(
    /^(\d+ (second|minute|hour|day|week)s?|week|month)$/,
    'a length such as "7 days", or week or month for the workspace windows',
  );

const metricBase = {
  name: id,
  label: label.optional(),
  description: z.string().max(1000).optional(),
  format: metricFormat.default('integer'),
  good: good.default('neutral'),
  /** Below this many in the denominator (or entities) a value is shown grey, without change and rank. Workspace default where absent. */
  min_sample: z.number().int().min(0).optional(),
  /** How long after its time a cohort's number still moves, e.g. `1 day`. */
  matures: duration.optional(),
  owner: z.string().max(100).optional(),
  /** Only channels that can report one of these statuses count; other channels are n/a. `engaged` = channels that declare an engagement. */
  requires_status: z.array(z.string()).optional(),
};

export const metricSpec = z.discriminatedUnion('type', [
  z.strictObject({
    ...metricBase,
    type: z.literal('simple'),
    /** The dataset, where the metric stands in a file of its own and not in a dataset's file. */
    dataset: id.optional(),
    agg: z.enum(['count', 'count_distinct', 'sum', 'min', 'max', 'average', 'median']),
    /** A column of the dataset; not for `count`. */
    column: id.optional(),
    /** `delivered and channel in ('sms', 'email')`: the filter language of docs/model.md. */
    filter: z.string().max(500).optional(),
    /** Time column other than the dataset's. */
    time: id.optional(),
    /** Money: the column with the currency code; `currency` where absent and the format is currency. Other currencies than the workspace's are left out and noted. */
    currency: id.optional(),
  }),
  z.strictObject({ ...metricBase, type: z.literal('ratio'), numerator: id, denominator: id }),
  /** Arithmetic over metrics: + - * / and parentheses. */
  z.strictObject({ ...metricBase, type: z.literal('derived'), expr: z.string().min(1).max(500) }),
  /** A trailing window of a simple metric that ends with each bucket's last local day; without `window` everything before the bucket's end. */
  z.strictObject({ ...metricBase, type: z.literal('cumulative'), metric: id, window: duration.optional() }),
  /** Entities of `base` that do `conversion` within `window` afterwards. */
  z.strictObject({
    ...metricBase,
    type: z.literal('conversion'),
    base: id,
    conversion: id,
    entity: id,
    window: duration.optional(),
    calculation: z.enum(['rate', 'count']).default('rate'),
  }),
]);

const dimensionSpec = z.strictObject({
  name: id,
  label: label.optional(),
  description: z.string().max(1000).optional(),
  type: z.enum(['categorical', 'boolean', 'geo']).default('categorical'),
  /** A column of the dataset; the dimension's name where absent. */
  column: id.optional(),
  /** The local hour (0–23) or weekday (1–7) of the query's time, under a name of one's own. */
  part: z.enum(['hour_of_day', 'weekday']).optional(),
  /** Its values are ids of webinars and have a page each. */
  page: z.literal('webinar').optional(),
  /** `channels`: labels, colours and capabilities come from the workspace's channels. */
  values_from: z.literal('channels').optional(),
  /** Labels by value. */
  labels: z.record(z.string(), z.string()).optional(),
  synonyms: z.array(z.string()).default([]),
  drill: z.array(id).default([]),
});

/** One branch of a dataset that is a union of tables: which of its columns feeds which column of the dataset. A string in quotes is a constant. */
const unionBranch = z.strictObject({
  table: z.string(),
  filter: z.string().max(500).optional(),
  /** dataset column ← table column, or a quoted constant such as `'blast'`. */
  columns: z.record(id, z.string()),
});

/** Answers that are kept ready: for each set of dimensions one row per bucket of local time with every measure. */
export const rollupSpec = z.strictObject({
  /** `[[], [channel], [channel, category]]`; `[]` is everything together. */
  dimensions: z.array(z.array(id)).min(1).max(50),
  /** `hour` also serves weekday, hour of day and other zones; `day` reads less. */
  grains: z
    .array(z.enum(['hour', 'day']))
    .min(1)
    .default(['hour', 'day']),
  /** Simple metrics of the dataset; every one that can be kept where absent. */
  metrics: z.array(id).min(1).optional(),
  /** Metrics that are not kept, such as distinct people by the hour whom nobody asks for. */
  except: z.array(id).default([]),
  /** Time column by which rows are put to buckets; the dataset's where absent. */
  time: id.optional(),
});

/** The rows of a dataset by entity, so that what somebody did is found without going through what everybody did. */
export const indexSpec = z.strictObject({
  /** An entity of the dataset. */
  entity: id,
  /** Dimensions by which a query may filter what it looks up. */
  dimensions: z.array(id).max(20).default([]),
  /** Time column by which rows are looked up; the dataset's where absent. */
  time: id.optional(),
});

export const datasetSpec = z.strictObject({
  version: z.literal(1),
  dataset: id,
  label: label.optional(),
  description: z.string().max(1000).optional(),
  /** A fact table … */
  table: z.string().optional(),
  /** … or a union of several. */
  union: z.array(unionBranch).min(1).optional(),
  /** Rows of the dataset; the filter language. */
  filter: z.string().max(500).optional(),
  /** Default time column. */
  time: id,
  entities: z.array(z.strictObject({ name: id, column: id.optional() })).default([]),
  dimensions: z.array(dimensionSpec).default([]),
  metrics: z.array(metricSpec).default([]),
  rollups: z.array(rollupSpec).default([]),
  indexes: z.array(indexSpec).default([]),
});

/** A number in filters that the reader can move on the page: `seconds >= $short_visit`. */
export const parameterSpec = z.strictObject({
  name: id,
  label: label.optional(),
  description: z.string().max(1000).optional(),
  default: z.number(),
  min: z.number().default(0),
  max: z.number(),
  step: z.number().positive().default(1),
  /** What the reader sees; a length of time is compared in seconds. */
  unit: z.enum(['second', 'minute', 'hour', 'day', 'number']).default('number'),
});

export const funnelSpec = z.strictObject({
  name: id,
  label: label.optional(),
  description: z.string().max(1000).optional(),
  /** What is counted; every step's dataset has this entity. */
  entity: id,
  /** Longest time from the first step to each later one; no limit where absent. */
  window: duration.optional(),
  /** sequence: each step at or after the one before (ties count); any: order does not matter. */
  order: z.enum(['sequence', 'any']).default('sequence'),
  min_sample: z.number().int().min(0).optional(),
  /** Time column of the first step's dataset by which a period is chosen (the start of a webinar); the first step's time where absent. */
  cohort: id.optional(),
  /** How long after its time the first step's cohort still moves, e.g. `1 day`. */
  matures: duration.optional(),
  owner: z.string().max(100).optional(),
  steps: z
    .array(
      z.strictObject({
        name: id,
        label: label.optional(),
        dataset: id,
        filter: z.string().max(500).optional(),
        /** Time column of the step; the dataset's where absent. */
        time: id.optional(),
        /** The step happens this much later than its time: `$short_visit`, `5 minutes`. */
        after: z.string().max(70).optional(),
        /** Left out where no pack in use has its dataset. */
        optional: z.boolean().optional(),
        /** It counts even where it came before the step before; the time between is then 0. */
        anytime: z.boolean().optional(),
        /** An entity that this step's dataset shares with the first step's, where it has not the funnel's own: whoever of the funnel is the same person there. */
        entity: id.optional(),
      }),
    )
    .min(2),
});

/** A file with metrics over datasets declared elsewhere, and funnels. */
export const sharedSpec = z.strictObject({
  version: z.literal(1),
  parameters: z.array(parameterSpec).default([]),
  metrics: z.array(metricSpec).default([]),
  funnels: z.array(funnelSpec).default([]),
});

/** `tables/*.yaml`: a table that people brought, with the types of its columns. Its rows come by `record: row`. */
export const tableSpec = z.strictObject({
  version: z.literal(1),
  table: id,
  label: label.optional(),
  description: z.string().max(1000).optional(),
  columns: z
    .array(
      z.strictObject({
        name: id,
        label: label.optional(),
        /** text, number (exact, 6 decimals), integer, boolean, date (local, without a time) or time (an instant). */
        type: z.enum(TABLE_COLUMN_TYPES),
        /** The column's name in the file, sheet or query, where it is another one. */
        from: z.string().max(1000).optional(),
      }),
    )
    .min(1)
    .max(500),
});

export type TableSpec = z.infer<typeof tableSpec>;
export type MetricSpec = z.infer<typeof metricSpec>;
export type DimensionSpec = z.infer<typeof dimensionSpec>;
export type DatasetSpec = z.infer<typeof datasetSpec>;
export type RollupSpec = z.infer<typeof rollupSpec>;
export type IndexSpec = z.infer<typeof indexSpec>;
export type ParameterSpec = z.infer<typeof parameterSpec>;
export type FunnelSpec = z.infer<typeof funnelSpec>;

/** The filter language, parsed. Columns are columns of the dataset at hand. */
export type Predicate =
  | { kind: 'and' | 'or'; parts: Predicate[] }
  | { kind: 'not'; part: Predicate }
  | { kind: 'flag'; column: string }
  | {
      kind: 'compare';
      column: string;
      op: '=' | '!=' | '<' | '<=' | '>' | '>=';
      /** `parameter`: a number that the query may set, times `factor` (seconds per unit). */
      value: string | number | boolean | { parameter: string; factor: number };
    }
  | { kind: 'in'; column: string; values: (string | number)[]; negated: boolean }
  | { kind: 'null'; column: string; negated: boolean };

/** Arithmetic of derived metrics, parsed. */
export type Arithmetic =
  | { kind: 'metric'; name: string }
  | { kind: 'number'; value: number }
  | { kind: 'binary'; op: '+' | '-' | '*' | '/'; left: Arithmetic; right: Arithmetic }
  | { kind: 'negate'; part: Arithmetic };
