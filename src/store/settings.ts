import type { ControlDatabase } from './tables.ts';

/** Names of what is remembered here. `sync_indexed_seq`: up to which journal entry the cursors are brought up to date. */
export type SettingName = 'sample_loaded' | 'sample_removed' | 'sync_indexed_seq';

export async function loadSetting(database: ControlDatabase, name: SettingName): Promise<string | null> {
  const row = await database.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value ?? null;
}

export async function saveSetting(
  database: ControlDatabase,
  name: SettingName,
  value: string,
  now: number,
): Promise<void> {
  await database
    .insertInto('settings')
    .values({ name, value, updated_at: now })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value, updated_at: now }))
    .execute();
}
