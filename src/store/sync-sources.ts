import type { Selectable, Updateable } from 'kysely';
import type { SyncSourcesTable } from './sync-tables.ts';
import type { ControlDatabase } from './tables.ts';

export type SyncSourceRow = Selectable<SyncSourcesTable>;

export async function loadSyncSources(database: ControlDatabase): Promise<SyncSourceRow[]> {
  return database.selectFrom('sync_sources').selectAll().execute();
}

export async function loadSyncSource(database: ControlDatabase, source: string): Promise<SyncSourceRow | undefined> {
  return database.selectFrom('sync_sources').selectAll().where('source', '=', source).executeTakeFirst();
}

/** A source that is seen for the first time: nothing is due before `now`. */
export async function insertSyncSource(
  database: ControlDatabase,
  source: { source: string; connector: string; declared: string; now: number },
): Promise<void> {
  const { now, ...row } = source;
  await database
    .insertInto('sync_sources')
    .values({ ...row, since: now, slot: now, next_attempt_at: null, last_error: null })
    .execute();
}

export async function updateSyncSource(
  database: ControlDatabase,
  source: string,
  change: Updateable<SyncSourcesTable>,
): Promise<void> {
  await database.updateTable('sync_sources').set(change).where('source', '=', source).execute();
}
