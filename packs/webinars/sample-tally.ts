import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { CONNECTORS } from '../../src/connectors/registry.ts';
import { PAGE_HEADERS } from '../../src/contract/pull.ts';
import type { CanonicalRecord, RecordOf } from '../../src/contract/record.ts';
import { sourceFile } from '../../src/contract/source.ts';
import type { SampleEntry } from '../sample/entry.ts';

/** A slow and obvious count of the webinars of the sample from its pages, for the tests: no engine, no projector, no generator. */
export interface WebinarTally {
  id: string;
  series: string;
  region: string;
  course: string;
  language: string;
  status: string;
  format: string;
  /** UTC milliseconds. */
  startsAt: number;
  people: PersonTally[];
}

export interface PersonTally {
  registered: boolean;
  /** Of the first registration that says where they came from. */
  group: string;
  seconds: number;
  joined: boolean;
  viewed: boolean;
  /** service_id, email, phone, unmatched or ambiguous; '' where nobody came. */
  matchedBy: string;
}

type Registration = RecordOf<'registration'>;
type Attendance = RecordOf<'attendance'>;
type View = RecordOf<'recording_view'>;

const file = new URL('../sample/sources/webinars.yaml', import.meta.url);
const { sources } = sourceFile.parse(parse(readFileSync(file, 'utf8').replaceAll('${SAMPLE_TOKEN}', 'a-test-token')));

/** Every record as it stands at the end, by source and key: a later page replaces an earlier one. */
export function recordsOfPages(entries: Iterable<SampleEntry>): { records: CanonicalRecord[]; poison: string[] } {
  const standing = new Map<string, CanonicalRecord>();
  const poison: string[] = [];
  let seq = 0;
  for (const entry of entries) {
    const source = sources.find(({ name }) => name === entry.source);
    const connector = CONNECTORS.get(source?.connector ?? '');
    if (source === undefined || connector === undefined) continue;
    const settings = connector.settings.parse(source.settings);
    for (const item of connector.parse(
      { ...entry, seq: ++seq },
      { source: source.name, settings, defaults: source.defaults },
    )) {
      if (!item.ok) poison.push(`${entry.headers[PAGE_HEADERS.stream]}: ${item.reason}`);
      else if (item.record.record === 'deletion') standing.delete(`${entry.source} ${item.record.key}`);
      else standing.set(`${entry.source} ${item.record.key}`, item.record);
    }
  }
  return { records: [...standing.values()], poison };
}

export function tallyWebinars(records: readonly CanonicalRecord[]): WebinarTally[] {
  const of = <K extends CanonicalRecord['record']>(kind: K) =>
    records.filter((record): record is RecordOf<K> => record.record === kind);
  const registrations = Map.groupBy(of('registration'), (record) => record.webinar_id);
  const attendances = Map.groupBy(of('attendance'), (record) => record.webinar_id);
  const views = Map.groupBy(of('recording_view'), (record) => record.webinar_id);
  // Where two services describe a webinar, BigMarker stands before Zoom: it comes first in the order of records of a morning.
  const webinars = Map.groupBy(of('webinar'), (record) => record.webinar_id);
  return [...webinars].map(([id, [webinar]]) => {
    if (webinar === undefined) throw new Error(`nothing describes ${id}`);
    const startsAt = Date.parse(webinar.starts_at);
    return {
      id,
      series: webinar.series ?? '',
      region: webinar.region ?? '',
      course: webinar.course ?? '',
      language: webinar.language ?? '',
      status: webinar.status,
      format: webinar.format,
      startsAt,
      people: tallyPeople(startsAt, registrations.get(id) ?? [], attendances.get(id) ?? [], views.get(id) ?? []),
    };
  });
}

const emailOf = (record: Registration | Attendance | View): string => record.person.email?.trim().toLowerCase() ?? '';

/** The address, else the number, else what the service calls them. */
const nameOf = (record: Registration | Attendance | View): string =>
  emailOf(record) || record.person.phone || record.person.external_id || '';

function tallyPeople(
  startsAt: number,
  registrations: Registration[],
  attendances: Attendance[],
  views: View[],
): PersonTally[] {
  const signedUp = Map.groupBy(registrations, nameOf);
  const came = Map.groupBy(attendances, (attendance) => findRegistrant(attendance, registrations));
  const watched = new Set(views.map((view) => findRegistrant(view, registrations).split('|')[0] ?? ''));
  const people = new Map<string, PersonTally>();
  const personOf = (name: string): PersonTally => {
    const known = people.get(name);
    if (known !== undefined) return known;
    const fresh = { registered: false, group: '', seconds: 0, joined: false, viewed: false, matchedBy: '' };
    people.set(name, fresh);
    return fresh;
  };
  for (const [name, all] of signedUp) {
    const valid = all.filter(({ cancelled_at }) => cancelled_at === undefined || Date.parse(cancelled_at) >= startsAt);
    const person = personOf(name);
    person.registered = valid.length > 0;
    if (person.registered) person.group = groupOf(valid);
  }
  const stays = new Map<string, Attendance[]>();
  for (const [found, all] of came) {
    const [name = '', by = ''] = found.split('|');
    personOf(name).matchedBy = by;
    stays.set(name, [...(stays.get(name) ?? []), ...all]);
  }
  for (const [name, all] of stays) Object.assign(personOf(name), { joined: true, seconds: secondsOf(all) });
  for (const name of watched) personOf(name).viewed = true;
  return [...people.values()];
}

/** `who|how`: whose registration it is, by the service's id, then the address, then the number. */
function findRegistrant(record: Attendance | View, registrations: readonly Registration[]): string {
  const { phone } = record.person;
  const email = emailOf(record);
  const ways: [string, (registration: Registration) => boolean][] = [
    ['service_id', ({ registrant_id: id }) => id !== undefined && id === record.registrant_id],
    ['email', (registration) => email !== '' && emailOf(registration) === email],
    ['phone', ({ person }) => phone !== undefined && person.phone === phone],
  ];
  for (const [how, fits] of ways) {
    const names = new Set(registrations.filter(fits).map(nameOf));
    if (names.size === 1) return `${[...names][0]}|${how}`;
    if (names.size > 1) return `${nameOf(record)}|ambiguous`;
  }
  return `${nameOf(record)}|unmatched`;
}

/** Second by second: in the room, or out of it for a minute at most between two seconds in it. */
function secondsOf(stays: readonly Attendance[]): number {
  const spans = stays.flatMap(({ joined_at, left_at }) => {
    const from = Date.parse(joined_at) / 1000;
    const to = left_at === undefined ? from : Date.parse(left_at) / 1000;
    return to > from ? [{ from, to }] : [];
  });
  const first = Math.min(...spans.map(({ from }) => from));
  const inside: boolean[] = [];
  for (const { from, to } of spans) for (let second = from; second < to; second++) inside[second - first] = true;
  let seconds = 0;
  let outside = 0;
  for (let second = 0; second < inside.length; second++) {
    if (inside[second] === true) {
      seconds += 1 + (outside <= 60 ? outside : 0);
      outside = 0;
    } else outside++;
  }
  return seconds;
}

const GROUPS: Readonly<Record<string, string>> = {
  'newsletter/email': 'Email',
  'sendgrid/email': 'Email',
  'whatsapp/message': 'WhatsApp',
  'google/organic': 'Organic Search',
  'bing/organic': 'Organic Search',
  'google/cpc': 'Paid Search',
  'instagram/social': 'Organic Social',
  'linkedin/social': 'Organic Social',
  'partners.example.org/referral': 'Referral',
  'blog.example.net/referral': 'Referral',
  'trade-fair/qr': 'Unassigned',
  'tiktok/cpc': 'Paid Social',
  '': 'Direct',
};

function groupOf(registrations: readonly Registration[]): string {
  const ordered = registrations.toSorted((a, b) => Date.parse(a.registered_at) - Date.parse(b.registered_at));
  const saying = ordered.find(({ utm_source, referrer }) => utm_source !== undefined || referrer !== undefined);
  const { utm_source, utm_medium, referrer } = saying ?? {};
  const said =
    utm_source === undefined
      ? referrer === undefined
        ? ''
        : `${referrer}/referral`
      : `${utm_source}/${utm_medium ?? ''}`;
  return GROUPS[said] ?? `? ${said}`;
}
