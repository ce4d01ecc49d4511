import { FACT_TIMES } from '../contract/facts.ts';
import { anyOf, commas, identifier, sql, uint64 } from '../sql/build.ts';
import type { Fragment, SqlNode } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Batch } from './batch.ts';
import type { People } from './people.ts';
import type { PersonFact } from './person.ts';
import type { TableRow } from './rows.ts';
import { keySet, personSet } from './sets.ts';
import type { Touches } from './touches.ts';

/** Which hours a batch touches: of the rows that it writes, and of those that they take the place of. */

const STATEMENT_LIMIT_MS = 300_000;

/** The hour of an instant since 1970; rows without one give null. */
const hour = (column: string): Fragment => sql`toInt64(floor(toUnixTimestamp64Milli(${identifier(column)}) / 3600000))`;

async function touchFound(
  warehouse: Warehouse,
  touches: Touches,
  table: string,
  columns: readonly string[],
  from: SqlNode,
): Promise<void> {
  const hours = columns.map((column) => sql`groupUniqArray(${hour(column)})`);
  const { rows } = await warehouse.query<{ hours: number[][] }>(
    renderSql(sql`SELECT [${commas(hours)}] AS hours FROM ${from}`),
    { timeoutMs: STATEMENT_LIMIT_MS },
  );
  const found = rows[0]?.hours ?? [];
  if (found.every((some) => some.length === 0)) return;
  touches.table(table, columns);
  for (const [index, column] of columns.entries()) touches.hours(table, column, found[index] ?? []);
}

const touchStanding = (
  warehouse: Warehouse,
  touches: Touches,
  table: string,
  columns: readonly string[],
  condition: SqlNode,
): Promise<void> =>
  touchFound(warehouse, touches, table, columns, sql`(SELECT * FROM ${tableName(table)} FINAL WHERE ${condition})`);

/**
 * Tells which hours the batch's rows of activities, invitations and tables that people brought are in and were in. Rows that are
 * new cost no statement.
 * @param renumbered people whose facts are written anew
 */
export async function touchRows(
  warehouse: Warehouse,
  touches: Touches,
  batch: Batch,
  renumbered: Iterable<number>,
): Promise<void> {
  const people = [...renumbered];
  const stands = async (table: 'activities' | 'invitations', key: string, replaced: ReadonlySet<string>) => {
    const conditions = [
      ...(replaced.size === 0 ? [] : [sql`${identifier(key)} IN ${keySet(replaced)}`]),
      ...(people.length === 0 ? [] : [sql`person IN ${personSet(people)}`]),
    ];
    if (conditions.length > 0) await touchStanding(warehouse, touches, table, FACT_TIMES[table], anyOf(conditions));
  };
  for (const row of batch.activities) if (row.is_deleted === 0) touches.row('activities', row);
  for (const row of batch.invitations) touches.row('invitations', row);
  for (const row of batch.revisedInvitations) if (row.is_deleted === 0) touches.row('invitations', row);
  for (const { table, times } of batch.userRows.touched()) {
    touches.table(table, [...times.keys()]);
    for (const [column, hours] of times) touches.hours(table, column, hours);
  }
  await Promise.all([
    stands('activities', 'activity', batch.replaced.activities),
    stands('invitations', 'invitation', new Set([...batch.replaced.invitations, ...batch.changedInvitations])),
    ...[...batch.userRows.touched()].flatMap(({ table, times, replaced }) =>
      replaced.size === 0
        ? []
        : [touchStanding(warehouse, touches, table, [...times.keys()], sql`row IN ${keySet(replaced)}`)],
    ),
  ]);
}

/** Hours in which rows of `messages` were written by entries after this one: their places, and those that they have left. */
export function touchMessages(warehouse: Warehouse, touches: Touches, after: number): Promise<void> {
  const written = sql`${tableName('messages')} WHERE version > ${uint64(BigInt(after))}`;
  return touchFound(warehouse, touches, 'messages', FACT_TIMES.messages, written);
}

/**
 * Tells what an unfinished batch may have left behind without a word: everything else is told before it is written.
 * @param after the last entry that is counted
 */
export async function touchLeftovers(warehouse: Warehouse, touches: Touches, after: number): Promise<void> {
  const left = sql`${tableName('people')} WHERE version > ${uint64(BigInt(after))}`;
  const [{ rows }] = await Promise.all([
    warehouse.query<{ people: number }>(renderSql(sql`SELECT count() AS people FROM ${left}`), {
      timeoutMs: STATEMENT_LIMIT_MS,
    }),
    touchMessages(warehouse, touches, after),
  ]);
  if ((rows[0]?.people ?? 0) > 0) touches.table('people', FACT_TIMES.people);
}

/** Tells which hours these rows of `people` are in and were in, where they say something else than the rows that stand. */
export async function touchPeople(
  warehouse: Warehouse,
  touches: Touches,
  people: Pick<People, 'isNew'>,
  rows: readonly TableRow<'people'>[],
): Promise<void> {
  if (rows.length === 0) return;
  touches.table('people', FACT_TIMES.people);
  const known = rows.map(({ person }) => Number(person)).filter((person) => !people.isNew(person));
  const before = await loadRegistered(warehouse, known);
  for (const row of rows) {
    const old = before.get(Number(row.person));
    if (old !== undefined && row.is_deleted === 0 && SAID.every((name) => old[name] === row[name])) continue;
    if (old !== undefined) touches.row('people', old);
    if (row.is_deleted === 0) touches.row('people', row);
  }
}

const SAID = ['kind', 'registered_at', 'region', 'language', 'email', 'phone', 'external_id', 'attributes'] as const;

/** Those of the people who are registered, as they stand. */
async function loadRegistered(warehouse: Warehouse, people: readonly number[]): Promise<Map<number, PersonFact>> {
  if (people.length === 0) return new Map();
  const { rows } = await warehouse.query<PersonFact & { person: number }>(
    renderSql(sql`SELECT person, kind, toUnixTimestamp64Milli(p.registered_at) AS registered_at, region, language, email, phone,
  external_id, attributes
FROM (SELECT * FROM ${tableName('people')} FINAL PREWHERE person IN ${personSet(people)}) AS p
WHERE p.registered_at IS NOT NULL`),
    { timeoutMs: STATEMENT_LIMIT_MS },
  );
  return new Map(rows.map((row) => [row.person, row]));
}
