import type { Source } from '../connectors/sources.ts';
import type { RunDetail, RunInfo, SchemaChange } from '../contract/api.ts';
import { TurnoutError } from '../contract/errors.ts';
import { PullError, type StreamReport } from '../contract/pull.ts';
import type { Journal, JournalReader } from '../journal/entry.ts';
import { loadRunningRuns, loadRuns } from '../store/runs.ts';
import { acknowledgeSchemaChange, loadOpenSchemaChanges } from '../store/schema-changes.ts';
import type { ControlDatabase } from '../store/tables.ts';
import { type Failpoint, noFailpoint } from './failpoint.ts';
import { loadIndexedSeq, PageKeeper } from './page-keeper.ts';
import type { OpenReader, ReaderJob } from './reader.ts';
import { openReaderProcesses, type ReaderProcessOptions } from './reader-process.ts';
import { endAbandonedRuns, indexJournalTail } from './recovery.ts';
import { loadRunDetail, type NewRun, type RunRecord, shapeRun, startRun } from './runs.ts';
import { Scheduler, type SyncLog } from './scheduler.ts';
import { type KnownSource, SourceBook, type SourceFreshness, type SourceStatus } from './source-book.ts';
import { pickSyncSources, type SyncSource } from './sync-source.ts';

export interface SyncOptions {
  control: ControlDatabase;
  journal: Pick<Journal, 'append' | 'durableSeq'>;
  /** A reader of the same journal, for bringing cursors up to date at the start; closed when that is done. */
  openJournalReader: () => Promise<JournalReader>;
  sources: readonly Source[];
  /** IANA zone of the workspace. */
  timeZone: string;
  /** UTC milliseconds. */
  clock: () => number;
  /** `${NAME}` of source files: what is to be masked. */
  env: Readonly<Record<string, string | undefined>>;
  /** `egress.allow` of turnout.yaml. */
  egressAllow: readonly string[];
  log: SyncLog;
  /** False: runs begin only through `tick`. */
  schedule?: boolean;
  /** False where another process may be using the same control database. */
  exclusive?: boolean;
  parallel?: number;
  reader?: Omit<ReaderProcessOptions, 'egressAllow'>;
  /** Instead of processes. */
  openReader?: OpenReader;
  random?: () => number;
  failpoint?: Failpoint;
}

export interface BackfillWish {
  /** All that have a cursor where absent. */
  stream?: string | undefined;
  /** Instants, half-open. */
  from: string;
  to: string;
}

/** The sources that Turnout reads by itself. Names that are none of them throw `TurnoutError('not_found')`. */
export interface Sync {
  /** In the order of the files. */
  sources(): SourceStatus[];
  status(name: string): SourceStatus | null;
  freshness(): SourceFreshness[];
  /** Newest first; of any source, also those that people bring files to. */
  runs(name: string, page: { limit: number; before?: number | undefined }): Promise<RunInfo[]>;
  run(id: number): Promise<RunDetail | null>;
  /** Those that nobody has looked at yet. */
  schemaChanges(name: string): Promise<SchemaChange[]>;
  acknowledgeChange(id: number): Promise<void>;
  /** Called when something that the methods above answer has changed. */
  onChange(listener: () => void): () => void;

  /** Answers the run's number; the run goes on. Throws `TurnoutError('conflict')` while the source is being read. */
  runNow(name: string, wish?: { trigger?: 'manual' | 'watch'; streams?: readonly string[] }): Promise<number>;
  /** From the beginning; what is no longer there is deleted, however much it is. */
  fullRefresh(name: string): Promise<number>;
  backfill(name: string, wish: BackfillWish): Promise<number>;
  /** How many rows a backfill would read; null where the service cannot tell. */
  countBackfill(name: string, wish: BackfillWish): Promise<number | null>;
  /** False where no run was under way. */
  stop(name: string): boolean;
  /** A paused source runs only when a person starts it; what was missed is caught up with one run afterwards. */
  pause(name: string, paused: boolean): Promise<void>;
  /** Of a source that is there, or of one that is not saved yet. */
  test(source: string | Source): Promise<StreamReport[]>;

  /** Begins the record of a run that is not pulled: the import of a file. */
  startRun(run: NewRun): Promise<RunRecord>;
  /** Takes over changed source files. Runs under way go on as they began. */
  reload(sources: readonly Source[]): Promise<void>;
  /** Looks at once at what is due, instead of within a second. */
  tick(): Promise<void>;
  /** Resolves when no run is under way. */
  idle(): Promise<void>;
  /** Ends runs under way as stopped, within 5 s. */
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 1_000;
const CATCH_UP_EVERY_MS = 60_000;
const CLOSE_WITHIN_MS = 5_000;
const PARALLEL = 2;
const ASKING = { requests: 200, milliseconds: 60_000 };

/** Opens the runs around the sources that are read. What an earlier process left unfinished is put in order behind this call; runs wait for it. */
export async function createSync(options: SyncOptions): Promise<Sync> {
  const { control, journal, clock, log, timeZone, env } = options;
  const listeners = new Set<() => void>();
  const book = new SourceBook(control, timeZone);
  const failpoint = options.failpoint ?? noFailpoint;
  const openReader = options.openReader ?? openReaderProcesses({ ...options.reader, egressAllow: options.egressAllow });
  const changed = () => {
    for (const listener of listeners) listener();
  };
  await book.reload(pickSyncSources(options.sources, timeZone, env), { now: clock(), start: true });
  // Nothing of this process runs yet.
  const abandoned = await loadRunningRuns(control);

  const recovered = recover().then((indexed) => {
    const keeper = new PageKeeper({ journal, control, clock, failpoint }, indexed);
    const scheduler = new Scheduler({
      control,
      journal,
      book,
      keeper,
      openReader,
      clock,
      random: options.random ?? Math.random,
      timeZone,
      log,
      failpoint,
      changed,
      parallel: options.parallel ?? PARALLEL,
    });
    return { keeper, scheduler };
  });
  let parts: Awaited<typeof recovered> | undefined;
  recovered.then(
    (opened) => {
      parts = opened;
      changed();
    },
    (error: unknown) => log.error({ err: error }, 'the runs of an earlier process could not be put in order'),
  );

  async function recover(): Promise<number> {
    const before = await loadIndexedSeq(control);
    if (before < journal.durableSeq) {
      const reader = await options.openJournalReader();
      try {
        await indexJournalTail({ control, reader, durableSeq: journal.durableSeq, clock });
      } finally {
        await reader.close();
      }
    }
    await endAbandonedRuns(control, abandoned, clock(), options.exclusive ?? true);
    await book.refresh();
    return loadIndexedSeq(control);
  }

  const isRunning = (name: string) => parts?.scheduler.isRunning(name) ?? false;
  const find = (name: string): KnownSource => {
    const known = book.get(name);
    if (known === undefined) throw new TurnoutError('not_found', `There is no source "${name}" that Turnout reads.`);
    return known;
  };
  const begin = async (name: string, wish: Parameters<Scheduler['begin']>[1]): Promise<number> => {
    find(name);
    const { scheduler } = await recovered;
    return scheduler.begin(find(name), wish);
  };

  let told = '';
  let caughtUpAt = 0;
  const tick = async (): Promise<void> => {
    const { scheduler, keeper } = await recovered;
    await scheduler.tick();
    // Sources become late by time alone.
    const states = JSON.stringify(book.all.map((known) => book.freshness(known, clock()).state));
    if (states !== told) {
      told = states;
      changed();
    }
    if (performance.now() - caughtUpAt < CATCH_UP_EVERY_MS) return;
    caughtUpAt = performance.now();
    await keeper.catchUp();
  };
  const timer =
    options.schedule === false
      ? undefined
      : setInterval(() => {
          tick().catch((error: unknown) => log.error({ err: error }, 'what is due could not be begun'));
        }, LOOK_EVERY_MS);
  timer?.unref();

  const asking = (): ReaderJob => ({
    limits: { now: clock(), ...ASKING },
    signal: AbortSignal.timeout(ASKING.milliseconds),
    listener: { log: () => {}, notice: () => {}, request: () => {} },
  });

  return {
    sources: () => book.all.map((known) => book.status(known, isRunning(known.source.name), clock())),
    status(name) {
      const known = book.get(name);
      return known === undefined ? null : book.status(known, isRunning(name), clock());
    },
    freshness: () => book.all.map((known) => book.freshness(known, clock())),
    runs: async (name, page) => (await loadRuns(control, name, page)).map(shapeRun),
    run: (id) => loadRunDetail(control, id),
    async schemaChanges(name) {
      return (await loadOpenSchemaChanges(control, name)).map((row) => ({
        id: row.id,
        stream: row.stream,
        at: new Date(row.at).toISOString(),
        change: row.change,
        column: row.column_name,
        detail: row.detail,
      }));
    },
    async acknowledgeChange(id) {
      if (!(await acknowledgeSchemaChange(control, id, clock())))
        throw new TurnoutError('not_found', 'There is no such change, or somebody has looked at it before.');
      changed();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    runNow: async (name, wish = {}) =>
      begin(name, {
        trigger: wish.trigger ?? 'manual',
        ...(wish.streams === undefined ? {} : { streams: checkStreams(find(name).source, wish.streams) }),
      }),
    fullRefresh: async (name) => begin(name, { trigger: 'full' }),
    async backfill(name, wish) {
      const { streams, range } = readBackfill(find(name).source, wish);
      return begin(name, { trigger: 'backfill', streams, range });
    },
    async countBackfill(name, wish) {
      const { source } = find(name);
      const { streams, range } = readBackfill(source, wish);
      const reader = openReader({ connector: source.connector.name, settings: source.settings });
      try {
        let rows = 0;
        for (const stream of source.streams.filter((each) => streams.includes(each.name))) {
          const counted = await reader.count({ stream, cursor: null, range }, asking());
          if (counted === null) return null;
          rows += counted;
        }
        return rows;
      } catch (error) {
        if (!(error instanceof PullError)) throw error;
        throw new TurnoutError('unavailable', source.mask(error.message));
      } finally {
        await reader.close();
      }
    },
    stop(name) {
      find(name);
      return parts?.scheduler.stop(name) ?? false;
    },
    async pause(name, paused) {
      find(name);
      await book.change(name, { paused: paused ? 1 : 0 });
      changed();
    },
    async test(given) {
      const source = typeof given === 'string' ? find(given).source : pickSyncSources([given], timeZone, env)[0];
      if (source === undefined)
        throw new TurnoutError('invalid_request', 'This source is not read by Turnout; there is nothing to test.');
      return testSource(source);
    },

    startRun: (run) => startRun({ control, clock, changed }, run),
    async reload(sources) {
      await book.reload(pickSyncSources(sources, timeZone, env), { now: clock(), start: false });
      changed();
    },
    tick,
    idle: async () => (await recovered).scheduler.idle(),
    async close() {
      clearInterval(timer);
      const { scheduler } = await recovered;
      await scheduler.close(CLOSE_WITHIN_MS);
    },
  };

  async function testSource(source: SyncSource): Promise<StreamReport[]> {
    const reader = openReader({ connector: source.connector.name, settings: source.settings });
    try {
      const reports = await reader.check(asking());
      return reports.map((report) => ({ ...report, detail: source.mask(report.detail) }));
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      const detail = source.mask(error.message);
      return source.streams.map(({ name }) => ({
        stream: name,
        ok: false,
        detail,
        elapsed_ms: 0,
        rows: null,
        columns: [],
        sample: [],
      }));
    } finally {
      await reader.close();
    }
  }
}

function checkStreams(source: SyncSource, names: readonly string[]): readonly string[] {
  const known = source.streams.map((stream) => stream.name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new TurnoutError(
      'invalid_request',
      `"${source.name}" has no stream "${unknown}"; it has ${known.join(', ')}.`,
    );
  return names;
}

/** Streams that are read whole each time have nothing to backfill. */
function readBackfill(
  source: SyncSource,
  wish: BackfillWish,
): { streams: string[]; range: { from: string; to: string } } {
  const from = Date.parse(wish.from);
  const to = Date.parse(wish.to);
  if (Number.isNaN(from) || Number.isNaN(to) || from >= to)
    throw new TurnoutError('invalid_request', 'A backfill needs two instants, the first before the second.');
  if (wish.stream !== undefined) checkStreams(source, [wish.stream]);
  const streams = source.streams
    .filter((stream) => stream.mode === 'incremental' && (wish.stream ?? stream.name) === stream.name)
    .map((stream) => stream.name);
  if (streams.length === 0)
    throw new TurnoutError('invalid_request', 'This is read whole each time, so nothing is left to backfill.');
  return { streams, range: { from: new Date(from).toISOString(), to: new Date(to).toISOString() } };
}
