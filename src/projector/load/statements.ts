import { MESSAGE_STATUSES, type MessageStatus } from '../../contract/record.ts';
import { commas, identifier, joined, number, sql, string, uint64 } from '../../sql/build.ts';
import type { Fragment } from '../../sql/nodes.ts';
import { renderSql } from '../../sql/render.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import { tableName } from '../../warehouse/schema.ts';
import { columnsOf } from '../../warehouse/tables.ts';
import { BIT, type MergeRules, priceMessages } from '../messages.ts';
import { FIELDS, LEFT_OUT, NUMBERS, REFS, ROWS, TIME_COLUMNS } from './staging.ts';

/** What becomes of the lines that stand in the staging tables (staging.ts). */

const rows = tableName(ROWS);
const numbers = tableName(NUMBERS);
const counted = sql`problem = '' AND line NOT IN (SELECT line FROM ${tableName(LEFT_OUT)})`;

/** Messages that an earlier order has counted: the same again is a duplicate, with another content a conflict. */
export const leaveOutKnown = (seq: number): RenderedSql =>
  renderSql(sql`INSERT INTO ${tableName(LEFT_OUT)} (line, message, outcome)
SELECT r.line, r.message, if(has(known.fingerprints, r.fingerprint), 'duplicate', 'conflict')
FROM (SELECT line, message, fingerprint FROM ${rows} WHERE problem = '') AS r
INNER JOIN (
  SELECT message, groupUniqArray(fingerprint) AS fingerprints FROM ${tableName('loaded_messages')}
  WHERE seq < ${uint64(BigInt(seq))} AND message IN (SELECT message FROM ${rows} WHERE problem = '')
  GROUP BY message
) AS known ON known.message = r.message`);

/** Of lines about the same message the first is counted. */
export const leaveOutRepeated = (): RenderedSql =>
  renderSql(sql`INSERT INTO ${tableName(LEFT_OUT)} (line, message, outcome)
SELECT r.line, r.message, if(r.fingerprint = known.fingerprint, 'duplicate', 'conflict')
FROM (SELECT line, message, fingerprint FROM ${rows} WHERE ${counted}) AS r
INNER JOIN (
  SELECT message, min(line) AS first, argMin(fingerprint, line) AS fingerprint FROM ${rows} WHERE ${counted}
  GROUP BY message HAVING count() > 1
) AS known ON known.message = r.message
WHERE r.line != known.first`);

/** How the counted lines name people, but for those who have their number. */
export const gatherRefs = (): RenderedSql =>
  renderSql(sql`INSERT INTO ${tableName(REFS)} (ref, email, phone, external_id, acts)
SELECT ref, any(email), any(phone), any(external_id), max(acts) FROM (
  SELECT account_ref AS ref, account_email AS email, account_phone AS phone, account_external_id AS external_id, 1 AS acts
  FROM ${rows} WHERE account_ref != 0 AND account_ref NOT IN (SELECT ref FROM ${numbers} WHERE acts = 1) AND ${counted}
  UNION ALL
  SELECT recipient_ref, recipient_email, recipient_phone, recipient_external_id, 0
  FROM ${rows} WHERE recipient_ref != 0 AND recipient_ref NOT IN (SELECT ref FROM ${numbers}) AND ${counted}
) GROUP BY ref`);

/** One row per message, as `priceMessages` takes them. */
function known(source: string): Fragment {
  const millis = (status: MessageStatus) => identifier(`${status}_ms`);
  const times = TIME_COLUMNS.map(
    ({ time, millis }) =>
      sql`if(${identifier(millis)} = 0, NULL, fromUnixTimestamp64Milli(${identifier(millis)}, 'UTC')) AS ${identifier(time)}`,
  );
  const earliest = sql`arrayMin(arrayFilter(x -> x != 0, [${commas(TIME_COLUMNS.map(({ millis }) => identifier(millis)))}]))`;
  const reached = MESSAGE_STATUSES.map((status) => sql`+ if(${millis(status)} = 0, 0, ${number(BIT[status])})`);
  return sql`
      SELECT message, ${string(source)} AS source, channel, category, campaign, recipients.country AS country,
        if(failed_ms = 0, '', failure_reason) AS first_failure_reason,
        accounts.person AS first_account,
        recipients.person AS first_recipient,
        fromUnixTimestamp64Milli(if(sent_ms = 0, ${earliest}, sent_ms), 'UTC') AS at,
        ${commas(times)},
        0 ${joined('\n', reached)} AS reached,
        failed_ms != 0 AND ifNull(permanent, 0) = 1 AS permanent_failure,
        opened_ms != 0 AS opens,
        opened_ms != 0 AND ifNull(automated, 0) = 1 AS machine_opens,
        billable AS first_billable,
        isNotNull(charge) AS has_own_charge,
        ifNull(charge, toDecimal64(0, 6)) AS own_charge,
        upper(currency) AS own_currency,
        seconds, digits
      FROM (SELECT * FROM ${rows} WHERE ${counted}) AS r
      LEFT ANY JOIN ${numbers} AS accounts ON accounts.ref = r.account_ref
      LEFT ANY JOIN ${numbers} AS recipients ON recipients.ref = r.recipient_ref`;
}

/** The facts. */
export function insertMessages(rules: MergeRules, source: string, seq: number): RenderedSql {
  const columns = columnsOf('messages');
  const cells = columns.map((column) => {
    if (column === 'version') return uint64(BigInt(seq));
    return column === 'is_deleted' ? number(0) : identifier(column);
  });
  // Each message stands there once: the engine need not look for others of its key, which took a quarter of the time.
  return renderSql(sql`INSERT INTO ${tableName('messages')} (${commas(columns.map(identifier))})
SETTINGS optimize_on_insert = 0, max_insert_threads = 2
SELECT ${commas(cells)} FROM (${priceMessages(rules, known(source))})`);
}

/** By it a message counts once. */
export const insertLoaded = (seq: number): RenderedSql =>
  renderSql(sql`INSERT INTO ${tableName('loaded_messages')} (message, fingerprint, seq)
SELECT message, fingerprint, ${uint64(BigInt(seq))} FROM ${rows} WHERE ${counted}`);

/** Rows of `outcome`, `reason`, `records`: where every line of the piece went. */
export const countOutcomes = (): RenderedSql =>
  renderSql(sql`SELECT outcome, reason, count() AS records FROM (
  SELECT 'quarantined' AS outcome, 'invalid' AS reason FROM ${rows} WHERE problem != ''
  UNION ALL SELECT if(outcome = 'conflict', 'quarantined', outcome), if(outcome = 'conflict', 'conflict', '') FROM ${tableName(LEFT_OUT)}
  UNION ALL SELECT 'counted', '' FROM ${rows} WHERE ${counted}
) GROUP BY outcome, reason ORDER BY outcome, reason`);

/** Hours since 1970 of the counted messages. */
export const listHours = (): RenderedSql => {
  const earliest = sql`arrayMin(arrayFilter(x -> x != 0, [${commas(TIME_COLUMNS.map(({ millis }) => identifier(millis)))}]))`;
  return renderSql(sql`SELECT groupUniqArray(intDiv(if(sent_ms = 0, ${earliest}, sent_ms), 3600000)) AS hours
FROM ${rows} WHERE ${counted}`);
};

export interface QuarantinePlace {
  seq: number;
  source: string;
  day: string;
  /** UTC milliseconds. */
  receivedAt: number;
  file: string;
  linesBefore: number;
}

const place = ({ seq, source, day, receivedAt }: QuarantinePlace): Fragment =>
  sql`${uint64(BigInt(seq))}, line, ${string(source)}, toDate(${string(day)}), fromUnixTimestamp64Milli(${number(receivedAt)}, 'UTC')`;
const QUARANTINE = sql`INSERT INTO ${tableName('quarantine')} (seq, item, source, day, received_at, rule, reason, raw)`;
const where = ({ file, linesBefore }: QuarantinePlace): Fragment =>
  sql`concat('Line ', toString(toUInt64(line) + ${number(linesBefore)}), ' of ', ${string(file)}, ': ')`;

/** Lines that have a problem. */
export const quarantineInvalid = (of: QuarantinePlace): RenderedSql =>
  renderSql(sql`${QUARANTINE}
SELECT ${place(of)}, 'invalid',
  concat(${where(of)}, problem, if(problem = ${string(FIELDS)}, concat(' Its fields: ', arrayStringConcat(JSONExtractKeys(raw), ', '), '.'), '')), raw
FROM ${rows} WHERE problem != ''`);

/** Lines whose message was counted before with another content, from the lines as they came. */
export const quarantineConflicts = (of: QuarantinePlace, lines: string): RenderedSql =>
  renderSql(sql`${QUARANTINE}
SELECT ${place(of)}, 'conflict', concat(${where(of)}, 'The message was loaded before with another content. The first one is counted.'), raw
FROM ${tableName(lines)} WHERE line > 0 AND line IN (SELECT line FROM ${tableName(LEFT_OUT)} WHERE outcome = 'conflict')`);

/** A page of the names of people, in the order of their hashes. @param after the last hash of the page before, digits */
export const pageOfRefs = (after: string, limit: number): RenderedSql =>
  renderSql(sql`SELECT toString(ref) AS id, email, phone, external_id, acts FROM ${tableName(REFS)}
WHERE ref > ${uint64(BigInt(after))} ORDER BY ref LIMIT ${number(limit)}`);

/** How many messages an order has brought. */
export const countMessages = (source: string, seq: number): RenderedSql =>
  renderSql(sql`SELECT uniqExact(message) AS messages FROM ${tableName('messages')}
WHERE version = ${uint64(BigInt(seq))} AND source = ${string(source)} AND is_deleted = 0
  AND message IN (SELECT message FROM ${tableName('loaded_messages')} WHERE seq = ${uint64(BigInt(seq))})`);

export const someLoadedBefore = (seq: number): RenderedSql =>
  renderSql(sql`SELECT 1 AS found FROM ${tableName('loaded_messages')} WHERE seq < ${uint64(BigInt(seq))} LIMIT 1`);

export const countNumbers = (): RenderedSql => renderSql(sql`SELECT count() AS numbers FROM ${numbers}`);
