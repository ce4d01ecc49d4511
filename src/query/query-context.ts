import type { ResultMeta } from '../contract/result.ts';
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
  signal?: AbortSignal;
}

export interface StatementAnswer {
  rows: Record<string, unknown>[];
  rowsRead: number;
  /** Milliseconds in the engine. */
  elapsedMs?: number;
}

/** The door to the engine that is handed in; `Warehouse.query` fits. */
export type RunStatement = (statement: RenderedSql, options: { signal?: AbortSignal }) => Promise<StatementAnswer>;
