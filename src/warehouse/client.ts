import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { TurnoutError } from '../contract/errors.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { BROKEN, connectionFault, DamagedDataError, NOT_CONNECTED, timedOut } from './client-faults.ts';
import { encodeRows } from './encode-rows.ts';
import { BUSY_CODES, DAMAGE_CODES, ENGINE_ERROR } from './engine-errors.ts';
import { insertStatement } from './insert-statement.ts';
import { EMBEDDED } from './layout.ts';
import { readAnswer } from './read-answer.ts';
import { ServerClient, type ServerClientOptions } from './server-client.ts';
import type { ServerConnection } from './server-connection.ts';
import type { InsertFormat, StatementOptions, Warehouse, WarehouseAnswer } from './warehouse.ts';

export interface ConnectOptions {
  /** The engine child's unix socket. */
  socketPath: string;
  database?: string;
  /** Milliseconds for a statement that names no limit of its own; default 30,000. */
  timeoutMs?: number;
  /** Milliseconds during which a call is tried again while the engine is away; default 3,000, 0 = never. */
  retryMs?: number;
  /** Called when the engine did not even answer that a statement's time is up: it should be ended. */
  onTimeout?: (statement: string) => void;
}

/** The engine ends a statement itself; only when it does not is the connection given up. */
const ENGINE_GRACE_MS = 6000;
/** Milliseconds; an insert is never given up because the machine is busy. */
const INSERT_LIMIT_MS = 120_000;
const RETRY_PAUSE_MS = 40;
/** The embedded engine reads this as "in a session that has few threads", see engine-server.ts. */
const FEW_THREADS = { max_threads: 1 };
/** Connects to the embedded engine or to a server; nothing is sent yet. Safe to use from several threads, one client each. */
export function connectWarehouse(
  options: ConnectOptions | ({ server: ServerConnection } & ServerClientOptions),
): Warehouse {
  return 'server' in options ? new ServerClient(options.server, options) : new EngineClient(options);
}

class EngineClient implements Warehouse {
  readonly layout = EMBEDDED;
  readonly #client: ClickHouseClient;
  readonly #agent: Agent;
  readonly #options: ConnectOptions;

  constructor(options: ConnectOptions) {
    this.#options = options;
    const socket = { keepAlive: true, maxSockets: 64, socketPath: options.socketPath };
    this.#agent = new Agent(socket);
    this.#client = createClient({
      url: 'http://engine',
      database: options.database ?? 'turnout',
      http_agent: this.#agent,
      request_timeout: 24 * 3600_000,
      log: { level: ClickHouseLogLevel.OFF },
    });
  }

  query<Row>(statement: RenderedSql, options: StatementOptions = {}): Promise<WarehouseAnswer<Row>> {
    return this.#call(statement, options, BROKEN, async (limit) => {
      const startedAt = performance.now();
      const result = await this.#client.query({
        query: statement,
        format: 'JSONCompact',
        clickhouse_settings: {
          ...(options.lane === 'heavy' ? FEW_THREADS : {}),
          readonly: '1',
          max_execution_time: limit.seconds,
        },
        abort_signal: limit.signal,
      });
      return readAnswer<Row>(result, startedAt);
    });
  }

  command(statement: RenderedSql, options: StatementOptions = {}): Promise<void> {
    return this.#call(statement, options, options.idempotent ? BROKEN : NOT_CONNECTED, async (limit) => {
      await this.#client.command({
        query: statement,
        clickhouse_settings: { max_execution_time: limit.seconds },
        abort_signal: limit.signal,
      });
    });
  }

  async insert(
    table: string,
    columns: readonly string[],
    rows: readonly (readonly unknown[])[] | Buffer,
    format: InsertFormat = 'JSONCompactEachRow',
  ): Promise<void> {
    const query = insertStatement(table, columns, format);
    const body = Buffer.isBuffer(rows) ? rows : encodeRows(rows);
    if (body.length === 0) return;
    await this.#call(query, { timeoutMs: INSERT_LIMIT_MS }, NOT_CONNECTED, async (limit) => {
      const { stream } = await this.#client.exec({
        query,
        values: Readable.from([body], { objectMode: false }),
        clickhouse_settings: { max_execution_time: limit.seconds },
        abort_signal: limit.signal,
      });
      for await (const _ of stream);
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
    this.#agent.destroy();
  }

  /** Runs one call under its time limit, again and again while the engine is away, and maps what goes wrong. */
  async #call<T>(
    statement: string,
    options: StatementOptions,
    retryable: ReadonlySet<string>,
    run: (limit: { seconds: number; signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const timeoutMs = Math.ceil(options.timeoutMs ?? this.#options.timeoutMs ?? 30_000);
    const retryUntil = performance.now() + (this.#options.retryMs ?? 3000);
    for (;;) {
      options.signal?.throwIfAborted();
      const unanswered = AbortSignal.timeout(timeoutMs + ENGINE_GRACE_MS);
      const signal = options.signal === undefined ? unanswered : AbortSignal.any([options.signal, unanswered]);
      try {
        return await run({ seconds: timeoutMs / 1000, signal });
      } catch (error) {
        options.signal?.throwIfAborted();
        if (unanswered.aborted) {
          this.#options.onTimeout?.(statement);
          throw timedOut(timeoutMs);
        }
        const broken = connectionFault(error);
        if (broken === undefined) throw this.#engineFault(error, timeoutMs);
        if (!retryable.has(broken) || performance.now() >= retryUntil)
          throw new TurnoutError(
            'unavailable',
            'The analytics engine is away; it is being restarted. Try again in a moment.',
          );
        await pause(RETRY_PAUSE_MS);
      }
    }
  }

  #engineFault(error: unknown, timeoutMs: number): unknown {
    if (!(error instanceof ClickHouseError)) return error;
    const code = Number(error.code);
    if (code === ENGINE_ERROR.timeout) return timedOut(timeoutMs);
    const busy = BUSY_CODES.get(code);
    if (busy !== undefined) return new TurnoutError('unavailable', busy);
    if (DAMAGE_CODES.has(code)) return new DamagedDataError(error.message);
    return error;
  }
}
