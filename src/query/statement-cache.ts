import type { RenderedSql } from '../sql/rendered.ts';
import { KeptAnswers, type KeptAnswersStatus } from './kept-answers.ts';
import { Lane, type LaneStatus } from './lane.ts';
import type {
  LaneName,
  QueryContext,
  RunStatement,
  StatementAnswer,
  StatementTraits,
  TableRead,
} from './query-context.ts';
import { StatementCosts } from './statement-costs.ts';

export interface CachedAnswer extends StatementAnswer {
  cached: boolean;
}

export interface StatementCacheOptions {
  run: RunStatement;
  /** Quick statements that run at the same time; the engine's pool size. */
  parallel: number;
  /** Heavy ones; default 1. */
  parallelHeavy?: number;
  /** Quick statements beside these that turned out to be slow; the engine has a session for each. Default 0. */
  maxOverdue?: number;
  /** Rows kept over all answers; the least recently used go first. */
  maxRows: number;
  /** Bytes, estimated, of all answers; default 64 MB. */
  maxBytes?: number;
  /** Requests that may wait for a quick place; default 60. */
  maxRequests?: number;
  /** Requests that may wait for a heavy place; default 20. */
  maxHeavyRequests?: number;
  /** Rows of what would be read, roughly. */
  estimateRows?: (reads: readonly TableRead[]) => number;
}

/** What has been asked and answered since the start. */
export interface ServingStatus extends KeptAnswersStatus {
  /** Statements answered from what is kept. */
  hits: number;
  /** Statements that joined an equal one under way. */
  shared: number;
  /** Statements sent to the engine. */
  misses: number;
  /** Statements given up because nobody waited for them any more. */
  given_up: number;
  lanes: Record<LaneName, LaneStatus>;
}

/** A quick statement that takes longer gives its place to others. */
const PATIENCE_MS = 1_000;

interface Flight {
  answer: Promise<StatementAnswer>;
  abort: AbortController;
  waiting: number;
}

/**
 * Runs statements: in lanes of limited width, equal ones under way only once. An answer is kept until something changes of what its
 * statement reads. A statement is given up when everybody who waits for it has given up.
 */
export class StatementCache {
  readonly #run: RunStatement;
  readonly #answers: KeptAnswers;
  readonly #costs: StatementCosts;
  readonly #lanes: Record<LaneName, Lane>;
  readonly #flights = new Map<string, Flight>();
  #hits = 0;
  #shared = 0;
  #misses = 0;
  #givenUp = 0;

  constructor(options: StatementCacheOptions) {
    this.#run = options.run;
    this.#answers = new KeptAnswers(options.maxRows, options.maxBytes ?? 64e6);
    this.#costs = new StatementCosts(options.estimateRows);
    this.#lanes = {
      quick: new Lane({
        places: options.parallel,
        maxRequests: options.maxRequests ?? 60,
        patienceMs: PATIENCE_MS,
        maxOverdue: options.maxOverdue ?? 0,
      }),
      heavy: new Lane({ places: options.parallelHeavy ?? 1, maxRequests: options.maxHeavyRequests ?? 20 }),
    };
  }

  status(): ServingStatus {
    return {
      ...this.#answers.status(),
      hits: this.#hits,
      shared: this.#shared,
      misses: this.#misses,
      given_up: this.#givenUp,
      lanes: { quick: this.#lanes.quick.status(), heavy: this.#lanes.heavy.status() },
    };
  }

  /** @throws BusyError, the reason of the context's `signal` or `budget`, and whatever the runner throws */
  async run(statement: RenderedSql, traits: StatementTraits, context: QueryContext): Promise<CachedAnswer> {
    const { signal, budget, changes } = context;
    signal?.throwIfAborted();
    const key = `${context.policy ?? ''}\n${traits.key}`;
    const versionOf = (reads: StatementTraits['reads']) => changes?.versionOf(reads) ?? context.dataVersion;
    const known = this.#answers.find(key, versionOf);
    if (known !== undefined) {
      this.#hits++;
      return { ...known, elapsedMs: 0, cached: true };
    }
    budget?.throwIfAborted();
    // Where something has changed since the request began, its roll-ups may be those of before: right for it, but not for later ones.
    const isCurrent = (version: number | string) => changes === undefined || Number(version) <= changes.at;
    const asked = versionOf(traits.reads);
    const flight = this.#join(`${key}\n${isCurrent(asked) ? asked : `at ${changes?.at}`}`, {
      statement,
      traits,
      request: signal ?? context,
      done: (answer) => {
        const reads = traits.readsOfAnswer?.(answer.rows) ?? traits.reads;
        const version = versionOf(reads);
        if (isCurrent(version)) this.#answers.keep(key, { answer, reads, version });
      },
    });
    flight.waiting++;
    try {
      return { ...(await untilAborted(flight.answer, [signal, budget])), cached: false };
    } finally {
      flight.waiting--;
      if (flight.waiting === 0) flight.abort.abort();
    }
  }

  #join(
    id: string,
    asked: {
      statement: RenderedSql;
      traits: StatementTraits;
      request: object;
      done: (answer: StatementAnswer) => void;
    },
  ): Flight {
    const underWay = this.#flights.get(id);
    if (underWay !== undefined) {
      this.#shared++;
      return underWay;
    }
    const { statement, traits, request, done } = asked;
    const abort = new AbortController();
    const { signal } = abort;
    const lane = this.#costs.laneOf(traits);
    const answer = this.#lanes[lane]
      .run(request, signal, () => {
        this.#misses++;
        return this.#costs.watch(traits.key, this.#run(statement, { signal, lane }));
      })
      .then((answered) => {
        done(answered);
        return answered;
      });
    const flight: Flight = { answer, abort, waiting: 0 };
    this.#flights.set(id, flight);
    const land = () => {
      if (this.#flights.get(id) === flight) this.#flights.delete(id);
    };
    // At once, so that nobody joins what has been given up.
    signal.addEventListener('abort', land);
    answer.then(land, () => {
      land();
      if (signal.aborted) this.#givenUp++;
    });
    return flight;
  }
}

function untilAborted<T>(work: Promise<T>, signals: readonly (AbortSignal | undefined)[]): Promise<T> {
  const watched = signals.filter((signal) => signal !== undefined);
  if (watched.length === 0) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(watched.find((signal) => signal.aborted)?.reason);
    if (watched.some((signal) => signal.aborted)) return stop();
    for (const signal of watched) signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => {
      for (const signal of watched) signal.removeEventListener('abort', stop);
    });
  });
}
