import { defineConfig } from 'vitest/config';

/** Files that take the time or kill: one after the other, when the others are done. */
const TIMED = ['budget', 'failures', 'forty-tiles', 'kill', 'live', 'serving', 'start'].map(
  (name) => `test/e2e/${name}.test.ts`,
);
const limits = { pool: 'forks', testTimeout: 120_000, hookTimeout: 180_000 } as const;

export default defineConfig({
  test: {
    // One server with the sample for all.
    globalSetup: 'test/support/sample-server.ts',
    projects: [
      {
        test: {
          ...limits,
          name: 'two at a time',
          include: ['test/e2e/**/*.test.ts'],
          exclude: TIMED,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...limits,
          name: 'alone',
          include: TIMED,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
