import { setTimeout as pause } from 'node:timers/promises';
import packageFile from '../package.json' with { type: 'json' };
import type { Clock } from './clock.ts';
import { type Completeness, completenessOf, describeLate, type SourceReach } from './completeness.ts';
import type { Source } from './connectors/sources.ts';
import type { Freshness, SourceInfo, StorageInfo, WorkspaceInfo } from './contract/api.ts';
import type { Feed } from './contract/connector.ts';
import { TurnoutError } from './contract/errors.ts';
import type { Query } from './contract/query.ts';
import type { DataSide } from './data-side.ts';
import { DataSpan } from './data-span.ts';
import { createExplainEngine } from './explain/create-explain-engine.ts';
import type {
  IdentityRuleServices,
  LoadServices,
  SourceActions,
  SourceGroupServices,
  WorkspaceServices,
} from './http/services.ts';
import type { Imports } from './imports/imports.ts';
import type { IntakeCounters } from './intake/counters.ts';
import { receive } from './intake/receive.ts';
import type { Journal } from './journal/entry.ts';
import { replayQuarantine } from './journal-orders.ts';
import type { Logger } from './logger.ts';
import { describeModel } from './model/catalog.ts';
import type { CheckedModel } from './model/checked.ts';
import { jsonSchema, SCHEMA_NAMES } from './model/json-schemas.ts';
import type { LoadedWorkspace } from './model/load-workspace.ts';
import { loadIdentityReport } from './projector/identity-report.ts';
import { loadDataSpan, loadLedger } from './projector/ledger.ts';
import { loadQuarantine } from './projector/quarantine.ts';
import type { ProjectorStatus } from './projector/runner.ts';
import { loadSourceActivity } from './projector/source-activity.ts';
import { loadUnpriced } from './projector/unpriced.ts';
import { watchPushedSources } from './push-reach.ts';
import { ChangeLog } from './query/change-log.ts';
import type { QueryContext, RunStatement } from './query/query-context.ts';
import { createQueryEngine } from './query/run-query.ts';
import { tablesOfQuery } from './query/tables-of-query.ts';
import { createWebinarReader } from './query/webinars/webinar-reader.ts';
import type { RollupKeeper } from './rollups/keeper.ts';
import { describeConnectors, describeDeclaration } from './source-services.ts';
import { describePullSource, describeSource } from './source-status.ts';
import { recordAudit } from './store/audit.ts';
import type { ControlDatabase } from './store/tables.ts';
import type { Sync } from './sync/sync.ts';
import { TableSizes } from './table-sizes.ts';
import { withinBudget } from './time-budget.ts';
import { SPARE_READERS } from './warehouse/supervisor.ts';
import { loadTableRows } from './warehouse/table-rows.ts';

export interface Parts {
  loaded: LoadedWorkspace & { model: CheckedModel };
  sources: Source[];
  /** Names of declared sources that cannot receive. */
  unusable: string[];
  clock: Clock;
  journal: Journal;
  data: DataSide;
  sync: Sync;
  sourceActions: SourceActions;
  sourceGroups: SourceGroupServices;
  identityRules: IdentityRuleServices;
  imports: Imports;
  loads: LoadServices;
  storage: () => Promise<StorageInfo>;
  counters: IntakeCounters;
  control: ControlDatabase;
  sample: boolean;
  rollups: RollupKeeper;
  /** Takes what ends the services' listening when others take their place. */
  closeWith: (stop: () => void) => void;
  log: Logger;
}

const VERSION = packageFile.version;
/** Milliseconds that queries wait at a start for how far the roll-ups are; without them a page reads months of facts. */
const ROLLUPS_FOUND_MS = 5_000;

/** Joins the parts of an open workspace into what the routes ask for. */
export function composeServices(parts: Parts): WorkspaceServices {
  const { loaded, clock, journal, data, sync, counters, log } = parts;
  const { workspace, model } = loaded;
  const sources = new Map(parts.sources.map((source) => [source.name, source]));
  const openedAt = clock();
  const catalog = describeModel(model);
  const schemas = new Map(SCHEMA_NAMES.map((name) => [name as string, jsonSchema(name)]));
  const localDate = new Intl.DateTimeFormat('en-CA', { timeZone: workspace.time_zone });
  const span = new DataSpan({
    load: async () => loadDataSpan(data.warehouse, workspace.time_zone, loaded.tables),
    localDate: (instant) => localDate.format(instant),
  });
  const changeLog = new ChangeLog();
  parts.closeWith(
    data.onFactsChange((changes) => {
      span.applied(changes);
      if (changes === null) changeLog.everythingChanged();
      else changeLog.applied(changes);
    }),
  );
  /** The page's frame does not wait for the engine. */
  const knownDataSpan = () => span.current().catch(() => span.known);

  const runStatement: RunStatement = async (statement, options) =>
    data.warehouse.query<Record<string, unknown>>(statement, options);
  const onBug = (error: unknown) => log.error({ err: error }, 'a query failed');
  const sizes = new TableSizes({ load: async () => loadTableRows(data.warehouse), span: () => span.known });
  const engine = createExplainEngine({
    engine: createQueryEngine({
      model,
      run: runStatement,
      maxOverdue: SPARE_READERS,
      estimateRows: (reads) => sizes.estimateRows(reads),
      onBug,
    }),
    model,
    onBug,
  });
  const webinars = createWebinarReader({ run: runStatement, zone: workspace.time_zone });

  const pushed = watchPushedSources({
    sources: parts.sources,
    counts: (name) => counters.of(name),
    clock,
    loadActivity: () => loadSourceActivity(data.warehouse, clock()),
  });
  const reach = (): SourceReach[] => [
    ...pushed(),
    ...sync.freshness().map(({ state, ...known }) => ({
      ...known,
      feeds: feedsOf(sources, known.source),
      // Who owes nothing, or was stopped by a person, holds no number back.
      completeThrough: state === 'paused' || sync.status(known.source)?.expected == null ? null : known.completeThrough,
      owes: state === 'late' || state === 'failed' ? state : null,
    })),
  ];

  const freshness = (): Freshness => {
    const status = data.status;
    const pending = status === null ? journal.durableSeq : Math.max(0, journal.durableSeq - status.seq);
    const asOf = new Date(pending === 0 ? clock() : Math.min(clock(), status?.receivedAt || openedAt)).toISOString();
    const sourcesReach = reach();
    const reached = sourcesReach.flatMap(({ completeThrough }) => (completeThrough === null ? [] : [completeThrough]));
    return {
      data_version: dataVersion(status),
      as_of: asOf,
      complete_through: new Date(Math.min(Date.parse(asOf), ...reached)).toISOString(),
      pending,
      state: freshnessState(status, pending),
      alarms: [...journal.status().alarms, ...data.alarms].map(({ at, message }) => ({
        at: new Date(at).toISOString(),
        message,
      })),
      late: describeLate(sourcesReach),
    };
  };

  // Until then everything would be read from the facts.
  const rollupsFound = Promise.race([parts.rollups.found(), pause(ROLLUPS_FOUND_MS, undefined, { ref: false })]);

  /** Of one moment, for each query by the tables that it reads. */
  const contextOf = async (signal: AbortSignal, budget?: AbortSignal): Promise<(query: Query) => QueryContext> => {
    const [dataSpan] = await Promise.all([span.current(), rollupsFound]);
    const { as_of, data_version } = freshness();
    const reached = reach();
    const asOf = Date.parse(as_of);
    const now = clock();
    const changes = changeLog.view();
    const rollups = parts.rollups.kept();
    return (query) => {
      const { completeThrough, late }: Completeness = completenessOf(reached, tablesOfQuery(query, model), asOf);
      return {
        now,
        asOf,
        completeThrough,
        dataVersion: data_version,
        data: dataSpan,
        changes,
        rollups,
        signal,
        ...(budget === undefined ? {} : { budget }),
        ...(late.length === 0 ? {} : { late }),
      };
    };
  };

  const declaredTables = new Set(loaded.tables.map(({ table }) => table));
  const describeSources = async (): Promise<SourceInfo[]> => {
    const activity = await loadSourceActivity(data.warehouse, clock());
    return Promise.all(
      parts.sources.map(async (source) =>
        source.pull === undefined
          ? describeSource(source, activity.get(source.name), counters.of(source.name), clock())
          : describePullSource(source, activity.get(source.name), sync.status(source.name), declaredTables, {
              counts: counters.of(source.name),
              now: clock(),
            }),
      ),
    );
  };

  return {
    async receive(name, request) {
      const source = sources.get(name);
      // Its sender may stop for good after a 404; it comes again until the mistake is mended.
      if (source === undefined && parts.unusable.includes(name))
        throw new TurnoutError('unavailable', 'This source has a mistake in its settings and cannot receive yet.');
      if (source?.push === undefined) return null;
      return receive(request, { ...source, connector: source.push }, { journal, now: clock, counters });
    },
    runQuery: (query, signal) =>
      withinBudget(async (budget) => engine.run(query, (await contextOf(signal, budget))(query))),
    runBatch: (queries, signal) =>
      withinBudget(async (budget) => engine.runBatch(queries, await contextOf(signal, budget))),
    explainQuery: async (query, signal) => engine.explainSql(query, (await contextOf(signal))(query)),
    async workspace(): Promise<WorkspaceInfo> {
      return {
        name: workspace.name,
        time_zone: workspace.time_zone,
        week_start: workspace.week_start,
        locale: workspace.locale,
        currency: workspace.currency,
        now: new Date(clock()).toISOString(),
        today: localDate.format(clock()),
        sample: parts.sample,
        channels: model.channels,
        data: await knownDataSpan(),
        version: VERSION,
        dashboards: loaded.dashboards
          .filter(({ subject }) => subject === undefined)
          .map(({ name, title, section, icon }) => ({
            name,
            title,
            ...(section === undefined ? {} : { section }),
            ...(icon === undefined ? {} : { icon }),
          })),
      };
    },
    dashboards: () => loaded.dashboards,
    catalog: () => catalog,
    sources: describeSources,
    async source(name) {
      const info = (await describeSources()).find((one) => one.name === name);
      if (info === undefined) return null;
      return {
        ...info,
        ...describeDeclaration(loaded.sourceFiles, name),
        connector_title: sources.get(name)?.connector.title ?? info.connector,
        runs: await sync.runs(name, { limit: 30 }),
        schema_changes: await sync.schemaChanges(name),
      };
    },
    async runs(name, { limit, before }) {
      if (!sources.has(name)) throw new TurnoutError('not_found', `There is no source "${name}".`);
      return sync.runs(name, { limit, ...(before === undefined ? {} : { before }) });
    },
    run: (id) => sync.run(id),
    connectors: describeConnectors,
    sourceActions: parts.sourceActions,
    sourceGroups: parts.sourceGroups,
    identityRules: parts.identityRules,
    loads: parts.loads,
    storage: parts.storage,
    imports() {
      if (parts.sample)
        throw new TurnoutError(
          'conflict',
          'This is the sample workspace. Remove the sample to import files of your own.',
        );
      return parts.imports;
    },
    unpriced: () => loadUnpriced(data.warehouse, { channels: model.channels, rates: loaded.rates, workspace }),
    ledger: () => loadLedger(data.warehouse),
    quarantine: (filter) => loadQuarantine(data.warehouse, filter),
    async replay(what, actor) {
      const replayed = await replayQuarantine(journal, clock(), what, data.warehouse);
      const detail = `${replayed} quarantined records were tried again.`;
      await recordAudit(parts.control, { at: clock(), actor, action: 'quarantine.replay', detail });
      return replayed;
    },
    identity: () =>
      loadIdentityReport(data.warehouse, {
        sources: new Map(parts.sources.map(({ name, label }) => [name, label])),
        rules: loaded.identity,
        own: loaded.ownIdentity,
      }),
    webinar: (id, signal) => webinars.detail(id, signal),
    webinarPeople: (id, page, signal) => webinars.people(id, page, signal),
    upcomingWebinars: (signal) => webinars.upcoming(clock(), signal),
    serving: () => engine.status(),
    freshness,
    rollups: () => parts.rollups.status(),
    onFreshness(listener) {
      const stops = [data.onChange(listener), sync.onChange(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
    schemas: () => schemas,
  };
}

/** Moves with every batch that is counted, and when other rules have been put in force. */
function dataVersion(status: ProjectorStatus | null): string {
  return status === null ? '0' : `${status.seq}.${status.rules}`;
}

function freshnessState(status: ProjectorStatus | null, pending: number): Freshness['state'] {
  if (status === null) return 'unavailable';
  return status.state === 'ok' && pending > 0 ? 'catching_up' : status.state;
}

function feedsOf(sources: ReadonlyMap<string, Source>, name: string): Feed[] {
  const source = sources.get(name);
  return source === undefined ? [] : source.connector.feeds(source.settings);
}
