import type { Random } from '../../sample/random.ts';
import { HOUR_MS } from '../../sample/time.ts';
import { contactOf, makeBlasts, type Senders, type Sending, saleOf } from './blasts.ts';
import { monthOf, type Span } from './calendar.ts';
import { batches, type Outbox } from './outbox.ts';
import { contactEmail } from './people.ts';
import type { Outcomes, YearPlan } from './story.ts';

type Category = keyof YearPlan['email'];

const CONTACTS = 5_400;
const OPEN_SHARE: Record<Category, number> = { marketing: 0.33, utility: 0.55 };
const BLAST_SIZE: Record<Category, readonly [number, number]> = { marketing: [8, 30], utility: [1, 3] };
const BOUNCES = [
  ['Invalid Address', '5.1.1', 'bounce'],
  ['Invalid Address', '5.1.1', 'bounce'],
  ['Invalid Address', '5.1.1', 'bounce'],
  ['Mailbox Unavailable', '5.2.2', 'bounce'],
  ['Reputation', '5.7.1', 'blocked'],
  ['Content', '5.7.1', 'blocked'],
] as const;
const DROPS = ['Bounced Address', 'Bounced Address', 'Unsubscribed Address', 'Spam Reporting Address'] as const;

interface Mail {
  id: string;
  email: string;
  account: string;
  category: Category;
  campaign: string;
}

/** E-mails of one span with their events. */
export function sendEmail(
  random: Random,
  senders: Senders,
  plan: YearPlan['email'],
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
      for (const sending of blast.sendings) {
        number++;
        const mail: Mail = {
          id: `Sample${series}${String(number).padStart(9, '0')}`,
          email: contactEmail(contactOf(random, sending.accountIndex, sending.account, CONTACTS)),
          account: sending.account.id,
          category,
          campaign: campaignOf(random, category, sending.at),
        };
        sendOne(random, mail, sending, outbox);
      }
    }
  }
  return marketing;
}

function sendOne(random: Random, mail: Mail, { at, outcome }: Sending<keyof Outcomes>, outbox: Outbox): void {
  if (outcome === 'failed' && random.chance(0.3)) {
    event(random, mail, 'dropped', at, { reason: random.pick(DROPS) }, outbox);
    return;
  }
  event(random, mail, 'processed', at, {}, outbox);
  if (outcome === 'failed') bounce(random, mail, at, outbox);
  else if (outcome === 'pending')
    event(random, mail, 'deferred', at + 60_000, { response: '451 try again later', attempt: '1' }, outbox);
  else deliver(random, mail, at, outbox);
}

function deliver(random: Random, mail: Mail, at: number, outbox: Outbox): void {
  const delivered = at + Math.round(random.wait(3, 1)) * 1000 + 1000;
  event(random, mail, 'delivered', delivered, { response: '250 2.0.0 OK', tls: 1 }, outbox);
  if (random.chance(OPEN_SHARE[mail.category])) open(random, mail, delivered, outbox);
  if (random.chance(0.0012)) event(random, mail, 'spamreport', delivered + random.whole(60, 86_400) * 1000, {}, outbox);
}

/** One in twelve bounces comes after `delivered`: the receiving server changed its mind. */
function bounce(random: Random, mail: Mail, at: number, outbox: Outbox): void {
  const late = random.chance(1 / 12);
  const [bounce_classification, status, type] = late ? BOUNCES[0] : random.pick(BOUNCES);
  if (late) event(random, mail, 'delivered', at + 3000, { response: '250 queued', tls: 1 }, outbox);
  const reason = `${status} rejected`;
  event(
    random,
    mail,
    'bounce',
    at + (late ? random.whole(60, 3600) : random.whole(1, 20)) * 1000,
    { type, status, reason, bounce_classification },
    outbox,
  );
}

/** A third of the opens are made by machines, at once; people open in their own time, some of them twice. */
function open(random: Random, mail: Mail, delivered: number, outbox: Outbox): void {
  const machine = random.chance(0.34);
  if (machine) event(random, mail, 'open', delivered + random.whole(1, 6) * 1000, { sg_machine_open: true }, outbox);
  if (machine && random.chance(0.7)) return;
  const opened = delivered + Math.round(Math.min(random.wait(5400, 1.5), 6 * 86_400)) * 1000;
  event(random, mail, 'open', opened, { sg_machine_open: false }, outbox);
  if (random.chance(0.2))
    event(random, mail, 'open', opened + random.whole(600, 86_400) * 1000, { sg_machine_open: false }, outbox);
  if (random.chance(mail.category === 'marketing' ? 0.13 : 0.2)) {
    event(random, mail, 'click', opened + random.whole(4, 90) * 1000, { url: 'https://www.example.com/offer' }, outbox);
  }
  if (mail.category === 'marketing' && random.chance(0.012)) {
    event(random, mail, 'group_unsubscribe', opened + random.whole(10, 300) * 1000, { asm_group_id: 12345 }, outbox);
  }
}

function event(
  random: Random,
  mail: Mail,
  name: string,
  at: number,
  fields: Record<string, unknown>,
  outbox: Outbox,
): void {
  const json = JSON.stringify({
    email: mail.email,
    event: name,
    timestamp: Math.floor(at / 1000),
    sg_event_id: `${name}-${mail.id}-${Math.floor(at / 1000).toString(36)}`,
    sg_message_id: `${mail.id}.recvd-sample-1.0`,
    category: [mail.category, mail.campaign],
    campaign_key: mail.campaign,
    account_key: mail.account,
    ...fields,
  });
  const arrival = at + random.whole(1, 30) * 1000;
  outbox.put(outbox.sendgrid, { at: arrival, json });
  for (let copies = random.chance(0.015) ? random.whole(1, 3) : 0; copies > 0; copies--) {
    outbox.put(outbox.sendgrid, { at: arrival + random.whole(60, 20 * 3600) * 1000, json });
  }
}

function campaignOf(random: Random, category: Category, at: number): string {
  if (category === 'utility') return Math.floor(at / 1000) % 2 === 0 ? 'invoice' : 'order-confirmation';
  return random.chance(0.55) ? `newsletter-${monthOf(at).name}` : saleOf(at);
}

/** Arrays with a line break after each event, as SendGrid writes them. */
export function postEmail(outbox: Outbox): void {
  for (const batch of batches(outbox.sendgrid, 100, 2 * HOUR_MS)) {
    outbox.post('sample-sendgrid', batch.at(-1)?.at ?? 0, `[${batch.map((piece) => piece.json).join(',\r\n')}]\r\n`);
  }
}
