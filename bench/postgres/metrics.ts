/** What each metric of the packs is in PostgreSQL, written by hand. */

/** Additive: groups can be added up to totals. */
export interface Counted {
  kind: 'counted';
  table: string;
  /** Where it is not the table's own. */
  time?: string;
  /** Counted, or summed where `sum` is named. */
  where: string;
  sum?: string;
}

/** Different people (or webinars) among the rows of one table or two. */
export interface Distinct {
  kind: 'distinct';
  rows: readonly { table: string; column: string; where: string }[];
}

export type PgMetric =
  | Counted
  | Distinct
  | { kind: 'ratio'; over: Counted; under: Counted }
  /** People of a distinct metric in the days that end with each day. */
  | { kind: 'window'; days: number }
  /** All who registered before the end. */
  | { kind: 'stock' }
  | { kind: 'median'; table: string; column: string; where: string; per: number };

const TIMES: Readonly<Record<string, string>> = {
  messages: 'at',
  activities: 'at',
  accounts: 'registered_at',
  participations: 'starts_at',
};
export const timeOf = (table: string): string => TIMES[table] ?? 'at';

const messages = (where: string): Counted => ({ kind: 'counted', table: 'messages', where });
const people = (where: string): Counted => ({ kind: 'counted', table: 'participations', where });

/** Rates are over the channels that can report what they count. */
const rate = (over: string, channels: readonly string[]): PgMetric => {
  const among = `channel IN (${channels.map((channel) => `'${channel}'`).join(', ')})`;
  return {
    kind: 'ratio',
    over: messages(`delivered AND ${over} AND ${among}`),
    under: messages(`delivered AND ${among}`),
  };
};
const ENGAGEABLE = ['whatsapp', 'email', 'ivr'];
const charges = (where: string): Counted => ({ ...messages(`${where} AND currency = 'IDR'`), sum: 'charge' });

const registered = people('registered');
const attended = (seconds: number): PgMetric => ({
  kind: 'ratio',
  over: people(`registered AND seconds > 0${seconds === 0 ? '' : ` AND seconds >= ${seconds}`}`),
  under: registered,
});

export const METRICS: Readonly<Record<string, PgMetric>> = {
  messages_sent: messages('sent'),
  messages_delivered: messages('delivered'),
  messages_failed: messages('failed AND NOT delivered'),
  messages_in_flight: messages('sent AND NOT delivered AND NOT failed'),
  messages_settled: messages('delivered OR failed'),
  messages_engaged: messages(`delivered AND engaged AND channel IN ('whatsapp', 'email', 'ivr')`),
  charged_messages: messages('charged'),
  charges: charges('charged'),
  delivery_rate: { kind: 'ratio', over: messages('delivered'), under: messages('delivered OR failed') },
  read_rate: rate('read', ['whatsapp']),
  open_rate: rate('opened', ['email']),
  open_rate_by_people: rate('opened AND NOT automated', ['email']),
  click_rate: rate('clicked', ['email']),
  answer_rate: rate('answered', ['ivr']),
  reply_rate: rate('replied', ['whatsapp', 'sms', 'ivr']),
  engagement_rate: rate('engaged', ENGAGEABLE),
  unsubscribe_rate: rate('unsubscribed', ['whatsapp', 'email', 'sms']),
  cost_per_engaged: {
    kind: 'ratio',
    over: charges(`charged AND channel IN ('whatsapp', 'email', 'ivr')`),
    under: messages(`delivered AND engaged AND channel IN ('whatsapp', 'email', 'ivr')`),
  },
  recipients_reached: {
    kind: 'distinct',
    rows: [{ table: 'messages', column: 'recipient', where: 'delivered AND recipient <> 0' }],
  },
  active_users: {
    kind: 'distinct',
    rows: [
      { table: 'messages', column: 'account', where: 'sent AND account <> 0' },
      { table: 'activities', column: 'person', where: 'person <> 0' },
    ],
  },
  transacting_users: {
    kind: 'distinct',
    rows: [
      { table: 'messages', column: 'account', where: 'charged AND account <> 0' },
      { table: 'activities', column: 'person', where: "feature = 'purchase' AND person <> 0" },
    ],
  },
  new_registered_users: { kind: 'counted', table: 'accounts', where: 'true' },
  registered_users: { kind: 'stock' },
  dau: { kind: 'window', days: 1 },
  wau: { kind: 'window', days: 7 },
  mau: { kind: 'window', days: 30 },
  webinars: {
    kind: 'distinct',
    rows: [{ table: 'participations', column: 'webinar', where: "status <> 'cancelled'" }],
  },
  registrations: registered,
  signups: { ...registered, time: 'registered_at' },
  visits: people('seconds > 0'),
  visits_5m: people('seconds >= 300'),
  visits_30m: people('seconds >= 1800'),
  visits_all: people('joined'),
  walk_ins: people('NOT registered AND seconds > 0'),
  visits_registered: people('registered AND seconds > 0'),
  recording_views: people('viewed_recording'),
  attendance_rate: attended(0),
  attendance_rate_5m: attended(300),
  attendance_rate_30m: attended(1800),
  recording_view_rate: { kind: 'ratio', over: people('viewed_recording'), under: registered },
  median_minutes: { kind: 'median', table: 'participations', column: 'seconds', where: 'seconds > 0', per: 60 },
};
