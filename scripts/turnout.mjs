#!/usr/bin/env node
// The `turnout` command: installs what is missing, then runs the command line on Node 24.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { childEnv, ensurePackages, ensureWeb, findNode, root } from './ensure.mjs';

const args = process.argv.slice(2);
ensurePackages();
const node = findNode();
if (args.length === 0 || args[0] === 'serve') ensureWeb(node);

const main = [join(root, 'src', 'cli', 'main.ts'), ...args];
// From here on there is nothing to do but to wait, and waiting takes 45 MB: where Node can, the server takes this process's place.
if (process.execve !== undefined && process.platform !== 'win32') process.execve(node, [node, ...main], childEnv());

const child = spawn(node, main, { stdio: 'inherit', env: childEnv() });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  // A terminal's Ctrl C reaches the child by itself; it ignores a second signal while it is stopping.
  process.on(signal, () => child.kill(signal));
}
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
