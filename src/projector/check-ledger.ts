import { userTableName } from '../contract/facts.ts';
import type { NumberRange } from '../journal/unused-numbers.ts';
import { joined, list, number, sql, string } from '../sql/build.ts';
import type { Fragment } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { loadOrderInHand, loadProgress } from './progress.ts';
import { listUserTables } from './user-tables.ts';
import { VERSION_ORDER } from './versions.ts';
import { WEBINAR_TABLES } from './webinar-records.ts';

const LIMIT = { timeoutMs: 120_000 };
/** Beside everything else that a running server does: with few threads, and in a session that nobody waits for. */
const IN_TURN = { ...LIMIT, lane: 'heavy' } as const;

const entries = sql`(SELECT * FROM ${tableName('entries')} FINAL)`;
const receipts = sql`(SELECT * FROM ${tableName('receipts')} FINAL)`;
const versions = sql`(SELECT * FROM ${tableName('record_versions')} FINAL)`;

/** A ledger too large to be looked at key by key at once is looked at in slices. */
export interface Looks {
  /** Which slice; all, one after the other, where absent. */
  turn?: number;
  /** Receipts of a slice, about: so many keys are held in memory. Default 2 million where slices take turns, else 8. */
  receipts?: number;
}

const RECEIPTS_OF_SLICE = 8_000_000;
const RECEIPTS_OF_TURN = 2_000_000;

/** One of several equal parts of all keys. */
interface Slice {
  index: number;
  of: number;
}

const inSlice = ({ index, of }: Slice): Fragment =>
  of === 1 ? sql`` : sql` AND key % ${number(of)} = ${number(index)}`;

/** Rows are faults; each yields `problem`, a sentence. Rows above the progress are of a batch that is not finished. */
const FAULTS: readonly ((seq: number) => RenderedSql)[] = [
  (seq) =>
    renderSql(sql`SELECT concat('Of source ', source, ' on ', toString(day), ' ', toString(sum(records)), ' records were received, but ',
    toString(sum(receipted)), ' have a receipt.') AS problem
FROM (
  SELECT source, day, toInt64(records) AS records, 0 AS receipted FROM ${entries} WHERE seq <= ${number(seq)}
  UNION ALL
  SELECT source, day, 0, 1 FROM ${receipts} WHERE seq <= ${number(seq)}
  UNION ALL
  SELECT source, day, 0, records FROM (SELECT * FROM ${tableName('loads')} FINAL) WHERE seq <= ${number(seq)}
)
GROUP BY source, day HAVING sum(records) != sum(receipted)`),
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
  SELECT 1 AS side FROM (SELECT event, version FROM ${tableName('message_events')} FINAL)
  WHERE version <= ${number(seq)} AND event NOT IN ${unsettled(seq)}
  UNION ALL
  SELECT -1 FROM ${receipts}
  WHERE kind = 'message_event' AND outcome = 'counted' AND versioned = 0 AND seq <= ${number(seq)}
  UNION ALL
  SELECT -1 FROM ${heads(seq)} WHERE kind = 'message_event'
)
HAVING sum(side) != 0`),
  (seq) =>
    renderSql(sql`SELECT concat('Of records of the kind ', kind, ' ', toString(sum(present)), ' are counted instead of ', toString(sum(wanted)), '.') AS problem
FROM (
  ${joined(
    '\nUNION ALL\n',
    Object.entries(WEBINAR_TABLES).map(
      ([kind, table]) => sql`SELECT ${string(kind)} AS kind, 1 AS present, 0 AS wanted
    FROM (SELECT record, version FROM ${tableName(table)} FINAL) WHERE version <= ${number(seq)} AND record NOT IN ${unsettled(seq)}`,
    ),
  )}
  UNION ALL SELECT kind, 0, 1 FROM ${heads(seq)} WHERE kind IN ${list(Object.keys(WEBINAR_TABLES).map(string))}
)
GROUP BY kind HAVING sum(present) != sum(wanted)`),
  (seq) =>
    renderSql(sql`SELECT concat(toString(count()), ' webinars that sources describe have no row of their own.') AS problem
FROM (SELECT DISTINCT webinar FROM (SELECT * FROM ${tableName('webinar_records')} FINAL)
  WHERE version <= ${number(seq)} AND record NOT IN ${unsettled(seq)})
WHERE webinar NOT IN (SELECT webinar FROM ${tableName('participations')} FINAL WHERE person = 0)
HAVING count() > 0`),
];

/** Faults that show where rows of one key are put together. */
const FAULTS_OF_KEYS: readonly ((seq: number, slice: Slice) => RenderedSql)[] = [
  (seq, slice) =>
    renderSql(sql`SELECT concat('A record of source ', any(source), ' was counted ', toString(count()), ' times.') AS problem
FROM ${receipts} WHERE outcome = 'counted' AND seq <= ${number(seq)}${inSlice(slice)}
GROUP BY key, fingerprint HAVING count() > 1 LIMIT 20`),
  (seq, slice) =>
    renderSql(sql`SELECT concat('A record of source ', any(source), ' is a duplicate of nothing.') AS problem
FROM ${receipts} WHERE outcome IN ('counted', 'duplicate') AND reason != 'replayed' AND seq <= ${number(seq)}${inSlice(slice)}
GROUP BY key, fingerprint HAVING countIf(outcome = 'counted') = 0 LIMIT 20`),
  (seq, slice) =>
    renderSql(sql`SELECT concat(toString(count()), ' records that can change do not have exactly one version for what was counted.') AS problem
FROM (
  SELECT key, seq, item, sum(counted) AS counted, sum(receipted) AS receipted, sum(version) AS versions FROM (
    SELECT key, seq, item, outcome = 'counted' AS counted, outcome IN ('counted', 'duplicate') AS receipted, 0 AS version
    FROM ${receipts} WHERE versioned = 1 AND seq <= ${number(seq)}${inSlice(slice)}
    -- what a full read did not find any more has no receipt
    UNION ALL SELECT record AS key, seq, item, 0, 0, 1 FROM ${versions}
    WHERE erased = 0 AND fingerprint != 0 AND seq <= ${number(seq)}${inSlice(slice)}
  ) GROUP BY key, seq, item
)
WHERE versions > 1 OR (counted = 1 AND versions = 0) OR (versions = 1 AND receipted = 0)
HAVING count() > 0`),
];

/** Records of which something is of a batch that is not finished. */
const unsettled = (seq: number): Fragment =>
  sql`(SELECT record FROM ${tableName('record_versions')} WHERE version > ${number(seq)})`;

/** Rows of `record`, `kind`, `table`: records that stand, but for those of which something is of a batch that is not finished. */
const heads = (seq: number): Fragment => sql`(
    SELECT record, tupleElement(head, 1) AS kind, tupleElement(head, 2) AS table FROM (
      SELECT record, argMax(tuple(kind, table_name, deleted), ${VERSION_ORDER}) AS head
      FROM ${versions} WHERE erased = 0 AND record NOT IN ${unsettled(seq)} GROUP BY record
    ) WHERE tupleElement(head, 3) = 0
  )`;

/** The rows of a table that people brought are those that stand. */
const tableFault = (table: string, seq: number): RenderedSql =>
  renderSql(sql`SELECT concat('The table ', ${string(table)}, ' has ', toString(sum(present)), ' rows instead of ', toString(sum(wanted)), '.') AS problem
FROM (
  SELECT 1 AS present, 0 AS wanted FROM (SELECT row, version FROM ${tableName(userTableName(table))} FINAL)
  WHERE version <= ${number(seq)} AND row NOT IN ${unsettled(seq)}
  UNION ALL SELECT 0, 1 FROM ${heads(seq)} WHERE kind = 'row' AND table = ${string(table)}
)
HAVING sum(present) != sum(wanted)`);

/** Every message of a file of history is a fact, and one that is remembered. It goes through all of them. */
const loadedFault = (seq: number): RenderedSql =>
  renderSql(sql`SELECT concat('Of files of history ', toString(sum(counted)), ' messages were counted, ', toString(sum(facts)), ' are there and ',
  toString(sum(remembered)), ' are remembered.') AS problem
FROM (
  SELECT records AS counted, 0 AS facts, 0 AS remembered FROM (SELECT * FROM ${tableName('loads')} FINAL)
  WHERE outcome = 'counted' AND seq <= ${number(seq)}
  UNION ALL SELECT 0, 1, 0 FROM (SELECT source FROM ${tableName('messages')} FINAL WHERE source IN (SELECT source FROM ${tableName('loads')}))
  UNION ALL SELECT 0, 0, 1 FROM (SELECT seq FROM ${tableName('loaded_messages')} FINAL) WHERE seq <= ${number(seq)}
)
HAVING sum(counted) != sum(facts) OR sum(counted) != sum(remembered)`);

/**
 * Adds the ledger up independently of how it was made: every record of every entry has one receipt, every counted event has one
 * fact, nothing is counted twice, every record that can change has one state, and what belongs to webinars and
 * tables that people brought have their rows.
 * @param seq entries above are of a batch that is not finished
 * @returns sentences; empty where all is well, and while an order is being carried out: it changes what was counted before
 */
export async function checkSums(warehouse: Warehouse, seq: number, looks: Looks = {}): Promise<string[]> {
  const problems: string[] = [];
  const inHand = async () => (await loadOrderInHand(warehouse)) > seq;
  if (await inHand()) return [];
  const own = [...(await listUserTables(warehouse))].map((name) => name.slice(userTableName('').length));
  const slices = await slicesOf(warehouse, looks);
  const statements = [
    ...FAULTS.map((fault) => fault(seq)),
    ...slices.flatMap((slice) => FAULTS_OF_KEYS.map((fault) => fault(seq, slice))),
    ...own.map((table) => tableFault(table, seq)),
    ...(looks.turn === undefined ? [loadedFault(seq)] : []),
  ];
  // One after the other: it must not keep the engine from answering people.
  for (const statement of statements) {
    const { rows } = await warehouse.query<{ problem: string }>(statement, looks.turn === undefined ? LIMIT : IN_TURN);
    problems.push(...rows.map(({ problem }) => problem));
  }
  return problems.length > 0 && (await inHand()) ? [] : problems;
}

async function slicesOf(warehouse: Warehouse, looks: Looks): Promise<Slice[]> {
  const { turn } = looks;
  const of = await countSlices(warehouse, looks);
  return turn === undefined ? Array.from({ length: of }, (_, index) => ({ index, of })) : [{ index: turn % of, of }];
}

/** How many slices there are: so many turns go through all keys. */
export async function countSlices(warehouse: Warehouse, { turn, receipts }: Looks): Promise<number> {
  const most = receipts ?? (turn === undefined ? RECEIPTS_OF_SLICE : RECEIPTS_OF_TURN);
  const { rows } = await warehouse.query<{ receipts: number }>(
    renderSql(sql`SELECT count() AS receipts FROM ${tableName('receipts')}`),
  );
  return Math.max(1, Math.ceil((rows[0]?.receipts ?? 0) / most));
}

/** How many of the entries up to `seq` are counted, but for those in `unused`. */
export async function countEntries(
  warehouse: Warehouse,
  seq: number,
  unused: readonly NumberRange[] = [],
): Promise<number> {
  const wanted = [
    sql`seq <= ${number(seq)}`,
    ...unused.map(({ first, last }) => sql`NOT seq BETWEEN ${number(first)} AND ${number(last)}`),
  ];
  const { rows } = await warehouse.query<{ entries: number }>(
    renderSql(sql`SELECT uniqExact(seq) AS entries FROM ${tableName('entries')} WHERE ${joined(' AND ', wanted)}`),
  );
  return rows[0]?.entries ?? 0;
}

/** What the journal knows of itself. */
export interface JournalExtent {
  /** How far it is durable; read after the facts, which move on meanwhile. */
  readonly durableSeq?: number | undefined;
  /** Numbers up to `through` that no entry was given. */
  listUnused?(through: number): Promise<readonly NumberRange[]>;
}

/** `checkSums`, and that the facts cover the journal without a gap and are not ahead of it. Safe while the projector runs. */
export async function checkLedger(warehouse: Warehouse, journal?: JournalExtent, looks?: Looks): Promise<string[]> {
  const { seq } = await loadProgress(warehouse);
  const problems = await checkSums(warehouse, seq, looks);
  const unused = (await journal?.listUnused?.(seq)) ?? [];
  const expected = unused.reduce((left, { first, last }) => left - (last - first + 1), seq);
  const missing = expected - (await countEntries(warehouse, seq, unused));
  if (missing !== 0) problems.push(`${missing} of the ${expected} entries that were projected could not be read.`);
  const durable = journal?.durableSeq;
  if (durable !== undefined && seq > durable)
    problems.push(`The facts reach to entry ${seq}, but the journal only to ${durable}.`);
  return problems;
}
