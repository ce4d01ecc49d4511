import type { ConnectorGuide } from './connector.ts';
import type { DashboardIcon } from './dashboard.ts';
import type { AttendanceMatching } from './identity.ts';
import type { FileFormat, RowMapping } from './mapping.ts';
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
  /** Parameters that its value depends on. */
  parameters?: string[];
  /** How long a cohort's number still moves, in words: `1 day`. */
  matures?: string;
}

/** A number that the reader can move on the page. */
export interface ParameterInfo {
  name: string;
  label: string;
  description?: string;
  default: number;
  min: number;
  max: number;
  step: number;
  unit: 'second' | 'minute' | 'hour' | 'day' | 'number';
}

export interface DimensionInfo {
  name: string;
  label: string;
  description?: string;
  /** instant: values are instants with the zone's offset; too many to choose from. */
  type: 'categorical' | 'boolean' | 'geo' | 'time_part' | 'instant';
  /** Labels by value (channels, weekdays …). */
  labels: Record<string, string>;
  /** Palette index 1–6 by value, where fixed. */
  colors: Record<string, number>;
  drill: string[];
  /** Its values have a page each: `/webinars/<value>`. */
  page?: 'webinar';
}

export interface FunnelInfo {
  name: string;
  label: string;
  description?: string;
  entity: string;
  window?: string;
  order: 'sequence' | 'any';
  min_sample: number;
  /** Parameters that its steps depend on. */
  parameters?: string[];
  /** How long a cohort's numbers still move, in words: `1 day`. */
  matures?: string;
  steps: { name: string; label: string }[];
}

/** GET /api/v1/metrics */
export interface Catalog {
  metrics: MetricInfo[];
  dimensions: DimensionInfo[];
  funnels: FunnelInfo[];
  parameters: ParameterInfo[];
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
  dashboards: { name: string; title: string; section?: string; icon?: DashboardIcon }[];
}

export type SourceState =
  /** As it should be. */
  | 'ok'
  /** Nothing has come yet. */
  | 'waiting'
  /** A run is under way. */
  | 'running'
  /** It owes something. */
  | 'late'
  /** The last delivery or run failed. */
  | 'failed'
  /** A person has stopped it. */
  | 'paused';

/** GET /api/v1/sources, one per source */
export interface SourceInfo {
  name: string;
  label: string;
  connector: string;
  /** push: the service sends; pull: Turnout reads; file: people bring files. */
  mode: 'push' | 'pull' | 'file';
  state: SourceState;
  /** A sentence. */
  detail: string;
  last_received_at: string | null;
  received_24h: number;
  quarantined: number;
  /** Path to paste into the service's console, where the service sends: also beside being read. */
  hook?: string;
  /** What is read, for pull sources. */
  streams?: {
    name: string;
    record: string;
    table?: string;
    mode: 'incremental' | 'full';
    /** False where its rows go into a table that no file declares yet. */
    declared?: boolean;
  }[];
  /** The cron line, or `manual`. */
  schedule?: string;
  /** Next scheduled run or retry, whichever is first; null while paused or manual. */
  next_run_at?: string | null;
  /** Everything that the service had at this time is here; null before the first complete run. */
  complete_through?: string | null;
  /** What it owes, in words: "by 06:30", "at most 26 h old". */
  expected?: string;
  last_run?: RunInfo;
  /** How many runs in a row failed. */
  failures?: number;
}

/** GET /api/v1/connectors, one per connector */
export interface ConnectorInfo {
  name: string;
  title: string;
  mode: 'push' | 'pull' | 'file';
  /** JSON Schema of `settings:`. */
  settings: Record<string, unknown>;
  guide?: ConnectorGuide;
}

export type RunTrigger = 'schedule' | 'catch_up' | 'retry' | 'manual' | 'backfill' | 'full' | 'import' | 'watch';

/** One run of a source: GET /api/v1/sources/:name/runs, newest first */
export interface RunInfo {
  id: number;
  source: string;
  trigger: RunTrigger;
  /** stopped: by a person or by the end of the server; what was read is kept. */
  state: 'running' | 'ok' | 'failed' | 'stopped';
  started_at: string;
  ended_at: string | null;
  rows: number;
  pages: number;
  bytes: number;
  /** A sentence; null where all went well. */
  error: string | null;
  /** Things to look at although the run went on. */
  notices: string[];
  /** Backfill only. */
  range?: { from: string; to: string };
  /** A run that brought rows in one piece (a file) and can be taken back. */
  batch?: { file: string; undone: boolean };
}

/** GET /api/v1/runs/:id */
export interface RunDetail extends RunInfo {
  log: { at: string; level: 'info' | 'warn' | 'error'; message: string }[];
  streams: { name: string; rows: number; pages: number; state: 'running' | 'ok' | 'failed' | 'waiting' }[];
}

/** GET /api/v1/sources/:name */
export interface SourceDetail extends SourceInfo {
  runs: RunInfo[];
  /** The declaration as its file says it, `${NAME}` unread and literal secrets masked. */
  declaration: Record<string, unknown>;
  /** The file that declares it, relative to the workspace. */
  file: string;
  /** Changes of the service's columns that nobody has looked at yet. */
  schema_changes: SchemaChange[];
  connector_title: string;
}

export interface SchemaChange {
  id: number;
  stream: string;
  at: string;
  /** new: kept raw; removed: no longer sent; type: sent with another type. */
  change: 'new' | 'removed' | 'type';
  column: string;
  /** A sentence. */
  detail: string;
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
  /** Sources that owe something or failed, worst first; empty while all is well. */
  late: {
    source: string;
    label: string;
    state: 'late' | 'failed';
    /** A sentence. */
    detail: string;
    complete_through: string | null;
    /** When what it owes was due, an instant: "9 h late" is counted from here. */
    since?: string;
    /** How many runs in a row failed. */
    failures?: number;
  }[];
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

/** GET /api/v1/quarantine?source=&day=&rule=&limit=&before=: what an authenticated sender sent but could not be counted, newest first. */
export interface QuarantineItem {
  /** `<seq>.<item>`: stands for it in a replay. */
  id: string;
  source: string;
  received_at: string;
  /** Local day of receipt: the ledger's. */
  day: string;
  /** One word: unreadable, invalid, conflict, unknown_source, poison. */
  rule: string;
  /** A sentence. */
  reason: string;
  /** The piece as it came, cut at 64 KB. */
  raw: string;
}

export interface QuarantinePage {
  items: QuarantineItem[];
  /** How many there are in all under this filter, and by rule. */
  total: number;
  by_rule: { rule: string; reason: string; records: number }[];
  /** Pass as `before` for the next page; null at the end. */
  next: string | null;
}

/** GET /api/v1/identity: how well people of different sources are recognised as one. */
export interface IdentityReport {
  people: number;
  /** By what they are known; people with several count in each. */
  known_by: { email: number; phone: number; external_id: number };
  /** People who came from more than one source. */
  matched: number;
  /** Per source: people of it, and how many of them another source knows too. */
  sources: { source: string; label: string; people: number; matched: number }[];
  /** Some who are known to one source only, masked. */
  unmatched: { person: string; source: string }[];
  /** The rules, in words. */
  rules: string[];
  /** How joins of webinars found their registrations. */
  attendance?: AttendanceMatching;
}

/** What happened to the first rows of a file under the present choices. */
export interface ImportColumn {
  name: string;
  /** Three values as they stand in the file. */
  samples: string[];
  type: 'text' | 'number' | 'integer' | 'boolean' | 'date' | 'time';
  /** Dates that can be read in two ways: the reader has to say which. */
  ambiguous_dates?: boolean;
  /** Where Excel has damaged ids or phone numbers: a sentence. */
  warning?: string;
}

/** The kinds of rows that the import offers, with the fields of each. GET /api/v1/imports/kinds */
export interface ImportKind {
  /** `message_event`, …, or `row` for a table of one's own. */
  record: string;
  label: string;
  description: string;
  fields: ImportField[];
}

export interface ImportField {
  name: string;
  label: string;
  required: boolean;
  /** text, number, integer, boolean, date, time, email, phone or one of `options`. */
  type: string;
  options?: string[];
  /** What a file may call it. */
  synonyms: string[];
}

/** GET /api/v1/imports/:id. POST …/kind `{record}` guesses the mapping anew for another kind of row. */
export interface ImportInfo {
  id: string;
  file: string;
  bytes: number;
  uploaded_at: string;
  state: 'uploaded' | 'running' | 'done' | 'failed' | 'undone';
  /** A sentence where the file cannot be read or the import failed. */
  error: string | null;
  /** As guessed, then as chosen. */
  format: FileFormat;
  /** What was guessed and why, one sentence each. */
  guesses: string[];
  sheets: { name: string; rows: number | null; hidden: boolean }[];
  sections: string[];
  columns: ImportColumn[];
  /** First rows as texts, at most 50; row_numbers says where they stand in the file. */
  preview: { rows: string[][]; row_numbers: number[] };
  /** Rows before the header. */
  skipped_rows: number;
  /** The mapping chosen or, before that, guessed. */
  mapping: RowMapping;
  /** Field → how sure the guess is, 0 to 1. */
  confidence: Record<string, number>;
  /** A saved mapping whose header this file has. */
  saved: { source: string; label: string } | null;
  check: ImportCheck | null;
  /** Run and progress, once it is being imported. */
  run: RunInfo | null;
  total_rows: number | null;
  /** Where to look at the result: a dashboard's path, and the files that were written. */
  result: { dashboard: string | null; files: string[]; source: string } | null;
}

/** POST /api/v1/imports/:id/check */
export interface ImportCheck {
  rows: number;
  good: number;
  /** Counted after something was put right: trimmed, a decimal comma read, a value mapped. */
  fixed: number;
  rejected: number;
  /** Rows that say the same as an earlier row of the file. */
  repeated: number;
  /** Rows that hold nothing to count: totals, repeated headers, people who did not come. */
  left_out?: number;
  /** Why rows were rejected, the commonest first. */
  reasons: { reason: string; column: string | null; rows: number; example: string; first_row: number }[];
  fixes: { what: string; rows: number }[];
  /** Values of fields with a fixed list that could not be read: to be mapped. */
  unmapped_values: { field: string; column: string; values: { value: string; rows: number }[] }[];
  /** First records as they would be counted. */
  sample: Record<string, unknown>[];
  /** Messages only: how many reach each status. */
  funnel: { step: string; rows: number }[];
}

/** GET /api/v1/rollups: answers that are kept ready, and how far they are. */
export interface RollupInfo {
  name: string;
  /** Label of its dataset. */
  label: string;
  /** Column by which rows are put to buckets. */
  time: string;
  /** One table per grain. */
  tables: { grain: 'hour' | 'day'; rows: number; bytes: number }[];
  /** Names of the dimensions of each set; none = everything together. */
  sets: { dimensions: string[]; grains: ('hour' | 'day')[]; measures: number }[];
  /** Tables of the rows by an entity, and the dimensions that stand beside them. */
  indexes: { entity: string; dimensions: string[]; rows: number; bytes: number }[];
  /** `building`: facts older than `built_from` are read as they are; `catching_up`: hours are waiting. */
  state: 'building' | 'catching_up' | 'current' | 'unavailable';
  /** Local date from which on it is kept; null where it is kept whole. */
  built_from: string | null;
  /** 0 to 1 while it is being built. */
  built: number;
  /** Hours whose rows have changed since they were computed. */
  pending_hours: number;
  /** When the oldest of them began to wait. */
  pending_since: string | null;
  /** The last time that hours were computed anew. */
  last: { at: string; hours: number; milliseconds: number } | null;
}

/** One kind of what lies on the disk. */
export interface StorageGroup {
  /**
   * facts, rollups, events (what facts are made from), ledger (receipts, quarantine, what was loaded), people's tables count as
   * facts; journal (as received), journal_compacted, bulk (loaded history), uploads, control, set_aside, other.
   */
  name:
    | 'facts'
    | 'rollups'
    | 'events'
    | 'ledger'
    | 'journal'
    | 'journal_compacted'
    | 'bulk'
    | 'uploads'
    | 'control'
    | 'set_aside'
    | 'other';
  label: string;
  /** A sentence: what it is, and what may be done about it. */
  detail: string;
  bytes: number;
  /** Bytes for each message in the facts; null while there is none. */
  bytes_per_message: number | null;
  files: number;
}

/** A table of the analytics data, the largest first. */
export interface StorageTable {
  name: string;
  group: 'facts' | 'rollups' | 'events' | 'ledger' | 'other';
  /** Rows as they lie there; ones that were replaced count until the engine has merged them away. */
  rows: number;
  bytes: number;
  /** Pieces that the engine has not merged into one yet. */
  parts: number;
}

/** GET /api/v1/storage: what lies on the disk, for each message and in all. */
export interface StorageInfo {
  /** When it was measured, an instant. */
  measured_at: string;
  bytes: number;
  /** Of the disk that the data is on. */
  free_bytes: number;
  /** Messages in the facts. */
  messages: number;
  /** Facts and roll-ups together, for each message; null while there is none. */
  facts_bytes_per_message: number | null;
  /** The largest first; none without bytes. */
  groups: StorageGroup[];
  /** Empty while the engine is away. */
  tables: StorageTable[];
  journal: {
    segments: number;
    compacted_segments: number;
    /** What compacted segments took before; 0 where there is none. */
    before_compaction_bytes: number;
    bulk_files: number;
    /** Days after which segments are compacted and deleted, as turnout.yaml says; null: never. */
    compact_after_days: number | null;
    delete_after_days: number | null;
    /** Entries up to here were deleted: facts of them cannot be made anew. 0 while none was. */
    deleted_through: number;
  };
  /** Sentences: what a person should do; empty where all is well. */
  advice: string[];
}
