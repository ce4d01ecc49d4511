import packageFile from '../package.json' with { type: 'json' };
import type { Clock } from './clock.ts';
import type { Source } from './connectors/sources.ts';
import type { Freshness, SourceInfo, WorkspaceInfo } from './contract/api.ts';
import { TurnoutError } from './contract/errors.ts';
import type { DataSide } from './data-side.ts';
import type { WorkspaceServices } from './http/services.ts';
import { IntakeCounters } from './intake/counters.ts';
import { receive } from './intake/receive.ts';
import type { Journal } from './journal/entry.ts';
import type { Logger } from './logger.ts';
import { describeModel } from './model/catalog.ts';
import type { CheckedModel } from './model/checked.ts';
import { jsonSchema, SCHEMA_NAMES } from './model/json-schemas.ts';
import type { LoadedWorkspace } from './model/load-workspace.ts';
import { loadDataSpan, loadLedger, loadQuarantine } from './projector/ledger.ts';
import type { ProjectorStatus } from './projector/runner.ts';
import { loadSourceActivity } from './projector/source-activity.ts';
import { loadUnpriced } from './projector/unpriced.ts';
import type { QueryContext } from './query/query-context.ts';
import { createQueryEngine } from './query/run-query.ts';
import { describeSource } from './source-status.ts';

type DataSpan = WorkspaceInfo['data'];

export interface Parts {
  loaded: LoadedWorkspace & { model: CheckedModel };
  sources: Source[];
  /** Names of declared sources that cannot receive. */
  unusable: string[];
  clock: Clock;
  journal: Journal;
  data: DataSide;
  sample: boolean;
  log: Logger;
}

const VERSION = packageFile.version;

/** Joins the parts of an open workspace into what the routes ask for. */
export function composeServices(parts: Parts): WorkspaceServices {
  const { loaded, clock, journal, data, log } = parts;
  const { workspace, model } = loaded;
  const sources = new Map(parts.sources.map((source) => [source.name, source]));
  const openedAt = clock();
  const counters = new IntakeCounters();
  const catalog = describeModel(model);
  const schemas = new Map(SCHEMA_NAMES.map((name) => [name as string, jsonSchema(name)]));
  const engine = createQueryEngine({
    model,
    run: async (statement, options) => data.warehouse.query<Record<string, unknown>>(statement, options),
    onBug: (error) => log.error({ err: error }, 'a query failed'),
  });
  const localDate = new Intl.DateTimeFormat('en-CA', { timeZone: workspace.time_zone });

  const freshness = (): Freshness => {
    const status = data.status;
    const pending = status === null ? journal.durableSeq : Math.max(0, journal.durableSeq - status.seq);
    const asOf = new Date(pending === 0 ? clock() : Math.min(clock(), status?.receivedAt || openedAt)).toISOString();
    return {
      data_version: String(status?.seq ?? 0),
      as_of: asOf,
      complete_through: asOf,
      pending,
      state: freshnessState(status, pending),
      alarms: [...journal.status().alarms, ...data.alarms].map(({ at, message }) => ({
        at: new Date(at).toISOString(),
        message,
      })),
      late: [],
    };
  };

  let known: DataSpan = { first: null, last: null };
  let asked: { version: string; span: Promise<DataSpan> } | null = null;
  /** Asked once per data version. */
  const dataSpan = async (): Promise<DataSpan> => {
    const version = String(data.status?.seq ?? 0);
    if (asked?.version !== version) asked = { version, span: loadDataSpan(data.warehouse, workspace.time_zone) };
    try {
      known = await asked.span;
      return known;
    } catch (error) {
      asked = null;
      throw error;
    }
  };
  /** The page's frame does not wait for the engine. */
  const knownDataSpan = () => dataSpan().catch(() => known);

  const context = async (signal: AbortSignal): Promise<QueryContext> => {
    const { as_of, complete_through, data_version } = freshness();
    return {
      now: clock(),
      asOf: Date.parse(as_of),
      completeThrough: Date.parse(complete_through),
      dataVersion: data_version,
      data: await dataSpan(),
      signal,
    };
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
    runQuery: async (query, signal) => engine.run(query, await context(signal)),
    runBatch: async (queries, signal) => engine.runBatch(queries, await context(signal)),
    explainQuery: async (query, signal) => engine.explainSql(query, await context(signal)),
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
        dashboards: loaded.dashboards.map(({ name, title }) => ({ name, title })),
      };
    },
    dashboards: () => loaded.dashboards,
    catalog: () => catalog,
    async sources(): Promise<SourceInfo[]> {
      const activity = await loadSourceActivity(data.warehouse, clock());
      return parts.sources.map((source) =>
        describeSource(source, activity.get(source.name), counters.of(source.name), clock()),
      );
    },
    unpriced: () => loadUnpriced(data.warehouse, { channels: model.channels, rates: loaded.rates, workspace }),
    ledger: () => loadLedger(data.warehouse),
    async quarantine(limit) {
      return loadQuarantine(data.warehouse, { limit });
    },
    freshness,
    onFreshness: (listener) => data.onChange(() => listener(freshness())),
    schemas: () => schemas,
  };
}

function freshnessState(status: ProjectorStatus | null, pending: number): Freshness['state'] {
  if (status === null) return 'unavailable';
  return status.state === 'ok' && pending > 0 ? 'catching_up' : status.state;
}
