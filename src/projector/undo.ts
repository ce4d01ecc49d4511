import { allOf, number, sql, string, uint64 } from '../sql/build.ts';
import type { Fragment } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Key } from './hash.ts';
import type { OrderContext } from './order.ts';
import { saveOrderInHand } from './progress.ts';
import { resettle } from './resettle.ts';
import { keySet } from './sets.ts';
import { insertRows, loadRows, rewriteRows } from './stored-rows.ts';

/** Records gone through at a time: with all their receipts. */
const CHUNK = 4000;
/** Keys looked up at a time: each look-up goes through the ledger. */
const KEYS_AT_ONCE = 200_000;

/**
 * A batch is taken back: what the source sent in these entries is as if it had never come. The records that it touched are gone
 * through again without it, so that an earlier state returns, and what came again later is counted then.
 */
export async function undo(context: OrderContext, firstSeq: number, lastSeq: number): Promise<void> {
  const { warehouse, source, seq } = context;
  await saveOrderInHand(warehouse, seq);
  const first = uint64(BigInt(firstSeq));
  const last = uint64(BigInt(lastSeq));
  const earlier = sql`source = ${string(source)} AND seq < ${uint64(BigInt(seq))}`;
  const came = sql`${earlier} AND seq BETWEEN ${first} AND ${last}`;
  // What came then and was tried again later is of the batch too.
  const range = sql`${earlier} AND (seq BETWEEN ${first} AND ${last} OR origin_seq BETWEEN ${first} AND ${last})`;
  for (let after: Key | undefined = '0'; after !== undefined; ) {
    const keys: Key[] = await loadKeys(warehouse, { receipts: range, versions: came }, after);
    for (let start = 0; start < keys.length; start += CHUNK)
      await takeBack(context, keys.slice(start, start + CHUNK), { first: firstSeq, last: lastSeq });
    after = keys.length < KEYS_AT_ONCE ? undefined : keys.at(-1);
  }
  const refused = sql`(outcome = 'quarantined' OR reason = 'replayed')`;
  await rewriteRows(warehouse, 'receipts', allOf([range, refused]), { outcome: sql`'erased'`, reason: sql`'undone'` });
  await rewriteRows(warehouse, 'quarantine', allOf([range, sql`settled = 0`]), { settled: uint64(BigInt(seq)) });
}

/** Records that have a receipt or an end in the range, in order. */
async function loadKeys(
  warehouse: Warehouse,
  range: { receipts: Fragment; versions: Fragment },
  after: Key,
): Promise<Key[]> {
  const { rows } = await warehouse.query<{ id: Key }>(
    renderSql(sql`SELECT toString(record) AS id FROM (
  SELECT key AS record FROM ${tableName('receipts')} WHERE ${range.receipts} AND versioned = 1
  UNION ALL SELECT record FROM ${tableName('record_versions')} WHERE ${range.versions}
) WHERE record > ${uint64(BigInt(after))}
GROUP BY record ORDER BY record LIMIT ${number(KEYS_AT_ONCE)}`),
    { timeoutMs: 300_000 },
  );
  return rows.map(({ id }) => id);
}

async function takeBack(
  context: OrderContext,
  keys: readonly Key[],
  range: { first: number; last: number },
): Promise<void> {
  const { warehouse, seq } = context;
  const set = keySet(keys);
  const earlier = uint64(BigInt(seq));
  const [receipts, versions, entries] = await Promise.all([
    loadRows(warehouse, 'receipts', sql`key IN ${set} AND seq < ${earlier}`),
    loadRows(warehouse, 'record_versions', sql`record IN ${set} AND seq < ${earlier}`),
    loadRows(warehouse, 'entries', sql`seq IN (SELECT seq FROM ${tableName('receipts')} WHERE key IN ${set})`),
  ]);
  const receiptsOf = Map.groupBy(receipts, ({ key }) => String(key));
  const versionsOf = Map.groupBy(versions, ({ record }) => String(record));
  const times = new Map(entries.map((entry) => [Number(entry.seq), Number(entry.received_at)]));
  const settled = keys.map((key) => {
    const history = {
      receipts: receiptsOf.get(key) ?? [],
      versions: versionsOf.get(key) ?? [],
      receivedAt: (entry: number) => times.get(entry) ?? 0,
    };
    return resettle(key, history, range, seq);
  });
  await context.revise(
    settled.flatMap(({ revision }) => (revision === undefined ? [] : [revision])),
    [],
  );
  // Only when the facts are durable: until then the versions must show what they were made from.
  await insertRows(
    warehouse,
    'record_versions',
    settled.flatMap((record) => record.versions),
  );
  await insertRows(
    warehouse,
    'receipts',
    settled.flatMap((record) => record.receipts),
  );
}
