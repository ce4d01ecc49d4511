import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import {
  type EmbeddedWarehouse,
  type OpenWarehouse,
  type OpenWarehouseOptions,
  openWarehouse,
} from '../../src/warehouse/open.ts';
import { openServerWarehouse } from '../../src/warehouse/open-server.ts';
import type { WarehouseConnection } from '../../src/warehouse/server-connection.ts';
import type { EngineLog } from '../../src/warehouse/supervisor.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';
import { startClickHouseBridge } from './clickhouse-bridge.ts';
import type { EmptyWarehouse } from './empty-warehouse.ts';
import { temporaryFolder } from './temporary-folder.ts';

export { SILENT_LOG, temporaryFolder } from './temporary-folder.ts';

export interface TestEngineOptions extends Partial<OpenWarehouseOptions> {
  anew?: boolean;
}

/** Silent, but for an engine that ended although nobody ended it. */
function endsLog(): EngineLog {
  let lastWords = '';
  return {
    info: () => {},
    warn: (fields, message) => {
      if ('line' in fields) lastWords = String(fields.line);
      if (message !== 'engine ended' || ('reason' in fields && fields.reason !== undefined)) return;
      console.error(`the test's engine ended by itself: ${JSON.stringify(fields)} ${lastWords}`);
    },
  };
}

/**
 * A fresh warehouse with all tables: the embedded engine's, or with TURNOUT_TEST_ENGINE=server one behind ClickHouse's HTTP protocol,
 * with =cluster one whose tables span two shards. See `npm run test:server`. `anew`: not a copy of one that was made before.
 */
export async function openTestWarehouse({ anew = false, ...options }: TestEngineOptions = {}): Promise<OpenWarehouse> {
  const { folder, remove } = temporaryFolder();
  const kind = process.env['TURNOUT_TEST_ENGINE'] ?? 'embedded';
  const log = endsLog();
  if (kind === 'embedded') {
    const place = join(folder, 'warehouse');
    const empty: EmptyWarehouse = anew ? undefined : inject('emptyWarehouse');
    if (empty !== undefined) cpSync(empty, place, { recursive: true });
    const opened = await openWarehouse({ folder: place, log, poolSize: 2, ...options });
    return closedWith(opened, async () => remove());
  }
  if (kind !== 'server' && kind !== 'cluster') throw new Error(`TURNOUT_TEST_ENGINE is ${kind}, not server or cluster`);
  const bridge = await startClickHouseBridge({ shards: kind === 'cluster' ? 2 : 1 });
  const opened = await openServerWarehouse({ server: bridge.connection, folder, log });
  return closedWith(opened, async () => {
    await bridge.close();
    remove();
  });
}

/** The same, but closing it closes what it stands on, too. */
function closedWith(opened: OpenWarehouse, after: () => Promise<void>): OpenWarehouse {
  const close = opened.close.bind(opened);
  opened.close = async () => {
    await close();
    await after();
  };
  return opened;
}

export interface TestEngine {
  /** Only inside tests and hooks. */
  readonly warehouse: Warehouse;
  readonly connection: WarehouseConnection;
  /** The embedded engine's own: only in tests of what is under `src/warehouse`. */
  readonly opened: EmbeddedWarehouse;
  readonly socketPath: string;
}

/** Starts one real engine with all tables for the test file that calls it, and closes it after the last test. */
export function withEngine(options: TestEngineOptions = {}): TestEngine {
  let opened: OpenWarehouse | undefined;
  beforeAll(async () => {
    opened = await openTestWarehouse(options);
  });
  afterAll(async () => {
    await opened?.close();
  });
  const started = (): OpenWarehouse => {
    if (opened === undefined) throw new Error('the engine is not started yet: use it inside tests');
    return opened;
  };
  const embedded = (): EmbeddedWarehouse => {
    const own = started();
    if (!('supervisor' in own)) throw new Error('this test is of the embedded engine');
    return own as EmbeddedWarehouse;
  };
  return {
    get opened() {
      return embedded();
    },
    get warehouse() {
      return started().warehouse;
    },
    get connection() {
      return started().connection;
    },
    get socketPath() {
      return embedded().socketPath;
    },
  };
}
