import type { RenderedSql } from '../sql/rendered.ts';
import type { Layout } from './layout.ts';

export interface WarehouseAnswer<Row> {
  rows: Row[];
  columns: { name: string; type: string }[];
  rowsRead: number;
  elapsedMs: number;
}

export interface StatementOptions {
  /** Milliseconds; past it the statement is given up (embedded: the engine child is killed and restarted). Default 30,000. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** A heavy query runs with few threads in a session of its own (embedded), so that it holds up no quick one. */
  lane?: 'quick' | 'heavy';
  /** The statement may be run again when the engine breaks down half way (queries always are). */
  idempotent?: true;
}

/** How rows are written; JSONCompactEachRow where it is not said. */
export type InsertFormat = 'JSONCompactEachRow' | 'TabSeparated';

/**
 * The one door to the engine, embedded or server. 64-bit integers and decimals come back as JSON numbers: select hashes with
 * `toString()` where they must be exact. Errors: `TurnoutError('unavailable')` while the engine is away, `('timeout')` past the
 * limit; anything else is our bug.
 */
export interface Warehouse {
  /** What the statements of `schema.ts` that make and change tables are made for. */
  readonly layout: Layout;
  query<Row>(statement: RenderedSql, options?: StatementOptions): Promise<WarehouseAnswer<Row>>;
  command(statement: RenderedSql, options?: StatementOptions): Promise<void>;
  /** Bulk insert; `rows` are arrays in the order of `columns`, or their bytes in `format`. Durable when it returns. */
  insert(
    table: string,
    columns: readonly string[],
    rows: readonly (readonly unknown[])[] | Buffer,
    format?: InsertFormat,
  ): Promise<void>;
  close(): Promise<void>;
}
