import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { gather, paceOf, waitForMerges } from './pace.ts';

test('little is counted almost at once; much is gathered, the longer the more work it makes', () => {
  expect(paceOf({ records: 1, tookMs: 50 })).toBe(400);
  expect(paceOf({ records: 199, tookMs: 900 })).toBe(400);
  expect(paceOf({ records: 1200, tookMs: 100 })).toBe(400);
  expect(paceOf({ records: 1200, tookMs: 300 })).toBe(900);
  expect(paceOf({ records: 20_000, tookMs: 2000 })).toBe(2500);
});

test('batches wait for merges that do not follow, and never for long', () => {
  expect(waitForMerges(300)).toBe(0);
  expect(waitForMerges(400)).toBe(2000);
  expect(waitForMerges(100_000)).toBe(10_000);
});

describe('gathering', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Milliseconds that it waits when something arrives every `everyMs` for `forMs`. */
  async function waited(paceMs: number, everyMs: number, forMs: number): Promise<number> {
    const startedAt = performance.now();
    let ended = false;
    const gathered = gather(startedAt, paceMs, () =>
      Math.floor(Math.min(performance.now() - startedAt, forMs) / everyMs),
    ).then(() => {
      ended = true;
    });
    while (!ended) await vi.advanceTimersByTimeAsync(10);
    await gathered;
    return performance.now() - startedAt;
  }

  test('goes on for as long as more arrives, at most until the batch is due', async () => {
    expect(await waited(2500, 20, 10_000)).toBeCloseTo(2500, -2);
    expect(await waited(400, 20, 10_000)).toBeCloseTo(400, -2);
  });

  test('ends soon after a burst', async () => {
    expect(await waited(2500, 20, 500)).toBeLessThan(1000);
    expect(await waited(2500, 20, 0)).toBeLessThan(700);
  });

  test('never begins two batches within less than the shortest pace', async () => {
    expect(await waited(400, 20, 0)).toBeGreaterThanOrEqual(400);
    expect(await waited(2500, 20, 0)).toBeGreaterThanOrEqual(400);
  });

  test('a batch that took longer than its pace is followed at once', async () => {
    const before = performance.now();
    await gather(before - 3000, 2500, () => 1);
    expect(performance.now()).toBe(before);
  });
});
