import type { Connector } from './connector.ts';
import type { RecordKind } from './record.ts';

/** The seams between the parts that bring data in by themselves: connectors that are read, the runs around them, and pages. */

/** Where a stream was left; small, JSON, understood by its connector only. */
export type Cursor = Readonly<Record<string, string | number | boolean | null>>;

/** A stream as its source's settings declare it. */
export interface Stream {
  /** Unique in the source: `users`, a sheet's name. */
  name: string;
  record: RecordKind;
  /** Where `record` is `row`. */
  table?: string;
  /**
   * incremental: what is new or changed since the cursor. full: every run reads everything, and what is no longer there when a
   * run has read to the end is deleted. An empty table is one page without rows; a read without any page deletes
   * nothing.
   */
  mode: 'incremental' | 'full';
}

export interface ReadRequest<Settings> {
  settings: Settings;
  stream: Stream;
  /**
   * Incremental streams: where the last page left it; null: from the beginning. Full streams: the last cursor of the last read that
   * came to its end (enough to tell `unchanged`, never a place to go on from), null where everything is wanted anew.
   */
  cursor: Cursor | null;
  /** Backfill: only rows whose time lies in `[from, to)`, instants; the cursor is not used and not moved. */
  range?: { from: string; to: string };
}

/** One page, as it is written to the journal. Its rows and its cursor become durable together. */
export interface PulledPage {
  /** What `parse` will be given: the service's answer as it came, or a table page (table-page.ts). At most about 1 MB. */
  body: Buffer;
  contentType: string;
  /** Rows in it: for budgets and the log. A page without rows is journalled only when it moves the cursor. */
  rows: number;
  /** The stream's cursor once this page is kept. Absent: it stays where it was. */
  cursor?: Cursor;
  /** Names and types of its columns as the service has them, where it tells: schema drift is found by them. */
  columns?: readonly PageColumn[];
  /** Full streams, as the only page: nothing has changed since the cursor. It is not journalled, and nothing is deleted. */
  unchanged?: true;
}

export interface PageColumn {
  name: string;
  /** The service's own word for the type, or text, number, integer, boolean, date, time. */
  type: string;
}

/** What `Test` shows of one stream. */
export interface StreamReport {
  stream: string;
  ok: boolean;
  /** A sentence: what was found, or what to mend. */
  detail: string;
  elapsed_ms: number;
  /** Rows that the service says it has; null where it does not tell. */
  rows: number | null;
  columns: PageColumn[];
  /** Up to five rows as they are mapped, people masked. */
  sample: Record<string, unknown>[];
}

/** A request of a connector. `url` is absolute. */
export interface PullHttpRequest {
  url: string;
  method?: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Hosts (exact, or `*.example.com`) that a redirect may lead to; none where absent. */
  redirectHosts?: readonly string[];
  /** Default 30,000. */
  timeoutMs?: number;
  /** Default 32 MB. */
  maxBytes?: number;
  /** Begins at least so long after the run's request before it: services that allow so many requests a second. */
  paceMs?: number;
}

export interface PullHttpAnswer {
  status: number;
  /** Lower case. */
  headers: Readonly<Record<string, string>>;
  /** Complete: a body that broke off is an error. */
  body: Buffer;
}

/** Everything of the outside world that a connector may touch. */
export interface PullEffects {
  /** UTC milliseconds. */
  now(): number;
  /** Aborted when the run is stopped. */
  signal: AbortSignal;
  /**
   * The only way out by HTTP. Passes the egress guard, retries 429, 5xx and broken connections with back-off, jitter and
   * `Retry-After` within the run's budget. Answers with any other status as it is. Throws `PullError`.
   */
  http(request: PullHttpRequest): Promise<PullHttpAnswer>;
  /** The guard for other protocols: the one checked address to connect to. Throws `PullError` for a forbidden one. */
  address(host: string, port: number): Promise<{ address: string; family: 4 | 6 }>;
  /** A line of the run's log; secrets are masked by the run. */
  log(sentence: string): void;
  /** Folder of the workspace, for sources that read files in it; absent where there is none. */
  folder?: string;
  /** Something a person should look at although the run goes on: "The service announced 100 rows and sent 98." */
  notice(sentence: string): void;
}

/** Why a run cannot go on; the message is for people. */
export class PullError extends Error {
  /** retry: may work later; settings: a person has to change something first. */
  readonly kind: 'retry' | 'settings';
  /** Milliseconds after which the service wants to be asked again. */
  readonly retryAfterMs: number | undefined;
  /** The HTTP status that was all the service answered, however often it was asked. */
  readonly status: number | undefined;

  constructor(kind: 'retry' | 'settings', message: string, retryAfterMs?: number, status?: number) {
    super(message);
    this.name = 'PullError';
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
    this.status = status;
  }
}

/** A connector that Turnout reads. `streams` and `parse` are pure; `check`, `read` and `count` touch the world through `effects` only. */
export interface PullConnector<Settings = unknown> extends Connector<Settings> {
  /** `file` where people bring files and a folder may be watched; `pull` where absent. */
  mode?: 'pull' | 'file';
  streams(settings: Settings): Stream[];
  /** Host and port that the settings name, so that the egress guard can refuse them before anything is saved. Pure. */
  targets(settings: Settings): { host: string; port: number }[];
  /** Connects and looks at every stream; never throws for what a person can mend: that is a report with `ok: false`. */
  check(settings: Settings, effects: PullEffects): Promise<StreamReport[]>;
  /** Pages from the cursor on, in order. Throws `PullError`; a page that broke off half way is never yielded. */
  read(request: ReadRequest<Settings>, effects: PullEffects): AsyncIterable<PulledPage>;
  /** How many rows a read would give, for the dry run of a backfill; null where the service cannot tell. */
  count?(request: ReadRequest<Settings>, effects: PullEffects): Promise<number | null>;
}

/** Headers of a journalled page. No service can send them: intake keeps only the headers on its connector's list. */
export const PAGE_HEADERS = {
  stream: 'turnout-stream',
  run: 'turnout-run',
  /** JSON of the cursor. */
  cursor: 'turnout-cursor',
  /** Rows in the page, a number. */
  rows: 'turnout-rows',
  /** `refresh`, `undo`, `replay` or `load`: the entry is an order to the projector and holds no record of a service. */
  control: 'turnout-control',
} as const;

/** Bodies (JSON) of control entries. Their source is the one that they are about. */
export type ControlEntry =
  /** A full read of a stream that began with entry `first_seq` has reached its end: records of it not seen since are deleted. */
  | { control: 'refresh'; stream: string; first_seq: number }
  /** A batch is taken back: everything of this source in the entries from `first_seq` to `last_seq`. */
  | { control: 'undo'; first_seq: number; last_seq: number }
  /** Quarantined records are tried again: as they came, with today's settings, or with what a person wrote instead (`record`). */
  | { control: 'replay'; items: { seq: number; item: number; record?: unknown }[] }
  /** A piece of a file of history, kept beside the journal, is counted (load.ts). */
  | LoadOrder;

/** Names a piece of a file whose lines are messages: `journal/bulk/<sha256>.ndjson.zst`. */
export interface LoadOrder {
  control: 'load';
  /** Of its bytes unpacked, hexadecimal. */
  sha256: string;
  /** Lines in it, without empty ones. */
  records: number;
  /** Unpacked. */
  bytes: number;
  /** The file that it is of, and how many of that file's lines stand before it. */
  file: string;
  lines_before: number;
}
