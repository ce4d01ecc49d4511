import type { QuarantineItem, QuarantinePage } from '../contract/api.ts';
import { allOf, anyOf, date, number, sql, string, uint64 } from '../sql/build.ts';
import type { Fragment, SqlNode } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

export interface QuarantineSelection {
  source?: string | undefined;
  /** Local day of receipt. */
  day?: string | undefined;
  rule?: string | undefined;
}

/** Where a quarantined record stands. */
export interface QuarantinePlace {
  source: string;
  seq: number;
  item: number;
}

const waiting = (conditions: readonly SqlNode[]): Fragment =>
  sql`(SELECT * FROM ${tableName('quarantine')} FINAL WHERE ${allOf([sql`settled = 0`, ...conditions])})`;

const conditionsOf = ({ source, day, rule }: QuarantineSelection): SqlNode[] => [
  ...(source === undefined ? [] : [sql`source = ${string(source)}`]),
  ...(day === undefined ? [] : [sql`day = ${date(day)}`]),
  ...(rule === undefined ? [] : [sql`rule = ${string(rule)}`]),
];

/** `<seq>.<item>` → its parts; undefined where it is none. */
function parseId(id: string): { seq: number; item: number } | undefined {
  const [, seq, item] = /^(\d{1,15})\.(\d{1,9})$/.exec(id) ?? [];
  return seq === undefined || item === undefined ? undefined : { seq: Number(seq), item: Number(item) };
}

/** What could not be counted and waits for somebody, newest first. @param filter `before`: the id where the page before ended */
export async function loadQuarantine(
  warehouse: Warehouse,
  filter: QuarantineSelection & { limit?: number | undefined; before?: string | undefined } = {},
): Promise<QuarantinePage> {
  const limit = filter.limit ?? 100;
  const conditions = conditionsOf(filter);
  const before = filter.before === undefined ? undefined : parseId(filter.before);
  const earlier =
    before === undefined ? [] : [sql`(seq, item) < (${uint64(BigInt(before.seq))}, ${number(before.item)})`];
  const [page, counts] = await Promise.all([
    warehouse.query<Omit<QuarantineItem, 'received_at' | 'id'> & { at: number; seq: number; item: number }>(
      renderSql(sql`SELECT q.seq AS seq, q.item AS item, source, toUnixTimestamp64Milli(received_at) AS at, toString(q.day) AS day, rule, reason, raw
FROM ${waiting([...conditions, ...earlier])} AS q
ORDER BY q.seq DESC, q.item DESC LIMIT ${number(limit + 1)}`),
    ),
    // One sentence stands for many that differ in what they quote.
    warehouse.query<{ rule: string; reason: string; records: number }>(
      renderSql(sql`SELECT rule, any(reason) AS reason, count() AS records FROM ${waiting(conditions)}
GROUP BY rule ORDER BY records DESC, rule`),
    ),
  ]);
  const items = page.rows.slice(0, limit).map(({ at, seq, item, ...rest }) => ({
    id: `${seq}.${item}`,
    ...rest,
    received_at: new Date(at).toISOString(),
  }));
  return {
    items,
    total: counts.rows.reduce((total, { records }) => total + records, 0),
    by_rule: counts.rows,
    next: page.rows.length > limit ? (items.at(-1)?.id ?? null) : null,
  };
}

/** Places of what waits in quarantine, in the order of the journal: of these ids (what is not there any more is left out), or all that match. */
export async function loadQuarantineIds(
  warehouse: Warehouse,
  which: { ids: readonly string[] } | QuarantineSelection,
): Promise<QuarantinePlace[]> {
  const conditions =
    'ids' in which ? [placesCondition(which.ids.flatMap((id) => parseId(id) ?? []))] : conditionsOf(which);
  const { rows } = await warehouse.query<QuarantinePlace>(
    renderSql(sql`SELECT source, seq, item FROM ${waiting(conditions)} ORDER BY seq, item`),
  );
  return rows;
}

/** Rows of these places, of a table with `seq` and `item`. */
export function placesCondition(places: readonly { seq: number; item: number }[]): SqlNode {
  if (places.length === 0) return anyOf([]);
  const text = places.map(({ seq, item }) => `${seq}.${item}`).join();
  return sql`(seq, item) IN (SELECT toUInt64(parts[1]), toUInt32(parts[2])
    FROM (SELECT splitByChar('.', arrayJoin(splitByChar(',', ${string(text)}))) AS parts))`;
}
