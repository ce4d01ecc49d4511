import type { ControlDatabase } from './tables.ts';

/** Remembers who changed something that others rely on; `at` is UTC milliseconds, `detail` a sentence. */
export async function recordAudit(
  database: ControlDatabase,
  entry: { at: number; actor: string; action: string; detail: string },
): Promise<void> {
  await database.insertInto('audit').values(entry).execute();
}
