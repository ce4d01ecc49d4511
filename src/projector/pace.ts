/** What a batch was like. */
interface BatchWork {
  records: number;
  /** Milliseconds that it took. */
  tookMs: number;
}

/** Between the starts of two batches where little arrives: what arrives is counted almost at once. */
const SHORTEST_MS = 400;
/** Where much arrives: fewer and larger parts, and the cores are left to readers. What arrives is counted within 4 s. */
const LONGEST_MS = 2500;
/** When nothing has come for so long there is nothing more to gather. */
const LULL_MS = 200;
const MANY_RECORDS = 200;
/** Of the time a third goes into batches. */
const SHARE = 3;
/** From here on the engine's merges do not follow; it would slow down inserts itself at 1,000 and refuse them at 3,000. */
const MANY_PARTS = 300;
const SLOWEST_MS = 10_000;

/** Milliseconds from the start of a batch to that of the next where there is no backlog. */
export function paceOf({ records, tookMs }: BatchWork): number {
  return records < MANY_RECORDS ? SHORTEST_MS : Math.min(LONGEST_MS, Math.max(SHORTEST_MS, tookMs * SHARE));
}

/**
 * Waits until the next batch is due, while more arrives: what came in one burst is not kept waiting.
 *
 * @param startedAt when the batch before began, on the monotonic clock
 * @param paceMs as of `paceOf`
 * @param arrived grows with everything that arrives
 */
export async function gather(startedAt: number, paceMs: number, arrived: () => number): Promise<void> {
  const left = (ms: number) => startedAt + ms - performance.now();
  if (left(SHORTEST_MS) > 0) await pause(Math.min(left(SHORTEST_MS), left(paceMs)));
  for (let before = -1; left(paceMs) > 0 && arrived() !== before; ) {
    before = arrived();
    await pause(Math.min(left(paceMs), LULL_MS));
  }
}

/**
 * Milliseconds to wait for merges before the next batch, backlog or not; 0 as long as they follow.
 * @param parts of the table, or month of one, that has most of them
 */
export const waitForMerges = (parts: number): number =>
  parts <= MANY_PARTS ? 0 : Math.min(SLOWEST_MS, (parts - MANY_PARTS) * 20);

/** The global timer, which tests can turn. */
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
