import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Session } from 'chdb';
import { codeOf, DAMAGE_CODES, ENGINE_ERROR, statusOf } from './engine-errors.ts';
import type { PooledSession, SessionPool } from './session-pool.ts';
import { refuseStatement } from './statement-guard.ts';
import { DATABASE } from './tables.ts';

export interface EngineParts {
  readers: SessionPool;
  /** For reads that ask for few threads: they hold up no others. */
  slowReaders: SessionPool;
  writers: SessionPool;
  /** Reserved for KILL QUERY. */
  control: SessionPool;
  /** Called when a statement met data on disk that is not what was written. */
  reportDamage: (message: string) => void;
  /** Ends the process: a statement runs on past its end and cannot be stopped. */
  giveUp: (reason: string) => void;
}

const BODY_LIMIT = 256 * 1024 * 1024;
/** URL parameters that the client sends and that change nothing here, or that are read below; every other one is refused. */
const KNOWN_PARAMETERS = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'readonly',
  'max_execution_time',
  'wait_end_of_query',
  'max_threads',
]);
const INSERT = /^\s*INSERT INTO ([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?) \(([a-z0-9_, ]+)\) FORMAT (\w+)\s*$/;
const INSERT_FORMATS = ['JSONCompactEachRow', 'JSONEachRow', 'TabSeparated'] as const;
/** After KILL QUERY the engine usually stops within a block; past this it may never. */
const KILL_GRACE_MS = 4000;
/** How often it is looked whether somebody needs the session of a statement whose caller has gone. */
const LOOK_AGAIN_MS = 500;

/**
 * The part of ClickHouse's HTTP interface that `@clickhouse/client` uses. `readonly=1` sends a statement to the read sessions, with
 * `max_threads` (whatever its value) to those that have few threads.
 */
export function createEngineServer(parts: EngineParts): Server {
  let lastStatement = 0;
  const server = createServer((request, response) => {
    lastStatement += 1;
    answer(parts, request, response, lastStatement).catch((error: unknown) => sendError(response, error));
  });
  // Never: a connection closed just as an insert is sent on it would look like a failed insert.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  return server;
}

async function answer(parts: EngineParts, request: IncomingMessage, response: ServerResponse, id: number) {
  const url = new URL(request.url ?? '/', 'http://engine');
  if (request.method === 'GET' && url.pathname === '/ping') return response.end('Ok.\n');
  if (request.method !== 'POST' || url.pathname !== '/') return response.writeHead(404).end('There is no handle.\n');
  const body = await readBody(request);
  const parameters = url.searchParams;
  const read = parameters.get('readonly') === '1';
  checkRequest(parameters, body, read);
  const limitMs = Number(parameters.get('max_execution_time') ?? 0) * 1000;
  const statement = new Statement(parts, id, limitMs, !parameters.has('query'));
  response.on(
    'close',
    () => response.writableFinished || statement.cancel(ENGINE_ERROR.cancelled, 'The caller went away.'),
  );

  const pool = !read ? parts.writers : parameters.has('max_threads') ? parts.slowReaders : parts.readers;
  const done = await statement
    .run(pool, (session) => runStatement(session, parameters, body, id))
    .catch((error: Error) => {
      // What a client inserts may be malformed; what a statement reads was written by the engine.
      if (!parameters.has('query') && DAMAGE_CODES.has(codeOf(error.message))) parts.reportDamage(error.message);
      throw error;
    });
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': done.bytes.byteLength,
    'X-ClickHouse-Query-Id': /^[\w-]{1,100}$/.exec(parameters.get('query_id') ?? '')?.[0] ?? String(id),
    'X-ClickHouse-Summary': JSON.stringify(done.summary),
  });
  response.end(done.bytes);
}

/** Refuses before a session is taken. */
function checkRequest(parameters: URLSearchParams, body: Buffer, read: boolean): void {
  const refuse = (why: string): never => {
    throw new EngineError(ENGINE_ERROR.refused, why);
  };
  for (const name of parameters.keys())
    if (!KNOWN_PARAMETERS.has(name)) refuse(`The setting ${name} cannot be changed.`);
  const database = parameters.get('database') ?? 'default';
  if (database !== 'default' && database !== DATABASE) refuse('There is no such database.');
  if (parameters.has('query')) {
    if (read) refuse('A read statement may not insert.');
    return;
  }
  const refusal = refuseStatement(body.toString('utf8'), read ? 'read' : 'write');
  if (refusal !== null) refuse(refusal);
}

interface Done {
  bytes: Uint8Array;
  summary: Record<string, string>;
}

async function runStatement(
  pooled: PooledSession,
  parameters: URLSearchParams,
  body: Buffer,
  id: number,
): Promise<Done> {
  const session = await pooled.use(parameters.get('database') ?? 'default');
  const insert = parameters.get('query');
  if (insert !== null) return insertRows(session, insert, body);
  const startedAt = performance.now();
  const result = await session.queryAsync(`${mark(id)}${body.toString('utf8')}`, {
    format: parameters.get('default_format') ?? 'TabSeparated',
  });
  return {
    bytes: result.bytes(),
    summary: { read_rows: String(result.rowsRead), elapsed_ns: nanoseconds(startedAt) },
  };
}

async function insertRows(session: Session, statement: string, body: Buffer): Promise<Done> {
  const [, table, columns, format] = INSERT.exec(statement) ?? [];
  const known = INSERT_FORMATS.find((name) => name === format);
  if (table === undefined || columns === undefined || known === undefined)
    throw new EngineError(ENGINE_ERROR.notAnInsert, 'An insert names its table, its columns and a known format.');
  const startedAt = performance.now();
  const done = await session.insert({ table, columns: columns.split(', '), values: body, format: known });
  return {
    bytes: Buffer.alloc(0),
    summary: { written_rows: String(done.rowsWritten), elapsed_ns: nanoseconds(startedAt) },
  };
}

const nanoseconds = (startedAt: number): string => String(Math.round((performance.now() - startedAt) * 1e6));
/** Begins every statement's text, so that KILL QUERY finds it: the engine gives no way to choose a query id. */
const mark = (id: number): string => `/*statement ${id}*/ `;

/**
 * One statement's life: it ends, or its time is up, or its caller goes away; then it is killed, and if that fails the engine is. One
 * whose caller went away may work on in peace until its time is up, as long as nobody needs its session: ending the engine would
 * hold up everybody.
 */
class Statement {
  readonly #parts: EngineParts;
  readonly #id: number;
  readonly #limitMs: number;
  readonly #killable: boolean;
  readonly #givenUp = Promise.withResolvers<never>();
  #pool: SessionPool | undefined;
  #startedAt = 0;
  #cancelled = false;
  /** The engine has done its part: a caller who leaves while the answer is on its way leaves nothing to be ended. */
  #ended = false;
  #lastResort: NodeJS.Timeout | undefined;

  /** @param killable false for inserts of rows: their text is not ours to mark, and one whose caller is gone soon ends */
  constructor(parts: EngineParts, id: number, limitMs: number, killable: boolean) {
    this.#parts = parts;
    this.#killable = killable;
    this.#id = id;
    this.#limitMs = limitMs;
    this.#givenUp.promise.catch(() => {});
  }

  async run(pool: SessionPool, work: (session: PooledSession) => Promise<Done>): Promise<Done> {
    const timeUp = () => this.cancel(ENGINE_ERROR.timeout, `Timeout exceeded: maximum: ${this.#limitMs} ms.`);
    const limit = this.#limitMs > 0 ? setTimeout(timeUp, this.#limitMs) : undefined;
    const job = pool.run(async (session) => {
      if (this.#cancelled) return this.#givenUp.promise;
      this.#pool = pool;
      this.#startedAt = performance.now();
      return work(session).finally(() => {
        this.#ended = true;
        clearTimeout(this.#lastResort);
      });
    });
    try {
      return await Promise.race([job, this.#givenUp.promise]);
    } finally {
      clearTimeout(limit);
    }
  }

  /** Answers at once; the engine stops working on the statement soon after, or ends. */
  cancel(code: number, message: string): void {
    if (this.#cancelled || this.#ended) return;
    this.#cancelled = true;
    this.#givenUp.reject(new EngineError(code, message));
    if (this.#pool === undefined || (code === ENGINE_ERROR.cancelled && !this.#killable)) return;
    const kill = `KILL QUERY WHERE query LIKE '${mark(this.#id)}%' ASYNC`;
    if (this.#killable) this.#parts.control.run((session) => session.execute(kill)).catch(() => {});
    this.#lastResort = setTimeout(() => this.#giveUp(code), KILL_GRACE_MS);
  }

  #giveUp(code: number): void {
    const timeLeft = this.#limitMs === 0 || performance.now() - this.#startedAt < this.#limitMs;
    if (code === ENGINE_ERROR.cancelled && timeLeft && this.#pool?.waiting === 0)
      this.#lastResort = setTimeout(() => this.#giveUp(code), LOOK_AGAIN_MS);
    else this.#parts.giveUp(`statement ${this.#id} cannot be interrupted: the engine ends`);
  }
}

class EngineError extends Error {
  constructor(code: number, message: string) {
    super(`Code: ${code}. DB::Exception: ${message} (TURNOUT_ENGINE)`);
  }
}

function sendError(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(message);
  if (response.headersSent) return void response.destroy();
  response.writeHead(statusOf(code), { 'Content-Type': 'text/plain', 'X-ClickHouse-Exception-Code': String(code) });
  response.end(message.startsWith('Code: ') ? message : `Code: ${code}. DB::Exception: ${message} (UNKNOWN_EXCEPTION)`);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new EngineError(ENGINE_ERROR.badArguments, 'The statement is too large.');
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}
