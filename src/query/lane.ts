import { TurnoutError } from '../contract/errors.ts';

export interface LaneStatus {
  /** Statements in a place. */
  running: number;
  /** Statements that run on beside the places, having taken too long. */
  overdue: number;
  /** Statements that wait for a place, and the requests that they belong to. */
  waiting: number;
  requests: number;
  /** Statements turned away so far because too many requests waited. */
  refused: number;
}

interface Waiting {
  start: () => void;
}

export interface LaneOptions {
  /** Statements that run at a time. */
  places: number;
  /** Requests whose statements may wait at a time; those of another one are refused. */
  maxRequests: number;
  /** Milliseconds after which a statement runs on beside the places, so that what is short need not wait for it. */
  patienceMs?: number;
  /** Statements that may do so at a time; default 0. */
  maxOverdue?: number;
}

/** More requests wait than can be answered in reasonable time: nothing is wrong, it should be tried again. */
export class BusyError extends TurnoutError {
  constructor() {
    super('unavailable', 'Turnout is answering as many questions as it can at once. Try again in a few seconds.');
  }
}

/**
 * Places in which statements run. Where all are taken, requests take turns: the next statement is of the request that was served
 * longest ago, so that a page of many tiles does not hold up one of a single tile.
 */
export class Lane {
  readonly #options: LaneOptions;
  /** By request; the one that is served next stands first. */
  readonly #queues = new Map<object, Waiting[]>();
  #running = 0;
  #overdue = 0;
  #waiting = 0;
  #refused = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  status(): LaneStatus {
    return {
      running: this.#running,
      overdue: this.#overdue,
      waiting: this.#waiting,
      requests: this.#queues.size,
      refused: this.#refused,
    };
  }

  /**
   * Runs the work in a place of its own; one that is aborted while it waits is never begun.
   * @throws BusyError where too many other requests wait already
   */
  async run<T>(request: object, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#running < this.#options.places) this.#running++;
    else await this.#turn(request, signal);
    let inPlace = true;
    const { patienceMs, maxOverdue = 0 } = this.#options;
    const step = () => {
      if (this.#overdue >= maxOverdue) return;
      inPlace = false;
      this.#overdue++;
      this.#leave();
    };
    const patience = patienceMs === undefined ? undefined : setTimeout(step, patienceMs);
    try {
      return await work();
    } finally {
      clearTimeout(patience);
      if (inPlace) this.#leave();
      else this.#overdue--;
    }
  }

  /** Resolves with a place that was handed over. */
  #turn(request: object, signal: AbortSignal): Promise<void> {
    let queue = this.#queues.get(request);
    if (queue === undefined) {
      if (this.#queues.size >= this.#options.maxRequests) {
        this.#refused++;
        throw new BusyError();
      }
      queue = [];
      this.#queues.set(request, queue);
    }
    const own = queue;
    this.#waiting++;
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        start: () => {
          signal.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      const giveUp = () => {
        own.splice(own.indexOf(waiting), 1);
        if (own.length === 0) this.#queues.delete(request);
        this.#waiting--;
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      own.push(waiting);
    });
  }

  /** The place is handed over, so that the count never exceeds the limit. */
  #leave(): void {
    for (const [request, queue] of this.#queues) {
      const next = queue.shift();
      this.#queues.delete(request);
      if (next === undefined) continue;
      // To the end of the row.
      if (queue.length > 0) this.#queues.set(request, queue);
      this.#waiting--;
      next.start();
      return;
    }
    this.#running--;
  }
}
