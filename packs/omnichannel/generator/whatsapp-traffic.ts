import type { Random } from '../../sample/random.ts';
import { DAY_MS, HOUR_MS, localDay } from '../../sample/time.ts';
import { contactOf, makeBlasts, type Senders, type Sending, saleOf } from './blasts.ts';
import type { Span } from './calendar.ts';
import { batches, type Outbox, type Piece } from './outbox.ts';
import { CONTACTS, contactPhone } from './people.ts';
import type { Outcomes, WhatsAppPlan } from './story.ts';

type Category = keyof WhatsAppPlan;

const READ_SHARE: Record<Category, number> = { marketing: 0.61, utility: 0.8, authentication: 0.87, service: 0.9 };
const REPLY_SHARE: Record<Category, number> = { marketing: 0.05, utility: 0.02, authentication: 0, service: 0.22 };
const BLAST_SIZE: Record<Category, readonly [number, number]> = {
  marketing: [5, 21],
  utility: [1, 4],
  authentication: [1, 1],
  service: [1, 2],
};
const FAILURES = {
  marketing: [
    [131049, 'This message was not delivered to maintain healthy ecosystem engagement.', 48],
    [131026, 'Message undeliverable', 31],
    [130472, "User's number is part of an experiment", 9],
    [131050, 'User has stopped receiving marketing messages', 12],
  ],
  other: [
    [131026, 'Message undeliverable', 74],
    [131047, 'Re-engagement message', 17],
    [131000, 'Something went wrong', 9],
  ],
} as const;

/** On this day the connection was down: what came between is delivered a day or two later. */
const OUTAGE = { from: localDay('2024-06-11') + 10 * HOUR_MS, to: localDay('2024-06-11') + 12 * HOUR_MS };

interface Message {
  id: string;
  business: string;
  recipient: string;
  category: Category;
  campaign: string | undefined;
}

/** WhatsApp messages of one span: their statuses, the answers to them and the opt-outs. */
export function sendWhatsApp(
  random: Random,
  senders: Senders,
  plan: WhatsAppPlan,
  span: Span,
  series: string,
  outbox: Outbox,
): { at: number; accountId: string }[] {
  const marketing: { at: number; accountId: string }[] = [];
  let number = 0;
  for (const category of Object.keys(plan) as Category[]) {
    for (const blast of makeBlasts<keyof Outcomes>(
      random,
      senders,
      { ...plan[category] },
      span,
      BLAST_SIZE[category],
    )) {
      if (category === 'marketing') marketing.push({ at: blast.at, accountId: blast.account.id });
      for (const sending of blast.sendings)
        sendOne(random, category, `${series}${String(++number).padStart(6, '0')}`, sending, outbox);
    }
  }
  return marketing;
}

function sendOne(
  random: Random,
  category: Category,
  number: string,
  sending: Sending<keyof Outcomes>,
  outbox: Outbox,
): void {
  const message: Message = {
    id: `wamid.HBgLMTAwMDAwMDAwMDAVAgARGBI${number}`,
    business: sending.account.phone,
    recipient: contactPhone(contactOf(random, sending.accountIndex, sending.account, CONTACTS)),
    category,
    campaign: campaignOf(category, sending.at),
  };
  const { at, outcome } = sending;
  if (outcome === 'failed') {
    fail(random, message, at, outbox);
    return;
  }
  status(random, message, 'sent', at, true, outbox);
  if (outcome === 'pending') return;
  if (random.chance(0.004)) status(random, message, 'failed', at + 2000, false, outbox, failure(random, 'utility'));

  const delivered = at + Math.round(random.wait(4, 1.1)) * 1000 + 1000;
  const reads = random.chance(READ_SHARE[category]);
  /** While the chat is open, `read` comes without `delivered`. */
  const skipsDelivered = reads && random.chance(0.05);
  if (!skipsDelivered) status(random, message, 'delivered', delivered, true, outbox);
  if (!reads) {
    if (category === 'marketing' && random.chance(0.004)) stopMarketing(random, message, delivered + HOUR_MS, outbox);
    return;
  }
  const read = delivered + Math.round(Math.min(random.wait(900, 1.6), 3 * 86_400)) * 1000;
  status(random, message, 'read', read, skipsDelivered, outbox);
  if (random.chance(REPLY_SHARE[category] / READ_SHARE[category]))
    reply(random, message, read + random.whole(20, 1200) * 1000, outbox);
}

/** What Meta holds back is never sent; what fails later was sent, and says its category. */
function fail(random: Random, message: Message, at: number, outbox: Outbox): void {
  const error = failure(random, message.category);
  const heldBack = error[0] === 131049 || error[0] === 131050;
  if (!heldBack) status(random, message, 'sent', at, true, outbox);
  status(random, message, 'failed', at + (heldBack ? 0 : random.whole(1, 40) * 1000), false, outbox, error);
}

function failure(random: Random, category: Category): readonly [number, string] {
  const table = category === 'marketing' ? FAILURES.marketing : FAILURES.other;
  let place = random.whole(1, 100);
  for (const [code, title, share] of table) {
    place -= share;
    if (place <= 0) return [code, title];
  }
  return [131000, 'Something went wrong'];
}

function status(
  random: Random,
  message: Message,
  name: string,
  at: number,
  priced: boolean,
  outbox: Outbox,
  error?: readonly [number, string],
): void {
  const free = message.category === 'service';
  const json = JSON.stringify({
    id: message.id,
    status: name,
    timestamp: String(Math.floor(at / 1000)),
    recipient_id: message.recipient,
    ...(message.campaign === undefined ? {} : { biz_opaque_callback_data: message.campaign }),
    ...(priced
      ? {
          pricing: {
            billable: !free,
            pricing_model: 'PMP',
            type: free ? 'free_customer_service' : 'regular',
            category: message.category,
          },
        }
      : {}),
    ...(error === undefined ? {} : { errors: [{ code: error[0], title: error[1], message: error[1] }] }),
  });
  put(random, { at: arrival(random, at), json, business: message.business, list: 'statuses' }, outbox);
}

/** Meta is at-least-once: now and then a status comes again. */
function put(random: Random, piece: Piece, outbox: Outbox): void {
  outbox.put(outbox.whatsapp, piece);
  if (random.chance(0.012)) outbox.put(outbox.whatsapp, { ...piece, at: piece.at + random.whole(30, 7200) * 1000 });
}

function arrival(random: Random, at: number): number {
  if (at >= OUTAGE.from && at < OUTAGE.to) return at + DAY_MS + random.whole(0, 24 * 3600) * 1000;
  return at + (random.chance(0.02) ? random.whole(60, 900) : random.whole(1, 9)) * 1000;
}

function reply(random: Random, message: Message, at: number, outbox: Outbox): void {
  const stops = message.category === 'marketing' && random.chance(0.05);
  const button = !stops && random.chance(0.6);
  const json = JSON.stringify({
    from: message.recipient,
    id: message.id.replace('HBgLMTAw', 'HBgLMjAw'),
    timestamp: String(Math.floor(at / 1000)),
    ...(button
      ? { type: 'button', button: { payload: 'YES', text: 'Yes, please' } }
      : { type: 'text', text: { body: stops ? 'STOP' : 'Thank you' } }),
    context: { from: message.business, id: message.id },
  });
  put(random, { at: arrival(random, at), json, business: message.business, list: 'messages' }, outbox);
}

function stopMarketing(random: Random, message: Message, at: number, outbox: Outbox): void {
  const json = JSON.stringify({
    wa_id: message.recipient,
    detail: 'User requested to stop marketing messages',
    category: 'marketing_messages',
    value: 'stop',
    timestamp: Math.floor(at / 1000),
  });
  put(random, { at: arrival(random, at), json, business: message.business, list: 'user_preferences' }, outbox);
}

function campaignOf(category: Category, at: number): string | undefined {
  switch (category) {
    case 'marketing':
      return saleOf(at);
    case 'utility':
      return Math.floor(at / 1000) % 3 === 0 ? 'payment-reminder' : 'order-updates';
    case 'authentication':
      return 'login-code';
    case 'service':
      return undefined;
  }
}

/** Notifications: one entry per business number in a batch, as Meta sends them. */
export function postWhatsApp(outbox: Outbox): void {
  for (const batch of batches(outbox.whatsapp, 90, 2 * HOUR_MS)) {
    const changes = new Map<string, Piece[]>();
    for (const piece of batch) {
      const key = `${piece.business}|${piece.list}`;
      const known = changes.get(key);
      if (known === undefined) changes.set(key, [piece]);
      else known.push(piece);
    }
    const entries = [...changes.values()].map(notification);
    outbox.post(
      'sample-whatsapp',
      batch.at(-1)?.at ?? 0,
      `{"object":"whatsapp_business_account","entry":[${entries.join()}]}`,
    );
  }
}

function notification(pieces: Piece[]): string {
  const { business = '', list = 'statuses' } = pieces[0] ?? {};
  const field = list === 'user_preferences' ? 'user_preferences' : 'messages';
  const metadata = `{"display_phone_number":"${business}","phone_number_id":"9${business}"}`;
  const items = pieces.map((piece) => piece.json).join();
  return `{"id":"8${business}","changes":[{"field":"${field}","value":{"messaging_product":"whatsapp","metadata":${metadata},"${list}":[${items}]}}]}`;
}
