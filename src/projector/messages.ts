import { MESSAGE_STATUSES, type MessageStatus } from '../contract/record.ts';
import type { ChannelSpec, Workspace } from '../contract/workspace.ts';
import { allOf, anyOf, commas, identifier, instant, number, sql, string, uint64 } from '../sql/build.ts';
import type { Fragment, SqlNode } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { tableName } from '../warehouse/schema.ts';
import { columnsOf } from '../warehouse/tables.ts';
import { FULL_LADDER, IMPLIED, type Ladder, ladderOf, SUCCESSES } from './ladder.ts';
import type { RateLine } from './rates.ts';

/** What the merge of a message depends on besides its events. */
export interface MergeRules {
  /** The channels in use: the packs' and the workspace's. */
  channels: readonly ChannelSpec[];
  rates: readonly RateLine[];
  /** Of charges that name none. */
  currency: Workspace['currency'];
}

export interface MergeScope {
  /** A sub-query or list that yields message hashes. */
  messages: SqlNode;
  /** Events up to here were merged before. */
  after: number;
  /** Events up to here are there; becomes the rows' version. */
  through: number;
  /** True where an earlier attempt at this batch may have left rows: then every place where one may stand is cleared. */
  redo: boolean;
  /** Rows of `message`, `known_places`: further places where rows may stand; see moved-messages.ts. Only together with `redo`. */
  places?: SqlNode;
}

/** The bit of each status in `reached` and `state`. */
export const BIT = Object.fromEntries(MESSAGE_STATUSES.map((status, index) => [status, 1 << index])) as Record<
  MessageStatus,
  number
>;
const bits = (statuses: readonly MessageStatus[]): number => statuses.reduce((mask, status) => mask | BIT[status], 0);
const any = (mask: SqlNode, of: number | SqlNode): Fragment =>
  sql`bitAnd(${mask}, ${typeof of === 'number' ? number(of) : of}) != 0`;
const array = (items: readonly SqlNode[]): Fragment => sql`[${commas(items)}]`;

/**
 * THE merge: rows of `messages` as a pure function of all events of each message. Every aggregate is commutative and
 * idempotent, ties are broken by (time, hash of the event's key), so neither order nor repetition can matter.
 * A message whose `at` changed leaves a tombstone at its old place.
 */
export function mergeMessages(rules: MergeRules, scope: MergeScope): RenderedSql {
  const columns = columnsOf('messages');
  const known = scope.places === undefined ? sql`event_times` : sql`arrayConcat(event_times, known_places)`;
  const places = scope.redo ? known : sql`if(known_before, [at_before], [])`;
  const rows = priceMessages(rules, gathered(scope));
  return renderSql(sql`INSERT INTO ${tableName('messages')} (${commas(columns.map(identifier))})
SELECT ${commas(columns.map((column) => (column === 'at' ? sql`place.1` : column === 'is_deleted' ? sql`place.2` : identifier(column))))}
FROM (
  SELECT *,
    ${uint64(BigInt(scope.through))} AS version,
    -- the row itself, and a tombstone wherever it stood before
    arrayJoin(arrayConcat([(at, 0)], arrayMap(x -> (x, 1), arrayFilter(x -> x != at, ${places})))) AS place
  FROM (${
    scope.places === undefined
      ? rows
      : sql`
    SELECT rows.*, known.known_places AS known_places FROM (${rows}) AS rows
    LEFT ANY JOIN ${scope.places} AS known ON known.message = rows.message`
  })
)`);
}

/** How many billable messages have no price: neither the provider nor the rate card knows one. Rows of `unpriced`. */
export function countUnpriced(rules: MergeRules): RenderedSql {
  const messages = sql`(SELECT message FROM ${tableName('message_events')} WHERE billable = 1)`;
  return renderSql(sql`SELECT count() AS unpriced
FROM (${priceMessages(rules, gathered({ messages, after: 0, through: 0, redo: false }))})
WHERE first_billable = 1 AND NOT has_own_charge AND line = 0`);
}

/**
 * Rows of `messages` without place and version, from one row per message with what is known of it: the columns of `gathered`.
 */
export function priceMessages(rules: MergeRules, known: Fragment): Fragment {
  const { rates } = rules;
  const lineOf = rates.length === 0 ? number(0) : sql`multiIf(${commas(rates.flatMap(rateCase))}, 0)`;
  const ofLine = (none: SqlNode, values: SqlNode[]) => sql`${array([none, ...values])}[line + 1]`;
  return sql`
  SELECT *,
    ${lineOf} AS line,
    ${any(
      sql`state`,
      ofLine(
        number(0),
        rates.map((rate) => number(BIT[rate.chargedAt])),
      ),
    )} AS charge_is_due,
    multiIf(
      first_billable = 0, toDecimal64(0, 6),
      has_own_charge, own_charge,
      charge_is_due, ${ofLine(
        decimal(0),
        rates.map((rate) => decimal(rate.price)),
      )},
      toDecimal64(0, 6)) AS charge,
    charge > 0 AS charged,
    multiIf(
      NOT charged, '',
      has_own_charge, if(own_currency = '', ${string(rules.currency)}, own_currency),
      ${ofLine(
        sql`''`,
        rates.map((rate) => string(rate.currency)),
      )}) AS currency
  FROM (${settled(rules, known)})`;
}

/** Multiplied out by JavaScript's decimal digits, never by a float. */
const decimal = (value: number): Fragment => sql`toDecimal64(${string(value.toFixed(6))}, 6)`;

function rateCase(rate: RateLine, index: number): SqlNode[] {
  const conditions = [
    sql`channel = ${string(rate.channel)}`,
    ...(rate.category === undefined ? [] : [sql`category = ${string(rate.category)}`]),
    ...(rate.country === undefined ? [] : [sql`country = ${string(rate.country)}`]),
    sql`at >= ${instant(rate.from)}`,
    ...(rate.to === undefined ? [] : [sql`at < ${instant(rate.to)}`]),
  ];
  return [allOf(conditions), number(index + 1)];
}

/** The final state: implication by the channel's ladder, success before failure, permanent failure before success. */
function settled(rules: MergeRules, known: Fragment): Fragment {
  const names = rules.channels.map((channel) => string(channel.name));
  const ladders = rules.channels.map(ladderOf);
  const byChannel = (pick: (ladder: Ladder) => number) =>
    ladders.length === 0
      ? number(pick(FULL_LADDER))
      : sql`transform(channel, ${array(names)}, ${array(ladders.map((ladder) => number(pick(ladder))))}, ${number(pick(FULL_LADDER))})`;
  const implied = IMPLIED.map(
    (status) => sql`
      + if(${any(
        sql`reached`,
        byChannel((ladder) => bits(ladder.reachedBy[status])),
      )}, ${number(BIT[status])}, 0)`,
  );
  const seen = bits(['opened', 'clicked', 'replied']);
  const beside = bits(['queued', 'unsubscribed', 'complained']);
  const flags = MESSAGE_STATUSES.filter((status) => status !== 'queued').map(
    (status) => sql`${any(sql`state`, BIT[status])} AS ${identifier(status)}`,
  );
  return sql`
    SELECT *,
      if(accounts.root = 0, first_account, accounts.root) AS account,
      if(recipients.root = 0, first_recipient, recipients.root) AS recipient,
      permanent_failure OR ((${any(sql`reached`, BIT.failed)}) AND NOT (${any(sql`reached`, bits(SUCCESSES))})) AS has_failed,
      bitAnd(reached, ${number(beside)})
      + if(reached = ${number(BIT.queued)}, 0, ${number(BIT.sent)})
      + if(has_failed, ${number(BIT.failed)}, bitAnd(reached, ${number(seen)})${implied[0] ?? sql``}${implied[1] ?? sql``}${implied[2] ?? sql``}) AS state,
      ${commas(flags)},
      ${any(
        sql`state`,
        byChannel((ladder) => bits(ladder.engaged)),
      )} AS engaged,
      if(has_failed, first_failure_reason, '') AS failure_reason,
      opens > 0 AND machine_opens = opens AND NOT (${any(sql`reached`, bits(['clicked', 'replied']))}) AS automated
    FROM (${known}) AS gathered
    LEFT ANY JOIN (${ROOTS}) AS accounts ON accounts.person = first_account
    LEFT ANY JOIN (${ROOTS}) AS recipients ON recipients.person = first_recipient`;
}

const ROOTS = sql`SELECT person, argMax(root, seq) AS root FROM ${tableName('person_roots')} GROUP BY person`;

/** One row per message: what its events say, each field from the earliest event that says it. */
function gathered(scope: MergeScope): Fragment {
  const first = (column: string, condition: SqlNode) => sql`argMinIf(e.${identifier(column)}, e.place, ${condition})`;
  const times = MESSAGE_STATUSES.map(
    (status) => sql`minOrNullIf(e.at, e.status = ${string(status)}) AS ${identifier(`${status}_at`)}`,
  );
  const placed = (events: SqlNode) =>
    sql`if(countIf((${events}) AND e.status = 'sent') > 0, minIf(e.at, (${events}) AND e.status = 'sent'), minIf(e.at, ${events}))`;
  const before = sql`e.seq <= ${uint64(BigInt(scope.after))}`;
  const masks = array(MESSAGE_STATUSES.map((status) => number(BIT[status])));
  return sql`
      SELECT e.message AS message,
        ${first('source', sql`e.source != ''`)} AS source,
        ${first('channel', sql`e.channel != ''`)} AS channel,
        ${first('category', sql`e.category != ''`)} AS category,
        ${first('campaign', sql`e.campaign != ''`)} AS campaign,
        ${first('country', sql`e.country != ''`)} AS country,
        ${first('failure_reason', sql`e.status = 'failed' AND e.failure_reason != ''`)} AS first_failure_reason,
        ${first('account', sql`e.account != 0`)} AS first_account,
        ${first('recipient', sql`e.recipient != 0`)} AS first_recipient,
        ${placed(number(1))} AS at,
        countIf(${before}) > 0 AS known_before,
        ${placed(before)} AS at_before,
        groupUniqArray(e.at) AS event_times,
        ${commas(times)},
        groupBitOr(transform(e.status, ${array(MESSAGE_STATUSES.map(string))}, ${masks}, 0)) AS reached,
        countIf(e.status = 'failed' AND e.permanent = 1) > 0 AS permanent_failure,
        countIf(e.status = 'opened') AS opens,
        countIf(e.status = 'opened' AND e.automated = 1) AS machine_opens,
        ${first('billable', sql`isNotNull(e.billable)`)} AS first_billable,
        countIf(isNotNull(e.charge)) > 0 AS has_own_charge,
        argMinIf(ifNull(e.charge, 0), e.place, isNotNull(e.charge)) AS own_charge,
        ${first('currency', sql`isNotNull(e.charge)`)} AS own_currency,
        ${first('seconds', sql`e.seconds != 0`)} AS seconds,
        ${first('digits', sql`e.digits != ''`)} AS digits
      FROM (
        -- time, then the hash of the event's key: one number, which the engine compares faster than a tuple
        SELECT *, bitOr(bitShiftLeft(toUInt128(toUnixTimestamp64Milli(at)), 64), toUInt128(event)) AS place
        FROM ${tableName('message_events')} FINAL
        -- only of messages that are there are the other columns read
        PREWHERE message IN ${scope.messages}
      ) AS e
      GROUP BY e.message`;
}

/** Messages whose events name one of these people, whatever their number is by now. */
export function messagesOf(people: SqlNode): Fragment {
  return sql`(SELECT message FROM ${tableName('message_events')}
    WHERE ${anyOf([sql`recipient IN ${people}`, sql`account IN ${people}`])})`;
}
