import { sql, string, uint64 } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Key } from './hash.ts';
import type { OrderContext } from './order.ts';
import { keySet } from './sets.ts';
import { type Head, loadHeads, type Revision, VERSION_ORDER, type Version, versionRow } from './versions.ts';

/** Records deleted at a time. */
const CHUNK = 20_000;
/** Versions gone through by one statement. */
const VERSIONS_AT_ONCE = 400_000;

/**
 * A full read of a stream has come to its end: what of it is still standing and was not seen since `firstSeq` is deleted.
 * Records that came but could not be counted were seen; where a whole page could not be read, nobody knows which those were, and
 * nothing is deleted.
 */
export async function refresh(context: OrderContext, stream: string, firstSeq: number): Promise<void> {
  const { warehouse, source } = context;
  if (await hasUnreadPage(context, firstSeq)) return;
  for (const range of await sliceKeys(warehouse, source)) {
    const gone = await loadGone(context, stream, firstSeq, range);
    for (let start = 0; start < gone.length; start += CHUNK) await end(context, gone.slice(start, start + CHUNK));
  }
}

async function end(context: OrderContext, keys: readonly Key[]): Promise<void> {
  const { warehouse, seq } = context;
  const heads = await loadHeads(warehouse, { condition: sql`record IN ${keySet(keys)}`, through: seq - 1 });
  const ends = [...heads].map(([key, { head }]) => ({ key, before: head, now: endOf(head, context) }));
  await context.revise(
    ends.map(({ key, before, now }): Revision => ({ key, before, versions: [now], now, cause: seq })),
    ends.map(({ key, now }) => versionRow(key, now, seq)),
  );
}

/** Ranges of keys, inclusive, of a source: hashes are spread evenly, so each holds a bounded number of records. */
async function sliceKeys(warehouse: Warehouse, source: string): Promise<{ from: bigint; to: bigint }[]> {
  const { rows } = await warehouse.query<{ versions: number }>(
    renderSql(sql`SELECT count() AS versions FROM ${tableName('record_versions')} WHERE source = ${string(source)}`),
  );
  const slices = BigInt(Math.max(1, Math.ceil((rows[0]?.versions ?? 0) / VERSIONS_AT_ONCE)));
  const bound = (slice: bigint) => (slice * 2n ** 64n) / slices;
  return Array.from({ length: Number(slices) }, (_, slice) => ({
    from: bound(BigInt(slice)),
    to: bound(BigInt(slice) + 1n) - 1n,
  }));
}

/** Records of the stream that stand and were not seen. */
async function loadGone(
  { warehouse, source, seq }: OrderContext,
  stream: string,
  firstSeq: number,
  { from, to }: { from: bigint; to: bigint },
): Promise<Key[]> {
  const before = sql`seq < ${uint64(BigInt(seq))}`;
  const { rows } = await warehouse.query<{ id: Key }>(
    renderSql(sql`SELECT toString(record) AS id FROM (
  SELECT * FROM ${tableName('record_versions')} FINAL
  WHERE source = ${string(source)} AND record BETWEEN ${uint64(from)} AND ${uint64(to)} AND ${before}
)
WHERE erased = 0
GROUP BY record
HAVING argMax(tuple(deleted, stream), ${VERSION_ORDER}) = (0, ${string(stream)})
  AND record NOT IN (SELECT key FROM ${tableName('receipts')} FINAL
    WHERE source = ${string(source)} AND key BETWEEN ${uint64(from)} AND ${uint64(to)}
      AND seq >= ${uint64(BigInt(firstSeq))} AND ${before} AND outcome != 'erased')
ORDER BY record`),
    { timeoutMs: 300_000 },
  );
  return rows.map(({ id }) => id);
}

/** An entry that gave one piece without a key, and nothing else. */
async function hasUnreadPage({ warehouse, source, seq }: OrderContext, firstSeq: number): Promise<boolean> {
  const place = sql`source = ${string(source)} AND seq >= ${uint64(BigInt(firstSeq))} AND seq < ${uint64(BigInt(seq))}`;
  const { rows } = await warehouse.query<{ seq: number }>(
    renderSql(sql`SELECT seq FROM ${tableName('receipts')} FINAL WHERE ${place} AND outcome = 'quarantined' AND key = 0
  AND seq IN (SELECT seq FROM ${tableName('entries')} FINAL WHERE ${place} AND records = 1) LIMIT 1`),
  );
  return rows.length > 0;
}

/** No record said that it is gone, so there is no fingerprint. */
export const NOT_FOUND = '0';

function endOf({ stream }: Head, { source, seq, receivedAt }: OrderContext): Version {
  return {
    kind: 'deletion',
    fingerprint: NOT_FOUND,
    deleted: true,
    observed_at: 0,
    seq,
    item: 0,
    since_seq: seq,
    since_item: 0,
    stream,
    table: '',
    webinar: '',
    message: '0',
    at: 0,
    person: 0,
    account: 0,
    person_phone: 0,
    person_external: 0,
    source,
    received_at: receivedAt,
    record: undefined,
    content: '',
  };
}
