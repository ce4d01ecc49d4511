import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { codeOf, statusOf } from '../../src/warehouse/engine-errors.ts';
import { type PooledSession, SessionPool } from '../../src/warehouse/session-pool.ts';
import {
  BRIDGE_USERS,
  type BridgeFault,
  type BridgeOptions,
  type BridgeStatement,
  type FromBridge,
  type ToBridge,
} from './clickhouse-bridge.ts';
import { BridgeEngine } from './clickhouse-bridge-engine.ts';

/**
 * Main of the bridge: ClickHouse's HTTP interface, as its manual describes it, in front of the embedded engine. Nothing of Turnout's
 * own wall stands here: settings of the URL are set, errors of the engine are passed on.
 */
const options: BridgeOptions = JSON.parse(process.argv[2] ?? '{}');
const engine = new BridgeEngine(options);
const pools = new Map<string, SessionPool>();
/** Of which version of the engine's settings a session was told. */
const prepared = new WeakMap<PooledSession, number>();
const running = new Map<string, string>();
const statements: BridgeStatement[] = [];
const KEPT_STATEMENTS = 1000;
const SESSIONS_OF_A_KIND = 6;
const NO_SETTINGS = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'user',
  'password',
  'wait_end_of_query',
  'buffer_size',
  'compress',
  'role',
]);
/** Differ from statement to statement; the others are the same for all of a client's statements of one kind. */
const OF_ONE_STATEMENT = new Set(['max_execution_time', 'insert_deduplication_token', 'priority']);
let fault: BridgeFault | undefined;

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (message: ToBridge) => {
  if ('fault' in message) fault = message.fault;
  else process.send?.({ statements } satisfies FromBridge);
});

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => sendException(response, error));
});
server.keepAliveTimeout = 10_000;
server.listen(options.port, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.({ ready: address.port } satisfies FromBridge);
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://bridge');
  if (url.pathname === '/ping') return response.end('Ok.\n');
  if (url.pathname !== '/') return response.writeHead(404).end('There is no handle. Use / or /ping\n');
  const body = await readBody(request);
  const parameters = Object.fromEntries(url.searchParams);
  const user = authenticate(request, parameters);
  const query = parameters['query'];
  // As the server does: the text of the URL, then the body.
  const text = query === undefined ? body.toString('utf8') : `${query}\n${body.toString('utf8')}`;
  const readOnlyMethod = request.method === 'GET';
  note({ user, text: text.slice(0, 10_000), parameters });

  const met = meetFault(text);
  if (met?.kind === 'slow') await pause(met.delayMs ?? 0);
  if (met?.kind === 'drop-before') return request.socket.destroy();
  if (met?.kind === 'proxy')
    return response
      .writeHead(503, { 'Content-Type': 'text/html' })
      .end('<html><h1>503 Service Unavailable</h1></html>');
  if (met?.kind === 'busy')
    throw exception(202, 'Too many simultaneous queries. Maximum: 100.', 'TOO_MANY_SIMULTANEOUS_QUERIES');

  const id = parameters['query_id'] ?? createHash('sha1').update(`${Math.random()}`).digest('hex');
  if (running.has(id))
    throw exception(216, `Query with id = ${id} is already running.`, 'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING');
  running.set(id, text);
  const cancels =
    parameters['cancel_http_readonly_queries_on_client_close'] === '1' && parameters['readonly'] !== undefined;
  response.on('close', () => {
    if (!response.writableFinished && cancels) void killAs(id);
  });
  let bytes: Uint8Array;
  let summary: object;
  try {
    ({ bytes, summary } = await run(text, id, user, { ...parameters, ...(readOnlyMethod ? { readonly: '2' } : {}) }));
  } finally {
    running.delete(id);
  }
  if (met?.kind === 'drop-after') return request.socket.destroy();
  const zipped =
    parameters['enable_http_compression'] === '1' && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'X-ClickHouse-Query-Id': id,
    'X-ClickHouse-Server-Display-Name': 'bridge',
    'X-ClickHouse-Summary': JSON.stringify(summary),
    ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
  });
  return response.end(zipped ? gzipSync(bytes) : bytes);
}

async function run(
  text: string,
  id: string,
  user: string,
  parameters: Record<string, string>,
): Promise<{ bytes: Uint8Array; summary: object }> {
  const settings = Object.entries(parameters).filter(([name]) => !NO_SETTINGS.has(name) && !name.startsWith('param_'));
  const kept = settings.filter(([name]) => !OF_ONE_STATEMENT.has(name) && name !== 'readonly').sort();
  const readonly = user === 'reader' ? '2' : parameters['readonly'];
  if (user === 'reader' && parameters['readonly'] !== undefined && parameters['readonly'] !== '2')
    throw exception(164, "Cannot modify 'readonly' setting in readonly mode", 'READONLY');
  if (readonly !== undefined) kept.push(['readonly', readonly]);
  const kill = /^\s*KILL QUERY\b.*\bquery_id = (?:unhex\('([0-9a-f]+)'\)|'([^']+)')/s.exec(text);
  if (kill !== null) {
    await killAs(kill[1] === undefined ? String(kill[2]) : Buffer.from(kill[1], 'hex').toString());
    return { bytes: Buffer.alloc(0), summary: {} };
  }
  const statement = engine.prepare(text);
  const startedAt = performance.now();
  return poolOf(JSON.stringify(kept)).run(async (pooled) => {
    const session = await pooled.use(parameters['database'] ?? 'default');
    if (prepared.get(pooled) !== engine.version) {
      // `readonly` comes last and lets itself be set no more.
      const fresh = prepared.has(pooled) ? [] : kept.map((setting) => `SET ${assignment(setting)}`);
      for (const command of [...engine.settings(), ...fresh]) await pooled.execute(command);
      prepared.set(pooled, engine.version);
    }
    const own = settings.filter(([name]) => OF_ONE_STATEMENT.has(name));
    if (own.length > 0) await pooled.execute(`SET ${own.map(assignment).join(', ')}`);
    const result = await session.queryAsync(`${mark(id)}${statement}`, {
      format: parameters['default_format'] ?? 'TabSeparated',
    });
    const elapsed_ns = String(Math.round((performance.now() - startedAt) * 1e6));
    return { bytes: result.bytes(), summary: { read_rows: String(result.rowsRead), elapsed_ns } };
  });
}

/** Sessions with the same settings are alike. */
function poolOf(kind: string): SessionPool {
  const pool = pools.get(kind) ?? new SessionPool(SESSIONS_OF_A_KIND, () => engine.openSession());
  pools.set(kind, pool);
  return pool;
}

const onControl = (job: (session: PooledSession) => Promise<void>) => poolOf('control').run(job);
const mark = (id: string): string => `/*query ${id.replaceAll(/[^\w-]/g, '')}*/ `;
const killAs = (id: string) =>
  onControl((session) => session.execute(`KILL QUERY WHERE query LIKE '${mark(id)}%' ASYNC`)).catch(() => {});
const assignment = ([name, value]: [string, string]): string =>
  `${name.replaceAll(/\W/g, '')} = '${value.replaceAll(/['\\]/g, '')}'`;

function authenticate(request: IncomingMessage, parameters: Record<string, string>): string {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const [, name, key] =
    /^([^:]*):(.*)$/s.exec(basic === undefined ? '' : Buffer.from(basic, 'base64').toString()) ?? [];
  const user = name ?? header(request, 'x-clickhouse-user') ?? parameters['user'] ?? 'default';
  const password = key ?? header(request, 'x-clickhouse-key') ?? parameters['password'] ?? '';
  if ((BRIDGE_USERS as Record<string, string>)[user] !== password)
    throw exception(
      516,
      `${user}: Authentication failed: password is incorrect, or there is no user with such name.`,
      'AUTHENTICATION_FAILED',
    );
  return user;
}

const header = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
};

function meetFault(text: string): BridgeFault | undefined {
  const word = /^\s*(?:--[^\n]*\n\s*)*(\w+)/.exec(text)?.[1]?.toLowerCase();
  if (fault === undefined || fault.times <= 0 || (fault.of !== undefined && fault.of !== word)) return undefined;
  fault.times -= 1;
  return fault;
}

function note(statement: BridgeStatement): void {
  statements.push(statement);
  if (statements.length > KEPT_STATEMENTS) statements.shift();
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

function exception(code: number, message: string, name: string): Error {
  return new Error(`Code: ${code}. DB::Exception: ${message} (${name}) (version 26.7.2.1)`);
}

function sendException(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(message);
  if (response.headersSent) return void response.destroy();
  response.writeHead(statusOf(code), { 'Content-Type': 'text/plain', 'X-ClickHouse-Exception-Code': String(code) });
  response.end(message.startsWith('Code: ') ? message : `Code: ${code}. DB::Exception: ${message} (UNKNOWN_EXCEPTION)`);
}
