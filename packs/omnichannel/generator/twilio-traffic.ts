import type { Random } from '../../sample/random.ts';
import { contactOf, makeBlasts, type Senders } from './blasts.ts';
import { monthOf, type Span } from './calendar.ts';
import type { Outbox } from './outbox.ts';
import { type Account, CONTACTS, contactPhone } from './people.ts';
import type { CallPlan, Outcomes, YearPlan } from './story.ts';

const SENDER = '+12025550199';
const TWILIO_ACCOUNT = 'AC00000000000000000000000000000001';
const SMS_ERRORS = ['30003', '30003', '30005', '30005', '30006', '30007', '30008'] as const;
const CALL_FAILURES = [
  'no-answer',
  'no-answer',
  'no-answer',
  'no-answer',
  'busy',
  'busy',
  'failed',
  'canceled',
] as const;
const MACHINES = ['machine_start', 'machine_end_beep', 'machine_end_silence'] as const;

interface Callback {
  sid: string;
  to: string;
  account: Account;
  category: string;
  campaign: string;
}

/** SMS of one span. Every one is handed over first (`sent`), and each callback is a request of its own. */
export function sendSms(
  random: Random,
  senders: Senders,
  plan: YearPlan['sms'],
  span: Span,
  series: string,
  outbox: Outbox,
): void {
  let number = 0;
  for (const category of Object.keys(plan) as (keyof typeof plan)[]) {
    const campaign = category === 'authentication' ? 'login-code' : 'payment-reminder';
    for (const blast of makeBlasts<keyof Outcomes>(random, senders, { ...plan[category] }, span, [1, 3])) {
      for (const { at, account, accountIndex, outcome } of blast.sendings) {
        number++;
        const callback = {
          sid: sid('SM', series, number),
          to: contact(random, accountIndex, account),
          account,
          category,
          campaign,
        };
        const settled = at + random.whole(2, 25) * 1000;
        sms(random, callback, 'sent', at, outbox);
        if (outcome === 'delivered') sms(random, callback, 'delivered', settled, outbox);
        if (outcome === 'failed') sms(random, callback, 'undelivered', settled, outbox, random.pick(SMS_ERRORS));
        if (outcome === 'delivered' && random.chance(0.006)) optOut(callback, settled + 90_000, outbox);
      }
    }
  }
}

function sms(random: Random, callback: Callback, status: string, at: number, outbox: Outbox, error?: string): void {
  const body = form({
    AccountSid: TWILIO_ACCOUNT,
    ApiVersion: '2010-04-01',
    ...(error === undefined ? {} : { ErrorCode: error }),
    From: SENDER,
    MessageSid: callback.sid,
    MessageStatus: status,
    SmsSid: callback.sid,
    SmsStatus: status,
    To: callback.to,
  });
  outbox.post('sample-twilio', at, body, target(callback));
  if (random.chance(0.01)) outbox.post('sample-twilio', at + 4000, body, target(callback));
}

function optOut(callback: Callback, at: number, outbox: Outbox): void {
  const body = form({
    AccountSid: TWILIO_ACCOUNT,
    Body: 'STOP',
    From: callback.to,
    MessageSid: `${callback.sid}in`,
    OptOutType: 'STOP',
    SmsStatus: 'received',
    To: SENDER,
  });
  outbox.post('sample-twilio', at, body);
}

/** Calls of one span: the end of each, and the keys that were pressed. */
export function sendCalls(
  random: Random,
  senders: Senders,
  plan: YearPlan['ivr'],
  span: Span,
  series: string,
  outbox: Outbox,
): void {
  let number = 0;
  for (const category of Object.keys(plan) as (keyof typeof plan)[]) {
    for (const blast of makeBlasts<keyof CallPlan>(random, senders, { ...plan[category] }, span, [2, 7])) {
      for (const { at, account, accountIndex, outcome } of blast.sendings) {
        number++;
        const campaign =
          category === 'marketing' ? `satisfaction-call-${monthOf(at).name.slice(0, 4)}` : 'payment-reminder-call';
        const callback = {
          sid: sid('CA', series, number),
          to: contact(random, accountIndex, account),
          account,
          category,
          campaign,
        };
        placeCall(random, callback, at, outcome, outbox);
      }
    }
  }
}

function placeCall(random: Random, callback: Callback, at: number, outcome: keyof CallPlan, outbox: Outbox): void {
  if (outcome === 'failed') {
    const status = random.pick(CALL_FAILURES);
    const extra: Record<string, string> = status === 'failed' ? { SipResponseCode: '404' } : {};
    call(random, callback, status, at + 25_000, 0, extra, outbox);
  } else if (outcome === 'machine') {
    const seconds = random.whole(4, 31);
    const answeredBy = { AnsweredBy: random.pick(MACHINES) };
    call(random, callback, 'completed', at + 12_000 + seconds * 1000, seconds, answeredBy, outbox);
  } else {
    answer(random, callback, at + random.whole(5, 20) * 1000, outbox);
  }
}

function answer(random: Random, callback: Callback, at: number, outbox: Outbox): void {
  const seconds = random.whole(9, 140);
  if (seconds > 20 && random.chance(0.42)) pressKey(random, callback, at + 18_000, outbox);
  const known: Record<string, string> = random.chance(0.8) ? { AnsweredBy: 'human' } : {};
  call(random, callback, 'completed', at + seconds * 1000, seconds, known, outbox);
}

function call(
  random: Random,
  callback: Callback,
  status: string,
  at: number,
  seconds: number,
  extra: Record<string, string>,
  outbox: Outbox,
): void {
  const body = form({
    AccountSid: TWILIO_ACCOUNT,
    ApiVersion: '2010-04-01',
    CallDuration: String(seconds),
    CallSid: callback.sid,
    CallStatus: status,
    CallbackSource: 'call-progress-events',
    Direction: 'outbound-api',
    Duration: String(Math.ceil(seconds / 60)),
    From: SENDER,
    SequenceNumber: '3',
    Timestamp: new Date(at).toUTCString().replace('GMT', '+0000'),
    To: callback.to,
    ...extra,
  });
  outbox.post('sample-twilio', at + 700, body, target(callback));
  if (random.chance(0.01)) outbox.post('sample-twilio', at + 5000, body, target(callback));
}

function pressKey(random: Random, callback: Callback, at: number, outbox: Outbox): void {
  const Digits = random.pick(['1', '1', '1', '2', '2', '9', '0']);
  const body = form({
    AccountSid: TWILIO_ACCOUNT,
    CallSid: callback.sid,
    CallStatus: 'in-progress',
    Digits,
    Direction: 'outbound-api',
    From: SENDER,
    To: callback.to,
  });
  outbox.post('sample-twilio', at, body, target(callback));
}

function contact(random: Random, accountIndex: number, account: Account): string {
  return `+${contactPhone(contactOf(random, accountIndex, account, CONTACTS))}`;
}

function sid(prefix: string, series: string, number: number): string {
  return `${prefix}${`${series}${String(number).padStart(8, '0')}`.padStart(32, '0')}`;
}

/** The campaign, the account and the category travel in the query of the callback URL. */
function target({ campaign, account, category }: Callback): string {
  return `/hooks/sample-twilio?k=${campaign}&account=${account.id}&category=${category}`;
}

function form(params: Record<string, string>): string {
  return new URLSearchParams(params).toString();
}
