import type { LedgerRow } from '../contract/api.ts';
import { userTableName } from '../contract/facts.ts';
import type { TableSpec } from '../contract/model.ts';
import { anyOf, date, identifier, instant, joined, number, sql, zone } from '../sql/build.ts';
import type { SqlNode } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { listUserTables } from './user-tables.ts';

/** The ledger, newest day first: one row per source and local day of receipt. @param since local date, inclusive */
export async function loadLedger(warehouse: Warehouse, { since }: { since?: string } = {}): Promise<LedgerRow[]> {
  const days = since === undefined ? sql`` : sql`WHERE day >= ${date(since)}`;
  const { rows } = await warehouse.query<LedgerRow>(
    renderSql(sql`SELECT source, toString(r.day) AS day, sum(records) AS received,
  sumIf(records, outcome = 'counted') AS counted,
  sumIf(records, outcome = 'duplicate') AS duplicate,
  sumIf(records, outcome = 'quarantined') AS quarantined,
  sumIf(records, outcome = 'expired') AS expired,
  sumIf(records, outcome = 'erased') AS erased
FROM (
  SELECT source, day, outcome, count() AS records FROM ${tableName('receipts')} FINAL ${days} GROUP BY source, day, outcome
  UNION ALL SELECT source, day, outcome, records FROM ${tableName('loads')} FINAL ${days}
) AS r
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
    renderSql(sql`SELECT source, reason AS rule, sum(refused) AS records FROM (
  SELECT source, reason, count() AS refused FROM ${tableName('receipts')} FINAL WHERE outcome = 'quarantined' GROUP BY source, reason
  UNION ALL SELECT source, reason, records AS refused FROM ${tableName('loads')} FINAL WHERE outcome = 'quarantined'
) GROUP BY source, reason ORDER BY source, rule`),
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
  const messages = await messageSpan(warehouse);
  const { rows } = await warehouse.query<{ first: string; last: string; facts: number }>(
    renderSql(sql`SELECT toString(toDate32(min(earliest), ${zone(timeZone)})) AS first,
  toString(toDate32(max(latest), ${zone(timeZone)})) AS last, sum(rows) AS facts
FROM (
  SELECT ${instant(messages?.first ?? 0)} AS earliest, ${instant(messages?.last ?? 0)} AS latest, ${number(messages === undefined ? 0 : 1)} AS rows
  UNION ALL SELECT min(at), max(at), count() FROM ${tableName('activities')} FINAL
  UNION ALL SELECT min(invited_at), max(invited_at), count() FROM ${tableName('invitations')} FINAL
  -- a webinar that lies ahead is data, too
  UNION ALL SELECT min(least(starts_at, ifNull(registered_at, starts_at))), max(starts_at), count() FROM ${tableName('participations')} FINAL
  UNION ALL SELECT assumeNotNull(min(registered_at)), assumeNotNull(max(registered_at)), count() FROM ${tableName('people')} FINAL
    WHERE isNotNull(registered_at)
  ${joined('\n', own)}
)
WHERE rows > 0`),
  );
  const span = rows[0];
  return span === undefined || span.facts === 0 ? { first: null, last: null } : { first: span.first, last: span.last };
}

const DAY_MS = 86_400_000;

/**
 * UTC milliseconds of the first and the last message. Rows of messages that have moved or gone stay until the engine merges, so the
 * outermost rows only say where to look exactly; where nothing is left there, those of the outermost living rows do, and at last
 * everything is looked at. The engine knows its outermost rows without reading any.
 */
async function messageSpan(warehouse: Warehouse): Promise<{ first: number; last: number } | undefined> {
  interface Bounds {
    first: number;
    last: number;
    early: number;
    late: number;
  }
  const bounds = async (from: SqlNode, early: SqlNode, late: SqlNode): Promise<Bounds | undefined> => {
    const { rows } = await warehouse.query<Bounds>(
      renderSql(sql`SELECT toUnixTimestamp64Milli(min(at)) AS first, toUnixTimestamp64Milli(max(at)) AS last,
  ${early} AS early, ${late} AS late FROM ${tableName('messages')} ${from}`),
    );
    return rows[0]?.early && rows[0].late ? rows[0] : undefined;
  };
  const all = sql`count()`;
  for (const where of [sql``, sql`WHERE is_deleted = 0`]) {
    const anywhere = await bounds(where, all, all);
    if (anywhere === undefined) return undefined;
    const early = sql`at <= ${instant(anywhere.first + DAY_MS)}`;
    const late = sql`at >= ${instant(anywhere.last - DAY_MS)}`;
    const edges = await bounds(sql`FINAL WHERE ${anyOf([early, late])}`, sql`countIf(${early})`, sql`countIf(${late})`);
    if (edges !== undefined) return edges;
  }
  return bounds(sql`FINAL`, all, all);
}

const spanOf = (table: string, column: string): SqlNode =>
  sql`UNION ALL SELECT assumeNotNull(min(${identifier(column)})), assumeNotNull(max(${identifier(column)})), count()
    FROM ${tableName(userTableName(table))} FINAL WHERE isNotNull(${identifier(column)})`;
