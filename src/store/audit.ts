import type { Generated } from 'kysely';
import type { ControlDatabase } from './database.ts';

export interface AuditTable {
  id: Generated<number>;
  /** UTC milliseconds. */
  at: number;
  actor: string;
  action: string;
  /** A sentence. */
  detail: string;
}

/** Remembers who changed something that others rely on. */
export async function recordAudit(
  database: ControlDatabase,
  entry: { at: number; actor: string; action: string; detail: string },
): Promise<void> {
  await database.insertInto('audit').values(entry).execute();
}
