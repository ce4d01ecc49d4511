import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LedgerWatch } from './ledger-watch.ts';

const MINUTE = 60_000;
let turns: number[];
let watch: LedgerWatch;
beforeEach(() => {
  vi.useFakeTimers();
  turns = [];
});
afterEach(() => {
  watch.stop();
  vi.useRealTimers();
});

const start = (slices: number, tookMs = 0) => {
  watch = new LedgerWatch(async (turn) => {
    turns.push(turn);
    if (tookMs > 0) await new Promise((done) => setTimeout(done, tookMs));
    return slices;
  });
};
const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * MINUTE);

test('every minute while something changes', async () => {
  start(1);
  for (let minute = 0; minute < 10; minute++) {
    watch.noteChange();
    await minutes(1);
  }
  expect(turns).toHaveLength(10);
});

test('ever more rarely while nothing does, at last once an hour; news are looked at within the minute', async () => {
  start(1);
  await minutes(64);
  // after 1, 2, 4, 8, 16, 32 and 64 minutes
  expect(turns).toHaveLength(7);
  await minutes(24 * 60);
  expect(turns).toHaveLength(7 + 24);
  watch.noteChange();
  await minutes(1);
  expect(turns).toHaveLength(8 + 24);
  await minutes(1);
  expect(turns).toHaveLength(9 + 24);
});

test('all slices have their turn before it rests', async () => {
  start(13);
  await minutes(13);
  expect(turns).toStrictEqual(Array.from({ length: 13 }, (_, turn) => turn));
  await minutes(2);
  expect(turns).toHaveLength(14);
  watch.noteChange();
  await minutes(13);
  expect(turns).toHaveLength(27);
});

test('at most a twentieth of the time goes into it', async () => {
  start(1, MINUTE);
  for (let minute = 0; minute < 100; minute++) {
    watch.noteChange();
    await minutes(1);
  }
  expect(turns.length).toBeLessThanOrEqual(5);
});

test('what could not be looked at is looked at again within the minute', async () => {
  let away = true;
  watch = new LedgerWatch(async (turn) => {
    turns.push(turn);
    return away ? undefined : 1;
  });
  await minutes(10);
  expect(turns).toHaveLength(10);
  away = false;
  await minutes(8);
  // after 1, 2, 4 and 8 minutes
  expect(turns).toHaveLength(14);
});

test('stopped, it is over', async () => {
  start(1);
  watch.stop();
  await minutes(100);
  expect(turns).toHaveLength(0);
});
