import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');

/** What must not outlive the test process: servers first, then their folders. */
const atExit: (() => void)[] = [];
process.once('exit', () => {
  for (const leave of atExit.reverse()) leave();
});

export interface ServerProcess {
  url: string;
  pid: number;
  /** Folder of TURNOUT_DATA. */
  data: string;
  /** Milliseconds from spawn to the ready line. */
  readyAfter: number;
  /** Everything the process wrote to stderr. */
  log(): string;
  /** SIGTERM (or the given signal), then waits for the end. Returns the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface ServerOptions {
  /** Working directory; `data` may be relative to it. */
  cwd?: string;
  data?: string;
  workspace?: string;
  sample?: boolean;
  env?: Record<string, string>;
}

/** A folder under the system's temporary one, removed when the test process ends. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `turnout-${name}-`));
  atExit.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts the real server as a process of its own on a free port and waits for its ready line. */
export async function startServerProcess(options: ServerOptions = {}): Promise<ServerProcess> {
  const data = options.data ?? temporaryFolder('data');
  const started = performance.now();
  const child = spawn(process.execPath, [join(root, 'src', 'cli', 'main.ts'), 'serve'], {
    cwd: options.cwd ?? root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      PORT: '0',
      TURNOUT_DATA: data,
      TURNOUT_WORKSPACE: options.workspace ?? join(data, 'no-workspace'),
      TURNOUT_SAMPLE: options.sample ? '1' : '0',
      TURNOUT_LOG: 'info',
      NODE_NO_WARNINGS: '1',
      NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'),
      MALLOC_ARENA_MAX: '2',
      ...options.env,
    },
  });
  atExit.push(() => child.kill('SIGKILL'));
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const url = await waitForReady(child, () => log);
  return {
    url,
    pid: child.pid ?? 0,
    data,
    readyAfter: performance.now() - started,
    log: () => log,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, 'exit');
      child.kill(signal);
      const [code] = await ended;
      return code as number | null;
    },
  };
}

async function waitForReady(child: ChildProcess, log: () => string): Promise<string> {
  let output = '';
  const ready = Promise.withResolvers<string>();
  child.stdout?.on('data', (chunk) => {
    output += chunk;
    const match = /ready on (http:\S+)/.exec(output);
    if (match?.[1] !== undefined) ready.resolve(match[1]);
  });
  child.once('exit', (code) => ready.reject(new Error(`the server ended with ${code} before it was ready:\n${log()}`)));
  const timer = setTimeout(() => ready.reject(new Error(`the server was not ready after 120 s:\n${log()}`)), 120_000);
  return ready.promise.finally(() => clearTimeout(timer));
}

/** Polls until `probe` returns something other than undefined; fails with the last state after `timeoutMs`. */
export async function until<T>(probe: () => Promise<T | undefined>, what: string, timeoutMs = 20_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}
