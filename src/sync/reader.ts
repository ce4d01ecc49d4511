import type { Cursor, PulledPage, Stream, StreamReport } from '../contract/pull.ts';

/** The seam between a run and the process that reads for it. */

/** A source as the reading process needs it. */
export interface ReaderSource {
  /** Word of its connector. */
  connector: string;
  /** Checked by the connector's schema, `${NAME}` read. */
  settings: unknown;
}

export interface ReadRange {
  from: string;
  to: string;
}

export interface StreamRequest {
  stream: Stream;
  cursor: Cursor | null;
  range?: ReadRange;
}

/** Bounds and the time of one job. */
export interface ReaderLimits {
  /** UTC milliseconds by the workspace's clock. */
  now: number;
  /** Requests that the job may still make. */
  requests: number;
  /** Milliseconds that it may still take. */
  milliseconds: number;
}

/** What a job tells besides its result; sentences, not yet masked. */
export interface ReaderListener {
  log(sentence: string): void;
  notice(sentence: string): void;
  /** A request to the service has been made. */
  request(): void;
}

export interface ReaderJob {
  limits: ReaderLimits;
  listener: ReaderListener;
  signal: AbortSignal;
}

/** Reads for one run. Every method throws `PullError`; one job at a time. */
export interface Reader {
  /** Ends with `BudgetReached` where requests or time are used up. */
  read(request: StreamRequest, job: ReaderJob): AsyncIterable<PulledPage>;
  check(job: ReaderJob): Promise<StreamReport[]>;
  count(request: StreamRequest, job: ReaderJob): Promise<number | null>;
  close(): Promise<void>;
}

export type OpenReader = (source: ReaderSource) => Reader;

/** Not a fault: what is left is read by the next run. */
export class BudgetReached extends Error {
  readonly bound: 'requests' | 'minutes';

  constructor(bound: 'requests' | 'minutes') {
    super(`The budget of ${bound} is used up.`);
    this.name = 'BudgetReached';
    this.bound = bound;
  }
}
