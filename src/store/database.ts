import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely';
import { migrate } from './migrations.ts';
import type { ControlDatabase, ControlTables } from './tables.ts';

/** Opens (and brings up to date) the control database: small, precious state such as settings and the audit trail. */
export async function openControlDatabase(file: string): Promise<ControlDatabase> {
  const sqlite = new DatabaseSync(file);
  sqlite.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000',
  );
  migrate(sqlite);
  return new Kysely<ControlTables>({ dialect: new SqliteDialect({ database: asKyselyDatabase(sqlite) }) });
}

/** Kysely's SQLite dialect expects the statement interface of better-sqlite3; Node's own differs in how parameters are passed. */
function asKyselyDatabase(sqlite: DatabaseSync): SqliteDatabase {
  return {
    close: () => sqlite.close(),
    prepare(text) {
      const statement = sqlite.prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
      };
    },
  };
}
