import type { Readable } from 'node:stream';
import type {
  Catalog,
  ConnectorInfo,
  Freshness,
  IdentityReport,
  LedgerRow,
  QuarantinePage,
  RollupInfo,
  RunDetail,
  RunInfo,
  SourceDetail,
  SourceInfo,
  StorageInfo,
  WorkspaceInfo,
} from '../contract/api.ts';
import type { Dashboard } from '../contract/dashboard.ts';
import type { TableColumnType } from '../contract/facts.ts';
import type { IdentityRules, IdentityRulesInfo } from '../contract/identity.ts';
import type { LoadPiece, LoadReport, LoadRequest, LoadStarted } from '../contract/load.ts';
import type { StreamReport } from '../contract/pull.ts';
import type { Query } from '../contract/query.ts';
import type { BatchResult, QueryResult } from '../contract/result.ts';
import type { SourceDeclaration } from '../contract/source.ts';
import type { SourceGroupsInfo, SourceGroupsPreview, SourceRule } from '../contract/source-groups.ts';
import type { UpcomingWebinar, WebinarDetail, WebinarPeople } from '../contract/webinars.ts';
import type { Imports } from '../imports/imports.ts';
import type { IntakeAnswer } from '../intake/receive.ts';
import type { ServingStatus } from '../query/statement-cache.ts';

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
  quarantine(filter: QuarantineFilter): Promise<QuarantinePage>;
  /** How many records were put into the journal again. */
  replay(what: ReplayRequest, actor: string): Promise<number>;
  identity(): Promise<IdentityReport>;
  /** null where nothing is known of it. */
  webinar(id: string, signal: AbortSignal): Promise<WebinarDetail | null>;
  webinarPeople(id: string, page: { after: number; limit: number }, signal: AbortSignal): Promise<WebinarPeople>;
  upcomingWebinars(signal: AbortSignal): Promise<UpcomingWebinar[]>;
  connectors(): ConnectorInfo[];
  /** null where there is none of this name. */
  source(name: string): Promise<SourceDetail | null>;
  runs(source: string, page: { limit: number; before?: number | undefined }): Promise<RunInfo[]>;
  run(id: number): Promise<RunDetail | null>;
  sourceActions: SourceActions;
  sourceGroups: SourceGroupServices;
  identityRules: IdentityRuleServices;
  /** @throws TurnoutError('conflict') in the sample workspace, which takes nothing in */
  imports(): Imports;
  loads: LoadServices;
  storage(): Promise<StorageInfo>;
  freshness(): Freshness;
  /** Answers that are kept ready, and how far they are. */
  rollups(): Promise<RollupInfo[]>;
  /** How queries are answered: what is kept, what waits. */
  serving(): ServingStatus;
  /** Called when the data version or the state changes. */
  onFreshness(listener: () => void): () => void;
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

export interface QuarantineFilter {
  source?: string | undefined;
  /** Local day of receipt. */
  day?: string | undefined;
  rule?: string | undefined;
  limit: number;
  /** Id of the last item of the page before. */
  before?: string | undefined;
}

export type ReplayRequest =
  | { items: { id: string; record?: unknown }[] }
  | { source: string; rule?: string | undefined; day?: string | undefined };

/** What a person can do with sources. All throw `TurnoutError('not_found')` for an unknown name. */
export interface SourceActions {
  /** @returns the run's number. @throws TurnoutError('conflict') while one is under way */
  syncNow(name: string, actor: string): Promise<number>;
  stop(name: string, actor: string): Promise<boolean>;
  pause(name: string, paused: boolean, actor: string): Promise<void>;
  fullRefresh(name: string, actor: string): Promise<number>;
  countBackfill(name: string, range: BackfillRange): Promise<number | null>;
  backfill(name: string, range: BackfillRange, actor: string): Promise<number>;
  test(name: string): Promise<StreamReport[]>;
  testDeclaration(declaration: SourceDeclaration): Promise<StreamReport[]>;
  acknowledgeChange(name: string, id: number): Promise<void>;
  /** Declares the table that a stream's rows go into, with a dataset and a dashboard over it. */
  declareTable(name: string, wish: TableOfStream, actor: string): Promise<{ dashboard: string; files: string[] }>;
  create(declaration: SourceDeclaration, actor: string): Promise<{ name: string; file: string }>;
  update(name: string, declaration: SourceDeclaration, actor: string): Promise<{ name: string; file: string }>;
  undoBatch(run: number, actor: string): Promise<void>;
}

/** Files of history. */
export interface LoadServices {
  /** Keeps lines; nothing is counted yet. @throws TurnoutError with a sentence, and nothing of them is kept then */
  keepPiece(lines: Readable, linesBefore: number): Promise<LoadPiece[]>;
  /** Orders pieces that are kept to be counted. */
  order(request: LoadRequest, actor: string): Promise<LoadStarted>;
  report(firstSeq: number, lastSeq: number): Promise<LoadReport>;
}

/** Rules of traffic sources. */
export interface SourceGroupServices {
  info(signal: AbortSignal): Promise<SourceGroupsInfo>;
  preview(rules: readonly SourceRule[], signal: AbortSignal): Promise<SourceGroupsPreview>;
  /** @throws TurnoutError with every mistake of the rules, and in the sample workspace */
  save(rules: readonly SourceRule[], actor: string): Promise<void>;
  /** @throws TurnoutError('conflict') in the sample workspace */
  reset(actor: string): Promise<void>;
}

/** Rules by which people are recognised. */
export interface IdentityRuleServices {
  info(): IdentityRulesInfo;
  /** @throws TurnoutError with every mistake of the rules, and in the sample workspace */
  save(rules: IdentityRules, actor: string): Promise<void>;
}

export interface TableOfStream {
  stream: string;
  columns: { name: string; type: TableColumnType }[];
}

/** Instants, half-open. */
export interface BackfillRange {
  stream?: string | undefined;
  from: string;
  to: string;
}
