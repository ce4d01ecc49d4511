import { randomUUID } from 'node:crypto';
import type { RunTrigger } from '../contract/api.ts';
import { TurnoutError } from '../contract/errors.ts';
import type { Stream } from '../contract/pull.ts';
import type { Journal } from '../journal/entry.ts';
import { type Lease, releaseLease, renewLease, takeLease } from '../store/leases.ts';
import { forgetOldRuns, insertRun } from '../store/runs.ts';
import { loadSyncSource, updateSyncSource } from '../store/sync-sources.ts';
import type { ControlDatabase } from '../store/tables.ts';
import { RunBudget } from './budget.ts';
import { type DueRun, dueRun } from './due-run.ts';
import type { Failpoint } from './failpoint.ts';
import type { PageKeeper } from './page-keeper.ts';
import { Places } from './places.ts';
import type { OpenReader, ReadRange } from './reader.ts';
import { ENDED_WITH_TURNOUT } from './recovery.ts';
import { type RunEnd, runStreams } from './run.ts';
import { sourceChange } from './run-consequences.ts';
import { newRunRow, type RunRecord, recordRun } from './runs.ts';
import { completeThroughOf, type KnownSource, type SourceBook } from './source-book.ts';
import type { SyncSource } from './sync-source.ts';

export interface SyncLog {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface SchedulerOptions {
  control: ControlDatabase;
  journal: Pick<Journal, 'append' | 'durableSeq'>;
  book: SourceBook;
  keeper: PageKeeper;
  openReader: OpenReader;
  /** UTC milliseconds. */
  clock: () => number;
  /** In [0, 1). */
  random: () => number;
  timeZone: string;
  log: SyncLog;
  failpoint: Failpoint;
  /** Called when something that pages show has changed. */
  changed: () => void;
  /** Runs at the same time. */
  parallel: number;
}

export interface RunWish {
  trigger: RunTrigger;
  /** Names; all where absent. */
  streams?: readonly string[];
  range?: ReadRange;
  /** The time of the schedule that it is for, UTC milliseconds. */
  slot?: number;
}

interface ActiveRun {
  startedAt: number;
  stop: AbortController;
  done: Promise<void>;
}

const LEASE_MS = 60_000;
const RENEW_EVERY_MS = 10_000;
const KEEP_RUNS = 500;
const STOPPED = 'Stopped by a person. What was read is kept; the next run goes on from there.';
const LEASE_LOST = 'Another Turnout reads this source now. What was read is kept.';

/** Begins runs when they are due or wanted, one per source and a few at once, and writes down how they end. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #places: Places;
  readonly #active = new Map<string, ActiveRun>();
  readonly #holder = randomUUID();
  #closing = false;
  #ticking: Promise<void> | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#places = new Places(options.parallel);
  }

  isRunning(source: string): boolean {
    return this.#active.has(source);
  }

  /** Begins what is due now. What it does follows from the clock and the control database alone. */
  async tick(): Promise<void> {
    this.#ticking ??= this.#beginDue().finally(() => {
      this.#ticking = undefined;
    });
    await this.#ticking;
  }

  /**
   * Begins a run and answers its number; it goes on behind that.
   * @throws TurnoutError('conflict') while the source is being read
   */
  async begin(known: KnownSource, wish: RunWish): Promise<number> {
    const { name } = known.source;
    if (this.#closing) throw new TurnoutError('unavailable', 'Turnout is stopping.');
    const active = this.#active.get(name);
    if (active !== undefined) throw this.#conflict(name, active.startedAt);
    const now = this.#options.clock();
    const started = Promise.withResolvers<number>();
    const stop = new AbortController();
    // The place is taken before anything is awaited.
    const done = this.#perform(known, wish, now, stop.signal, started);
    this.#active.set(name, { startedAt: now, stop, done });
    return started.promise;
  }

  /** False where no run is under way. */
  stop(source: string): boolean {
    const active = this.#active.get(source);
    active?.stop.abort(STOPPED);
    return active !== undefined;
  }

  /** Resolves when no run is under way. */
  async idle(): Promise<void> {
    while (this.#active.size > 0) await Promise.all([...this.#active.values()].map((run) => run.done));
  }

  /** Ends what is under way; it goes on after the next start. */
  async close(withinMs: number): Promise<void> {
    this.#closing = true;
    await this.#ticking;
    for (const { stop } of this.#active.values()) stop.abort(ENDED_WITH_TURNOUT);
    let limit: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      limit = setTimeout(resolve, withinMs);
    });
    await Promise.race([this.idle(), patience]);
    clearTimeout(limit);
  }

  async #beginDue(): Promise<void> {
    const { book, clock, log, changed } = this.#options;
    if (this.#active.size > 0) {
      await book.refresh();
      changed();
    }
    for (const known of book.all) {
      if (this.#closing) return;
      const { name } = known.source;
      const due = dueRun(book.times(known, this.isRunning(name)), known.source.schedule, clock());
      if (due === null) continue;
      try {
        await this.begin(known, wishOf(known, due));
      } catch (error) {
        log.error({ err: error, source: name }, 'a run could not be begun');
      }
    }
  }

  async #perform(
    known: KnownSource,
    wish: RunWish,
    now: number,
    stop: AbortSignal,
    started: PromiseWithResolvers<number>,
  ): Promise<void> {
    const { source } = known;
    let failure: unknown;
    try {
      const { run, lease } = await this.#takeDown(source, wish, now);
      await this.#options.failpoint('run begun');
      const record = recordRun(this.#recording(source), run);
      this.#options.changed();
      started.resolve(run);
      const end = await this.#read(known, wish, record, lease, stop);
      await this.#options.failpoint('streams read');
      await this.#writeDown(source, wish, record, lease, end);
      this.#options.log.info({ source: source.name, run, trigger: wish.trigger, state: end.state }, 'a run has ended');
      await this.#options.failpoint('run ended');
    } catch (error) {
      failure = error;
      if (!(error instanceof TurnoutError))
        this.#options.log.error({ err: error, source: source.name }, 'a run could not be written down');
    } finally {
      // What is known has to be new before the source is free again, or the next look would begin the same run twice.
      await this.#options.book.refresh().catch(() => {});
      this.#active.delete(source.name);
      this.#options.changed();
      // Without effect once the run has begun.
      started.reject(failure);
    }
  }

  /** Lease, run and the time of the schedule in one step. */
  async #takeDown(source: SyncSource, wish: RunWish, now: number): Promise<{ run: number; lease: Lease }> {
    const { control, book } = this.#options;
    const taken = await control.transaction().execute(async (transaction) => {
      const wanted = { source: source.name, holder: this.#holder, now, forMs: LEASE_MS };
      const held = await takeLease(transaction, wanted);
      if ('heldSince' in held) throw this.#conflict(source.name, held.heldSince);
      const run = await insertRun(
        transaction,
        newRunRow(
          {
            source: source.name,
            trigger: wish.trigger,
            ...(wish.slot === undefined ? {} : { scheduledFor: wish.slot }),
            ...(wish.range === undefined ? {} : { range: wish.range }),
          },
          now,
        ),
      );
      if (wish.slot !== undefined && wish.trigger !== 'retry')
        await updateSyncSource(transaction, source.name, { slot: wish.slot, attempts: 0, next_attempt_at: null });
      return { run, lease: held.lease };
    });
    await book.refresh();
    return taken;
  }

  async #read(known: KnownSource, wish: RunWish, record: RunRecord, lease: Lease, stop: AbortSignal): Promise<RunEnd> {
    const { control, journal, book, keeper, clock, failpoint, log } = this.#options;
    const { source } = known;
    const cursors = (book.get(source.name) ?? known).cursors;
    const lost = new AbortController();
    const renewing = setInterval(() => {
      renewLease(control, lease, clock() + LEASE_MS).then(
        (ours) => ours || lost.abort(LEASE_LOST),
        (error: unknown) => log.error({ err: error }, 'a lease could not be renewed'),
      );
    }, RENEW_EVERY_MS);
    const signal = AbortSignal.any([stop, lost.signal]);
    if (this.#places.full) record.log('info', 'Waits until another source has been read.');
    if (!(await this.#places.take(signal))) {
      clearInterval(renewing);
      return { state: 'stopped', error: String(signal.reason) };
    }
    const reader = this.#options.openReader({ connector: source.connector.name, settings: source.settings });
    try {
      return await runStreams(
        {
          source: source.name,
          streams: streamsOf(source, wish),
          cursors,
          ...(wish.range === undefined ? {} : { range: wish.range }),
          anew: wish.trigger === 'full',
          signal,
        },
        {
          control,
          journal,
          keeper,
          reader,
          record,
          clock,
          failpoint,
          budget: new RunBudget(source.declaration.budget),
        },
      );
    } catch (error) {
      log.error({ err: error, source: source.name }, 'a run broke off');
      const message = error instanceof Error ? error.message : String(error);
      return { state: 'failed', kind: 'retry', error: `Turnout made a mistake: ${message}`, retryAfterMs: 0 };
    } finally {
      clearInterval(renewing);
      await reader.close();
      this.#places.give();
    }
  }

  async #writeDown(source: SyncSource, wish: RunWish, record: RunRecord, lease: Lease, end: RunEnd): Promise<void> {
    const { clock, random, control } = this.#options;
    await record.end({
      state: end.state,
      error: end.error,
      also: async (transaction) => {
        const row = await loadSyncSource(transaction, source.name);
        const at = { now: clock(), random: random(), closing: this.#closing };
        const change = row === undefined ? null : sourceChange(row, wish, end, at);
        if (change !== null) {
          const masked = typeof change.last_error === 'string' ? { last_error: source.mask(change.last_error) } : {};
          await updateSyncSource(transaction, source.name, { ...change, ...masked });
        }
        await releaseLease(transaction, lease);
      },
    });
    await forgetOldRuns(control, source.name, KEEP_RUNS);
  }

  #recording(source: SyncSource) {
    const { control, clock, changed } = this.#options;
    return { control, clock, mask: source.mask, changed };
  }

  #conflict(source: string, since: number): TurnoutError {
    const { timeZone, clock } = this.#options;
    const time = new Date(since).toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
    const seconds = Math.max(0, Math.round((clock() - since) / 1000));
    const ago = seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
    return new TurnoutError(
      'conflict',
      `"${source}" is being read since ${time} (${ago}). Wait until that run has ended, or stop it first.`,
    );
  }
}

/** A retry leaves out the streams that have come to their end since the time that it is for. */
function wishOf(known: KnownSource, due: DueRun): RunWish {
  const wish = { trigger: due.trigger, slot: due.slot };
  if (due.trigger !== 'retry' || (completeThroughOf(known) ?? 0) >= due.slot) return wish;
  const open = known.source.streams.filter(
    (stream) => (known.cursors.get(stream.name)?.complete_through ?? 0) < due.slot,
  );
  return { ...wish, streams: open.map((stream) => stream.name) };
}

function streamsOf(source: SyncSource, wish: RunWish): readonly Stream[] {
  return wish.streams === undefined
    ? source.streams
    : source.streams.filter((stream) => wish.streams?.includes(stream.name));
}
