import { randomUUID } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { sql, string } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { timedOut } from './client-faults.ts';
import { encodeRows } from './encode-rows.ts';
import { insertStatement } from './insert-statement.ts';
import type { Layout } from './layout.ts';
import { readAnswer } from './read-answer.ts';
import { onClusterOf } from './schema.ts';
import type { ServerConnection, ServerEndpoint } from './server-connection.ts';
import { readServerFault } from './server-faults.ts';
import { HEAVY, ORDINARY, readSettings, writeSettings } from './server-settings.ts';
import { TABLES } from './tables.ts';
import type { InsertFormat, StatementOptions, Warehouse, WarehouseAnswer } from './warehouse.ts';

export interface ServerClientOptions {
  /** `default` before the first migration. */
  database?: string;
  /** Milliseconds for a statement that names no limit of its own; default 30,000. */
  timeoutMs?: number;
  /** Milliseconds during which a call is tried again while the server is away or busy; default 5,000, 0 = never. */
  retryMs?: number;
  /** Milliseconds past its limit after which a statement's connection is given up; default 6,000. */
  graceMs?: number;
}

/** The server ends a statement itself; only when it does not is the connection given up. */
const SERVER_GRACE_MS = 6000;
const INSERT_LIMIT_MS = 120_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
const KILL_LIMIT_MS = 5000;

interface Attempt {
  queryId: string;
  seconds: number;
  signal: AbortSignal;
}

/**
 * A ClickHouse server or cluster over HTTP. Questions go to the reader's address, everything else to the writer's. A statement that
 * is given up is killed by its id, so that it does not run on behind the caller's back.
 */
export class ServerClient implements Warehouse {
  readonly layout: Layout;
  readonly #writer: ClickHouseClient;
  readonly #reader: ClickHouseClient;
  readonly #agents: (HttpAgent | HttpsAgent)[];
  readonly #options: ServerClientOptions;

  constructor({ writer, reader, ca, layout }: ServerConnection, options: ServerClientOptions = {}) {
    this.layout = layout;
    this.#options = options;
    this.#agents = [];
    const connect = ({ url, user, password }: ServerEndpoint): ClickHouseClient => {
      const agent = url.startsWith('https:')
        ? new HttpsAgent({ keepAlive: true, maxSockets: 64, ...(ca === undefined ? {} : { ca }) })
        : new HttpAgent({ keepAlive: true, maxSockets: 64 });
      this.#agents.push(agent);
      return createClient({
        url,
        username: user,
        password,
        database: options.database ?? 'turnout',
        http_agent: agent,
        application: 'turnout',
        request_timeout: 24 * 3600_000,
        log: { level: ClickHouseLogLevel.OFF },
      });
    };
    this.#writer = connect(writer);
    this.#reader = reader === writer ? this.#writer : connect(reader);
  }

  query<Row>(statement: RenderedSql, options: StatementOptions = {}): Promise<WarehouseAnswer<Row>> {
    return this.#call(options, 'again', async ({ queryId, seconds, signal }) => {
      const startedAt = performance.now();
      const result = await this.#reader.query({
        query: statement,
        query_id: queryId,
        format: 'JSONCompact',
        clickhouse_settings: {
          ...readSettings(this.layout),
          ...(options.lane === 'heavy' ? HEAVY : ORDINARY),
          max_execution_time: seconds,
        },
        abort_signal: signal,
      });
      return readAnswer<Row>(result, startedAt);
    });
  }

  command(statement: RenderedSql, options: StatementOptions = {}): Promise<void> {
    return this.#call(options, options.idempotent ? 'again' : 'once', async ({ queryId, seconds, signal }) => {
      await this.#writer.command({
        query: statement,
        query_id: queryId,
        clickhouse_settings: { ...writeSettings(this.layout), max_execution_time: seconds },
        abort_signal: signal,
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
    // The token is of this call, not of its content: rows may return to what they were.
    const settings = {
      ...writeSettings(this.layout),
      insert_deduplicate: 1 as const,
      insert_deduplication_token: randomUUID(),
    };
    const when = keepsOneOfEqualRows(table) ? 'again' : 'once';
    await this.#call({ timeoutMs: INSERT_LIMIT_MS }, when, async ({ queryId, seconds, signal }) => {
      const { stream } = await this.#writer.exec({
        query,
        query_id: queryId,
        values: Readable.from([body], { objectMode: false }),
        clickhouse_settings: { ...settings, max_execution_time: seconds },
        abort_signal: signal,
      });
      for await (const _ of stream);
    });
  }

  async close(): Promise<void> {
    await this.#writer.close();
    if (this.#reader !== this.#writer) await this.#reader.close();
    for (const agent of this.#agents) agent.destroy();
  }

  /**
   * Runs one call under its time limit, with growing pauses while the server is away or busy.
   * @param when `once`: not again where the server may have done it
   */
  async #call<T>(options: StatementOptions, when: 'once' | 'again', run: (attempt: Attempt) => Promise<T>): Promise<T> {
    const timeoutMs = Math.ceil(options.timeoutMs ?? this.#options.timeoutMs ?? 30_000);
    const retryUntil = performance.now() + (this.#options.retryMs ?? 5000);
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      options.signal?.throwIfAborted();
      const queryId = `turnout-${randomUUID()}`;
      const unanswered = AbortSignal.timeout(timeoutMs + (this.#options.graceMs ?? SERVER_GRACE_MS));
      const signal = options.signal === undefined ? unanswered : AbortSignal.any([options.signal, unanswered]);
      try {
        return await run({ queryId, seconds: timeoutMs / 1000, signal });
      } catch (error) {
        if (signal.aborted) {
          this.#kill(queryId).catch(() => {});
          options.signal?.throwIfAborted();
          throw timedOut(timeoutMs);
        }
        const fault = readServerFault(error, timeoutMs);
        // It may still be at work: what is done again must not meet it.
        if (fault.effect === 'unknown') await this.#kill(queryId).catch(() => {});
        const again = fault.effect === 'unsent' || (fault.effect === 'unknown' && when === 'again');
        if (!again || performance.now() + wait > retryUntil) throw fault.error;
        await pause(wait / 2 + (wait / 2) * Math.random());
      }
    }
  }

  /** By the writer, which may end the reader's statements too, and on every node: whoever got the statement may not get this one. */
  async #kill(queryId: string): Promise<void> {
    await this.#writer.command({
      query: renderSql(sql`KILL QUERY${onClusterOf(this.layout)} WHERE query_id = ${string(queryId)} ASYNC`),
      abort_signal: AbortSignal.timeout(KILL_LIMIT_MS),
    });
  }
}

/** Tables for the time of one job do not: what went wrong there begins anew. */
const keepsOneOfEqualRows = (table: string): boolean =>
  Object.hasOwn(TABLES, table) || /^(?:table|rollup)_/.test(table);
