import type { LedgerRow, QuarantineItem } from '../contract/api.ts';
import { date, number, sql, string, zone } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

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

/** What could not be counted, newest first. */
export async function loadQuarantine(
  warehouse: Warehouse,
  { source, limit = 100 }: { source?: string; limit?: number } = {},
): Promise<QuarantineItem[]> {
  const { rows } = await warehouse.query<Omit<QuarantineItem, 'received_at'> & { at: number }>(
    renderSql(sql`SELECT source, toUnixTimestamp64Milli(received_at) AS at, reason, raw
FROM ${tableName('quarantine')} FINAL
${source === undefined ? sql`` : sql`WHERE source = ${string(source)}`}
ORDER BY seq DESC, item DESC LIMIT ${number(limit)}`),
  );
  return rows.map(({ at, ...item }) => ({ ...item, received_at: new Date(at).toISOString() }));
}

/** Local dates of the first and the last thing that happened; null while there is none. @param timeZone IANA */
export async function loadDataSpan(
  warehouse: Warehouse,
  timeZone: string,
): Promise<{ first: string | null; last: string | null }> {
  const { rows } = await warehouse.query<{ first: string; last: string; facts: number }>(
    renderSql(sql`SELECT toString(toDate32(min(earliest), ${zone(timeZone)})) AS first,
  toString(toDate32(max(latest), ${zone(timeZone)})) AS last, sum(rows) AS facts
FROM (
  SELECT min(at) AS earliest, max(at) AS latest, count() AS rows FROM ${tableName('messages')} WHERE is_deleted = 0
  UNION ALL SELECT min(at), max(at), count() FROM ${tableName('activities')}
  UNION ALL SELECT min(invited_at), max(invited_at), count() FROM ${tableName('invitations')}
  UNION ALL SELECT assumeNotNull(min(registered_at)), assumeNotNull(max(registered_at)), count() FROM ${tableName('people')}
    WHERE is_deleted = 0 AND isNotNull(registered_at)
)
WHERE rows > 0`),
  );
  const span = rows[0];
  return span === undefined || span.facts === 0 ? { first: null, last: null } : { first: span.first, last: span.last };
}
