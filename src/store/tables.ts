import type { Generated, Kysely } from 'kysely';
import type { SyncTables } from './sync-tables.ts';

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

export interface ControlTables extends SyncTables {
  settings: SettingsTable;
  audit: AuditTable;
}

export type ControlDatabase = Kysely<ControlTables>;
