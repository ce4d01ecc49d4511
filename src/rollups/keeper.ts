import type { RollupInfo } from '../contract/api.ts';
import type { TableChange } from '../contract/changes.ts';
import { TurnoutError } from '../contract/errors.ts';
import type { CheckedModel } from '../model/checked.ts';
import type { KeptRollup } from '../query/query-context.ts';
import { ROLLUP_SPAN } from '../query/rollup/columns.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { describeRollups } from './describe-rollups.ts';
import { LocalBuckets } from './local-buckets.ts';
import { Pace } from './pace.ts';
import { Recomputer } from './recompute.ts';
import { RollupState } from './rollup-state.ts';
import { type MonthParts, type RollupProgress, RollupStore } from './rollup-store.ts';

export interface RollupKeeperOptions {
  model: Pick<CheckedModel, 'rollups'>;
  /** The workspace's, as the engine spells it. */
  zone: string;
  /** @throws TurnoutError('unavailable') while the engine is away */
  warehouse: () => Warehouse;
  /** The last entry that is counted. */
  loadSeq: (warehouse: Warehouse) => Promise<number>;
  /** What entries after this one changed. */
  loadTouches: (warehouse: Warehouse, after: number) => Promise<readonly { seq: number; change: TableChange }[]>;
  /** Workspace time, UTC milliseconds. */
  now: () => number;
  log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** Rows of the facts that one statement reads at most; default 2 million. */
  maxRows?: number;
  /** Milliseconds after which tables of earlier definitions are dropped, when nobody reads them any more; default a minute. */
  dropAfterMs?: number;
  /** Nothing is done before this: the end of another keeper of the same tables. */
  after?: Promise<void>;
}

/** Keeps roll-ups up to date in the background. Nobody waits for it: what it has not computed yet is read from the facts. */
export interface RollupKeeper {
  start(): void;
  /** Takes in what changed, before a reader sees it; null where everything may have, and facts may be gone. */
  applied(changes: readonly TableChange[] | null, seq: number): void;
  /** What can be read at this moment, by name. */
  kept(): ReadonlyMap<string, KeptRollup>;
  /** Resolves when it was found out for the first time what can be read; not while the engine is away. */
  found(): Promise<void>;
  status(): Promise<RollupInfo[]>;
  /** Resolves when everything is built and no hour waits. */
  settled(): Promise<void>;
  /** Ends what is being computed, and then. For another keeper of the same tables, which must find nothing under way. */
  finish(): Promise<void>;
  /** Gives up what is being computed. */
  close(): Promise<void>;
}

export function createRollupKeeper(options: RollupKeeperOptions): RollupKeeper {
  return new Keeper(options);
}

const MAX_ROWS = 2_000_000;
const DROP_AFTER_MS = 60_000;
/** Milliseconds between two times that progress is saved while hours keep waiting. */
const SAVE_EVERY_MS = 10_000;
/** Milliseconds after a failure, doubled each time. */
const RETRY_MS = 100;
const LONGEST_RETRY_MS = 1_000;
/** A month in more parts than this is merged although rows keep coming; others when they have been quiet for so many seconds. */
const MANY_PARTS = 12;
const QUIET_SECONDS = 60;
const LOOK_FOR_PARTS_MS = 30_000;
/** Merging takes at most this part of the time. */
const MERGE_SHARE = 10;

class Keeper implements RollupKeeper {
  readonly #options: RollupKeeperOptions;
  readonly #states: readonly RollupState[];
  readonly #stop = new AbortController();
  readonly #store: RollupStore;
  readonly #recomputer: Recomputer;
  readonly #pace = new Pace();
  #version = 0n;
  /** Every change is numbered as it is heard of. */
  #changes = 0;
  /** Every change up to this entry was heard of. */
  #told = 0;
  #opened = false;
  readonly #found = Promise.withResolvers<void>();
  /** Facts may have gone: what was saved does not hold. */
  #fresh = false;
  #failing = false;
  #dropAt = 0;
  #lookForPartsAt = 0;
  #savedAt = 0;
  /** Which of those that are not whole is built. */
  #turn = 0;
  /** What was saved last, by name. */
  #saved = new Map<string, string>();
  #kept: ReadonlyMap<string, KeptRollup> | null = null;
  /** Pieces of the build in hand, falling, by roll-up. */
  readonly #builds = new Map<RollupState, { era: number; total: number; pieces: { start: number; facts: number }[] }>();
  /** Months of what was just built. */
  readonly #inPieces: MonthParts[] = [];
  readonly #settling: (() => void)[] = [];
  #stopping = false;
  #wake = () => {};
  #running: Promise<void> = Promise.resolve();

  constructor(options: RollupKeeperOptions) {
    this.#options = options;
    this.#states = [...options.model.rollups.values()].map((rollup) => new RollupState(rollup, options.zone));
    this.#store = new RollupStore(options.warehouse, this.#stop.signal);
    this.#recomputer = new Recomputer({
      store: this.#store,
      buckets: new LocalBuckets(options.zone),
      nextVersion: () => ++this.#version,
      maxRows: options.maxRows ?? MAX_ROWS,
    });
  }

  start(): void {
    this.#running = this.#run();
  }

  applied(changes: readonly TableChange[] | null, seq: number): void {
    this.#changes += 1;
    if (changes === null) {
      for (const state of this.#states) state.beginAgain();
      this.#fresh = true;
      this.#opened = false;
      this.#told = seq;
    } else {
      this.#take(changes);
      this.#told = Math.max(this.#told, seq);
    }
    this.#kept = null;
    this.#wake();
  }

  kept(): ReadonlyMap<string, KeptRollup> {
    this.#kept ??= new Map(
      this.#states.flatMap((state) => {
        const view = this.#opened ? state.view() : null;
        return view === null ? [] : [[state.rollup.name, view] as const];
      }),
    );
    return this.#kept;
  }

  found(): Promise<void> {
    return this.#found.promise;
  }

  async status(): Promise<RollupInfo[]> {
    const tables = this.#states.flatMap((state) => state.allTables);
    const sizes = await this.#store.sizes(tables).catch((error: unknown) => {
      if (error instanceof TurnoutError) return null;
      throw error;
    });
    const reachable = this.#opened && !this.#failing && sizes !== null;
    return describeRollups(this.#states, sizes ?? new Map(), reachable, this.#options.zone);
  }

  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#settling.push(resolve);
      this.#wake();
    });
  }

  async finish(): Promise<void> {
    this.#stopping = true;
    this.#wake();
    await this.#running;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.finish();
  }

  #take(changes: readonly TableChange[]): void {
    const now = this.#options.now();
    const touchedAt = performance.now();
    for (const change of changes)
      for (const state of this.#states) state.applied(change, this.#changes, touchedAt, now);
    this.#kept = null;
  }

  async #run(): Promise<void> {
    await this.#options.after;
    let retry = RETRY_MS;
    while (!this.#stopping) {
      let wait: number;
      try {
        if (!this.#opened) await this.#open();
        wait = this.#opened ? await this.#work() : 0;
        this.#failing = false;
        retry = RETRY_MS;
      } catch (error) {
        if (this.#stopping) break;
        this.#failing = true;
        if (!(error instanceof TurnoutError)) {
          this.#options.log.error({ err: error }, 'roll-ups could not be kept; trying again');
          // Something is not as it was left.
          this.#opened = false;
          this.#kept = null;
        }
        wait = retry;
        retry = Math.min(LONGEST_RETRY_MS, retry * 2);
      }
      if (wait > 0 && !this.#stopping) await this.#sleep(wait);
    }
    // What is lost here is only computed once more.
    if (this.#opened && !this.#failing) await this.#save().catch(() => {});
  }

  /** One piece of work. Returns the milliseconds until there is more. */
  async #work(): Promise<number> {
    const recomputed = await this.#recompute();
    if (recomputed) return 0;
    const unbuilt = this.#states.filter(({ whole }) => !whole);
    // One that cannot be built keeps no other from it.
    const next = unbuilt[this.#turn % unbuilt.length];
    if (next !== undefined) {
      this.#turn += 1;
      await this.#build(next);
      this.#turn -= 1;
      return 0;
    }
    const now = performance.now();
    const wait = this.#pace.untilNext(this.#states, now);
    const saveIn = this.#savedAt + SAVE_EVERY_MS - now;
    const unsaved = this.#unsaved().length > 0;
    if (unsaved && (saveIn <= 0 || (wait === Infinity && this.#settling.length > 0))) {
      await this.#save();
      return 0;
    }
    const inPieces = this.#inPieces.shift();
    if (inPieces !== undefined) {
      await this.#store.merge(inPieces);
      return 0;
    }
    if (wait === Infinity) for (const resolve of this.#settling.splice(0)) resolve();
    if (now >= this.#dropAt) {
      await this.#dropOthers();
      return 0;
    }
    if (now >= this.#lookForPartsAt) {
      await this.#mergeOne();
      return 0;
    }
    return Math.max(1, Math.min(wait, this.#lookForPartsAt - now, this.#dropAt - now, unsaved ? saveIn : Infinity));
  }

  /** Computes the hours whose turn it is. */
  async #recompute(): Promise<boolean> {
    const startedAt = performance.now();
    const due = this.#states.flatMap((state) => {
      const hours = this.#pace.due(state, startedAt);
      return hours.length === 0 ? [] : [{ state, hours }];
    });
    if (due.length === 0) return false;
    const [changes, told] = [this.#changes, this.#told];
    const failures: unknown[] = [];
    for (const { state, hours } of due)
      await this.#computeHours(state, hours, changes).catch((error: unknown) => failures.push(error));
    this.#pace.took(startedAt, performance.now());
    for (const state of this.#states)
      if (state.waiting(({ change }) => change <= changes).length === 0) state.seq = Math.max(state.seq, told);
    // A bug is told before what passes.
    if (failures.length > 0) throw failures.find((error) => !(error instanceof TurnoutError)) ?? failures[0];
    return true;
  }

  async #computeHours(state: RollupState, hours: readonly number[], changes: number): Promise<void> {
    const { era } = state;
    const began = performance.now();
    await this.#recomputer.computeHours(state.rollup, hours, (computed) => {
      if (state.era !== era) return;
      state.computed(computed, changes);
      this.#kept = null;
    });
    if (state.era !== era) return;
    state.last = { at: this.#options.now(), hours: hours.length, milliseconds: performance.now() - began };
  }

  /** Builds the next piece, from the newest back. */
  async #build(state: RollupState): Promise<void> {
    const { rollup, era } = state;
    let build = this.#builds.get(state);
    if (build?.era !== era) {
      const pieces = await this.#recomputer.planBuild(rollup, state.from);
      build = { era, pieces, total: pieces.reduce((sum, { facts }) => sum + facts, 0) };
      state.rowsBefore ||= await this.#store.hasRowsBefore(rollup);
      this.#builds.set(state, build);
    }
    const piece = build.pieces[0] ?? { start: ROLLUP_SPAN.start, facts: 0 };
    const changes = this.#changes;
    if (piece.start < state.from) await this.#recomputer.computeRange(rollup, { start: piece.start, end: state.from });
    if (state.era !== era || !this.#opened) return;
    build.pieces.shift();
    state.builtFrom(piece.start, changes);
    const left = build.pieces.reduce((sum, { facts }) => sum + facts, 0);
    state.built = state.whole ? 1 : 1 - left / Math.max(1, build.total);
    this.#kept = null;
    await this.#save();
    if (!state.whole) return;
    this.#builds.delete(state);
    this.#inPieces.push(...(await this.#store.listParts(state.allTables)));
  }

  /** Makes what is missing and finds out how far everything is. */
  async #open(): Promise<void> {
    const { loadSeq, loadTouches, log, warehouse } = this.#options;
    const eras = this.#states.map(({ era }) => era);
    const fresh = this.#fresh;
    const seq = await loadSeq(warehouse());
    const present = await this.#store.listTables();
    const { progress, version } = await this.#store.loadProgress();
    const byName = new Map(progress.map((each) => [each.name, each]));
    const tablesOf = (state: RollupState) => state.allTables;
    const held = this.#states.filter((state) => {
      const saved = byName.get(state.rollup.name);
      if (fresh || saved === undefined) return false;
      // Facts that were made anew are counted from the beginning.
      return (
        saved.definition === state.definition && saved.seq <= seq && tablesOf(state).every((name) => present.has(name))
      );
    });
    const versions = await this.#store.newestVersion(
      this.#states.flatMap(tablesOf).filter((name) => present.has(name)),
    );
    // Rows are written under twice the number and one.
    const reached = BigInt(Math.max(version, Math.ceil(versions / 2)));
    if (reached > this.#version) this.#version = reached;
    const empty = this.#states.filter((state) => !held.includes(state));
    if (empty.length > 0) {
      // First, so that a crash leaves no table that is emptier than it is said to be.
      const nothing = empty.map(({ rollup }) => ({ name: rollup.name, definition: '', from: ROLLUP_SPAN.end, seq: 0 }));
      await this.#store.saveProgress(nothing, this.#nextSave());
      for (const state of empty) await this.#store.makeTables(state);
      log.info({ rollups: empty.map(({ rollup }) => rollup.name) }, 'roll-ups are built from the facts');
    }
    for (const state of held) state.rowsBefore = await this.#store.hasRowsBefore(state.rollup);
    const since = held.map(({ rollup }) => byName.get(rollup.name)?.seq ?? 0);
    const touches = held.length === 0 ? [] : await loadTouches(warehouse(), Math.min(...since));
    if (this.#fresh !== fresh || this.#states.some(({ era }, index) => era !== eras[index])) return;
    this.#changes += 1;
    for (const state of this.#states) {
      const saved = held.includes(state) ? byName.get(state.rollup.name) : undefined;
      state.seq = saved?.seq ?? seq;
      if (saved === undefined) {
        state.rowsBefore = false;
        continue;
      }
      state.from = saved.from;
      state.built = state.whole ? 1 : 0;
      const now = this.#options.now();
      for (const touched of touches)
        if (touched.seq > saved.seq) state.applied(touched.change, this.#changes, performance.now(), now);
    }
    this.#saved = new Map(held.map((state) => [state.rollup.name, describeProgress(this.#progressOf(state))]));
    this.#told = Math.max(this.#told, seq);
    this.#fresh = false;
    this.#dropAt = performance.now() + (this.#options.dropAfterMs ?? DROP_AFTER_MS);
    this.#builds.clear();
    this.#kept = null;
    this.#opened = true;
    this.#found.resolve();
  }

  #progressOf({ rollup, definition, from, seq }: RollupState): RollupProgress {
    return { name: rollup.name, definition, from, seq };
  }

  #unsaved(): RollupProgress[] {
    return this.#states
      .map((state) => this.#progressOf(state))
      .filter((progress) => this.#saved.get(progress.name) !== describeProgress(progress));
  }

  async #save(): Promise<void> {
    const unsaved = this.#unsaved();
    if (unsaved.length === 0) return;
    await this.#store.saveProgress(unsaved, this.#nextSave());
    for (const progress of unsaved) this.#saved.set(progress.name, describeProgress(progress));
    this.#savedAt = performance.now();
  }

  #nextSave(): number {
    this.#version += 1n;
    return Number(this.#version);
  }

  /** Drops tables of what is declared no more, or otherwise. */
  async #dropOthers(): Promise<void> {
    this.#dropAt = Infinity;
    const own = new Set(this.#states.flatMap((state) => state.allTables));
    for (const table of await this.#store.listTables()) if (!own.has(table)) await this.#store.drop(table);
  }

  /** Merges the month that lies in most parts, where one does. */
  async #mergeOne(): Promise<void> {
    const startedAt = performance.now();
    const tables = this.#states.flatMap((state) => state.allTables);
    const parts = await this.#store.listParts(tables);
    const month = parts.find((each) => each.parts > MANY_PARTS || each.quiet >= QUIET_SECONDS);
    if (month !== undefined) await this.#store.merge(month);
    const endedAt = performance.now();
    this.#lookForPartsAt =
      month === undefined ? endedAt + LOOK_FOR_PARTS_MS : endedAt + (endedAt - startedAt) * MERGE_SHARE;
  }

  async #sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(milliseconds, 2 ** 30));
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }
}

const describeProgress = ({ definition, from, seq }: RollupProgress): string => JSON.stringify([definition, from, seq]);
