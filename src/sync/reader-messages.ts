import type { PulledPage, StreamReport } from '../contract/pull.ts';
import type { ReaderLimits, ReaderSource, StreamRequest } from './reader.ts';

/** What server and reading process say to each other. */

export type ReaderOrder =
  | { type: 'read'; source: ReaderSource; request: StreamRequest; limits: ReaderLimits; setup: ReaderSetup }
  | { type: 'count'; source: ReaderSource; request: StreamRequest; limits: ReaderLimits; setup: ReaderSetup }
  | { type: 'check'; source: ReaderSource; limits: ReaderLimits; setup: ReaderSetup }
  /** The oldest page is kept: one more may come. */
  | { type: 'kept' }
  | { type: 'stop' };

export interface ReaderSetup {
  /** Address of the module that exports `PULL_CONNECTORS`. */
  connectors: string;
  /** `egress.allow` of the workspace. */
  egressAllow: readonly string[];
  /** Folder of the workspace's files. */
  folder?: string;
}

export type ReaderNews =
  | { type: 'page'; page: PulledPage }
  | { type: 'log' | 'notice'; sentence: string }
  | { type: 'request' }
  | { type: 'done' }
  | { type: 'counted'; rows: number | null }
  | { type: 'checked'; streams: StreamReport[] }
  | { type: 'budget'; bound: 'requests' | 'minutes' }
  | { type: 'failed'; kind: 'retry' | 'settings'; message: string; retryAfterMs?: number };

/** Pages that may be on their way before the first of them is kept. */
export const PAGES_AHEAD = 2;
