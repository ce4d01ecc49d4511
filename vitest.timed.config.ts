import { defineConfig } from 'vitest/config';
import { TIMED } from './vitest.e2e.config.ts';

/** What takes the time, or kills: alone on the machine, one after the other. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/sample-server.ts',
    include: TIMED,
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
