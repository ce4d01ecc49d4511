import type { RenderedSql } from '../sql/rendered.ts';
import type { RunStatement, StatementAnswer } from './query-context.ts';

export interface CachedAnswer extends StatementAnswer {
  cached: boolean;
}

interface StatementCacheOptions {
  run: RunStatement;
  /** Statements that run at the same time; the engine's pool size. */
  parallel: number;
  /** Rows kept over all answers; the least recently used go first. */
  maxRows: number;
}

interface Flight {
  answer: Promise<StatementAnswer>;
  abort: AbortController;
  waiting: number;
}

/**
 * Runs statements: at most `parallel` at a time, equal ones under way only once, answers remembered per data version. A statement
 * is given up when everybody who waits for it has given up.
 */
export class StatementCache {
  readonly #options: StatementCacheOptions;
  readonly #answers = new Map<string, StatementAnswer>();
  readonly #flights = new Map<string, Flight>();
  readonly #queue: (() => void)[] = [];
  #rows = 0;
  #running = 0;

  constructor(options: StatementCacheOptions) {
    this.#options = options;
  }

  async run(statement: RenderedSql, dataVersion: string, signal: AbortSignal | undefined): Promise<CachedAnswer> {
    signal?.throwIfAborted();
    const key = `${dataVersion}\n${statement}`;
    const known = this.#answers.get(key);
    if (known !== undefined) {
      this.#answers.delete(key);
      this.#answers.set(key, known);
      return { ...known, elapsedMs: 0, rowsRead: known.rowsRead, cached: true };
    }
    const flight = this.#flights.get(key) ?? this.#start(key, statement);
    flight.waiting++;
    try {
      return { ...(await untilAborted(flight.answer, signal)), cached: false };
    } finally {
      flight.waiting--;
      if (flight.waiting === 0 && this.#flights.get(key) === flight) {
        this.#flights.delete(key);
        flight.abort.abort();
      }
    }
  }

  #start(key: string, statement: RenderedSql): Flight {
    const abort = new AbortController();
    const answer = this.#inTurn(abort.signal, () => this.#options.run(statement, { signal: abort.signal })).then(
      (done) => {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        this.#remember(key, done);
        return done;
      },
      (error: unknown) => {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        throw error;
      },
    );
    answer.catch(() => undefined);
    const flight: Flight = { answer, abort, waiting: 0 };
    this.#flights.set(key, flight);
    return flight;
  }

  async #inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#options.parallel) await new Promise<void>((resolve) => this.#queue.push(resolve));
    else this.#running++;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      // The place is handed over, so that the count never exceeds the limit.
      const next = this.#queue.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  #remember(key: string, answer: StatementAnswer): void {
    const size = answer.rows.length + 1;
    if (size > this.#options.maxRows / 4) return;
    this.#answers.set(key, answer);
    this.#rows += size;
    for (const [oldest, held] of this.#answers) {
      if (this.#rows <= this.#options.maxRows) break;
      this.#answers.delete(oldest);
      this.#rows -= held.rows.length + 1;
    }
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
