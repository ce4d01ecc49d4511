import { defineConfig } from 'vitest/config';

/** Files that need the machine for themselves; see vitest.timed.config.ts. */
export const TIMED = ['budget', 'failures', 'forty-tiles', 'kill', 'live', 'serving', 'start'].map(
  (name) => `test/e2e/${name}.test.ts`,
);

export default defineConfig({
  test: {
    globalSetup: 'test/support/sample-server.ts',
    include: ['test/e2e/**/*.test.ts'],
    exclude: TIMED,
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
