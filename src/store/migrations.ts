import type { DatabaseSync } from 'node:sqlite';

/** In order; never edited once released. Each runs with its version number in one transaction, so a kill half way leaves the older version whole. */
const MIGRATIONS = [
  `CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL) STRICT;
   CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL) STRICT;`,
  `CREATE TABLE sync_sources (
     source TEXT PRIMARY KEY, connector TEXT NOT NULL, declared TEXT NOT NULL, since INTEGER NOT NULL, slot INTEGER NOT NULL,
     paused INTEGER NOT NULL DEFAULT 0, blocked INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
     attempts INTEGER NOT NULL DEFAULT 0, next_attempt_at INTEGER, last_error TEXT) STRICT;
   CREATE TABLE stream_cursors (
     source TEXT NOT NULL, stream TEXT NOT NULL, cursor TEXT, seq INTEGER NOT NULL DEFAULT 0, complete_through INTEGER,
     full_rows INTEGER, PRIMARY KEY (source, stream)) STRICT;
   CREATE TABLE runs (
     id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, trigger TEXT NOT NULL, state TEXT NOT NULL, scheduled_for INTEGER,
     started_at INTEGER NOT NULL, ended_at INTEGER, rows INTEGER NOT NULL DEFAULT 0, pages INTEGER NOT NULL DEFAULT 0,
     bytes INTEGER NOT NULL DEFAULT 0, first_seq INTEGER, last_seq INTEGER, error TEXT, notices TEXT NOT NULL DEFAULT '[]',
     range_from TEXT, range_to TEXT, file TEXT, undone INTEGER NOT NULL DEFAULT 0) STRICT;
   CREATE INDEX runs_of_source ON runs (source, id);
   CREATE TABLE run_streams (
     run INTEGER NOT NULL, stream TEXT NOT NULL, rows INTEGER NOT NULL DEFAULT 0, pages INTEGER NOT NULL DEFAULT 0,
     state TEXT NOT NULL, PRIMARY KEY (run, stream)) STRICT;
   CREATE TABLE run_log (
     id INTEGER PRIMARY KEY, run INTEGER NOT NULL, at INTEGER NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL) STRICT;
   CREATE INDEX run_log_of_run ON run_log (run, id);
   CREATE TABLE leases (
     source TEXT PRIMARY KEY, holder TEXT NOT NULL, fence INTEGER NOT NULL, taken_at INTEGER NOT NULL, held_until INTEGER NOT NULL) STRICT;
   CREATE TABLE stream_columns (
     source TEXT NOT NULL, stream TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, PRIMARY KEY (source, stream, name)) STRICT;
   CREATE TABLE schema_changes (
     id INTEGER PRIMARY KEY, source TEXT NOT NULL, stream TEXT NOT NULL, at INTEGER NOT NULL, change TEXT NOT NULL,
     column_name TEXT NOT NULL, detail TEXT NOT NULL, acknowledged_at INTEGER) STRICT;`,
  `CREATE TABLE imports (
     id TEXT PRIMARY KEY, file TEXT NOT NULL, bytes INTEGER NOT NULL, uploaded_at INTEGER NOT NULL, state TEXT NOT NULL,
     error TEXT, look TEXT, mapping TEXT, checked TEXT, source TEXT, run INTEGER, result TEXT) STRICT;
   CREATE TABLE import_headers (fingerprint TEXT PRIMARY KEY, source TEXT NOT NULL) STRICT;`,
];

/** @throws Error when the file was written by a newer Turnout. */
export function migrate(sqlite: DatabaseSync): void {
  const current = Number(sqlite.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (current > MIGRATIONS.length) {
    throw new Error(
      `The control database has format ${current}, newer than this Turnout knows (${MIGRATIONS.length}). Start the newer version, or restore a backup made by this one.`,
    );
  }
  for (let version = current; version < MIGRATIONS.length; version++) {
    sqlite.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[version]}; PRAGMA user_version = ${version + 1}; COMMIT`);
  }
}
