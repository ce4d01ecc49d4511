import type { Migration } from '../../src/warehouse/migrations.ts';
import { createTable } from '../../src/warehouse/schema.ts';
import { type StoredTable, TABLES, type TableName } from '../../src/warehouse/tables.ts';

/** Columns that version 2 added. */
const ADDED: Partial<Record<TableName, readonly string[]>> = {
  identities: ['revisable'],
  receipts: ['versioned', 'observed', 'observed_at', 'origin_seq'],
  entries: ['control'],
  quarantine: ['key', 'day', 'rule', 'origin_seq', 'origin_item', 'settled'],
};

/** The warehouse as version 1 of the schema made it. */
export const FIRST_SCHEMA: Migration = {
  version: 1,
  name: 'as it was',
  statements: (Object.entries(TABLES) as [TableName, StoredTable][])
    .filter(([name]) => name !== 'record_versions')
    .map(([name, table]) => {
      const columns = Object.entries(table.columns).filter(([column]) => !ADDED[name]?.includes(column));
      return createTable(name, { ...table, columns: Object.fromEntries(columns) });
    }),
};
