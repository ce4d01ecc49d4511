// `npm test`: lint, types, dead code, build, every test with real engine, real server and real browser.
// Arguments are handed to the unit test runner: `npm test -- src/journal`.

import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { childEnv, ensurePackages, ensureWeb, findNode, root, run } from './ensure.mjs';

ensurePackages();
const node = findNode();
const bin = (name) => join(root, 'node_modules', '.bin', name);
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const only = process.argv.slice(2);

if (only.length > 0) {
  run(node, [vitest, 'run', ...only]);
  process.exit(0);
}

const step = (title) => console.log(`\n── ${title}`);
step('format and lint');
run(bin('biome'), ['ci', '.']);
step('types');
run(bin('tsc'), ['-p', '.']);
run(bin('tsc'), ['-p', 'web']);
run(bin('tsc'), ['-p', 'test/e2e']);
step('dead code');
run(node, [join(root, 'node_modules', 'knip', 'bin', 'knip.js')]);
step('web');
ensureWeb(node);

const totals = { passed: 0, failed: 0 };
let failed = false;
for (const [title, config] of [
  ['unit, cases, properties, faults', 'vitest.config.ts'],
  ['server and browser', 'vitest.e2e.config.ts'],
]) {
  step(title);
  const report = join(root, 'node_modules', `.turnout-${config}.json`);
  rmSync(report, { force: true });
  const result = spawnSync(
    node,
    [vitest, 'run', '--config', config, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    {
      cwd: root,
      stdio: 'inherit',
      env: childEnv(),
    },
  );
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
  totals.passed += numPassedTests;
  totals.failed += numFailedTests;
  failed ||= result.status !== 0;
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
process.exit(failed ? 1 : 0);
