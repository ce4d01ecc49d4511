import { TurnoutError } from '../contract/errors.ts';
import { sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { findSchemaFaults } from './inspect.ts';
import { migrate } from './migrations.ts';
import type { OpenWarehouse } from './open.ts';
import { checkOwner, claimDatabase } from './owner.ts';
import { runAll } from './run-all.ts';
import { dropTableStatements, listColumns, truncateTableStatements } from './schema.ts';
import { ServerClient } from './server-client.ts';
import type { ServerConnection } from './server-connection.ts';
import type { EngineLog } from './supervisor.ts';
import { TABLES } from './tables.ts';
import type { Warehouse } from './warehouse.ts';

export interface OpenServerOptions {
  server: ServerConnection;
  /** Folder of the workspace's data, whose facts these are. */
  folder: string;
  log: EngineLog;
  /** Milliseconds between two looks whether the server answers; default 5,000. */
  watchEveryMs?: number;
}

/** The oldest release that is supported; what runs inside chDB is newer. */
const OLDEST = '26.3';
const WATCH_EVERY_MS = 5000;
const WATCH_LIMIT_MS = 4000;
/** Every so many looks it is also asked whose the database is. */
const CHECK_OWNER_EVERY = 3;

const VERSION = renderSql(sql`SELECT version() AS version`);

/**
 * Opens a ClickHouse server: its version is checked, the database made and brought up to date, and claimed for this data folder.
 * @throws TurnoutError('unavailable') where it cannot be reached or used, ('conflict') where another Turnout has the database
 */
export async function openServerWarehouse(options: OpenServerOptions): Promise<OpenWarehouse> {
  const { server, folder, log } = options;
  // `turnout` does not exist before the first migration.
  const administrator = new ServerClient({ ...server, reader: server.writer }, { database: 'default' });
  try {
    await checkVersion(administrator);
    await migrate(administrator);
    await claimDatabase(administrator, folder);
  } finally {
    await administrator.close();
  }
  const warehouse = new ServerClient(server);
  try {
    // As the reader sees it, so that a missing grant is told now and not by every tile.
    const faults = await findSchemaFaults(warehouse);
    if (faults.length > 0)
      throw new TurnoutError(
        'unavailable',
        `The tables on the ClickHouse server are not as this Turnout makes them, or the reader may not see them: ${faults.slice(0, 3).join(' ')}`,
      );
  } catch (error) {
    await warehouse.close();
    throw error;
  }
  log.info({ url: server.writer.url, layout: server.layout.kind }, 'ClickHouse server ready');
  return new OpenServer(options, warehouse);
}

async function checkVersion(warehouse: Warehouse): Promise<void> {
  const version = (await warehouse.query<{ version: string }>(VERSION)).rows[0]?.version ?? '';
  if (compareVersions(version, OLDEST) < 0)
    throw new TurnoutError(
      'unavailable',
      `The ClickHouse server is version ${version}; Turnout needs ${OLDEST} or later. Update the server.`,
    );
}

/** By its numbers, the missing ones being 0. */
export function compareVersions(left: string, right: string): number {
  const numbers = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [a, b] = [numbers(left), numbers(right)];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

class OpenServer implements OpenWarehouse {
  readonly warehouse: Warehouse;
  readonly connection: { server: ServerConnection };
  readonly alarms: string[] = [];
  readonly #options: OpenServerOptions;
  readonly #listeners = new Set<() => void>();
  readonly #lostListeners = new Set<() => void>();
  /** Asks once only: whoever watches wants to know. */
  readonly #watcher: ServerClient;
  readonly #watch: NodeJS.Timeout;
  #trouble: string | undefined;
  #looks = 0;
  #looking = false;
  /** For good: this one does not claim it again by itself. */
  #lost = false;

  constructor(options: OpenServerOptions, warehouse: Warehouse) {
    this.#options = options;
    this.warehouse = warehouse;
    this.connection = { server: options.server };
    this.#watcher = new ServerClient(options.server, { retryMs: 0 });
    this.#watch = setInterval(() => void this.#look(), options.watchEveryMs ?? WATCH_EVERY_MS);
    this.#watch.unref();
  }

  get trouble(): string | undefined {
    return this.#trouble;
  }

  onTrouble(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onLost(listener: () => void): void {
    this.#lostListeners.add(listener);
  }

  /** The server looks after its own disks. */
  async inspect(): Promise<string[]> {
    return [];
  }

  onDamage(): () => void {
    return () => {};
  }

  /** Facts can be made again: they are emptied in place, the progress last. */
  async startEmpty(reason: string): Promise<void> {
    await checkOwner(this.warehouse, this.#options.folder);
    this.#options.log.warn({ reason }, 'the facts on the ClickHouse server are emptied');
    const { layout } = this.warehouse;
    const { rows } = await this.warehouse.query<{ table: string }>(listColumns);
    const known = Object.keys(TABLES).filter((name) => name !== 'progress');
    const others = new Set(rows.map(({ table }) => table));
    for (const name of [...known, 'progress', 'schema_version', 'owners']) others.delete(name);
    for (const name of others) await runAll(this.warehouse, dropTableStatements(name, layout), { idempotent: true });
    for (const name of [...known, 'progress'])
      await runAll(this.warehouse, truncateTableStatements(name, layout), { idempotent: true });
  }

  async close(): Promise<void> {
    clearInterval(this.#watch);
    await this.#watcher.close();
    await this.warehouse.close();
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#lost) return;
    this.#looking = true;
    this.#looks += 1;
    try {
      if (this.#looks % CHECK_OWNER_EVERY === 0) await checkOwner(this.#watcher, this.#options.folder);
      else await this.#watcher.query(VERSION, { timeoutMs: WATCH_LIMIT_MS });
      this.#tell(undefined);
    } catch (error) {
      this.#tell(error instanceof TurnoutError ? error.message : String(error));
      this.#lost = error instanceof TurnoutError && error.code === 'conflict';
      if (this.#lost) for (const lost of this.#lostListeners) lost();
    } finally {
      this.#looking = false;
    }
  }

  #tell(trouble: string | undefined): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    for (const listener of this.#listeners) listener();
  }
}
