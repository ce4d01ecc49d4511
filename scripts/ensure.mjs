// Runs on any Node >= 20, before anything is installed: brings the packages and Node 24 along from the npm registry.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.turnout-installed');

/** Installs the locked packages when they are missing or older than the lock file. */
export function ensurePackages() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('Installing packages (once, about 1.3 GB unpacked) …');
  // Not `npm ci`: it refuses a lock file that was made where the builds for other platforms could not be seen. `--no-save` keeps
  // to the locked versions all the same and leaves the lock file alone.
  const result = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
    env: { ...process.env, npm_config_engine_strict: 'false', NODE_ENV: '' },
  });
  if (result.status !== 0)
    fail('The packages could not be installed. Check the network and that `npm install` works in this folder.');
  writeFileSync(stamp, wanted);
}

/** Path of a Node 24: the one from npm, or the running one where no build for this platform is on the registry. */
export function findNode() {
  const local = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(local)) return local;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return fail(
    `There is no Node 24 on the npm registry for ${process.platform}-${process.arch}. Install Node 24 or newer and start again.`,
  );
}

/** Builds the web when its sources changed since the last build. */
export function ensureWeb(node) {
  const output = join(root, 'dist', 'web');
  const built = join(output, '.stamp');
  const wanted = digest(['web', 'src/contract', 'vite.config.ts', 'package-lock.json']);
  if (existsSync(built) && readFileSync(built, 'utf8') === wanted) return;
  console.log('Building the web …');
  run(node, [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn']);
  mkdirSync(output, { recursive: true });
  writeFileSync(built, wanted);
}

function digest(paths) {
  const hash = createHash('sha256');
  const add = (path) => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else if (!path.includes('.test.')) hash.update(path.slice(root.length)).update(readFileSync(path));
  };
  for (const path of paths) add(join(root, path));
  return hash.digest('hex');
}

/** Runs a command in the project folder with Node 24 first on the path; leaves with its exit code when it fails. */
export function run(command, args, env = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: childEnv(env) });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

export function childEnv(extra = {}) {
  return {
    ...process.env,
    PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`,
    NODE_NO_WARNINGS: '1',
    // Compiled code is kept, so that the next start does not compile it again.
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'),
    // glibc would keep a heap of freed memory for every thread.
    MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '2',
    ...extra,
  };
}

export function fail(message) {
  console.error(message);
  process.exit(1);
}
