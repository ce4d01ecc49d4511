// `npm run test:server [server|cluster] [files …]`: the suites of queries and of the projector over ClickHouse's HTTP protocol, or over
// tables that span two shards. Not a part of `npm test`: they are the same tests once more.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { childEnv, ensurePackages, findNode, root } from './ensure.mjs';

ensurePackages();
const [kind = 'server', ...files] = process.argv.slice(2);
if (kind !== 'server' && kind !== 'cluster') {
  console.error('Say "server" or "cluster", then files if not all are wanted.');
  process.exit(1);
}
const SUITES = [
  'src/explain',
  'src/projector',
  'src/query',
  'src/rollups',
  'src/warehouse/tables.test.ts',
  'src/warehouse/literals.test.ts',
  'test/cases',
  'test/properties',
  'test/ledger.test.ts',
];
/** Of folders that the embedded engine keeps; and of files of history, which are not loaded into a cluster. */
const LEFT_OUT = ['src/projector/rebuild.test.ts', ...(kind === 'cluster' ? ['src/projector/load/**'] : [])];
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const result = spawnSync(
  findNode(),
  [
    vitest,
    'run',
    // Each file has a server of its own.
    '--testTimeout=300000',
    '--hookTimeout=300000',
    ...LEFT_OUT.flatMap((file) => ['--exclude', file]),
    ...(files.length > 0 ? files : SUITES),
  ],
  { cwd: root, stdio: 'inherit', env: { ...childEnv(), TURNOUT_TEST_ENGINE: kind } },
);
process.exit(result.status ?? 1);
