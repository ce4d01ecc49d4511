import type { LedgerRow } from '../contract/api.ts';
import { userTableName } from '../contract/facts.ts';
import type { TableSpec } from '../contract/model.ts';
import { date, identifier, joined, sql, zone } from '../sql/build.ts';
import type { SqlNode } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { listUserTables } from './user-tables.ts';

/** The ledger, newest day first: one row per source and local day of receipt. @param since local date, inclusive */
export async function loadLedger(warehouse: Warehouse, { since }: { since?: string } = {}): Promise<LedgerRow[]> {
  const { rows } = await warehouse.query<LedgerRow>(
    renderSql(sql`SELECT source, toString(r.day) AS day, count() AS received,
  countIf(outcome = 'counted') AS counted,
  countIf(outcome = 'duplicate') AS duplicate,
  countIf(outcome = 'quarantined') AS quarantined,
  countIf(outcome = 'expired') AS expired,
  countIf(outcome = 'erased') AS erased
FROM (SELECT source, day, outcome FROM ${tableName('receipts')} FINAL
  ${since === undefined ? sql`` : sql`WHERE day >= ${date(since)}`}) AS r
GROUP BY source, r.day
ORDER BY r.day DESC, source`),
  );
  return rows;
}

/** How many records each rule sent into quarantine: rows by source and rule. */
export async function loadQuarantineRules(
  warehouse: Warehouse,
): Promise<{ source: string; rule: string; records: number }[]> {
  const { rows } = await warehouse.query<{ source: string; rule: string; records: number }>(
    renderSql(sql`SELECT source, reason AS rule, count() AS records
FROM ${tableName('receipts')} FINAL WHERE outcome = 'quarantined' GROUP BY source, reason ORDER BY source, rule`),
  );
  return rows;
}

/**
 * Local dates of the first and the last thing that happened; null while there is none.
 * @param timeZone IANA
 * @param tables that people brought: their dates and times count too, as far as the tables are there
 */
export async function loadDataSpan(
  warehouse: Warehouse,
  timeZone: string,
  tables: readonly TableSpec[] = [],
): Promise<{ first: string | null; last: string | null }> {
  const present = tables.length === 0 ? new Set<string>() : await listUserTables(warehouse);
  const own = tables.flatMap(({ table, columns }) => {
    if (!present.has(userTableName(table))) return [];
    const times = columns.filter(({ type }) => type === 'date' || type === 'time').map(({ name }) => name);
    // Rows without a time of their own count when they were received.
    return (times.length > 0 ? times : ['received_at']).map((column) => spanOf(table, column));
  });
  const { rows } = await warehouse.query<{ first: string; last: string; facts: number }>(
    renderSql(sql`SELECT toString(toDate32(min(earliest), ${zone(timeZone)})) AS first,
  toString(toDate32(max(latest), ${zone(timeZone)})) AS last, sum(rows) AS facts
FROM (
  SELECT min(at) AS earliest, max(at) AS latest, count() AS rows FROM ${tableName('messages')}
    WHERE is_deleted = 0 AND (message, at) NOT IN ${LEFT_PLACES}
  UNION ALL SELECT min(at), max(at), count() FROM ${tableName('activities')} FINAL
  UNION ALL SELECT min(invited_at), max(invited_at), count() FROM ${tableName('invitations')} FINAL
  UNION ALL SELECT assumeNotNull(min(registered_at)), assumeNotNull(max(registered_at)), count() FROM ${tableName('people')} FINAL
    WHERE isNotNull(registered_at)
  ${joined('\n', own)}
)
WHERE rows > 0`),
  );
  const span = rows[0];
  return span === undefined || span.facts === 0 ? { first: null, last: null } : { first: span.first, last: span.last };
}

/** Where messages stood that have moved or gone: their old rows stay until the engine merges. */
const LEFT_PLACES = sql`(SELECT message, at FROM ${tableName('messages')}
      WHERE message IN (SELECT message FROM ${tableName('messages')} WHERE is_deleted = 1)
      GROUP BY message, at HAVING argMax(is_deleted, version) = 1)`;

const spanOf = (table: string, column: string): SqlNode =>
  sql`UNION ALL SELECT assumeNotNull(min(${identifier(column)})), assumeNotNull(max(${identifier(column)})), count()
    FROM ${tableName(userTableName(table))} FINAL WHERE isNotNull(${identifier(column)})`;
