import { EMBEDDED } from '../../src/warehouse/layout.ts';
import type { Migration } from '../../src/warehouse/migrations.ts';
import { createTableStatements } from '../../src/warehouse/schema.ts';
import { type StoredTable, TABLES, type TableName } from '../../src/warehouse/tables.ts';

/** What a version of the schema added: whole tables (`true`), or columns of tables that were there. */
type Added = Partial<Record<TableName, true | readonly string[]>>;

const SECOND: Added = {
  record_versions: true,
  identities: ['revisable'],
  receipts: ['versioned', 'observed', 'observed_at', 'origin_seq'],
  entries: ['control'],
  quarantine: ['key', 'day', 'rule', 'origin_seq', 'origin_item', 'settled'],
};
const THIRD: Added = {
  participations: true,
  stays: true,
  webinar_records: true,
  registrations: true,
  attendances: true,
  recording_views: true,
  record_versions: ['webinar', 'person_phone', 'person_external'],
};

/** The tables of today without what was added later. */
function without(version: number, ...additions: readonly Added[]): Migration {
  const tables = Object.entries(TABLES) as [TableName, StoredTable][];
  const statements = tables.flatMap(([name, table]) => {
    const later = additions.map((added) => added[name]);
    if (later.includes(true)) return [];
    const columns = Object.entries(table.columns).filter(
      ([column]) => !later.some((added) => Array.isArray(added) && added.includes(column)),
    );
    return createTableStatements(name, { ...table, columns: Object.fromEntries(columns) }, EMBEDDED);
  });
  return { version, name: 'as it was', statements };
}

/** The warehouse as version 1 of the schema made it. */
export const FIRST_SCHEMA = without(1, SECOND, THIRD);

/** As version 2 made it. */
export const SECOND_SCHEMA = without(2, THIRD);
