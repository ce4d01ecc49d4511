import type { ResultMeta } from '../contract/result.ts';
import type { RollupGrain } from '../model/checked.ts';
import type { RenderedSql } from '../sql/rendered.ts';

/** What is true of the workspace at the moment of asking; read once per request. Times are UTC milliseconds. */
export interface QueryContext {
  now: number;
  /** Receipt time up to which everything is counted. */
  asOf: number;
  /** Data is complete up to here, exclusive. */
  completeThrough: number;
  /** Sources of the query's tables that owe something, worst first. */
  late?: NonNullable<ResultMeta['late']>;
  dataVersion: string;
  /** Local dates of the first and the last record. */
  data: { first: string | null; last: string | null };
  /** Roll-ups that can be read, by name; none where absent. Of one moment, like the rest. */
  rollups?: ReadonlyMap<string, KeptRollup>;
  /** What had changed by then, of the same moment as `rollups`; where absent an answer is kept for its data version only. */
  changes?: ChangeView;
  /** Whose rows may be seen; a part of what answers are kept by. None yet. */
  policy?: string;
  /** Aborted when the reader goes away. One per request: its statements take turns with those of other requests. */
  signal?: AbortSignal;
  /** Aborted, with the error to tell, when the request's time is up. */
  budget?: AbortSignal;
}

/** What is kept ready of one roll-up of the model. */
export interface KeptRollup {
  /** Names of its tables in the warehouse. */
  tables: Partial<Record<RollupGrain, string>>;
  /** Those of its indexes, by the column that holds the entity. */
  indexes?: ReadonlyMap<string, string>;
  /** UTC milliseconds, the start of a local day: buckets from here on are kept, as they were when nothing below was pending. */
  from: number;
  /** UTC hours since 1970, rising, whose rows have changed since: their buckets are read from the facts. */
  pending: readonly number[];
}

/** What a statement reads, so that its answer can be kept until some of that changes. */
export interface TableRead {
  /** Its name in the warehouse. */
  table: string;
  /** Time column by which its rows are bounded; all rows where absent. */
  column?: string;
  /** UTC milliseconds, half-open; unbounded where absent. */
  start?: number;
  end?: number;
}

/** The changes up to one moment. */
export interface ChangeView {
  /** Number of changes heard of at that moment. */
  readonly at: number;
  /** Number of the newest change, later ones included, that touched anything of what is read. */
  versionOf(reads: readonly TableRead[] | undefined): number;
}

export interface StatementAnswer {
  rows: Record<string, unknown>[];
  rowsRead: number;
  /** Milliseconds in the engine. */
  elapsedMs?: number;
}

/** What is known of a statement beside its text. */
export interface StatementTraits {
  /** Equal for statements that must have the same answer, whatever they read it from. */
  key: string;
  /** What an answer depends on; anything where absent. */
  reads?: readonly TableRead[];
  /** What an answer depends on once it is known, where that may be less than `reads`. */
  readsOfAnswer?(rows: StatementAnswer['rows']): readonly TableRead[];
  /** Facts that are gone through, where those are fewer than `reads`. */
  scans?: readonly TableRead[];
  /** It reads facts over more than a few days. */
  heavy?: boolean;
}

/** Heavy statements run in a lane of their own and hold nobody up. */
export type LaneName = 'quick' | 'heavy';

/** The door to the engine that is handed in; `Warehouse.query` fits. */
export type RunStatement = (
  statement: RenderedSql,
  options: { signal?: AbortSignal; lane?: LaneName },
) => Promise<StatementAnswer>;
