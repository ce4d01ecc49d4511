import type { RunInfo, SourceInfo } from '../contract/api.ts';
import { loadLastFiles, loadLastRuns, type RunRow } from '../store/runs.ts';
import { forgetStreams, loadStreamCursors, type StreamCursorRow } from '../store/stream-cursors.ts';
import { insertSyncSource, loadSyncSources, type SyncSourceRow, updateSyncSource } from '../store/sync-sources.ts';
import type { ControlDatabase } from '../store/tables.ts';
import { CountedThrough } from './counted-through.ts';
import { nextRunAt, type SourceTimes } from './due-run.ts';
import { describeLateness, type Lateness } from './lateness.ts';
import { shapeRun } from './runs.ts';
import type { SyncSource } from './sync-source.ts';

/** What pages show of a source that is read: the fields of SourceInfo that the sync knows. */
export type SourceStatus = Pick<SourceInfo, 'name' | 'label' | 'state' | 'detail'> &
  Required<Pick<SourceInfo, 'streams' | 'schedule' | 'next_run_at' | 'complete_through' | 'failures'>> &
  Pick<SourceInfo, 'expected' | 'last_run'>;

/** How fresh a source is, whether or not a run is under way. Instants are UTC milliseconds. */
export interface SourceFreshness {
  source: string;
  label: string;
  /** late and failed: it owes something. */
  state: 'ok' | 'waiting' | 'late' | 'failed' | 'paused';
  detail: string;
  /** Everything that the service had then is here and counted; null before the first complete run. */
  completeThrough: number | null;
  /** When what it owes was due; null while it is not late. */
  lateSince: number | null;
  failures: number;
}

/** A source and what is remembered of it. The control database is the truth; this is read from it after every change. */
export interface KnownSource {
  source: SyncSource;
  row: SyncSourceRow;
  cursors: ReadonlyMap<string, StreamCursorRow>;
  lastRun: RunInfo | null;
  /** Start of the last file that was brought whole, UTC milliseconds; for sources that are not read. */
  lastFileAt: number | null;
}

/** The sources that are read, in the order of their files. */
export class SourceBook {
  readonly #control: ControlDatabase;
  readonly #timeZone: string;
  #sources: readonly SyncSource[] = [];
  #known = new Map<string, KnownSource>();
  readonly #counted = new Map<string, CountedThrough>();
  readonly #seq: { durable: () => number; projected: () => number };
  #asked = 0;
  #read = 0;

  /** `seq`: how far the journal is durable, and how much of it is counted. */
  constructor(control: ControlDatabase, timeZone: string, seq: { durable: () => number; projected: () => number }) {
    this.#seq = seq;
    this.#control = control;
    this.#timeZone = timeZone;
  }

  get all(): KnownSource[] {
    return [...this.#known.values()];
  }

  get(name: string): KnownSource | undefined {
    return this.#known.get(name);
  }

  /**
   * Takes over what the workspace's files say now. A changed declaration lifts a block, and so does a start or another environment
   * (`unblock`).
   */
  async reload(sources: readonly SyncSource[], at: { now: number; unblock: boolean }): Promise<void> {
    const rows = new Map((await loadSyncSources(this.#control)).map((row) => [row.source, row]));
    for (const source of sources) {
      const { name, declared } = source;
      const row = rows.get(name);
      const connector = source.connector.name;
      if (row === undefined) {
        await insertSyncSource(this.#control, { source: name, connector, declared, now: at.now });
        continue;
      }
      if (row.connector !== connector) await forgetStreams(this.#control, name);
      const unblocked = row.blocked === 1 && (row.declared !== declared || at.unblock);
      await updateSyncSource(this.#control, name, {
        connector,
        declared,
        ...(unblocked ? { blocked: 0, attempts: 0, next_attempt_at: at.now } : {}),
      });
    }
    this.#sources = sources;
    await this.refresh();
  }

  async change(name: string, change: Parameters<typeof updateSyncSource>[2]): Promise<void> {
    await updateSyncSource(this.#control, name, change);
    await this.refresh();
  }

  times(known: KnownSource, running: boolean): SourceTimes {
    const { row } = known;
    return {
      paused: row.paused === 1,
      blocked: row.blocked === 1,
      running,
      slot: row.slot,
      nextAttemptAt: row.next_attempt_at,
    };
  }

  status(known: KnownSource, running: boolean, now: number): SourceStatus {
    const { source } = known;
    const lateness = this.#lateness(known, running, now);
    const next = nextRunAt(this.times(known, running), source.schedule, now);
    return {
      name: source.name,
      label: source.label,
      state: source.problem === null ? lateness.state : 'failed',
      detail: source.problem ?? lateness.detail,
      streams: source.streams.map(({ name, record, table, mode }) => ({
        name,
        record,
        ...(table === undefined ? {} : { table }),
        mode,
      })),
      schedule: source.schedule.text,
      next_run_at: instant(next),
      complete_through: instant(this.#countedThrough(known)),
      failures: known.row.failures,
      ...(lateness.expected === null ? {} : { expected: lateness.expected }),
      ...(known.lastRun === null ? {} : { last_run: known.lastRun }),
    };
  }

  freshness(known: KnownSource, now: number): SourceFreshness {
    const { source } = known;
    const lateness = this.#lateness(known, false, now);
    return {
      source: source.name,
      label: source.label,
      state: source.problem === null ? (lateness.state === 'running' ? 'ok' : lateness.state) : 'failed',
      detail: source.problem ?? lateness.detail,
      completeThrough: this.#countedThrough(known),
      lateSince: lateness.lateSince,
      failures: known.row.failures,
    };
  }

  #countedThrough(known: KnownSource): number | null {
    return this.#counted.get(known.source.name)?.at(this.#seq.projected()) ?? null;
  }

  #lateness(known: KnownSource, running: boolean, now: number): Lateness {
    const { source, row } = known;
    return describeLateness(
      {
        ...this.times(known, running),
        expect: source.declaration.expect,
        schedule: source.schedule,
        timeZone: this.#timeZone,
        uploads: source.streams.length === 0,
        since: row.since,
        completeThrough: completeThroughOf(known),
        failures: row.failures,
        attempts: row.attempts,
        lastError: row.last_error,
      },
      now,
    );
  }

  /** Reads what has changed of the sources from the control database. */
  async refresh(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const rows = new Map((await loadSyncSources(this.#control)).map((row) => [row.source, row]));
    const runs = new Map((await loadLastRuns(this.#control)).map((row: RunRow) => [row.source, shapeRun(row)]));
    const files = await loadLastFiles(this.#control);
    const cursors = Map.groupBy(await loadStreamCursors(this.#control), (row) => row.source);
    // A later look that was quicker knows better.
    if (asked < this.#read) return;
    this.#read = asked;
    const known = new Map<string, KnownSource>();
    for (const source of this.#sources) {
      const row = rows.get(source.name);
      if (row === undefined) continue;
      const own = cursors.get(source.name) ?? [];
      known.set(source.name, {
        source,
        row,
        cursors: new Map(own.map((cursor) => [cursor.stream, cursor])),
        lastRun: runs.get(source.name) ?? null,
        lastFileAt: files.get(source.name) ?? null,
      });
    }
    this.#known = known;
    for (const [name, each] of known) {
      const through = completeThroughOf(each);
      const counted = this.#counted.get(name);
      if (counted === undefined) this.#counted.set(name, new CountedThrough(through));
      else counted.reach(through, this.#seq.durable());
    }
  }
}

/** Everything that the service had then is here: the oldest of its streams counts, or the last file where
 * people bring them. UTC milliseconds; null where one never ended. */
export function completeThroughOf({ source, cursors, lastFileAt }: KnownSource): number | null {
  if (source.streams.length === 0) return lastFileAt;
  const through = source.streams.map((stream) => cursors.get(stream.name)?.complete_through ?? null);
  return through.reduce((a, b) => (a === null || b === null ? null : Math.min(a, b)));
}

const instant = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : new Date(milliseconds).toISOString();
