import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type EmbeddedWarehouse, type OpenWarehouseOptions, openWarehouse } from '../../src/warehouse/open.ts';
import type { WarehouseConnection } from '../../src/warehouse/server-connection.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';

export const SILENT_LOG = { info: () => {}, warn: () => {} };

/** A fresh folder below the system's temporary folder, and what removes it. */
export function temporaryFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'turnout-test-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface TestEngine {
  /** Only inside tests and hooks. */
  readonly opened: EmbeddedWarehouse;
  readonly warehouse: Warehouse;
  readonly connection: WarehouseConnection;
  readonly socketPath: string;
}

/** Starts one real engine with all tables for the test file that calls it, and closes it after the last test. */
export function withEngine(options: Partial<OpenWarehouseOptions> = {}): TestEngine {
  const { folder, remove } = temporaryFolder();
  let opened: EmbeddedWarehouse | undefined;
  beforeAll(async () => {
    opened = await openWarehouse({ folder: join(folder, 'warehouse'), log: SILENT_LOG, poolSize: 2, ...options });
  });
  afterAll(async () => {
    await opened?.close();
    remove();
  });
  const started = (): EmbeddedWarehouse => {
    if (opened === undefined) throw new Error('the engine is not started yet: use it inside tests');
    return opened;
  };
  return {
    get opened() {
      return started();
    },
    get warehouse() {
      return started().warehouse;
    },
    get connection() {
      return started().connection;
    },
    get socketPath() {
      return started().socketPath;
    },
  };
}
