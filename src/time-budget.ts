import { TurnoutError } from './contract/errors.ts';

/** Milliseconds in which a request is answered or told that it takes too long. */
const REQUEST_MS = 30_000;

/** Does the work under a limit of time: when it is up the signal aborts, with a sentence for the reader as its reason. */
export async function withinBudget<T>(
  work: (budget: AbortSignal) => Promise<T>,
  limitMs: number = REQUEST_MS,
): Promise<T> {
  const budget = new AbortController();
  const timer = setTimeout(() => {
    budget.abort(
      new TurnoutError(
        'timeout',
        `This was not answered within ${limitMs / 1000} s. Ask for a shorter period or fewer dimensions.`,
      ),
    );
  }, limitMs);
  try {
    return await work(budget.signal);
  } finally {
    clearTimeout(timer);
  }
}
