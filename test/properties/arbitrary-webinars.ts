import fc from 'fast-check';
import type { CanonicalRecord } from '../../src/contract/record.ts';

/** Records of webinars of which everything happens that happens: few people, few webinars, times that coincide. */

const START = Date.parse('2026-03-28T23:50:00Z');
const few = (count: number) => fc.integer({ min: 0, max: count - 1 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

/** An instant as a clock somewhere shows it. */
export function isoAt(instant: number, offsetMinutes: number): string {
  const local = new Date(instant + offsetMinutes * 60_000).toISOString().slice(0, -1);
  const size = Math.abs(offsetMinutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

const iso = (instant: fc.Arbitrary<number>) =>
  fc.tuple(instant, fc.constantFrom(0, 60, 120, -300, 345)).map(([at, offset]) => isoAt(at, offset));

/** Round the midnight after which Berlin goes over to summer time. */
const moment = few(200).map((turn) => START + turn * 30_000 + (turn % 7 === 0 ? 1 : 0));

/** Starts and cancellations, which meet. */
const turn = few(4).map((index) => START + index * 600_000);

export const joining = fc
  .tuple(
    moment,
    optional(fc.constantFrom(-30_000, 0, 1, 1000, 59_000, 60_000, 300_000, 1_800_000, 9_000_000)),
    optional(fc.constantFrom(0, 0.001, 1, 59.5, 300, 1800, 10_800)),
    fc.constantFrom(0, 60, 120),
  )
  .map(([joined, stay, seconds, offset]) => ({
    joined_at: isoAt(joined, offset),
    ...(stay === undefined ? {} : { left_at: isoAt(joined + stay, 120 - offset) }),
    ...(seconds === undefined ? {} : { seconds }),
  }));

const EMAILS = [
  'ana@example.com',
  'Ana@Example.COM ',
  'ben@example.com',
  'ben+tag@example.com',
  'c.em@gmail.com',
  'cem@gmail.com',
  'staff@corp.example.com',
  'nobody',
];
const PHONES = ['+12025550101', '+12025550102', '+12025550103'];
const IDS = ['x1', 'x2', 'x3'];

const person = fc
  .record(
    { email: fc.constantFrom(...EMAILS), phone: fc.constantFrom(...PHONES), external_id: fc.constantFrom(...IDS) },
    { requiredKeys: [] },
  )
  .filter((ref) => Object.keys(ref).length > 0);
const named = {
  webinar_id: fc.constantFrom('w1', 'w2', 'w3'),
  person,
  registrant_id: optional(fc.constantFrom('s1', 's2', 's3')),
};

const webinar = fc.record(
  {
    record: fc.constant('webinar' as const),
    webinar_id: named.webinar_id,
    title: fc.constantFrom('', 'Launch', 'Renamed'),
    series: optional(fc.constantFrom('S1', 'S2')),
    course: optional(fc.constantFrom('C1', 'C2')),
    language: optional(fc.constantFrom('English', 'German')),
    format: fc.constantFrom('live' as const, 'recorded' as const),
    status: fc.constantFrom('scheduled' as const, 'finished' as const, 'cancelled' as const),
    host: optional(fc.constant('Host')),
    starts_at: iso(turn),
    duration_minutes: optional(fc.constantFrom(0, 45, 60.5)),
  },
  { requiredKeys: ['record', 'webinar_id', 'title', 'format', 'status', 'starts_at'] },
);
const registration = fc.record(
  {
    record: fc.constant('registration' as const),
    ...named,
    registered_at: iso(few(6).map((hour) => START - hour * 3_600_000)),
    cancelled_at: fc.option(iso(turn), { nil: undefined, freq: 3 }),
    utm_source: optional(fc.constantFrom('', 'google', 'crm')),
    utm_campaign: optional(fc.constantFrom('spring', 'autumn')),
    referrer: optional(fc.constantFrom('', 'example.org')),
  },
  { requiredKeys: ['record', 'webinar_id', 'person', 'registered_at'] },
);
const attendance = fc
  .tuple(
    fc.record(
      { record: fc.constant('attendance' as const), ...named },
      { requiredKeys: ['record', 'webinar_id', 'person'] },
    ),
    joining,
  )
  .map(([who, when]) => ({ ...who, ...when }));
const view = fc.record(
  {
    record: fc.constant('recording_view' as const),
    ...named,
    viewed_at: iso(moment.map((at) => at + 86_400_000)),
    seconds: optional(fc.constantFrom(0, 12.5, 900)),
  },
  { requiredKeys: ['record', 'webinar_id', 'person', 'viewed_at'] },
);

/** A record of a webinar without its key. */
export const webinarRecord = fc
  .oneof(
    { weight: 2, arbitrary: webinar },
    { weight: 4, arbitrary: registration },
    { weight: 5, arbitrary: attendance },
    { weight: 1, arbitrary: view },
  )
  .map((record) =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)),
  ) as fc.Arbitrary<Omit<CanonicalRecord, 'key'>>;

/** Groups of sources, and the same in other words. */
export const GROUPS = {
  lists: {},
  rules: [
    { group: 'Search', when: [{ field: 'source' as const, is: 'google' }] },
    { group: 'Autumn', when: [{ field: 'campaign' as const, is: 'autumn' }] },
  ],
};
export const classifyAs = ({ source, campaign }: Record<string, string>) =>
  source === 'google' ? 'Search' : campaign === 'autumn' ? 'Autumn' : 'Unassigned';

/** The one form of an address. */
export const normaliseAs =
  ({ plusTags, dots }: { plusTags: boolean; dots: boolean }) =>
  (raw: string): string | undefined => {
    const [local = '', domain] = raw.trim().toLowerCase().split('@');
    if (domain === undefined) return undefined;
    const untagged = plusTags ? (local.split('+')[0] ?? '') : local;
    return `${dots && domain === 'gmail.com' ? untagged.split('.').join('') : untagged}@${domain}`;
  };
