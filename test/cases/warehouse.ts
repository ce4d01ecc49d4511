import { afterAll, beforeAll } from 'vitest';
import { storedTableColumns, userTableName } from '../../src/contract/facts.ts';
import type { TableSpec } from '../../src/contract/model.ts';
import type { OpenWarehouse } from '../../src/warehouse/open.ts';
import { runAll } from '../../src/warehouse/run-all.ts';
import { createTableStatements, truncateTableStatements } from '../../src/warehouse/schema.ts';
import type { StoredTable } from '../../src/warehouse/tables.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';
import { type Facts, fullRow } from '../reference/dataset.ts';
import type { FactRow } from '../reference/predicate.ts';
import { openTestWarehouse } from '../support/engine.ts';
import { CASE_TABLES, TABLE_COLUMNS } from './tables.ts';

/** A real engine whose fact tables are filled with given rows, without journal and projector. */
export interface FactWarehouse extends Pick<OpenWarehouse, 'warehouse'> {
  /** Puts these rows in place of all others. */
  fill(facts: Facts): Promise<void>;
  /** Makes a table that people brought, with these rows: what is not given is empty. */
  bring(table: TableSpec, rows: readonly FactRow[]): Promise<void>;
  close(): Promise<void>;
}

/** One for the test file that calls it, closed after its last test; to be used inside tests. */
export function withFactWarehouse(): FactWarehouse {
  let opened: FactWarehouse | undefined;
  beforeAll(async () => {
    opened = await openFactWarehouse();
  });
  afterAll(async () => {
    await opened?.close();
  });
  const started = (): FactWarehouse => {
    if (opened === undefined) throw new Error('the engine is not started yet: use it inside tests');
    return opened;
  };
  return {
    get warehouse() {
      return started().warehouse;
    },
    fill: (facts) => started().fill(facts),
    bring: (table, rows) => started().bring(table, rows),
    close: async () => {},
  };
}

export async function openFactWarehouse(): Promise<FactWarehouse> {
  const opened = await openTestWarehouse({ poolSize: 4 });
  const { warehouse } = opened;
  await Promise.all(CASE_TABLES.map((table) => createOwnTable(warehouse, table)));
  const filled = new Set<string>();
  return {
    warehouse,
    async fill(facts) {
      for (const [table, columnTypes] of Object.entries(TABLE_COLUMNS)) {
        if (filled.delete(table)) await runAll(warehouse, truncateTableStatements(table, warehouse.layout));
        const rows = (facts[table as keyof Facts] ?? []).map((row) => fullRow(table, row));
        if (rows.length === 0) continue;
        filled.add(table);
        const columns = Object.keys(columnTypes);
        await warehouse.insert(
          table,
          columns,
          rows.map((row) => columns.map((column) => row[column] ?? null)),
        );
      }
    },
    async bring(table, rows) {
      await createOwnTable(warehouse, table);
      const columns = Object.entries(storedTableColumns(table.columns));
      await warehouse.insert(
        userTableName(table.table),
        columns.map(([name]) => name),
        rows.map((row) =>
          columns.map(
            ([name, { type, nullable }]) =>
              row[name] ?? (nullable ? null : type === 'string' || type === 'category' ? '' : 0),
          ),
        ),
      );
    },
    close: () => opened.close(),
  };
}

function createOwnTable(warehouse: Warehouse, { table, columns }: TableSpec): Promise<void> {
  const stored: StoredTable = {
    columns: { ...storedTableColumns(columns), version: { type: 'version' }, is_deleted: { type: 'flag' } },
    orderBy: ['row'],
    version: 'version',
    deletable: true,
  };
  return runAll(warehouse, createTableStatements(userTableName(table), stored, warehouse.layout));
}
