// `npm test`: lint, types, dead code, build, every test with real engine, real server and real browser.
// Arguments are handed to the unit test runner: `npm test -- src/journal`.

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnv, ensurePackages, findNode, root, run } from './ensure.mjs';

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
const checks = [
  ['format and lint', [[bin('biome'), 'ci', '.']]],
  ['types', ['.', 'web', 'test/e2e'].map((project) => [bin('tsc'), '-p', project])],
  ['dead code', [[node, join(root, 'node_modules', 'knip', 'bin', 'knip.js')]]],
];
// Beside each other: the web is built while the source is checked.
const built = runQuietly('web', [[node, join(root, 'scripts', 'build-web.mjs')]]);
const checked = [];
for (const [title, commands] of checks) checked.push(await runQuietly(title, commands));
for (const { title, output, status } of [...checked, await built]) {
  step(title);
  process.stdout.write(output);
  if (status !== 0) process.exit(status);
}

/** Runs commands one after the other, up to the first that fails. */
async function runQuietly(title, commands) {
  let output = '';
  let status = 0;
  for (const [command, ...args] of commands) {
    if (status !== 0) break;
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: childEnv() });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    status = await new Promise((resolve) =>
      child.on('error', () => resolve(1)).on('close', (code) => resolve(code ?? 1)),
    );
  }
  return { title, output, status };
}

const folder = makeTestFolder();
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
      env: { ...childEnv(), ...(folder === undefined ? {} : { TMPDIR: folder, TURNOUT_TEST_CACHE: tmpdir() }) },
    },
  );
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
  totals.passed += numPassedTests;
  totals.failed += numFailedTests;
  failed ||= result.status !== 0;
}
if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
process.exit(failed ? 1 : 0);

/** Tests make thousands of small files and wait for each: a fifth faster in memory, where there is plenty of it. Undefined: on disk. */
function makeTestFolder() {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize < 8e9) return undefined;
    const made = mkdtempSync('/dev/shm/turnout-');
    // PostgreSQL runs as a user of its own where the tests run as root.
    chmodSync(made, 0o755);
    return made;
  } catch {
    return undefined;
  }
}
