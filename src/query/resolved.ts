import type { WeekStart } from '../contract/plain-date.ts';
import type { Filter, Grain } from '../contract/query.ts';
import type { CheckedModel, Dimension, Funnel, Metric } from '../model/checked.ts';
import type { InstantRange } from './buckets.ts';

/** A query whose names are things of the model and whose times are instants. */

/** What rows are grouped by, in the order of the columns. */
export type Group = {
  /** Where it stands in the query, `dimensions.0`. */
  path: string;
} & (
  | { kind: 'time'; name: 'time'; grain: Grain }
  | { kind: 'weekday'; name: 'weekday' }
  | { kind: 'hour_of_day'; name: 'hour_of_day' }
  | { kind: 'dimension'; name: string; dimension: Dimension }
);

export interface ResolvedFilter {
  name: string;
  /** `dimension` of a time part: the declared name that it is filtered by. */
  target: { kind: 'weekday' | 'hour_of_day'; dimension?: Dimension } | { kind: 'dimension'; dimension: Dimension };
  op: Filter['op'];
  values: (string | number)[];
  /** Where it stands in the query, `filters.0`. */
  path: string;
}

/** What every part of a statement needs to know of time. */
export interface Clock {
  /** The zone as the engine spells it. */
  zone: string;
  weekStart: WeekStart;
  /** UTC milliseconds. */
  now: number;
  /** Just after the minute in which `now` lies: what is dated later has not happened. The same for all who ask in that minute. */
  soon: number;
  /** From where values that need whole days are taken: see `completeInside`. */
  completeThrough: number;
  /** Data is complete up to here: a whole minute, by which cohorts have settled or not. The same for all who ask in that minute. */
  dataThrough: number;
}

interface ResolvedBase {
  /** With the values of its parameters. */
  model: CheckedModel;
  /** As given; others have their defaults. */
  parameters: Readonly<Record<string, number>>;
  clock: Clock;
  /** As asked for. */
  timezone: string;
  /** Absent: all rows. */
  range?: InstantRange;
  compare?: InstantRange;
  filters: ResolvedFilter[];
  /** Only cohorts that have settled. */
  matured: boolean;
}

export interface ResolvedMetricQuery extends ResolvedBase {
  kind: 'metrics';
  metrics: Metric[];
  groups: Group[];
  /** Several ways to group in one answer; one that groups by all where absent. */
  sets?: Group[][];
  orderBy: { name: string; descending: boolean }[];
  limit?: number;
  totals: boolean;
  perDay: boolean;
}

export interface ResolvedFunnelQuery extends ResolvedBase {
  kind: 'funnel';
  funnel: Funnel;
  dimension?: Dimension;
}

/** The named time parts that exist on every dataset. */
export const TIME_PARTS = {
  weekday: { label: 'Weekday', first: 1, last: 7 },
  hour_of_day: { label: 'Hour of day', first: 0, last: 23 },
} as const;

export function isTimePart(name: string): name is keyof typeof TIME_PARTS {
  return Object.hasOwn(TIME_PARTS, name);
}
