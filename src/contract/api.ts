import type { ChannelSpec } from './workspace.ts';

/** Answers of the API besides queries; the browser reads these types. */

export interface MetricInfo {
  name: string;
  label: string;
  description?: string;
  type: string;
  format: string;
  good: 'up' | 'down' | 'neutral';
  min_sample: number;
  owner?: string;
  /** Dimensions that apply to it. */
  dimensions: string[];
}

export interface DimensionInfo {
  name: string;
  label: string;
  description?: string;
  type: 'categorical' | 'boolean' | 'geo' | 'time_part';
  /** Labels by value (channels, weekdays …). */
  labels: Record<string, string>;
  /** Palette index 1–6 by value, where fixed. */
  colors: Record<string, number>;
  drill: string[];
}

export interface FunnelInfo {
  name: string;
  label: string;
  description?: string;
  entity: string;
  window?: string;
  order: 'sequence' | 'any';
  min_sample: number;
  steps: { name: string; label: string }[];
}

/** GET /api/v1/metrics */
export interface Catalog {
  metrics: MetricInfo[];
  dimensions: DimensionInfo[];
  funnels: FunnelInfo[];
}

/** GET /api/v1/workspace */
export interface WorkspaceInfo {
  name: string;
  time_zone: string;
  week_start: 'monday' | 'sunday' | 'saturday';
  locale: string;
  currency: string;
  /** The workspace's clock, an instant. */
  now: string;
  /** Local date of `now`. */
  today: string;
  /** True while the sample workspace is shown. */
  sample: boolean;
  channels: ChannelSpec[];
  /** Local dates of the first and the last counted record; null while empty. */
  data: { first: string | null; last: string | null };
  version: string;
  dashboards: { name: string; title: string }[];
}

/** GET /api/v1/sources, one per source */
export interface SourceInfo {
  name: string;
  label: string;
  connector: string;
  mode: 'push' | 'pull';
  state: 'ok' | 'waiting' | 'late' | 'failed';
  /** A sentence. */
  detail: string;
  last_received_at: string | null;
  received_24h: number;
  quarantined: number;
  /** Path to paste into the service's console, for push sources. */
  hook?: string;
}

/** GET /api/v1/freshness and the payload of every server-sent `version` event */
export interface Freshness {
  data_version: string;
  as_of: string;
  complete_through: string;
  /** Entries that are safe in the journal but not counted yet. */
  pending: number;
  state: 'ok' | 'catching_up' | 'receive_only' | 'unavailable';
  alarms: { at: string; message: string }[];
}

/** GET /api/v1/ledger, one per source and local day of receipt: received = counted + duplicate + quarantined + expired + erased */
export interface LedgerRow {
  source: string;
  day: string;
  received: number;
  counted: number;
  duplicate: number;
  quarantined: number;
  expired: number;
  erased: number;
}

/** GET /api/v1/quarantine: what an authenticated sender sent but could not be counted, newest first. */
export interface QuarantineItem {
  source: string;
  received_at: string;
  /** A sentence. */
  reason: string;
  /** The piece as it came, cut at 64 KB. */
  raw: string;
}
