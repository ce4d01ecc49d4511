import type { TableChange } from '../contract/changes.ts';
import type { TableSpec } from '../contract/model.ts';
import type { SourceDefaults } from '../contract/source.ts';
import type { ChannelSpec, Rate, Workspace } from '../contract/workspace.ts';
import type { WarehouseConnection } from '../warehouse/server-connection.ts';
import type { WebinarRules } from './participation-rules.ts';
import type { BatchOutcome } from './project.ts';

/** A source as plain data: connectors are functions and do not travel between threads. */
export interface WorkerSource {
  name: string;
  /** The connector's word. */
  connector: string;
  /** Checked by the connector's own schema. */
  settings: unknown;
  defaults: SourceDefaults;
}

export interface WorkerInput {
  warehouse: WarehouseConnection;
  journalFolder: string;
  sources: readonly WorkerSource[];
  workspace: Pick<Workspace, 'time_zone' | 'currency' | 'country'>;
  channels: readonly ChannelSpec[];
  rates: readonly Rate[];
  /** Tables that people brought. */
  tables?: readonly TableSpec[];
  /** What is counted of webinars; the defaults where absent. */
  webinars?: WebinarRules;
  careful: boolean;
  /** Changes up to this sequence number were told before; absent at the first start. */
  told?: number;
}

export type ToWorker = { kind: 'durable'; seq: number } | { kind: 'close' };

export type FromWorker =
  /** `rules`: hash of those by which every participation stands; '' where they were never computed. */
  | { kind: 'ready'; seq: number; receivedAt: number; rules: string; changes: TableChange[] }
  | { kind: 'progress'; outcome: BatchOutcome }
  | { kind: 'rules'; rules: string; changes: TableChange[] }
  /** A batch failed and will be tried again. */
  | { kind: 'failed'; message: string }
  | { kind: 'log'; level: 'info' | 'warn' | 'error'; fields: object; text: string }
  | { kind: 'closed' };
