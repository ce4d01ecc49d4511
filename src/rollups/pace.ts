import type { RollupState } from './rollup-state.ts';

/** An hour that was not touched for so many milliseconds is no longer hot: the projector gathers events for less than that. */
const COOL_AFTER_MS = 2_600;
/** Hot hours change with every batch: computing them takes at most a fifth of the time. */
const REST = 4;
const LONGEST_REST_MS = 30_000;
/** However long computing took, hours that have cooled wait no longer than this. */
const LONGEST_WAIT_MS = 300;

/** When hours are computed anew: at once where little goes on, seldom where the same hours change again and again. */
export class Pace {
  #endedAt = Number.NEGATIVE_INFINITY;
  #rest = 0;

  /** Tells how long the last round took. */
  took(startedAt: number, endedAt: number): void {
    this.#endedAt = endedAt;
    this.#rest = Math.min(LONGEST_REST_MS, (endedAt - startedAt) * REST);
  }

  /** The hours of a roll-up whose turn it is. */
  due(state: RollupState, now: number): number[] {
    if (now >= this.#endedAt + this.#rest) return state.waiting();
    if (now < this.#endedAt + Math.min(this.#rest, LONGEST_WAIT_MS)) return [];
    return state.waiting(({ touchedAt }) => now - touchedAt >= COOL_AFTER_MS);
  }

  /** Milliseconds until some hour is due; infinite where none waits. */
  untilNext(states: readonly RollupState[], now: number): number {
    let next = Number.POSITIVE_INFINITY;
    const restedAt = this.#endedAt + this.#rest;
    const cooledAt = this.#endedAt + Math.min(this.#rest, LONGEST_WAIT_MS);
    for (const state of states)
      state.waiting(({ touchedAt }) => {
        next = Math.min(next, restedAt, Math.max(cooledAt, touchedAt + COOL_AFTER_MS));
        return false;
      });
    return next === Number.POSITIVE_INFINITY ? next : Math.max(0, next - now);
  }
}
