import fc from 'fast-check';
import type { Facts } from '../reference/dataset.ts';
import type { FactRow } from '../reference/predicate.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A place and time where clocks change, with what the random rows lie around. */
export interface Setting {
  zone: string;
  /** First day of the stretch of ten days that holds the rows, UTC midnight. */
  origin: number;
}

const SETTINGS: Setting[] = [
  { zone: 'UTC', origin: Date.UTC(2024, 1, 25) },
  { zone: 'Asia/Jakarta', origin: Date.UTC(2024, 11, 27) },
  { zone: 'Asia/Kolkata', origin: Date.UTC(2026, 4, 29) },
  { zone: 'Europe/Berlin', origin: Date.UTC(2026, 2, 25) },
  { zone: 'Europe/Berlin', origin: Date.UTC(2026, 9, 21) },
  { zone: 'America/New_York', origin: Date.UTC(2026, 9, 28) },
  { zone: 'Australia/Lord_Howe', origin: Date.UTC(2026, 3, 1) },
  { zone: 'Africa/Casablanca', origin: Date.UTC(2026, 1, 11) },
];

export const setting = fc.constantFrom(...SETTINGS);

/**
 * An instant on a half-hour of the stretch, often on a quarter of a day so that rows tie and lie exactly a window apart, or a
 * millisecond beside: edges are where mistakes are.
 */
export const instantIn = ({ origin }: Setting) =>
  fc
    .tuple(
      fc.oneof(
        fc.integer({ min: 0, max: 10 * 48 }),
        fc.integer({ min: 0, max: 10 * 4 }).map((quarter) => quarter * 12),
      ),
      fc.constantFrom(0, 0, 0, 0, -1, 1),
    )
    .map(([halfHours, beside]) => origin + halfHours * 30 * MINUTE + beside);

const flag = fc.constantFrom(0, 0, 1);
const channel = fc.constantFrom('whatsapp', 'email', 'sms', 'ivr', 'fax', '');
const category = fc.constantFrom('promo', 'Promo alert', 'service', '');
const campaign = fc.constantFrom('spring', "o'clock", '');

/** Ways through a funnel whose steps lie exactly a day or a window apart, or a millisecond more. */
export function journeysIn({ origin }: Setting): fc.Arbitrary<Facts> {
  const after = fc.constantFrom(0, 1, DAY, 3 * DAY, 7 * DAY, 7 * DAY + 1);
  const around = fc.constantFrom(-DAY - 1, -DAY, -1, 0, 1, DAY, DAY + 1, 4 * DAY, 7 * DAY, 7 * DAY + 1);
  const journey = fc.record({
    person: fc.integer({ min: 1, max: 8 }),
    start: fc.integer({ min: 0, max: 5 }).map((day) => origin + day * DAY),
    activated: fc.option(after, { nil: null }),
    paid: fc.option(around, { nil: null }),
    campaign,
    channel,
  });
  return fc.array(journey, { minLength: 4, maxLength: 12 }).map((journeys) => ({
    invitations: journeys.map(({ person, start, activated, campaign }, index) => ({
      invitation: index + 1,
      person,
      campaign,
      invited_at: start,
      activated_at: activated === null ? null : start + activated,
    })),
    activities: journeys.map(({ person, start, channel }, index) => ({
      activity: index + 1,
      person,
      feature: 'login',
      at: start,
      channel,
    })),
    participations: journeys.map(({ person, start, activated, paid, campaign }, index) => ({
      participation: index + 1,
      webinar: `w${index}`,
      starts_at: start,
      person,
      utm_campaign: campaign,
      registered: 1,
      registered_at: start - (paid ?? 0),
      joined: activated === null ? 0 : 1,
      first_joined_at: activated === null ? null : start + activated,
      seconds: activated === null ? 0 : ([0, 300, 1800][index % 3] ?? 0),
    })),
    messages: journeys.flatMap(({ person, start, paid, channel }, index) =>
      paid === null ? [] : [{ message: index + 1, account: person, sent: 1, charged: 1, channel, at: start + paid }],
    ),
  }));
}

/** A person takes part in a webinar once: of two such rows the warehouse keeps one. */
export const keyOfParticipation = ({ webinar, person }: FactRow): string => `${webinar} ${person}`;

export function factsIn(place: Setting): fc.Arbitrary<Facts> {
  const person = fc.integer({ min: 0, max: 5 });
  const at = instantIn(place);
  const maybeAt = fc.option(at, { nil: null });
  const message = fc.record({
    channel,
    category,
    campaign,
    at,
    account: person,
    recipient: person,
    sent: fc.constantFrom(1, 1, 1, 0),
    delivered: flag,
    failed: flag,
    read: flag,
    read_at: maybeAt,
    opened: flag,
    clicked: flag,
    answered: flag,
    replied: flag,
    engaged: flag,
    automated: flag,
    unsubscribed: flag,
    charged: flag,
    charge: fc.integer({ min: 0, max: 40 }).map((quarters) => quarters / 4),
    currency: fc.constantFrom('USD', 'USD', 'EUR'),
    seconds: fc.integer({ min: 0, max: 99 }),
  });
  const activity = fc.record({
    person,
    at,
    feature: fc.constantFrom('login', 'login', 'purchase'),
    channel,
    category,
  });
  const invitation = fc.record({ person, campaign, invited_at: at, activated_at: maybeAt });
  const account = fc.record({ kind: fc.constantFrom('account', 'contact'), registered_at: maybeAt, region: category });
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 3 });
  const quarters = fc.integer({ min: -40, max: 40 }).map((count) => count / 4);
  const call = fc.record({
    called_at: maybeAt,
    day: maybeAt,
    operator: fc.constantFrom('Ann', 'Bo', ''),
    queue: maybe(fc.constantFrom(1, 2, 9)),
    resolved: maybe(fc.constantFrom(0, 1)),
    talk: maybe(fc.integer({ min: 0, max: 90 })),
    amount: maybe(quarters),
    currency: fc.constantFrom('USD', 'USD', 'EUR', ''),
    campaign,
    category,
    code: fc.constantFrom('x', 'y', 'z'),
    k0: fc.constantFrom('a', 'b', ''),
    v0: maybe(quarters),
    at_ms: fc.constantFrom('no', ''),
  });
  const price = fc.record({ item: campaign, price: maybe(quarters), sold_out: maybe(flag), received_at: at });
  const moment = fc.option(at, { nil: null, freq: 2 });
  const participation = fc
    .record({
      webinar: fc.constantFrom('w1', 'w2', 'w3'),
      series: fc.constantFrom('intro', 'deep', ''),
      region: category,
      status: fc.constantFrom('finished', 'finished', 'cancelled'),
      starts_at: at,
      person,
      registered_at: moment,
      first_joined_at: moment,
      seconds: fc.constantFrom(0, 0.25, 299.75, 300, 301, 1800, 3600),
      viewed_recording: flag,
      source_group: fc.constantFrom('Email', 'Direct', ''),
      utm_campaign: campaign,
    })
    .map((row) => ({
      ...row,
      registered: row.registered_at === null ? 0 : 1,
      joined: row.first_joined_at === null ? 0 : 1,
      seconds: row.first_joined_at === null ? 0 : row.seconds,
    }));
  const numbered = <T extends object>(rows: T[], key: string) =>
    rows.map((row, index) => ({ [key]: index + 1, ...row }));
  return fc
    .record({
      messages: fc.array(message, { maxLength: 40 }),
      activities: fc.array(activity, { maxLength: 20 }),
      invitations: fc.array(invitation, { maxLength: 12 }),
      people: fc.array(account, { maxLength: 5 }),
      calls: fc.array(call, { maxLength: 20 }),
      prices: fc.array(price, { maxLength: 5 }),
      participations: fc.uniqueArray(participation, {
        maxLength: 16,
        selector: keyOfParticipation,
      }),
    })
    .map(({ messages, activities, invitations, people, calls, prices, participations }) => ({
      participations: numbered(participations, 'participation'),
      table_operator_calls: numbered(calls, 'row'),
      table_price_list: numbered(prices, 'row'),
      messages: numbered(messages, 'message'),
      activities: numbered(activities, 'activity'),
      invitations: numbered(invitations, 'invitation'),
      people: numbered(people, 'person').map((row, index) => ({
        ...row,
        external_id: index % 2 === 0 ? `user ${index}` : '',
      })),
    }));
}

/** Whole local days of the stretch, as dates. */
export function daysIn({ origin }: Setting): fc.Arbitrary<[string, string]> {
  return fc
    .tuple(fc.integer({ min: -1, max: 9 }), fc.integer({ min: 1, max: 8 }))
    .map(([first, length]) => [dateOf(origin + first * DAY), dateOf(origin + (first + length) * DAY)]);
}

const dateOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
