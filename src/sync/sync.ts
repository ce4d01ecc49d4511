import type { Source } from '../connectors/sources.ts';
import type { RunDetail, RunInfo, SchemaChange } from '../contract/api.ts';
import { TurnoutError } from '../contract/errors.ts';
import type { StreamReport } from '../contract/pull.ts';
import type { Journal, JournalReader } from '../journal/entry.ts';
import { loadRunningRuns, loadRuns } from '../store/runs.ts';
import { acknowledgeSchemaChange, loadOpenSchemaChanges } from '../store/schema-changes.ts';
import type { ControlDatabase } from '../store/tables.ts';
import { countRange, testSource } from './ask-source.ts';
import { type BackfillWish, checkStreams, readBackfill } from './backfill.ts';
import { type Failpoint, noFailpoint } from './failpoint.ts';
import { loadIndexedSeq, PageKeeper } from './page-keeper.ts';
import type { OpenReader } from './reader.ts';
import { openReaderProcesses, type ReaderProcessOptions } from './reader-process.ts';
import { endAbandonedRuns, indexJournalTail } from './recovery.ts';
import { loadRunDetail, type NewRun, type RunRecord, shapeRun, startRun } from './runs.ts';
import { Scheduler, type SyncLog } from './scheduler.ts';
import { type KnownSource, SourceBook, type SourceFreshness, type SourceStatus } from './source-book.ts';
import { pickSyncSources } from './sync-source.ts';

export interface SyncOptions {
  control: ControlDatabase;
  journal: Pick<Journal, 'append' | 'durableSeq'>;
  /** A reader of the same journal, for bringing cursors up to date at the start; closed when that is done. */
  openJournalReader: () => Promise<JournalReader>;
  sources: readonly Source[];
  /** Entry up to which everything is counted; a source reaches no further than that. All of it where absent. */
  projectedSeq?: () => number;
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
  /** After somebody else has changed a run in the control database (a batch was taken back). */
  lookAgain(): void;
  /** Takes over changed source files, and what else of the workspace has changed. Runs under way go on as they began. */
  reload(sources: readonly Source[], changes?: Partial<Pick<SyncOptions, 'env' | 'egressAllow'>>): Promise<void>;
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

/** Opens the runs around the sources that are read. What an earlier process left unfinished is put in order behind this call; runs wait for it. */
export async function createSync(options: SyncOptions): Promise<Sync> {
  const { control, journal, clock, log, timeZone } = options;
  let { env, egressAllow } = options;
  const listeners = new Set<() => void>();
  const book = new SourceBook(control, timeZone, {
    durable: () => journal.durableSeq,
    projected: options.projectedSeq ?? (() => Number.POSITIVE_INFINITY),
  });
  const failpoint = options.failpoint ?? noFailpoint;
  const openReader: OpenReader = (source) =>
    (options.openReader ?? openReaderProcesses({ ...options.reader, egressAllow }))(source);
  const changed = () => {
    for (const listener of listeners) listener();
  };
  let looking: Promise<void> | undefined;
  const lookAgain = () => {
    // Many pages in a moment are one look.
    looking ??= Promise.resolve().then(async () => {
      looking = undefined;
      await book.refresh();
      changed();
    });
    looking.catch((error: unknown) => log.error({ err: error }, 'what is known of the sources could not be read'));
  };
  await book.reload(pickSyncSources(options.sources, timeZone, env), { now: clock(), unblock: true });
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
    if (find(name).source.streams.length === 0)
      throw new TurnoutError('invalid_request', `Files are brought to "${name}" by people; there is nothing to read.`);
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
      return begin(name, { trigger: 'backfill', streams: streams.map((stream) => stream.name), range });
    },
    async countBackfill(name, wish) {
      const { source } = find(name);
      return countRange(openReader, source, { ...readBackfill(source, wish), now: clock() });
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
      return testSource(openReader, source, clock());
    },

    startRun: (run) => startRun({ control, clock, changed: lookAgain }, run),
    lookAgain,
    async reload(sources, changes = {}) {
      const before = JSON.stringify([env, egressAllow]);
      env = changes.env ?? env;
      egressAllow = changes.egressAllow ?? egressAllow;
      const unblock = JSON.stringify([env, egressAllow]) !== before;
      await book.reload(pickSyncSources(sources, timeZone, env), { now: clock(), unblock });
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
}
