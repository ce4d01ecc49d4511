import type { ParameterInfo } from '../contract/api.ts';
import type { ColumnType } from '../contract/facts.ts';
import type { Arithmetic, MetricSpec, Predicate } from '../contract/model.ts';
import type { ChannelSpec, Workspace } from '../contract/workspace.ts';

/** The model after every name is resolved and every rule holds. The query compiler reads this and nothing else. */
export interface CheckedModel {
  workspace: Workspace;
  channels: ChannelSpec[];
  datasets: ReadonlyMap<string, Dataset>;
  metrics: ReadonlyMap<string, Metric>;
  /** Dimensions by name over all datasets: the same name means the same thing everywhere. */
  dimensions: ReadonlyMap<string, Dimension>;
  funnels: ReadonlyMap<string, Funnel>;
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
  /** Column of the default time. */
  time: string;
  /** entity name → column. */
  entities: ReadonlyMap<string, string>;
  /** dimension name → column. */
  dimensions: ReadonlyMap<string, string>;
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
}

interface MetricBase {
  name: string;
  label: string;
  description?: string;
  format: string;
  good: 'up' | 'down' | 'neutral';
  minSample: number;
  /** Seconds. */
  maturesAfter?: number;
  owner?: string;
  /** Names of the channels whose rows count, where the metric requires statuses. */
  channels?: string[];
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
  steps: { name: string; label: string; dataset: string; filter?: Predicate; time: string }[];
}
