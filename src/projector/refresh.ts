import { number, sql, string, uint64 } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Key } from './hash.ts';
import type { OrderContext } from './order.ts';
import { type Head, loadHeads, type Revision, type Version, versionRow } from './versions.ts';

/** Records deleted at a time. */
const CHUNK = 20_000;

/**
 * A full read of a stream has come to its end: what of it is still standing and was not seen since `firstSeq` is deleted.
 * Records that came but could not be counted were seen; where a whole page could not be read, nobody knows which those were, and
 * nothing is deleted.
 */
export async function refresh(context: OrderContext, stream: string, firstSeq: number): Promise<void> {
  const { source, seq } = context;
  if (await hasUnreadPage(context, firstSeq)) return;
  const seen = sql`(SELECT key FROM ${tableName('receipts')} FINAL
    WHERE source = ${string(source)} AND seq >= ${uint64(BigInt(firstSeq))} AND seq < ${uint64(BigInt(seq))} AND outcome != 'erased')`;
  for (let after: Key | undefined = '0'; after !== undefined; ) {
    const gone = await loadHeads(context.warehouse, {
      condition: sql`source = ${string(source)} AND record > ${uint64(BigInt(after))}`,
      through: seq - 1,
      having: sql`tupleElement(head, 3) = 0 AND tupleElement(head, 9) = ${string(stream)} AND record NOT IN ${seen}`,
      limit: sql`ORDER BY record LIMIT ${number(CHUNK)}`,
    });
    const ends = [...gone].map(([key, { head }]) => ({ key, before: head, end: endOf(head, context) }));
    const revisions = ends.map(
      ({ key, before, end }): Revision => ({ key, before, versions: [end], now: end, cause: seq }),
    );
    if (ends.length > 0)
      await context.revise(
        revisions,
        ends.map(({ key, end }) => versionRow(key, end, seq)),
      );
    after = ends.length < CHUNK ? undefined : ends.at(-1)?.key;
  }
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
    message: '0',
    at: 0,
    person: 0,
    account: 0,
    source,
    received_at: receivedAt,
    record: undefined,
    content: '',
  };
}
