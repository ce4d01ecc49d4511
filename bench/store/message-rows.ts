import { number, sql } from '../../src/sql/build.ts';
import type { Fragment } from '../../src/sql/nodes.ts';
import type { RenderedSql } from '../../src/sql/rendered.ts';
import { type Calendar, HOURS } from './calendar.ts';
import {
  asInstant,
  drawBelow,
  drawOne,
  drawShare,
  hashed,
  insertSelect,
  instantIf,
  numbersWith,
  valuesArray,
} from './draw.ts';
import { FAILURE_REASONS, KINDS, type MessageKind } from './messaging-kinds.ts';
import { accountNumber, drawAccount, drawRecipient, recipientNumber } from './people-numbers.ts';
import type { StoreSize } from './size.ts';

/** What the kind of a row says. */
const ofKind = (read: (kind: MessageKind) => string | number): Fragment => sql`${valuesArray(KINDS.map(read))}[kind]`;
const share = (
  name: 'delivered' | 'read' | 'opened' | 'answered' | 'replied' | 'clicked' | 'unsubscribed' | 'complained',
) => ofKind((kind) => kind[name] ?? 0);
const happens = (name: Parameters<typeof share>[0]): Fragment => sql`${drawShare(name)} < ${share(name)}`;
const charged = (at: MessageKind['chargedAt']): Fragment => ofKind((kind) => (kind.chargedAt === at ? 1 : 0));

/** Each of 100 draws its kind, from 1. */
const kinds = KINDS.flatMap(({ share: parts }, index) => Array<number>(parts).fill(index + 1));

/** One day's messages, numbered from `first`. */
export function insertMessages(
  day: number,
  first: number,
  count: number,
  size: StoreSize,
  { dayStart }: Calendar,
): RenderedSql {
  const drawn = numbersWith(first, count, {
    kind: drawOne('kind', kinds),
    at_ms: sql`${number(dayStart(day))} + ${drawOne('hour', HOURS)} * 3600000 + ${drawBelow('moment', sql`3600000`)}`,
    // 3 of 1,000 are still queued, 2 of 100 that did not arrive are on their way
    left: sql`${drawBelow('left', sql`1000`)} >= 3`,
    arrived: sql`left AND ${happens('delivered')}`,
    // Some services report a failure before the message arrives after all.
    broke: sql`left AND ${drawBelow('broke', sql`1000`)} < if(arrived, 1, 980)`,
    was_read: sql`arrived AND ${happens('read')}`,
    was_opened: sql`arrived AND ${happens('opened')}`,
    was_answered: sql`arrived AND ${happens('answered')}`,
    was_clicked: sql`was_opened AND ${happens('clicked')}`,
    reacted: sql`${ofKind(({ read, answered }) => (read !== undefined ? 1 : answered !== undefined ? 2 : 0))}`,
    was_replied: sql`arrived AND (reacted = 0 OR was_read OR was_answered) AND ${happens('replied')}`,
    has_left: sql`arrived AND ${happens('unsubscribed')}`,
    has_complained: sql`arrived AND ${happens('complained')}`,
    is_charged: sql`(left AND ${charged('sent')}) OR (arrived AND ${charged('delivered')}) OR (was_answered AND ${charged('answered')})`,
    arrived_ms: sql`at_ms + 800 + ${drawBelow('delay', sql`30000`)}`,
    seen_ms: sql`arrived_ms + 2000 + ${drawBelow('seen', sql`7200000`)}`,
    sender: drawAccount('account', day, size),
    reached: drawRecipient('recipient', day, size),
  });
  const flag = (condition: Fragment): Fragment => sql`toUInt8(${condition})`;
  const after = (milliseconds: number): Fragment => sql`seen_ms + ${number(milliseconds)}`;
  return insertSelect(
    'messages',
    {
      message: hashed('message'),
      source: sql`'bench'`,
      channel: ofKind(({ channel }) => channel),
      category: ofKind(({ category }) => category),
      campaign: campaign(day),
      failure_reason: sql`if(broke AND NOT arrived, ${drawOne('reason', FAILURE_REASONS)}, '')`,
      country: sql`${drawOne('country', ['ID', 'ID', 'ID', 'ID', 'ID', 'ID', 'ID', 'ID', 'SG', 'MY'])}`,
      // 1 of 100 came without its sender.
      account: sql`if(${drawBelow('unknown', sql`100`)} = 0, 0, ${accountNumber(sql`sender`)})`,
      recipient: recipientNumber(sql`reached`),
      at: asInstant(sql`at_ms`),
      queued_at: sql`toNullable(${asInstant(sql`at_ms - left * (50 + ${drawBelow('queued', sql`3000`)})`)})`,
      sent_at: instantIf(sql`left`, sql`at_ms`),
      delivered_at: instantIf(sql`arrived`, sql`arrived_ms`),
      read_at: instantIf(sql`was_read`, sql`seen_ms`),
      opened_at: instantIf(sql`was_opened`, sql`seen_ms`),
      clicked_at: instantIf(sql`was_clicked`, after(9_000)),
      answered_at: instantIf(sql`was_answered`, sql`arrived_ms`),
      replied_at: instantIf(sql`was_replied`, after(31_000)),
      failed_at: instantIf(sql`broke`, sql`at_ms + 500`),
      unsubscribed_at: instantIf(sql`has_left`, after(60_000)),
      complained_at: instantIf(sql`has_complained`, after(90_000)),
      sent: flag(sql`left`),
      delivered: flag(sql`arrived`),
      read: flag(sql`was_read`),
      opened: flag(sql`was_opened`),
      clicked: flag(sql`was_clicked`),
      answered: flag(sql`was_answered`),
      replied: flag(sql`was_replied`),
      failed: flag(sql`broke`),
      unsubscribed: flag(sql`has_left`),
      complained: flag(sql`has_complained`),
      engaged: flag(sql`was_read OR was_opened OR was_answered OR (was_replied AND reacted > 0)`),
      automated: flag(sql`was_opened AND NOT was_clicked AND ${drawBelow('machine', sql`100`)} < 15`),
      charged: flag(sql`is_charged`),
      charge: sql`if(is_charged, toDecimal64(${ofKind(({ price }) => price ?? 0)}, 6) + toDecimal64(${drawBelow('price', sql`1000`)}, 6) / 100, toDecimal64(0, 6))`,
      currency: sql`if(is_charged, 'IDR', '')`,
      seconds: sql`if(was_answered, 5 + ${drawBelow('seconds', sql`115`)}, 0)`,
      digits: sql`if(was_answered AND was_replied, toString(1 + ${drawBelow('digit', sql`5`)}), '')`,
    },
    drawn,
  );
}

/** Three of ten belong to none; each channel has some fifty, of which eight run at a time. */
function campaign(day: number): Fragment {
  const running = sql`(${number(Math.floor(day / 7.5))} + ${drawBelow('campaign', sql`8`)})`;
  return sql`if(${drawBelow('alone', sql`10`)} < 3, '', concat(${ofKind(({ channel }) => channel)}, '-', leftPad(toString(${running}), 2, '0')))`;
}
