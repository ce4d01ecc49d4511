import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { availableParallelism, totalmem } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { TurnoutError } from '../contract/errors.ts';
import type { EngineNotice, EngineOptions } from './engine-config.ts';

export interface EngineLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface StartEngineOptions {
  /** Folder of the projection; made where it is missing. */
  folder: string;
  /** Unix socket; Linux allows about 100 bytes. */
  socketPath: string;
  log: EngineLog;
  /** Sessions that answer reads; default 4. */
  poolSize?: number;
  /** Bytes that the engine may hold; default half of the machine's memory, at most 8 GB. */
  memoryBytes?: number;
  /** Milliseconds that the engine may take to open its folder; default 60,000. */
  openTimeoutMs?: number;
  /** Milliseconds of silence after which the engine is ended and started again; default 30,000. */
  silenceLimitMs?: number;
}

export interface EngineExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Why Turnout itself ended it, where it did. */
  reason?: string;
}

export interface EngineSupervisor {
  /** Times that the engine was started again. */
  readonly restarts: number;
  /** Process id, or undefined while the engine is away. */
  readonly pid: number | undefined;
  /** Ends the engine with SIGKILL; it is started again at once. */
  kill(reason: string): void;
  /** Ends the engine for good and waits until it is gone. */
  close(): Promise<void>;
  /** Called after each unexpected end. Returns the function that stops it. */
  onExit(listener: (exit: EngineExit) => void): () => void;
  /** Called when a statement met damaged data. Returns the function that stops it. */
  onDamage(listener: (message: string) => void): () => void;
}

/** The engine itself says that it cannot open its folder (as opposed to: it crashed, or it is not installed). */
export class EngineCannotOpen extends Error {}

const ENGINE_FILE = fileURLToPath(new URL('./engine.ts', import.meta.url));
/** The projector writes up to four tables at once, most of the time waiting for fsync. */
const WRITERS = 4;
/** For statements that take long, beside those that are meant to run at a time. */
export const SPARE_READERS = 2;
/** Milliseconds before the nth start in a row without a good minute in between. */
const BACK_OFF_MS = [0, 50, 200, 500, 1000, 2000, 5000];
const GOOD_RUN_MS = 60_000;
/** Milliseconds that statements may take to end when Turnout closes. */
const CLOSE_GRACE_MS = 6000;
const WATCH_EVERY_MS = 5000;
const SILENCE_LIMIT_MS = 30_000;

/**
 * Starts the engine child and keeps it running. Rejects with `EngineCannotOpen` where the engine refuses its folder, and with
 * `TurnoutError('unavailable')` where it cannot be started at all.
 */
export async function startEngine(options: StartEngineOptions): Promise<EngineSupervisor> {
  const supervisor = new Supervisor(options);
  await supervisor.start();
  return supervisor;
}

class Supervisor implements EngineSupervisor {
  restarts = 0;
  readonly #options: StartEngineOptions;
  readonly #exitListeners = new Set<(exit: EngineExit) => void>();
  readonly #damageListeners = new Set<(message: string) => void>();
  #child: ChildProcess | undefined;
  #killReason: string | undefined;
  #closing = false;
  #lastWords = '';
  #failuresInARow = 0;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: StartEngineOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    mkdirSync(this.#options.folder, { recursive: true });
    const child = this.#spawn();
    this.#child = child;
    const startedAt = performance.now();
    try {
      const openMs = await readyOf(child, this.#options.openTimeoutMs ?? 60_000, (notice) => this.#heard(notice));
      this.#options.log.info({ pid: child.pid, openMs }, 'engine ready');
    } catch (error) {
      this.#child = undefined;
      child.kill('SIGKILL');
      await goneOf(child);
      // The engine's own reason stands on its standard error; its exception only says that it failed.
      if (error instanceof EngineCannotOpen) throw new EngineCannotOpen(`${error.message} ${this.#lastWords}`.trim());
      throw error;
    }
    const ended = (code: number | null, signal: NodeJS.Signals | null) =>
      this.#ended(child, { code, signal }, performance.now() - startedAt);
    this.#watch(child);
    // It may have ended between its notice and here.
    if (child.exitCode !== null || child.signalCode !== null) ended(child.exitCode, child.signalCode);
    else child.once('exit', ended);
  }

  #spawn(): ChildProcess {
    const { folder, socketPath, poolSize = 4, memoryBytes } = this.#options;
    const engine: EngineOptions = {
      folder,
      socketPath,
      readers: poolSize + SPARE_READERS,
      slowThreads: Math.max(1, Math.floor(availableParallelism() / 2)),
      writers: WRITERS,
      threads: Math.max(2, Math.min(8, availableParallelism())),
      memoryBytes: memoryBytes ?? Math.min(Math.floor(memoryOfMachine() / 2), 8e9),
      resultRows: 2_000_000,
    };
    const child = spawn(process.execPath, [ENGINE_FILE, JSON.stringify(engine)], {
      cwd: folder,
      // Nothing of ours: the engine has no use for secrets.
      env: {
        HOME: folder,
        TZ: 'UTC',
        LANG: 'C.UTF-8',
        UV_THREADPOOL_SIZE: String(poolSize + SPARE_READERS + WRITERS + 5),
        NODE_NO_WARNINGS: '1',
        ...(process.env['NODE_COMPILE_CACHE'] === undefined
          ? {}
          : { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] }),
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin?.on('error', () => {});
    if (child.stderr !== null)
      createInterface({ input: child.stderr }).on('line', (line) => {
        this.#lastWords = line;
        this.#options.log.warn({ line }, 'engine says');
      });
    return child;
  }

  #ended(child: ChildProcess, exit: EngineExit, ranMs: number): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    if (this.#closing) return;
    const reason = this.#killReason;
    this.#killReason = undefined;
    this.#options.log.warn({ ...exit, reason }, 'engine ended');
    for (const listener of this.#exitListeners) listener(reason === undefined ? exit : { ...exit, reason });
    // What Turnout ended itself is no sign that the next start will fail.
    if (ranMs > GOOD_RUN_MS || reason !== undefined) this.#failuresInARow = 0;
    this.#startAgain();
  }

  #startAgain(): void {
    const wait = BACK_OFF_MS[Math.min(this.#failuresInARow, BACK_OFF_MS.length - 1)] ?? 5000;
    this.#failuresInARow += 1;
    this.restarts += 1;
    this.#restart = setTimeout(() => {
      this.start().catch((error: unknown) => {
        this.#options.log.warn({ error: String(error) }, 'engine cannot start');
        if (!this.#closing) this.#startAgain();
      });
    }, wait);
  }

  /** Its threads may stand still although the process lives (stopped, swapped out): an engine that does not answer is ended. */
  #watch(child: ChildProcess): void {
    let heardAt = performance.now();
    const timer = setInterval(
      async () => {
        if (this.#child !== child) return clearInterval(timer);
        if (await pingEngine(this.#options.socketPath, WATCH_EVERY_MS)) heardAt = performance.now();
        else if (
          this.#child === child &&
          performance.now() - heardAt > (this.#options.silenceLimitMs ?? SILENCE_LIMIT_MS)
        )
          this.kill('The engine does not answer.');
      },
      Math.min(WATCH_EVERY_MS, this.#options.silenceLimitMs ?? WATCH_EVERY_MS),
    );
    timer.unref();
  }

  kill(reason: string): void {
    this.#killReason = reason;
    this.#child?.kill('SIGKILL');
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    child.kill('SIGTERM');
    const lastResort = setTimeout(() => child.kill('SIGKILL'), CLOSE_GRACE_MS);
    await goneOf(child);
    clearTimeout(lastResort);
  }

  onExit(listener: (exit: EngineExit) => void): () => void {
    this.#exitListeners.add(listener);
    return () => this.#exitListeners.delete(listener);
  }

  onDamage(listener: (message: string) => void): () => void {
    this.#damageListeners.add(listener);
    return () => this.#damageListeners.delete(listener);
  }

  #heard(notice: EngineNotice): void {
    if (!('damaged' in notice)) return;
    this.#options.log.warn({ reason: notice.damaged }, 'damaged data');
    for (const listener of this.#damageListeners) listener(notice.damaged);
  }
}

/** Resolves with the milliseconds that opening took; whatever the engine says later goes to `heard`. */
function readyOf(child: ChildProcess, timeoutMs: number, heard: (notice: EngineNotice) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const unavailable = (message: string) => reject(new TurnoutError('unavailable', message));
    const timer = setTimeout(() => unavailable('The engine did not open its folder in time.'), timeoutMs);
    child.once('error', (error) => unavailable(`The engine cannot be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      unavailable(`The engine ended while it opened its folder (code ${code}, signal ${signal}).`);
    });
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const notice = parseNotice(line);
      if (notice === undefined) return;
      clearTimeout(timer);
      if ('failed' in notice) reject(new EngineCannotOpen(notice.failed));
      else if ('ready' in notice) resolve(notice.openMs);
      else heard(notice);
    });
  });
}

/** Whether the engine answers `GET /ping` within the time. */
function pingEngine(socketPath: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: '/ping', timeout: timeoutMs, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on('timeout', () => ping.destroy());
    ping.on('error', () => resolve(false));
    ping.end();
  });
}

function parseNotice(line: string): EngineNotice | undefined {
  if (!/^\{"(?:ready|failed|damaged)":/.test(line)) return undefined;
  return JSON.parse(line);
}

/** Bytes; the container's limit where there is one. */
function memoryOfMachine(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

function goneOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}
