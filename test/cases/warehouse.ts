import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FACT_TABLES, type FactTable } from '../../src/contract/facts.ts';
import { type OpenWarehouse, openWarehouse } from '../../src/warehouse/open.ts';
import { truncateTable } from '../../src/warehouse/schema.ts';
import { type Facts, fullRow } from '../reference/dataset.ts';

/** A real engine whose fact tables are filled with given rows, without journal and projector. */
export interface FactWarehouse extends Pick<OpenWarehouse, 'warehouse'> {
  /** Puts these rows in place of all others. */
  fill(facts: Facts): Promise<void>;
  close(): Promise<void>;
}

export async function openFactWarehouse(): Promise<FactWarehouse> {
  const folder = mkdtempSync(join(tmpdir(), 'turnout-cases-'));
  const silent = { info: () => {}, warn: () => {} };
  const opened = await openWarehouse({ folder: join(folder, 'warehouse'), log: silent });
  const { warehouse } = opened;
  const filled = new Set<FactTable>();
  return {
    warehouse,
    async fill(facts) {
      for (const table of Object.keys(FACT_TABLES) as FactTable[]) {
        if (filled.delete(table)) await warehouse.command(truncateTable(table));
        const rows = (facts[table] ?? []).map((row) => fullRow(table, row));
        if (rows.length === 0) continue;
        filled.add(table);
        const columns = Object.keys(FACT_TABLES[table]);
        await warehouse.insert(
          table,
          columns,
          rows.map((row) => columns.map((column) => row[column] ?? null)),
        );
      }
    },
    async close() {
      await opened.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
