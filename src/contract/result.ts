import type { Problem } from './errors.ts';

/** A value in a row: null is "no value" (no rows, zero denominator, not applicable); 0 is a real zero. */
export type Cell = string | number | null;
export type Row = Record<string, Cell>;

export interface ResultColumn {
  name: string;
  label: string;
  /** time: ISO local date (`2024-11-04`), or an instant with offset for hour grain (`2024-11-04T08:00:00+07:00`). */
  kind: 'time' | 'dimension' | 'metric';
  /** Of a dimension that holds an instant: `datetime`; its values are then instants with the zone's offset. */
  format?: string;
  /** A share of counted things, `<name>__n` of them: an interval can be given (contract/intervals.ts). */
  proportion?: true;
  /** Parameters that its value depends on. */
  parameters?: string[];
  good?: 'up' | 'down' | 'neutral';
  grain?: string;
  min_sample?: number;
  /** Dimensions filtered or grouped by in the query that this metric does not have: "ignores Channel". */
  ignores?: string[];
  /** The metric has no meaning for these values of a dimension (SMS knows no read): show "n/a". */
  not_applicable?: { dimension: string; values: string[] };
  description?: string;
}

export interface TimeRange {
  /** Instants with the zone's offset, half-open. */
  start: string;
  end: string;
}

export interface ComparedRows {
  range: TimeRange;
  /** Aligned with `rows`: compare.rows[i] belongs to rows[i]; null where there is none. */
  rows: (Row | null)[];
  totals?: Row;
}

export interface ResultMeta {
  /** How fresh: receipt time up to which everything is counted. */
  as_of: string;
  /** Data is complete up to here (exclusive instant); buckets that reach past it are partial. */
  complete_through: string;
  data_version: string;
  timezone: string;
  range?: TimeRange;
  /** e.g. `raw facts: messages` or the roll-up's name, one per part. */
  plan: string[];
  rows_read: number;
  elapsed_ms: number;
  cached: boolean;
  /** Sentences for people: what was ignored, left out or incomplete. */
  notes: string[];
  /** Sources of these numbers that owe something: what they bring is missing since `complete_through`. Absent while all is well. */
  late?: { source: string; label: string /** A sentence. */; detail: string; complete_through: string | null }[];
  /** Per ratio metric: `<metric>__n` columns hold the sample size of each row. */
  sample_columns?: Record<string, string>;
  /** Per metric that declares how long it matures: cohorts from this instant on are still maturing. */
  matured_through?: Record<string, string>;
  /** The parameters that were used, where the metrics have any. */
  parameters?: Record<string, number>;
}

/** A row that stands out, after chance was allowed for (small samples, many rows looked at). */
export interface Mark {
  /** Index into `rows`. */
  row: number;
  metrics: { metric: string; direction: 'high' | 'low' /** Value ÷ what is usual. */; factor: number | null }[];
  /** What is unusual, in words: "3.1 × the registrations of its series; attendance rate as usual". */
  text: string;
}

/** Rows of a funnel: {step, label, reached, conversion_from_start, conversion_from_previous, drop_off, median_seconds, p90_seconds} and the dimension where asked. */
export interface QueryResult {
  columns: ResultColumn[];
  rows: Row[];
  totals?: Row;
  compare?: ComparedRows;
  marks?: Mark[];
  meta: ResultMeta;
}

/**
 * Rows of a change query, one per segment and level: {level, the dimensions (null below its level), value, before, change,
 * numerator, denominator, numerator_before, denominator_before, share, share_before, rate_effect, mix_effect, contribution,
 * low, high (95 % interval of the change of the segment's rate), certain (1: the interval excludes 0 after allowing for the number of
 * segments), state ('', 'new', 'gone', 'other')}. `totals` has the headline; contributions of each level add up to `totals.change`.
 */

/** In a batch each query stands alone: one that fails does not take the others with it. */
export type BatchItem = QueryResult | { error: { code: string; message: string; problems: Problem[] } };

export interface BatchResult {
  results: BatchItem[];
  data_version: string;
}
