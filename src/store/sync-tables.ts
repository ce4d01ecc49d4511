import type { Generated } from 'kysely';
import type { RunInfo, RunTrigger, SchemaChange } from '../contract/api.ts';

/** Tables of the runs around sources that are read. Instants are UTC milliseconds, flags 0 or 1. */

/** One per source that Turnout reads. */
export interface SyncSourcesTable {
  source: string;
  connector: string;
  /** Hash of what the source's file says; another one lifts `blocked`. */
  declared: string;
  /** When the source was first seen. */
  since: number;
  /** The latest time of its schedule that has been dealt with. */
  slot: number;
  paused: Generated<number>;
  /** A person has to change something before it is tried again by itself. */
  blocked: Generated<number>;
  /** Runs in a row that failed. */
  failures: Generated<number>;
  /** Tries made for `slot`. */
  attempts: Generated<number>;
  next_attempt_at: number | null;
  /** A sentence. */
  last_error: string | null;
}

/** An index of what the journal's frames say. */
export interface StreamCursorsTable {
  source: string;
  stream: string;
  /** JSON; null: from the beginning. */
  cursor: string | null;
  /** The entry that carried it. */
  seq: Generated<number>;
  /** Start of the last read that came to its end. */
  complete_through: number | null;
  /** Rows of the last full read that came to its end. */
  full_rows: number | null;
}

export interface RunsTable {
  id: Generated<number>;
  source: string;
  trigger: RunTrigger;
  state: RunInfo['state'];
  /** The time of the schedule that it was made for. */
  scheduled_for: number | null;
  started_at: number;
  ended_at: number | null;
  rows: Generated<number>;
  pages: Generated<number>;
  bytes: Generated<number>;
  /** First and last journal entry. */
  first_seq: number | null;
  last_seq: number | null;
  error: string | null;
  /** JSON list of sentences. */
  notices: Generated<string>;
  range_from: string | null;
  range_to: string | null;
  /** Name of the file whose rows it brought. */
  file: string | null;
  undone: Generated<number>;
}

export interface RunStreamsTable {
  run: number;
  stream: string;
  rows: Generated<number>;
  pages: Generated<number>;
  state: 'running' | 'ok' | 'failed' | 'waiting';
}

export interface RunLogTable {
  id: Generated<number>;
  run: number;
  at: number;
  level: 'info' | 'warn' | 'error';
  message: string;
}

export interface LeasesTable {
  source: string;
  holder: string;
  /** Rises with every taking: a holder that has lost it can be told. */
  fence: number;
  taken_at: number;
  held_until: number;
}

export interface StreamColumnsTable {
  source: string;
  stream: string;
  name: string;
  type: string;
}

export interface SchemaChangesTable {
  id: Generated<number>;
  source: string;
  stream: string;
  at: number;
  change: SchemaChange['change'];
  column_name: string;
  detail: string;
  acknowledged_at: number | null;
}

export interface SyncTables {
  sync_sources: SyncSourcesTable;
  stream_cursors: StreamCursorsTable;
  runs: RunsTable;
  run_streams: RunStreamsTable;
  run_log: RunLogTable;
  leases: LeasesTable;
  stream_columns: StreamColumnsTable;
  schema_changes: SchemaChangesTable;
}
