import { type PullEffects, PullError, type PullHttpAnswer, type PullHttpRequest } from '../contract/pull.ts';
import { backOffMs, retryAfterMs } from './back-off.ts';
import { guardedRequest } from './guarded-request.ts';
import type { EgressPolicy } from './policy.ts';
import { type Lookup, resolveTarget } from './resolve-target.ts';

export interface EffectsOptions {
  policy: EgressPolicy;
  /** UTC milliseconds. */
  now(): number;
  signal: AbortSignal;
  /** In [0, 1). */
  random(): number;
  /** Ends early, without an error, when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Requests of the whole run, repetitions included; unbounded where absent. */
  requestBudget?: number;
  /** UTC milliseconds at which the run ends: no wait goes beyond it. */
  deadline?: number;
  /** How often one request is tried; default 8, which is about a minute. */
  attempts?: number;
  log(sentence: string): void;
  notice(sentence: string): void;
  /** Names → addresses; the system's where absent. */
  lookup?: Lookup;
}

/** The run has made as many requests as it may; what is left is read by the next one. Not a fault. */
export class RequestBudgetError extends PullError {
  constructor(requests: number) {
    super('retry', `The run has made the ${requests} requests that it may make; the next one goes on from here.`);
    this.name = 'RequestBudgetError';
  }
}

const ATTEMPTS = 8;
/** Waits longer than this are left to the schedule of the source. */
const LONGEST_WAIT_MS = 300_000;
const RETRIED: readonly number[] = [408, 425, 429, 500, 502, 503, 504];

/** The outside world of one run: guarded, retried with back-off and jitter, within its budget and until its deadline. */
export function createPullEffects(options: EffectsOptions): PullEffects {
  const { policy, signal, lookup } = options;
  const attempts = options.attempts ?? ATTEMPTS;
  let requests = 0;
  let lastBegan = Number.NEGATIVE_INFINITY;

  const pace = async (gap: number): Promise<void> => {
    const wait = lastBegan + gap - options.now();
    if (wait > 0 && wait <= gap) await options.sleep(wait, signal);
    if (signal.aborted) throw new PullError('retry', 'The run was stopped.');
  };

  const spend = (): void => {
    const budget = options.requestBudget;
    if (budget !== undefined && requests >= budget) throw new RequestBudgetError(budget);
    requests += 1;
  };

  /** Waits before the next attempt, or throws when there is none. `wanted`: what the service asked for. */
  const pause = async (
    attempt: number,
    sentence: string,
    wanted: number | undefined,
    status?: number,
  ): Promise<void> => {
    const jittered = backOffMs(attempt, options.random());
    const wait = wanted === undefined ? jittered : wanted + Math.min(jittered, 1000);
    const ends = options.deadline !== undefined && options.now() + wait > options.deadline;
    if (attempt + 1 >= attempts || wait > LONGEST_WAIT_MS || ends)
      throw new PullError('retry', sentence, wanted, status);
    options.log(`${sentence} Trying again in ${Math.ceil(wait / 1000)} s (${attempt + 2} of ${attempts}).`);
    await options.sleep(wait, signal);
    if (signal.aborted) throw new PullError('retry', 'The run was stopped.');
  };

  const tryOnce = async (request: PullHttpRequest): Promise<PullHttpAnswer | PullError> => {
    try {
      return await guardedRequest(request, { policy, signal, ...(lookup === undefined ? {} : { lookup }) });
    } catch (error) {
      if (error instanceof PullError && error.kind === 'retry' && !signal.aborted) return error;
      throw error;
    }
  };

  return {
    now: options.now,
    signal,
    log: options.log,
    notice: options.notice,
    async http(request) {
      for (let attempt = 0; ; attempt++) {
        if (request.paceMs !== undefined) await pace(request.paceMs);
        spend();
        lastBegan = options.now();
        const outcome = await tryOnce(request);
        if (outcome instanceof PullError) {
          await pause(attempt, outcome.message, outcome.retryAfterMs);
        } else if (RETRIED.includes(outcome.status)) {
          const wanted = retryAfterMs(outcome.headers['retry-after'], options.now());
          await pause(attempt, describeStatus(request.url, outcome.status), wanted, outcome.status);
        } else {
          return outcome;
        }
      }
    },
    async address(host, port) {
      const { address, family } = await resolveTarget(host, port, policy, lookup);
      return { address, family };
    },
  };
}

function describeStatus(url: string, status: number): string {
  const host = `"${new URL(url).hostname}"`;
  if (status === 429) return `${host} asks to be asked less often (429).`;
  return `${host} is out of order at the moment (${status}).`;
}
