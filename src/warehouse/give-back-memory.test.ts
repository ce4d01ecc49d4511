import { expect, test } from 'vitest';
import { until } from '../../test/support/server.ts';
import { giveBackWhenQuiet, heapBytes } from './give-back-memory.ts';

const MEGABYTE = 1024 * 1024;

test('what is no longer in use is given back in a quiet moment after work', async () => {
  let times = 0;
  let garbage: unknown[] | undefined = Array.from({ length: 200_000 }, (_, index) => ({
    index,
    text: `text ${index}`,
  }));
  const buffers = Array.from({ length: 40 }, () => Buffer.alloc(MEGABYTE, 1));
  const before = heapBytes();
  expect(garbage.length + buffers.length).toBe(200_040);
  garbage = undefined;
  buffers.length = 0;
  const stop = giveBackWhenQuiet({
    lookEveryMs: 100,
    also: async () => {
      times += 1;
    },
  });
  try {
    work(800);
    await until(async () => (times > 0 ? true : undefined), 'the first quiet moment');
    expect(heapBytes()).toBeLessThan(before - 40 * MEGABYTE);
  } finally {
    stop();
  }
});

/** Keeps this process busy for so many milliseconds of CPU time. */
function work(ms: number): void {
  const began = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(began);
    if (user + system > ms * 1000) return;
  }
}
