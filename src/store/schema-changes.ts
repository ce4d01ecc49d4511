import type { Insertable, Selectable } from 'kysely';
import type { SchemaChangesTable } from './sync-tables.ts';
import type { ControlDatabase } from './tables.ts';

export type SchemaChangeRow = Selectable<SchemaChangesTable>;

/** Name → type as the service told last; empty before it told anything. */
export async function loadStreamColumns(
  database: ControlDatabase,
  source: string,
  stream: string,
): Promise<Map<string, string>> {
  const rows = await database
    .selectFrom('stream_columns')
    .select(['name', 'type'])
    .where('source', '=', source)
    .where('stream', '=', stream)
    .execute();
  return new Map(rows.map((row) => [row.name, row.type]));
}

/** Remembers the columns of a stream and what is different in them, in one step. */
export async function saveStreamColumns(
  database: ControlDatabase,
  at: { source: string; stream: string },
  columns: ReadonlyMap<string, string>,
  changes: Insertable<SchemaChangesTable>[],
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await transaction
      .deleteFrom('stream_columns')
      .where('source', '=', at.source)
      .where('stream', '=', at.stream)
      .execute();
    if (columns.size > 0) {
      const rows = [...columns].map(([name, type]) => ({ ...at, name, type }));
      await transaction.insertInto('stream_columns').values(rows).execute();
    }
    if (changes.length > 0) await transaction.insertInto('schema_changes').values(changes).execute();
  });
}

/** Those that nobody has looked at yet, oldest first. */
export async function loadOpenSchemaChanges(database: ControlDatabase, source: string): Promise<SchemaChangeRow[]> {
  return database
    .selectFrom('schema_changes')
    .selectAll()
    .where('source', '=', source)
    .where('acknowledged_at', 'is', null)
    .orderBy('id')
    .execute();
}

/** False where there is no such change, or somebody has looked at it before. */
export async function acknowledgeSchemaChange(database: ControlDatabase, id: number, now: number): Promise<boolean> {
  const result = await database
    .updateTable('schema_changes')
    .set({ acknowledged_at: now })
    .where('id', '=', id)
    .where('acknowledged_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
