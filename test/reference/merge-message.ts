import { Temporal } from 'temporal-polyfill';
import { MESSAGE_STATUSES, type MessageStatus } from '../../src/contract/record.ts';
import type { ChannelSpec, Rate } from '../../src/contract/workspace.ts';

/** The slow, obvious merge of a message's events: what `messages` must hold. Written before the SQL and apart from it. */

export interface ReferenceEvent {
  /** Hash of the event's key; breaks ties of equal times. */
  event: bigint;
  status: MessageStatus;
  /** UTC milliseconds. */
  at: number;
  channel: string;
  category?: string | undefined;
  campaign?: string | undefined;
  failureReason?: string | undefined;
  country?: string | undefined;
  /** Names of people; undefined where unknown. */
  account?: string | undefined;
  recipient?: string | undefined;
  permanent?: boolean | undefined;
  automated?: boolean | undefined;
  billable?: boolean | undefined;
  charge?: number | undefined;
  currency?: string | undefined;
  seconds?: number | undefined;
  digits?: string | undefined;
}

export interface ReferenceContext {
  channels: readonly ChannelSpec[];
  rates: readonly Rate[];
  timeZone: string;
  currency: string;
}

type Flag = 0 | 1;
const flag = (value: boolean): Flag => (value ? 1 : 0);
const SIDE: MessageStatus[] = ['failed', 'unsubscribed', 'complained'];
const LADDER = MESSAGE_STATUSES.filter((status) => !SIDE.includes(status));

export function mergeMessage(events: readonly ReferenceEvent[], context: ReferenceContext) {
  const ordered = [...events].sort((a, b) => a.at - b.at || (a.event < b.event ? -1 : 1));
  const first = <T>(pick: (event: ReferenceEvent) => T | undefined): T | undefined => {
    for (const event of ordered) {
      const value = pick(event);
      if (value !== undefined && value !== '') return value;
    }
    return undefined;
  };
  const earliest = (status: MessageStatus) => ordered.find((event) => event.status === status)?.at ?? null;
  const reported = (status: MessageStatus) => earliest(status) !== null;

  const channel = first((event) => event.channel) ?? '';
  const spec = context.channels.find((one) => one.name === channel);
  const ladder: MessageStatus[] = spec ? spec.statuses.filter((status) => !SIDE.includes(status)) : LADDER;
  const engagedStatuses = spec ? spec.engaged : ['read', 'opened', 'clicked', 'answered', 'replied'];

  const implied = (status: MessageStatus) => {
    if (reported(status)) return true;
    if (!ladder.includes(status)) return false;
    return LADDER.some((other) => {
      if (!reported(other)) return false;
      const order = ladder.includes(other) ? ladder : LADDER;
      return order.indexOf(other) > order.indexOf(status);
    });
  };

  const permanent = events.some((event) => event.status === 'failed' && event.permanent === true);
  const succeeded = ['delivered', 'read', 'opened', 'clicked', 'answered', 'replied'].some((status) =>
    reported(status as MessageStatus),
  );
  const failed = permanent || (reported('failed') && !succeeded);
  const final: Record<string, boolean> = {
    sent: events.some((event) => event.status !== 'queued'),
    delivered: !failed && implied('delivered'),
    read: !failed && implied('read'),
    answered: !failed && implied('answered'),
    opened: !failed && reported('opened'),
    clicked: !failed && reported('clicked'),
    replied: !failed && reported('replied'),
    failed,
    unsubscribed: reported('unsubscribed'),
    complained: reported('complained'),
    queued: reported('queued'),
  };
  const opens = events.filter((event) => event.status === 'opened');
  const at = earliest('sent') ?? ordered[0]?.at ?? 0;
  const category = first((event) => event.category) ?? '';
  const country = first((event) => event.country) ?? '';
  const price = priceOf({ channel, category, country, at, final, ordered }, context);

  return {
    channel,
    category,
    campaign: first((event) => event.campaign) ?? '',
    failure_reason: failed ? (first((event) => (event.status === 'failed' ? event.failureReason : '')) ?? '') : '',
    country,
    account: first((event) => event.account) ?? '',
    recipient: first((event) => event.recipient) ?? '',
    at,
    ...Object.fromEntries(MESSAGE_STATUSES.map((status) => [`${status}_at`, earliest(status)])),
    ...Object.fromEntries(
      MESSAGE_STATUSES.filter((status) => status !== 'queued').map((status) => [status, flag(final[status] === true)]),
    ),
    engaged: flag(engagedStatuses.some((status) => final[status] === true)),
    automated: flag(
      opens.length > 0 &&
        opens.every((open) => open.automated === true) &&
        !reported('clicked') &&
        !reported('replied'),
    ),
    ...price,
    seconds: first((event) => event.seconds || undefined) ?? 0,
    digits: first((event) => event.digits) ?? '',
  };
}

interface Priced {
  channel: string;
  category: string;
  country: string;
  at: number;
  final: Record<string, boolean>;
  ordered: ReferenceEvent[];
}

function priceOf(message: Priced, context: ReferenceContext): { charged: Flag; charge: number; currency: string } {
  const free = { charged: 0, charge: 0, currency: '' } as const;
  const billable = message.ordered.find((event) => event.billable !== undefined)?.billable;
  if (billable === false) return free;
  const own = message.ordered.find((event) => event.charge !== undefined);
  if (own?.charge !== undefined) {
    return own.charge > 0 ? { charged: 1, charge: own.charge, currency: own.currency ?? context.currency } : free;
  }
  const day = Temporal.Instant.fromEpochMilliseconds(message.at)
    .toZonedDateTimeISO(context.timeZone)
    .toPlainDate()
    .toString();
  const matching = context.rates.filter(
    (rate) =>
      rate.channel === message.channel &&
      (rate.category === undefined || rate.category === message.category) &&
      (rate.country === undefined || rate.country === message.country) &&
      rate.valid_from <= day &&
      (rate.valid_to === undefined || day < rate.valid_to),
  );
  const order = (rate: Rate) =>
    `${rate.country === undefined ? 0 : 1}${rate.category === undefined ? 0 : 1}${rate.valid_from}`;
  let best = matching[0];
  for (const rate of matching) if (best && order(rate) > order(best)) best = rate;
  if (!best || best.price === 0 || !message.final[best.charged_at]) return free;
  return { charged: 1, charge: best.price, currency: best.currency };
}
