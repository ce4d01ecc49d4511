import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { throttle } from './throttle.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('at once after a quiet time, then once per interval, the last of a burst included', () => {
  const at: number[] = [];
  const start = performance.now();
  const tell = throttle(() => at.push(performance.now() - start), 2_000);
  for (let tenth = 0; tenth < 50; tenth++) {
    tell();
    vi.advanceTimersByTime(100);
  }
  expect(at).toEqual([0, 2_000, 4_000]);
  vi.advanceTimersByTime(10_000);
  expect(at).toEqual([0, 2_000, 4_000, 6_000]);
  tell();
  expect(at.at(-1)).toBe(15_000);
});

test('what is cancelled is not called', () => {
  let calls = 0;
  const tell = throttle(() => calls++, 2_000);
  tell();
  tell();
  tell.cancel();
  vi.advanceTimersByTime(10_000);
  expect(calls).toBe(1);
});
