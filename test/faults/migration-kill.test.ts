import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sql } from '../../src/sql/build.ts';
import { renderSql } from '../../src/sql/render.ts';
import { openControlDatabase } from '../../src/store/database.ts';
import { connectWarehouse } from '../../src/warehouse/client.ts';
import { MIGRATIONS, type Migration, migrate } from '../../src/warehouse/migrations.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import { expectedColumns, listColumns } from '../../src/warehouse/schema.ts';
import { startEngine } from '../../src/warehouse/supervisor.ts';
import { FIRST_SCHEMA, SECOND_SCHEMA } from '../support/earlier-schemas.ts';
import { SILENT_LOG, temporaryFolder } from '../support/engine.ts';

/**
 * RELIABILITY F24: kill -9 of a migration, engine included, at its statements; the next start completes it. TURNOUT_THOROUGH=1 kills
 * at every statement, before it and in the middle of it; otherwise at every third one, the one way or the other by turns.
 */
const THOROUGH = process.env['TURNOUT_THOROUGH'] === '1';

const SCRIPT = fileURLToPath(new URL('../support/migration-process.ts', import.meta.url));

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
});
afterEach(() => remove());

/** @returns number of steps, or null where it was killed */
async function migrateInProcess(...args: [what: string, place: string, killAt: number, when: string]) {
  const child = spawn(process.execPath, [SCRIPT, ...args.map(String)], { detached: true, stdio: 'pipe' });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  const [code, signal] = await once(child, 'close');
  if (signal === 'SIGKILL') return null;
  expect(code, errors).toBe(0);
  return Number(output);
}

const tablesOf = (sqlite: DatabaseSync) =>
  sqlite.prepare('SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name').all();

test('the control database', async () => {
  const whole = join(folder, 'whole.sqlite');
  const steps = await migrateInProcess('control', whole, 0, 'before');
  if (steps === null) throw new Error('nobody killed it');
  const fresh = new DatabaseSync(whole);
  const wanted = tablesOf(fresh);
  const newest = fresh.prepare('PRAGMA user_version').get()?.['user_version'];
  fresh.close();
  expect(steps).toBeGreaterThan(20);

  let filled = 0;
  for (let killAt = 1; killAt <= steps; killAt += THOROUGH ? 1 : 3) {
    const file = join(folder, `${killAt}.sqlite`);
    expect(await migrateInProcess('control', file, killAt, 'before')).toBeNull();
    // What an older version left behind, where the kill came after it; then killed at every later step once more.
    const left = new DatabaseSync(file);
    const version = Number(left.prepare('PRAGMA user_version').get()?.['user_version']);
    expect(tablesOf(left).length > 0).toBe(version > 0);
    if (version > 0) left.exec(`INSERT INTO settings VALUES ('kept', 'yes', ${killAt})`);
    left.close();
    if (version > 0 && version !== newest) {
      filled += 1;
      // Four statements set the database up; the migration begins with the fifth.
      expect(await migrateInProcess('control', file, 4 + (killAt % 5) + 1, 'before')).toBeNull();
    }

    const control = await openControlDatabase(file);
    const kept = await control.selectFrom('settings').selectAll().execute();
    await control.destroy();
    expect(kept).toEqual(version > 0 ? [{ name: 'kept', value: 'yes', updated_at: killAt }] : []);
    const after = new DatabaseSync(file);
    expect(tablesOf(after)).toEqual(wanted);
    expect(after.prepare('PRAGMA user_version').get()?.['user_version']).toBe(newest);
    expect(after.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    after.close();
  }
  expect(filled).toBeGreaterThan(2);
}, 180_000);

test.each([FIRST_SCHEMA, SECOND_SCHEMA])(
  'the warehouse, from version $version with what stands in it',
  async (schema) => {
    const first = join(folder, 'first');
    await fill(first, schema);
    const statements = MIGRATIONS.filter(({ version }) => version > schema.version).reduce(
      (sum, migration) => sum + migration.statements.length + 1,
      2,
    );
    // What both versions have to go through is not met at the same statements.
    for (let killAt = THOROUGH ? 1 : schema.version; killAt <= statements; killAt += THOROUGH ? 1 : 3) {
      for (const when of THOROUGH ? ['before', 'during'] : killAt % 2 === 1 ? ['before'] : ['during']) {
        const place = join(folder, `warehouse-${killAt}-${when}`);
        cpSync(first, place, { recursive: true });
        expect(await migrateInProcess('warehouse', place, killAt, when)).toBeNull();
        await expectWhole(place, schema.version > 1 ? 1 : 0);
      }
    }
  },
  300_000,
);

async function fill(place: string, schema: Migration): Promise<void> {
  mkdirSync(place);
  const socketPath = join(folder, 'first.sock');
  const supervisor = await startEngine({ folder: place, socketPath, log: SILENT_LOG, poolSize: 1 });
  const administrator = connectWarehouse({ socketPath, database: 'default' });
  await migrate(administrator, [schema]);
  await administrator.close();
  const client = connectWarehouse({ socketPath });
  await client.insert(
    'receipts',
    ['key', 'seq', 'item', 'source', 'day', 'fingerprint', 'kind', 'outcome', 'reason'],
    [
      [5, 1, 0, 'hook', '2024-11-16', 7, 'message_event', 'counted', ''],
      [0, 1, 1, 'hook', '2024-11-16', 0, '', 'quarantined', 'unreadable'],
      [9, 1, 2, 'hook', '2024-11-16', 9, 'message_event', 'quarantined', 'conflict'],
    ],
  );
  // Version 2 takes the last three from the receipts.
  const knows = schema.version > 1;
  const told = (...cells: unknown[]) => (knows ? cells : []);
  await client.insert(
    'quarantine',
    ['seq', 'item', 'source', 'received_at', 'reason', 'raw', ...(knows ? ['key', 'day', 'rule'] : [])],
    [
      [1, 1, 'hook', 1_731_726_000_000, 'It is no JSON.', '{', ...told(0, '2024-11-16', 'unreadable')],
      [1, 2, 'hook', 1_731_726_000_000, 'The key was used before.', '{}', ...told(9, '2024-11-16', 'conflict')],
    ],
  );
  if (knows) await client.insert('record_versions', ['record', 'seq', 'kind', 'person'], [[5, 1, 'activity', 1]]);
  await client.insert(
    'identities',
    ['kind', 'value', 'person', 'version', 'is_deleted'],
    [['email', 'dana@example.com', 1, 1, 0]],
  );
  await client.close();
  await supervisor.close();
}

/** The next start of Turnout sets nothing aside, and finds every column and every row. */
async function expectWhole(place: string, versions: number): Promise<void> {
  const opened = await openWarehouse({ folder: place, log: SILENT_LOG, poolSize: 1 });
  try {
    expect(opened.alarms).toEqual([]);
    const { rows: columns } = await opened.warehouse.query<{ table: string; name: string; type: string }>(listColumns);
    const present = new Map(columns.map(({ table, name, type }) => [`${table}.${name}`, type]));
    for (const [column, type] of expectedColumns()) expect(present.get(column), column).toBe(type);
    const { rows: waiting } = await opened.warehouse.query(
      renderSql(sql`SELECT seq, item, toString(key) AS id, toString(q.day) AS day, rule, reason, raw, settled
FROM turnout.quarantine AS q FINAL ORDER BY item`),
    );
    const common = { seq: 1, day: '2024-11-16', settled: 0 };
    expect(waiting).toEqual([
      { ...common, item: 1, id: '0', rule: 'unreadable', reason: 'It is no JSON.', raw: '{' },
      { ...common, item: 2, id: '9', rule: 'conflict', reason: 'The key was used before.', raw: '{}' },
    ]);
    const { rows: kept } = await opened.warehouse.query(
      renderSql(sql`SELECT (SELECT count() FROM turnout.receipts FINAL WHERE versioned = 0) AS receipts,
  (SELECT count() FROM turnout.identities FINAL WHERE revisable = 0) AS identities,
  (SELECT count() FROM turnout.record_versions FINAL WHERE person = 1 AND person_phone = 0 AND webinar = '') AS versions,
  (SELECT max(version) FROM turnout.schema_version) AS version`),
    );
    const newest = Math.max(...MIGRATIONS.map(({ version }) => version));
    expect(kept).toEqual([{ receipts: 3, identities: 1, versions, version: newest }]);
  } finally {
    await opened.close();
  }
}
