import type { StorageTable } from '../contract/api.ts';
import { FACT_TABLES } from '../contract/facts.ts';
import { sql, string } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { DATABASE, LOCAL_DATABASE, type TableName } from './tables.ts';
import type { Warehouse } from './warehouse.ts';

/** Which group a table of the projector counts in; the others are told by their names. */
const GROUPS: Partial<Record<TableName, StorageTable['group']>> = {
  identities: 'facts',
  person_roots: 'facts',
  message_events: 'events',
  record_versions: 'events',
  person_records: 'events',
  webinar_records: 'events',
  registrations: 'events',
  attendances: 'events',
  recording_views: 'events',
  receipts: 'ledger',
  quarantine: 'ledger',
  entries: 'ledger',
  loads: 'ledger',
  loaded_messages: 'ledger',
};

function groupOf(table: string): StorageTable['group'] {
  if (Object.hasOwn(FACT_TABLES, table) || table.startsWith('table_')) return 'facts';
  if (table !== 'rollup_progress' && table.startsWith('rollup_')) return 'rollups';
  return GROUPS[table as TableName] ?? 'other';
}

/** Rows and bytes of every table as they lie on disk, the largest first. On a cluster: of the shard that answers. */
export async function loadTableSizes(warehouse: Warehouse): Promise<StorageTable[]> {
  const database = warehouse.layout.kind === 'cluster' ? LOCAL_DATABASE : DATABASE;
  const { rows } = await warehouse.query<Omit<StorageTable, 'group'>>(
    renderSql(sql`SELECT table AS name, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, count() AS parts FROM system.parts
WHERE database = ${string(database)} AND active GROUP BY name ORDER BY bytes DESC, name`),
  );
  return rows.map((row) => ({ ...row, group: groupOf(row.name) }));
}
