import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ClickHouseError } from '@clickhouse/client';
import { TurnoutError } from '../contract/errors.ts';
import { connectWarehouse } from './client.ts';
import { DamagedDataError } from './client-faults.ts';
import { damageNote } from './engine-config.ts';
import { findFaults } from './inspect.ts';
import { migrate } from './migrations.ts';
import type { WarehouseConnection } from './server-connection.ts';
import { EngineCannotOpen, type EngineSupervisor, type StartEngineOptions, startEngine } from './supervisor.ts';
import type { Warehouse } from './warehouse.ts';

export interface OpenWarehouseOptions extends Omit<StartEngineOptions, 'socketPath'> {
  /** Milliseconds that the start may spend on reading the data through in search of damage; default 1,500. */
  inspectMs?: number;
  /** Milliseconds to wait while another process still holds the folder; default 10,000. */
  lockWaitMs?: number;
}

export interface OpenWarehouse {
  /** A client for this thread; other threads make their own with `connectWarehouse(connection)`. */
  readonly warehouse: Warehouse;
  readonly connection: WarehouseConnection;
  /** What was set aside and why; where it is not empty the projection is empty and must be rebuilt from the journal. */
  readonly alarms: readonly string[];
  /** Reads everything through; one sentence per fault. For a job in the background. */
  inspect(): Promise<string[]>;
  /** Called when a statement meets damaged data. Returns the function that stops it. */
  onDamage(listener: (message: string) => void): () => void;
  /**
   * Starts empty; clients stay valid. The embedded engine's folder is set aside whole (renamed, never deleted); a server's tables are
   * emptied.
   */
  startEmpty(reason: string): Promise<void>;
  /** Why nothing can be asked or written now; undefined while all is well. The embedded engine is back before it matters. */
  readonly trouble?: string | undefined;
  /** Called when that changes. Returns the function that stops it. */
  onTrouble?(listener: () => void): () => void;
  /** Called when another Turnout has taken a server's database. */
  onLost?(listener: () => void): void;
  close(): Promise<void>;
}

/** The embedded engine's. */
export interface EmbeddedWarehouse extends OpenWarehouse {
  readonly supervisor: EngineSupervisor;
  readonly socketPath: string;
}

const INSPECT_ALL_MS = 3600_000;
/** Unix socket paths are cut at 104 (macOS) or 108 bytes (Linux). */
const LONGEST_SOCKET_PATH = 100;
/** Why the engine may refuse its folder although nothing is wrong with the data. */
const NOT_DAMAGE =
  /Cannot lock file|No space left|ENOSPC|Permission denied|EACCES|Cannot allocate|Too many open files|Cannot find module/;

/**
 * Starts the engine, brings its schema up to date and looks for damage. A folder that the engine cannot open, or whose data is
 * damaged, is set aside and an empty one takes its place: see `alarms`. Throws `TurnoutError('unavailable')` where the cause is
 * not damage (disk full, no permission, folder in use, newer version).
 */
export async function openWarehouse(options: OpenWarehouseOptions): Promise<EmbeddedWarehouse> {
  const socket = socketFor(options.folder);
  const opened = new OpenedWarehouse(options, socket);
  try {
    await opened.open();
  } catch (error) {
    await opened.close();
    throw error;
  }
  return opened;
}

class OpenedWarehouse implements EmbeddedWarehouse {
  readonly warehouse: Warehouse;
  readonly socketPath: string;
  readonly alarms: string[] = [];
  readonly #options: OpenWarehouseOptions;
  readonly #socketFolder: string | undefined;
  readonly #listeners = new Set<(message: string) => void>();
  #supervisor: EngineSupervisor | undefined;

  constructor(options: OpenWarehouseOptions, socket: { path: string; temporaryFolder?: string }) {
    this.#options = options;
    this.socketPath = socket.path;
    this.#socketFolder = socket.temporaryFolder;
    this.warehouse = connectWarehouse({
      socketPath: socket.path,
      onTimeout: () => this.#supervisor?.kill('A statement ran past its time limit and the engine did not end it.'),
    });
  }

  get connection(): WarehouseConnection {
    return { socketPath: this.socketPath };
  }

  get supervisor(): EngineSupervisor {
    if (this.#supervisor === undefined)
      throw new TurnoutError('unavailable', 'The analytics engine is being restarted.');
    return this.#supervisor;
  }

  async open(): Promise<void> {
    const faults = await this.#tryToOpen();
    if (faults.length === 0) return;
    await this.#setAside(faults.join(' '));
    const again = await this.#tryToOpen();
    if (again.length > 0)
      throw new TurnoutError('unavailable', `The analytics engine cannot start: ${again.join(' ')}`);
  }

  /** @returns faults of the folder; empty where it is open and sound */
  async #tryToOpen(): Promise<string[]> {
    try {
      const note = damageNote(this.#options.folder);
      if (existsSync(note)) return [readFileSync(note, 'utf8')];
      this.#supervisor = await startPatiently({ ...this.#options, socketPath: this.socketPath });
      this.#supervisor.onDamage((message) => {
        for (const listener of this.#listeners) listener(message);
      });
    } catch (error) {
      if (error instanceof EngineCannotOpen && !NOT_DAMAGE.test(error.message)) return [error.message];
      if (error instanceof TurnoutError) throw error;
      throw new TurnoutError('unavailable', `The analytics engine cannot open its folder: ${String(error)}`);
    }
    // `turnout` does not exist before the first migration.
    const administrator = connectWarehouse({ socketPath: this.socketPath, database: 'default' });
    try {
      await migrate(administrator);
      return await findFaults(administrator, this.#options.inspectMs ?? 1500);
    } catch (error) {
      if (error instanceof DamagedDataError) return [error.detail];
      // Whatever else the engine says no to here, it is about tables that it cannot load.
      if (error instanceof ClickHouseError) return [error.message];
      throw error;
    } finally {
      await administrator.close();
    }
  }

  async #setAside(reason: string): Promise<void> {
    await this.#supervisor?.close();
    this.#supervisor = undefined;
    const place = setAsideFolder(this.#options.folder);
    const alarm = `The analytics data was set aside as ${place}: ${reason}`;
    this.#options.log.warn({ folder: place, reason }, 'analytics data set aside');
    this.alarms.push(alarm);
  }

  inspect(): Promise<string[]> {
    return findFaults(this.warehouse, INSPECT_ALL_MS);
  }

  onDamage(listener: (message: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async startEmpty(reason: string): Promise<void> {
    await this.#setAside(reason);
    await this.open();
  }

  async close(): Promise<void> {
    await this.warehouse.close();
    if (this.#supervisor !== undefined) {
      await this.#supervisor.close();
      rmSync(this.socketPath, { force: true });
    }
    if (this.#socketFolder !== undefined) rmSync(this.#socketFolder, { recursive: true, force: true });
  }
}

/** The predecessor may still hold the folder's lock for a moment after a crash of the server. */
async function startPatiently(options: OpenWarehouseOptions & StartEngineOptions): Promise<EngineSupervisor> {
  const until = performance.now() + (options.lockWaitMs ?? 10_000);
  for (;;) {
    try {
      return await startEngine(options);
    } catch (error) {
      const locked = error instanceof EngineCannotOpen && error.message.includes('Cannot lock file');
      if (!locked || performance.now() > until) throw error;
      await pause(100);
    }
  }
}

/** `engine.sock` beside the folder, or in the temporary folder where that path would be too long. */
function socketFor(folder: string): { path: string; temporaryFolder?: string } {
  const path = join(dirname(folder), 'engine.sock');
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) {
    mkdirSync(dirname(path), { recursive: true });
    return { path };
  }
  const temporaryFolder = mkdtempSync(join(tmpdir(), 'turnout-'));
  return { path: join(temporaryFolder, 'engine.sock'), temporaryFolder };
}

/** @returns the new name: `<folder>.set-aside-1`, or the next number that is free */
function setAsideFolder(folder: string): string {
  let number = 1;
  while (existsSync(`${folder}.set-aside-${number}`)) number += 1;
  const place = `${folder}.set-aside-${number}`;
  renameSync(folder, place);
  return place;
}
