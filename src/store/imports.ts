import type { ControlDatabase, ImportsTable } from './tables.ts';

/** A file that a person brought; the texts are JSON of the types in contract/api.ts. */
export type StoredImport = ImportsTable;

export async function saveImport(database: ControlDatabase, row: StoredImport): Promise<void> {
  await database
    .insertInto('imports')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

export async function loadImport(database: ControlDatabase, id: string): Promise<StoredImport | null> {
  const row = await database.selectFrom('imports').selectAll().where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** Newest first. */
export async function loadImports(database: ControlDatabase, limit: number): Promise<StoredImport[]> {
  return database.selectFrom('imports').selectAll().orderBy('uploaded_at', 'desc').limit(limit).execute();
}

export async function deleteImport(database: ControlDatabase, id: string): Promise<void> {
  await database.deleteFrom('imports').where('id', '=', id).execute();
}

/** Remembers which source reads files with this header. */
export async function saveHeader(database: ControlDatabase, fingerprint: string, source: string): Promise<void> {
  await database
    .insertInto('import_headers')
    .values({ fingerprint, source })
    .onConflict((conflict) => conflict.column('fingerprint').doUpdateSet({ source }))
    .execute();
}

export async function loadHeaderSource(database: ControlDatabase, fingerprint: string): Promise<string | null> {
  const row = await database
    .selectFrom('import_headers')
    .select('source')
    .where('fingerprint', '=', fingerprint)
    .executeTakeFirst();
  return row?.source ?? null;
}
