import type { Catalog, Freshness, LedgerRow, QuarantineItem, SourceInfo, WorkspaceInfo } from '../contract/api.ts';
import type { Dashboard } from '../contract/dashboard.ts';
import type { Query } from '../contract/query.ts';
import type { BatchResult, QueryResult } from '../contract/result.ts';
import type { IntakeAnswer } from '../intake/receive.ts';

/** What a running workspace offers to the routes. Composed in `src/runtime.ts`. */
export interface WorkspaceServices {
  receive(source: string, request: HookInput): Promise<IntakeAnswer | null>;
  runQuery(query: Query, signal: AbortSignal): Promise<QueryResult>;
  runBatch(queries: Query[], signal: AbortSignal): Promise<BatchResult>;
  /** The SQL that would run, with its comments. */
  explainQuery(query: Query, signal: AbortSignal): Promise<string>;
  workspace(): Promise<WorkspaceInfo>;
  dashboards(): Dashboard[];
  catalog(): Catalog;
  sources(): Promise<SourceInfo[]>;
  /** Billable messages for which neither the provider nor the rate card has a price. */
  unpriced(): Promise<number>;
  ledger(): Promise<LedgerRow[]>;
  quarantine(limit: number): Promise<QuarantineItem[]>;
  freshness(): Freshness;
  /** Called when the data version or the state changes. */
  onFreshness(listener: (freshness: Freshness) => void): () => void;
  /** JSON Schemas of the YAML files, by name. */
  schemas(): ReadonlyMap<string, object>;
}

export interface HookInput {
  method: 'GET' | 'POST';
  target: string;
  headers: Record<string, string | undefined>;
  body: Buffer;
}

export interface Services {
  /** The workspace that is shown now; it changes when the sample is removed. */
  current(): WorkspaceServices;
  /** Shows the team's own workspace instead of the sample, for good. */
  removeSample(actor: string): Promise<void>;
  /** Folder of the built web. */
  webFolder: string;
}
