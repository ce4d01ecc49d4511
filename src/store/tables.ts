import type { Generated, Kysely } from 'kysely';
import type { ImportInfo } from '../contract/api.ts';
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

/** A file that a person brought; texts are JSON of the types in contract/api.ts. */
export interface ImportsTable {
  id: string;
  /** Its name, for people. */
  file: string;
  bytes: number;
  /** UTC milliseconds. */
  uploaded_at: number;
  state: ImportInfo['state'];
  error: string | null;
  look: string | null;
  mapping: string | null;
  checked: string | null;
  source: string | null;
  run: number | null;
  result: string | null;
}

export interface ImportHeadersTable {
  fingerprint: string;
  source: string;
}

export interface ControlTables extends SyncTables {
  settings: SettingsTable;
  audit: AuditTable;
  imports: ImportsTable;
  import_headers: ImportHeadersTable;
}

export type ControlDatabase = Kysely<ControlTables>;
