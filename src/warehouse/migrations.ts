import { TurnoutError } from '../contract/errors.ts';
import { number, sql, string } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { EMBEDDED, type Layout } from './layout.ts';
import {
  addColumnsStatements,
  addMinmaxIndexStatements,
  buildMinmaxIndexStatements,
  createDatabaseStatements,
  createTableStatements,
  setBlockBytesStatements,
  tableName,
} from './schema.ts';
import { type StoredTable, TABLES } from './tables.ts';
import type { Warehouse } from './warehouse.ts';

/** One step of the schema. Every statement can be run again: a migration that was killed half way is run again from its start. */
export interface Migration {
  version: number;
  name: string;
  statements: readonly RenderedSql[];
}

/** A new folder gets every table as it is today; later migrations find there what they would add. */
export const migrationsOf = (layout: Layout): readonly Migration[] => [
  {
    version: 1,
    name: 'first tables',
    statements: (Object.entries(TABLES) as [string, StoredTable][]).flatMap(([name, table]) =>
      createTableStatements(name, table, layout),
    ),
  },
  {
    version: 2,
    name: 'versions of records, orders to the projector',
    statements: [
      ...createTableStatements('record_versions', TABLES.record_versions, layout),
      ...addColumnsStatements('identities', TABLES.identities, ['revisable'], layout),
      ...addColumnsStatements(
        'receipts',
        TABLES.receipts,
        ['versioned', 'observed', 'observed_at', 'origin_seq'],
        layout,
      ),
      ...addColumnsStatements('entries', TABLES.entries, ['control'], layout),
      ...addColumnsStatements(
        'quarantine',
        TABLES.quarantine,
        ['key', 'day', 'rule', 'origin_seq', 'origin_item', 'settled'],
        layout,
      ),
      // What was quarantined before knows its receipt only by its place.
      renderSql(sql`INSERT INTO ${tableName('quarantine')} (seq, item, source, received_at, reason, raw, key, day, rule)
SELECT q.seq, q.item, q.source, q.received_at, q.reason, q.raw, r.key, r.day, r.reason
FROM (SELECT * FROM ${tableName('quarantine')} FINAL WHERE rule = '') AS q
INNER JOIN (
  SELECT key, seq, item, day, reason FROM ${tableName('receipts')} FINAL WHERE outcome = 'quarantined'
) AS r ON r.seq = q.seq AND r.item = q.item`),
    ],
  },
  {
    version: 3,
    name: 'webinars',
    statements: [
      ...(
        ['participations', 'stays', 'webinar_records', 'registrations', 'attendances', 'recording_views'] as const
      ).flatMap((name) => createTableStatements(name, TABLES[name], layout)),
      ...addColumnsStatements(
        'record_versions',
        TABLES.record_versions,
        ['webinar', 'person_phone', 'person_external'],
        layout,
      ),
    ],
  },
  {
    version: 4,
    name: 'roll-ups and what touches them',
    statements: [
      ...createTableStatements('touches', TABLES.touches, layout),
      ...createTableStatements('rollup_progress', TABLES.rollup_progress, layout),
      ...addMinmaxIndexStatements('messages', TABLES.messages, layout),
    ],
  },
  {
    version: 5,
    name: 'files of history',
    statements: (['loads', 'loaded_messages'] as const).flatMap((name) =>
      createTableStatements(name, TABLES[name], layout),
    ),
  },
  {
    version: 6,
    name: 'small blocks where single keys are looked up',
    statements: (Object.entries(TABLES) as [string, StoredTable][]).flatMap(([name, table]) =>
      table.blockBytes === undefined ? [] : setBlockBytesStatements(name, table, layout),
    ),
  },
  {
    version: 7,
    name: 'webinars of a period are found without reading the others',
    statements: [
      ...addMinmaxIndexStatements('participations', TABLES.participations, layout),
      ...buildMinmaxIndexStatements('participations', TABLES.participations, layout),
    ],
  },
  {
    version: 8,
    name: 'numbers of accounts',
    statements: addColumnsStatements('progress', TABLES.progress, ['accounts'], layout),
  },
];

/** Those of the embedded engine. */
export const MIGRATIONS = migrationsOf(EMBEDDED);

const versions = tableName('schema_version');
const VERSIONS: StoredTable = {
  columns: { version: { type: 'count' }, name: { type: 'string' }, applied_at: { type: 'instant' } },
  orderBy: ['version'],
};

/**
 * Brings the schema up to date; running it again changes nothing. Throws `TurnoutError('unavailable')` where a newer Turnout has
 * migrated the folder.
 *
 * @param beforeStatement called with the running number of each statement (fault tests)
 * @returns the version reached
 */
export async function migrate(
  warehouse: Warehouse,
  migrations: readonly Migration[] = migrationsOf(warehouse.layout),
  beforeStatement: (index: number) => void | Promise<void> = () => {},
): Promise<number> {
  let index = 0;
  const run = async (statement: RenderedSql): Promise<void> => {
    await beforeStatement(index++);
    await warehouse.command(statement, { idempotent: true, timeoutMs: 600_000 });
  };
  for (const statement of createDatabaseStatements(warehouse.layout)) await run(statement);
  for (const statement of createTableStatements('schema_version', VERSIONS, warehouse.layout)) await run(statement);
  const { rows } = await warehouse.query<{ version: number }>(
    renderSql(sql`SELECT toUInt32(max(version)) AS version FROM ${versions}`),
  );
  const reached = rows[0]?.version ?? 0;
  const newest = Math.max(...migrations.map(({ version }) => version));
  if (reached > newest)
    throw new TurnoutError(
      'unavailable',
      `The analytics data was written by a newer Turnout (schema ${reached}, this one knows ${newest}). Start that version.`,
    );
  for (const migration of migrations) {
    if (migration.version <= reached) continue;
    for (const statement of migration.statements) await run(statement);
    await run(
      renderSql(sql`INSERT INTO ${versions} (version, name, applied_at)
SELECT ${number(migration.version)}, ${string(migration.name)}, now64(3)`),
    );
  }
  return newest;
}
