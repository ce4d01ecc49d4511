import type { DatabaseSync } from 'node:sqlite';

/** In order; never edited once released. Each runs with its version number in one transaction, so a kill half way leaves the older version whole. */
const MIGRATIONS = [
  `CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL) STRICT;
   CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL) STRICT;`,
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
