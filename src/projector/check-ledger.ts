import { number, sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { loadProgress } from './progress.ts';

/** Milliseconds. */
const STATEMENT_LIMIT_MS = 120_000;

const entries = sql`(SELECT * FROM ${tableName('entries')} FINAL)`;
const receipts = sql`(SELECT * FROM ${tableName('receipts')} FINAL)`;

/** Rows are faults; each yields `problem`, a sentence. Rows above the progress are of a batch that is not finished. */
const FAULTS: readonly ((seq: number) => RenderedSql)[] = [
  (seq) =>
    renderSql(sql`SELECT concat('Of source ', source, ' on ', toString(day), ' ', toString(sum(records)), ' records were received, but ',
    toString(sum(receipted)), ' have a receipt.') AS problem
FROM (
  SELECT source, day, toInt64(records) AS records, 0 AS receipted FROM ${entries} WHERE seq <= ${number(seq)}
  UNION ALL
  SELECT source, day, 0, 1 FROM ${receipts} WHERE seq <= ${number(seq)}
)
GROUP BY source, day HAVING sum(records) != sum(receipted)`),
  (seq) =>
    renderSql(sql`SELECT concat('A record of source ', any(source), ' was counted ', toString(count()), ' times.') AS problem
FROM ${receipts} WHERE outcome = 'counted' AND seq <= ${number(seq)}
GROUP BY key, fingerprint HAVING count() > 1 LIMIT 20`),
  (seq) =>
    renderSql(sql`SELECT concat('A record of source ', any(source), ' is a duplicate of nothing.') AS problem
FROM ${receipts} WHERE outcome IN ('counted', 'duplicate') AND seq <= ${number(seq)}
GROUP BY key, fingerprint HAVING countIf(outcome = 'counted') = 0 LIMIT 20`),
  (seq) =>
    renderSql(sql`SELECT concat('A receipt has the outcome ', outcome, ', which nobody knows.') AS problem
FROM ${receipts} WHERE outcome NOT IN ('counted', 'duplicate', 'quarantined', 'expired', 'erased') AND seq <= ${number(seq)}
GROUP BY outcome`),
  (seq) =>
    renderSql(sql`SELECT concat(toString(count()), ' quarantined records were not kept.') AS problem
FROM ${receipts} AS r WHERE outcome = 'quarantined' AND seq <= ${number(seq)}
  AND (seq, item) NOT IN (SELECT seq, item FROM ${tableName('quarantine')})
HAVING count() > 0`),
  (seq) =>
    renderSql(sql`SELECT concat(toString(abs(sum(side))), ' message events do not have exactly one receipt.') AS problem
FROM (
  SELECT 1 AS side FROM (SELECT event FROM ${tableName('message_events')} FINAL WHERE seq <= ${number(seq)})
  UNION ALL
  SELECT -1 FROM ${receipts} WHERE kind = 'message_event' AND outcome = 'counted' AND seq <= ${number(seq)}
)
HAVING sum(side) != 0`),
];

/**
 * Adds the ledger up independently of how it was made: every record of every entry has one receipt, every counted event has one
 * fact, nothing is counted twice.
 * @param seq entries above are of a batch that is not finished
 * @returns sentences; empty where all is well
 */
export async function checkSums(warehouse: Warehouse, seq: number): Promise<string[]> {
  const problems: string[] = [];
  // One after the other: it must not keep the engine from answering people.
  for (const fault of FAULTS) {
    const { rows } = await warehouse.query<{ problem: string }>(fault(seq), { timeoutMs: STATEMENT_LIMIT_MS });
    problems.push(...rows.map(({ problem }) => problem));
  }
  return problems;
}

/** How many of the entries up to `seq` are counted. */
export async function countEntries(warehouse: Warehouse, seq: number): Promise<number> {
  const { rows } = await warehouse.query<{ entries: number }>(
    renderSql(sql`SELECT uniqExact(seq) AS entries FROM ${tableName('entries')} WHERE seq <= ${number(seq)}`),
  );
  return rows[0]?.entries ?? 0;
}

/**
 * `checkSums`, and that the facts cover the journal without a gap and are not ahead of it. Safe while the projector runs.
 * @param durableSeq how far the journal is durable; asked after the facts, which move on meanwhile, where it is a function
 */
export async function checkLedger(warehouse: Warehouse, durableSeq?: number | (() => number)): Promise<string[]> {
  const { seq } = await loadProgress(warehouse);
  const problems = await checkSums(warehouse, seq);
  const entries = await countEntries(warehouse, seq);
  if (entries !== seq) problems.push(`${seq - entries} of the ${seq} entries that were projected could not be read.`);
  const durable = typeof durableSeq === 'function' ? durableSeq() : durableSeq;
  if (durable !== undefined && seq > durable)
    problems.push(`The facts reach to entry ${seq}, but the journal only to ${durable}.`);
  return problems;
}
