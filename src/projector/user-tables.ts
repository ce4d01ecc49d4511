import { hash } from 'node:crypto';
import { userTableName } from '../contract/facts.ts';
import type { RecordOf } from '../contract/record.ts';
import { identifier, number, sql, string, uint64 } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { runAll } from '../warehouse/run-all.ts';
import { createTableStatements, dropTableStatements, listColumns, tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Key } from './hash.ts';
import { saveNote } from './progress.ts';
import { keySet } from './sets.ts';
import type { Touches } from './touches.ts';
import { MISFITS, type TableRows, UserRows, type UserTable } from './user-rows.ts';
import { VERSION_ORDER } from './versions.ts';

/** Tables that people brought, as the warehouse has them: made when declared, made anew when declared otherwise. */

const PREFIX = 'table/';
const PHYSICAL = userTableName('');
/** Rows read from the versions and written at a time. */
const CHUNK = 20_000;

/**
 * Makes the tables as they are declared and fills those that are new or changed from the rows that came for them; drops those
 * that are not declared any more. The other tables are left alone; running it again changes nothing.
 * @param through rows up to this entry are counted
 * @param touches gets the tables that are dropped or made anew
 */
export async function ensureTables(
  warehouse: Warehouse,
  tables: TableRows,
  through: number,
  touches: Touches,
): Promise<void> {
  const [present, made] = await Promise.all([listUserTables(warehouse), loadHashes(warehouse)]);
  const declared = new Set([...tables.values()].map(({ name }) => name));
  const drop = async (name: string) => {
    touches.everything(name);
    await touches.write();
    await runAll(warehouse, dropTableStatements(name, warehouse.layout), { idempotent: true });
  };
  for (const name of present) if (!declared.has(name)) await drop(name);
  for (const table of tables.values()) {
    const wanted = declarationHash(table);
    if (present.has(table.name) && made.get(table.spec.table) === wanted) continue;
    await drop(table.name);
    const statements = createTableStatements(table.name, table.stored, warehouse.layout);
    await runAll(warehouse, statements, { idempotent: true });
    await fillTable(warehouse, tables, table, through);
    await saveHash(warehouse, table.spec.table, wanted, through);
  }
}

/** Physical names of the tables that people brought. */
export async function listUserTables(warehouse: Warehouse): Promise<Set<string>> {
  const { rows } = await warehouse.query<{ table: string }>(listColumns);
  return new Set(rows.map(({ table }) => table).filter((table) => table.startsWith(PHYSICAL)));
}

/** How many values of each column did not fit its type; they are empty in the table. */
export async function loadMisfits(warehouse: Warehouse, table: string): Promise<{ column: string; rows: number }[]> {
  const physical = userTableName(table);
  if (!(await listUserTables(warehouse)).has(physical)) return [];
  const { rows } = await warehouse.query<{ column: string; rows: number }>(
    renderSql(sql`SELECT arrayJoin(splitByChar(',', ${identifier(MISFITS)})) AS column, count() AS rows
FROM ${tableName(physical)} FINAL WHERE ${identifier(MISFITS)} != '' GROUP BY column ORDER BY rows DESC, column`),
  );
  return rows;
}

function declarationHash({ spec, stored }: UserTable): string {
  const columns = spec.columns.map(({ name, type, from }) => [name, type, from ?? name]);
  return hash('sha256', JSON.stringify([columns, stored])).slice(0, 16);
}

async function loadHashes(warehouse: Warehouse): Promise<Map<string, string>> {
  const { rows } = await warehouse.query<{ name: string; model: string }>(
    renderSql(sql`SELECT name, model FROM ${tableName('progress')} FINAL WHERE startsWith(name, ${string(PREFIX)})`),
  );
  return new Map(rows.map(({ name, model }) => [name.slice(PREFIX.length), model]));
}

async function saveHash(warehouse: Warehouse, table: string, model: string, through: number): Promise<void> {
  await saveNote(warehouse, { name: PREFIX + table, seq: through, model });
}

/** Puts every row that stands into an empty table. */
async function fillTable(warehouse: Warehouse, tables: TableRows, table: UserTable, through: number): Promise<void> {
  for (let after: Key | undefined = '0'; after !== undefined; ) {
    const keys: Key[] = await loadKeys(warehouse, table.spec.table, after, through);
    const gathered = new UserRows(tables);
    if (keys.length > 0)
      for (const { id, source, received_at, content } of await loadRows(warehouse, table.spec.table, keys, through))
        gathered.put(JSON.parse(content) as RecordOf<'row'>, { key: id, source, receivedAt: received_at, first: true });
    for (const { table: name, columns, lines } of gathered.inserts(through))
      await warehouse.insert(name, columns, lines);
    after = keys.length < CHUNK ? undefined : keys.at(-1);
  }
}

/** Keys of rows that ever were of the table, in order. */
async function loadKeys(warehouse: Warehouse, table: string, after: Key, through: number): Promise<Key[]> {
  const { rows } = await warehouse.query<{ id: Key }>(
    renderSql(sql`SELECT toString(record) AS id FROM ${tableName('record_versions')}
WHERE table_name = ${string(table)} AND seq <= ${uint64(BigInt(through))} AND record > ${uint64(BigInt(after))}
GROUP BY record ORDER BY record LIMIT ${number(CHUNK)}`),
    { timeoutMs: 300_000 },
  );
  return rows.map(({ id }) => id);
}

interface StandingRow {
  id: Key;
  source: string;
  received_at: number;
  content: string;
}

/** Those of the rows that stand, as they stand. */
async function loadRows(
  warehouse: Warehouse,
  table: string,
  keys: readonly Key[],
  through: number,
): Promise<StandingRow[]> {
  const { rows } = await warehouse.query<{ id: Key; row: [string, number, string] }>(
    renderSql(sql`SELECT toString(record) AS id,
  argMax(tuple(source, toUnixTimestamp64Milli(received_at), content, kind, table_name), ${VERSION_ORDER}) AS row
FROM (
  SELECT * FROM ${tableName('record_versions')} FINAL
  WHERE record IN ${keySet(keys)} AND seq <= ${uint64(BigInt(through))}
)
WHERE erased = 0
GROUP BY record
HAVING tupleElement(row, 4) = 'row' AND tupleElement(row, 5) = ${string(table)}`),
    { timeoutMs: 300_000 },
  );
  return rows.map(({ id, row: [source, received_at, content] }) => ({ id, source, received_at, content }));
}
