import type { Generated, Kysely } from 'kysely';

export interface SettingsTable {
  name: string;
  value: string;
  /** UTC milliseconds. */
  updated_at: number;
}

export interface AuditTable {
  id: Generated<number>;
  /** UTC milliseconds. */
  at: number;
  actor: string;
  action: string;
  /** A sentence. */
  detail: string;
}

export interface ControlTables {
  settings: SettingsTable;
  audit: AuditTable;
}

export type ControlDatabase = Kysely<ControlTables>;
