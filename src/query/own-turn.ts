import { setImmediate as nextIteration } from 'node:timers/promises';

let last: Promise<void> = Promise.resolve();

/**
 * Resolves in an iteration of the event loop in which nobody else's turn is: between two of them whatever else waits, webhooks
 * first of all, is looked at. Who computes for some milliseconds waits for a turn before it; else the answers of a whole page,
 * which come at about the same time, are computed in one go, up to 0.2 s in which nothing can be received.
 */
export function ownTurn(): Promise<void> {
  last = last.then(() => nextIteration());
  return last;
}
