import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerConnection } from '../../src/warehouse/server-connection.ts';

/** What goes wrong with the next statements, as it does with real servers and what stands before them. */
export interface BridgeFault {
  /**
   * `drop-before`, `drop-after`: the connection breaks before the statement is run, or after, before its answer. `proxy`: something in
   * between answers 503. `busy`: too many statements. `slow`: it waits for so long first.
   */
  kind: 'drop-before' | 'drop-after' | 'proxy' | 'busy' | 'slow';
  /** Which statements, by their first word, lower case; all where absent. */
  of?: string;
  times: number;
  delayMs?: number;
}

export interface BridgeOptions {
  folder: string;
  port: number;
  /** 2: every table that spans the cluster `two` is really read from two shards. */
  shards: 1 | 2;
  /** All that the engine lets anybody do, `GRANT … ON …`; everything where absent. */
  grants?: readonly string[];
}

export type ToBridge = { fault: BridgeFault } | { tell: 'statements' };
export type FromBridge = { ready: number } | { statements: BridgeStatement[] };

/** One statement as it came. */
export interface BridgeStatement {
  user: string;
  text: string;
  parameters: Record<string, string>;
}

export interface ClickHouseBridge {
  readonly url: string;
  readonly pid: number;
  /** As `parseServerConnection` has it: user `writer`, reader `reader`. */
  readonly connection: ServerConnection;
  fail(fault: BridgeFault): void;
  /** The last thousand statements. */
  statements(): Promise<BridgeStatement[]>;
  /** As a power cut does. */
  kill(): Promise<void>;
  /** Behind the same port, with what was durable. @param grants from now on */
  restart(grants?: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export const BRIDGE_USERS = { writer: 'writer password', reader: 'reader:p@ss/word' } as const;
export const BRIDGE_CLUSTER = 'two';

const PROCESS = new URL('./clickhouse-bridge-process.ts', import.meta.url);

/** A process that speaks ClickHouse's HTTP protocol as a server does and runs statements in the embedded engine, unguarded. */
export async function startClickHouseBridge(
  options: Pick<Partial<BridgeOptions>, 'shards' | 'grants'> = {},
): Promise<ClickHouseBridge> {
  const folder = mkdtempSync(join(tmpdir(), 'turnout-bridge-'));
  const bridge = new Bridge(folder, options.shards ?? 1);
  await bridge.restart(options.grants);
  return bridge;
}

class Bridge implements ClickHouseBridge {
  readonly #folder: string;
  readonly #shards: 1 | 2;
  #child: ChildProcess | undefined;
  #port = 0;

  constructor(folder: string, shards: 1 | 2) {
    this.#folder = folder;
    this.#shards = shards;
    process.once('exit', () => {
      this.#child?.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get connection(): ServerConnection {
    return {
      writer: { url: this.url, user: 'writer', password: BRIDGE_USERS.writer },
      reader: { url: this.url, user: 'reader', password: BRIDGE_USERS.reader },
      layout: this.#shards === 2 ? { kind: 'cluster', cluster: BRIDGE_CLUSTER } : { kind: 'server' },
    };
  }

  fail(fault: BridgeFault): void {
    this.#child?.send({ fault } satisfies ToBridge);
  }

  async statements(): Promise<BridgeStatement[]> {
    const child = this.#child;
    if (child === undefined) return [];
    const answer = once(child, 'message') as Promise<[FromBridge]>;
    child.send({ tell: 'statements' } satisfies ToBridge);
    const [told] = await answer;
    return 'statements' in told ? told.statements : [];
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async restart(grants?: readonly string[]): Promise<void> {
    const options: BridgeOptions = {
      folder: this.#folder,
      port: this.#port,
      shards: this.#shards,
      ...(grants === undefined ? {} : { grants }),
    };
    const child = fork(PROCESS, [JSON.stringify(options)], {
      env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC', UV_THREADPOOL_SIZE: '24', NODE_NO_WARNINGS: '1' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`the bridge ended with ${code ?? signal}`);
    });
    ended.catch(() => {});
    const [told] = await Promise.race([once(child, 'message') as Promise<[FromBridge]>, ended]);
    if ('ready' in told) this.#port = told.ready;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
