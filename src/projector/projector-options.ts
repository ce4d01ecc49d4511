import type { TableSpec } from '../contract/model.ts';
import type { ChannelSpec, Rate, Workspace } from '../contract/workspace.ts';
import type { JournalReader } from '../journal/entry.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { WebinarRules } from './participation-rules.ts';
import type { ProjectedSource } from './prepare.ts';

export interface ProjectorLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ProjectorOptions {
  warehouse: Warehouse;
  reader: JournalReader;
  /** The journal's folder, for files of history beside its segments; orders to load any are refused without it. */
  journalFolder?: string;
  /** By name. */
  sources: ReadonlyMap<string, ProjectedSource>;
  workspace: Pick<Workspace, 'time_zone' | 'currency' | 'country'>;
  /** The channels in use: the packs' and the workspace's. */
  channels: readonly ChannelSpec[];
  rates: readonly Rate[];
  /** Tables that people brought; rows of others are kept until they are declared. */
  tables?: readonly TableSpec[];
  /** What is counted of webinars; the defaults where absent. */
  webinars?: WebinarRules;
  log: ProjectorLog;
  /** A batch ends with the entry that reaches this number of records; default 20,000. */
  maxRecords?: number;
  /** Bytes of journal that a batch may hold; default 16 MB. */
  maxBytes?: number;
  /** True after a crash: entries are tried alone for a while, each attempt counted before it is made. */
  careful?: boolean;
  /** Changes up to this sequence number are known to whoever asks for them; how far the facts are where absent. */
  told?: number;
}
