import type { ParameterInfo } from '../contract/api.ts';
import type { ColumnType } from '../contract/facts.ts';
import type { Arithmetic, MetricSpec, Predicate } from '../contract/model.ts';
import type { ChannelSpec, Workspace } from '../contract/workspace.ts';
import type { Length } from './parameters.ts';

/** The model after every name is resolved and every rule holds. The query compiler reads this and nothing else. */
export interface CheckedModel {
  workspace: Workspace;
  channels: ChannelSpec[];
  datasets: ReadonlyMap<string, Dataset>;
  metrics: ReadonlyMap<string, Metric>;
  /** Dimensions by name over all datasets: the same name means the same thing everywhere. */
  dimensions: ReadonlyMap<string, Dimension>;
  funnels: ReadonlyMap<string, Funnel>;
  /** Answers that are kept ready, by name. */
  rollups: ReadonlyMap<string, Rollup>;
  /** Numbers in filters that a query may set, by name. */
  parameters: ReadonlyMap<string, ParameterInfo>;
}

/** Where a dataset's rows come from: branches are joined by UNION ALL; a plain table is one branch. */
export interface Branch {
  /** Its name in the warehouse. */
  table: string;
  /** Its name as people know it: `messages`, `table operator_calls`. */
  shown: string;
  filter?: Predicate;
  /** dataset column → table column or constant. */
  columns: ReadonlyMap<string, { column: string } | { constant: string }>;
}

export interface Dataset {
  name: string;
  label: string;
  branches: Branch[];
  columns: ReadonlyMap<string, { type: ColumnType; nullable: boolean }>;
  filter?: Predicate;
  /** The column that names a row, where the dataset reads one table. */
  rowKey?: string;
  /** Column of the default time. */
  time: string;
  /** entity name → column. */
  entities: ReadonlyMap<string, string>;
  /** dimension name → column; of a time part the dataset's time, of which it is a part where no other time is counted by. */
  dimensions: ReadonlyMap<string, string>;
}

/** All that is kept ready of one dataset by one of its times: one table per grain, and one per index. */
export interface Rollup {
  /** `<dataset>_<time>`. */
  name: string;
  dataset: Dataset;
  /** Column of the dataset. */
  time: string;
  /** Columns of the dataset by which rows are told apart, over all sets. */
  keys: readonly string[];
  measures: readonly RollupMeasure[];
  sets: readonly RollupSet[];
  indexes: readonly EntityIndex[];
}

/** When each entity has a row, and with which values: one table, in the order of the entities. */
export interface EntityIndex {
  /** Column of the dataset. */
  entity: string;
  /** Columns of the dataset whose values stand beside the time. */
  keys: readonly string[];
}

export type RollupGrain = 'hour' | 'day';

/** Aggregates whose parts merge exactly. `known` counts the rows in which `column` is not null. */
export type RollupMethod = 'count' | 'known' | 'people' | 'sum' | 'min' | 'max';

/** What is computed of the rows of a bucket; what depends on the query (channels, currency) is chosen by the keys when it is read. */
export interface RollupMeasure {
  /** Its column in the tables: `m0`, `m1` … */
  name: string;
  method: RollupMethod;
  /** Column of the dataset; not for `count`. */
  column?: string;
  /** With the default values of its parameters. */
  filter?: Predicate;
}

export interface RollupSet {
  /** Its number in the tables; sets with the same keys and grains are one. */
  index: number;
  /** A part of the roll-up's keys, in their order. */
  keys: readonly string[];
  grains: readonly RollupGrain[];
  /** Names of the measures that it keeps; others are empty in its rows. */
  measures: ReadonlySet<string>;
}

export interface Dimension {
  name: string;
  label: string;
  description?: string;
  type: 'categorical' | 'boolean' | 'geo';
  labels: Record<string, string>;
  colors: Record<string, number>;
  drill: string[];
  synonyms: string[];
  fromChannels: boolean;
  /** The column holds person numbers: people see and filter the person's external id, `#<number>` where there is none. */
  ofPerson: boolean;
  /** A part of the time by which a query counts, local to its zone. */
  part?: 'weekday' | 'hour_of_day';
  /** The column holds instants: people see them with the zone's offset. */
  ofTime: boolean;
  /** Its values have a page each. */
  page?: 'webinar';
}

interface MetricBase {
  name: string;
  /** With the values of its parameters. */
  label: string;
  /** The label with its places, `Visits ≥ {short_visit} min`, where it has any. */
  labelWithPlaces?: string;
  description?: string;
  format: string;
  good: 'up' | 'down' | 'neutral';
  minSample: number;
  /** Seconds; of a ratio or derived metric the longest of its own and those of its parts. */
  maturesAfter?: number;
  owner?: string;
  /** Names of the channels whose rows count, where the metric requires statuses. */
  channels?: string[];
  /** Parameters that its value depends on. */
  parameters: string[];
}

export type Metric =
  | (MetricBase & {
      type: 'simple';
      agg: Extract<MetricSpec, { type: 'simple' }>['agg'];
      dataset: string;
      column?: string;
      filter?: Predicate;
      time: string;
      /** Money: the column with the ISO 4217 code. Only rows in the workspace's currency count. */
      currency?: string;
    })
  | (MetricBase & { type: 'ratio'; numerator: string; denominator: string })
  | (MetricBase & { type: 'derived'; expr: Arithmetic })
  | (MetricBase & {
      type: 'cumulative';
      metric: string /** Trailing local days; absent = everything before the bucket's end. */;
      days?: number;
    })
  | (MetricBase & {
      type: 'conversion';
      base: string;
      conversion: string;
      entity: string;
      windowSeconds?: number;
      calculation: 'rate' | 'count';
    });

export interface Funnel {
  name: string;
  label: string;
  description?: string;
  entity: string;
  windowSeconds?: number;
  order: 'sequence' | 'any';
  minSample: number;
  /** Time column of the first step's dataset by which a period is chosen; the first step's time where absent. */
  cohort?: string;
  /** Seconds. */
  maturesAfter?: number;
  /** Parameters that its steps depend on. */
  parameters: string[];
  steps: FunnelStep[];
}

export interface FunnelStep {
  name: string;
  label: string;
  labelWithPlaces?: string;
  dataset: string;
  filter?: Predicate;
  time: string;
  /** The step happens this much later than its time, in seconds. */
  after?: Length;
  /** It counts even where it came before the step before. */
  anytime: boolean;
  /** Entity by which it is found, of the first step's dataset and of its own; the funnel's where absent. */
  entity?: string;
}
