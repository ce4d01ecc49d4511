import type { CanonicalRecord, RecordOf } from '../../src/contract/record.ts';
import type { MatchKind } from '../../src/contract/words.ts';

/**
 * Who took part in webinars, the slow and obvious way: lists gone through again and again, people by name instead of by number, time
 * cut into pieces. Written apart from the projector.
 */

export interface KnownRecord {
  source: string;
  /** Hash of source and key: what is otherwise equal is told apart by it. */
  id: bigint;
  /** UTC milliseconds. */
  observed: number;
  record: CanonicalRecord;
}

export interface ReferenceRules {
  match: readonly MatchKind[];
  gapSeconds: number;
  /** An address in its one form; undefined where it is none. */
  email(raw: string): string | undefined;
  /** Staff and testers, by name as `nameOf` gives it. */
  excluded(name: string): boolean;
  classify(touch: Record<string, string>): string;
  /** One name for all addresses that were tied together: `email:dana@example.com` → the same for her phone. */
  tied(name: string): string;
}

export interface ReferencePart {
  webinar: string;
  /** '' in the row of the webinar itself. */
  person: string;
  title: string;
  series: string;
  course: string;
  language: string;
  region: string;
  format: string;
  status: string;
  host: string;
  source: string;
  starts_at: number;
  ends_at: number | null;
  registered: boolean;
  registered_at: number | null;
  cancelled_at: number | null;
  utm_source: string;
  utm_campaign: string;
  referrer: string;
  source_group: string;
  joins: number;
  /** Milliseconds. */
  time: number;
  first_joined_at: number | null;
  last_left_at: number | null;
  viewed: boolean;
  recording_viewed_at: number | null;
  recording_time: number;
  matched_by: string;
  /** [from, to] */
  stays: [number, number][];
}

type Coming = RecordOf<'attendance'> | RecordOf<'recording_view'>;
type Known<Kind extends CanonicalRecord['record']> = KnownRecord & { record: RecordOf<Kind> };
type Person = Coming | RecordOf<'registration'>;

/** Rows of every webinar that is known. */
export function participationsOf(records: readonly KnownRecord[], rules: ReferenceRules): ReferencePart[] {
  const ids = new Set(records.flatMap(({ record }) => ('webinar_id' in record ? [record.webinar_id.trim()] : [])));
  return [...ids].flatMap((webinar) =>
    partsOf(
      webinar,
      records.filter(({ record }) => 'webinar_id' in record && record.webinar_id.trim() === webinar),
      rules,
    ),
  );
}

function partsOf(webinar: string, records: readonly KnownRecord[], rules: ReferenceRules): ReferencePart[] {
  const of = <Kind extends CanonicalRecord['record']>(kind: Kind) =>
    records.filter((known): known is Known<Kind> => known.record.record === kind);
  const registrations = of('registration');
  const comings = [...of('attendance'), ...of('recording_view')];

  const namesIn = (record: Person) => {
    const ref = record.person;
    const email = ref.email === undefined ? undefined : rules.email(ref.email);
    return {
      email: nameOf('email', email, rules),
      phone: nameOf('phone', ref.phone?.replaceAll(/[^+\d]/g, ''), rules),
      external_id: nameOf('external_id', ref.external_id?.trim(), rules),
      service_id: record.registrant_id?.trim() ?? '',
    };
  };
  const ownName = (known: KnownRecord & { record: Person }): string => {
    const { email, phone, external_id } = namesIn(known.record);
    if (email !== '') return email;
    if (phone !== '') return phone;
    if (external_id !== '') return external_id;
    const { registrant_id, key } = known.record;
    const own = registrant_id === undefined ? `record:${known.source}:${key}` : `registrant:${registrant_id}`;
    return nameOf('external_id', own, rules);
  };
  const whoHas = (
    some: readonly { known: Known<'registration'>; person: string }[],
    kind: MatchKind,
    record: Person,
  ): Set<string> => {
    const value = namesIn(record)[kind];
    const found = new Set<string>();
    if (value === '') return found;
    for (const { known, person } of some)
      if (namesIn(known.record)[kind] === value || (kind !== 'service_id' && person === value)) found.add(person);
    return found;
  };

  const firm = registrations
    .filter(({ record }) => namesIn(record).email !== '')
    .map((known) => ({ known, person: ownName(known) }));
  const registrants = registrations.map((known) => {
    if (namesIn(known.record).email !== '') return { known, person: ownName(known) };
    for (const kind of rules.match) {
      const found = whoHas(firm, kind, known.record);
      if (found.size > 1) break;
      for (const person of found) return { known, person };
    }
    return { known, person: ownName(known) };
  });
  const matched = comings.flatMap((known) => {
    if (rules.excluded(namesIn(known.record).email)) return [];
    const own = ownName(known);
    let way: string = 'unmatched';
    for (const kind of rules.match) {
      const found = whoHas(registrants, kind, known.record);
      if (found.size === 1) return [{ known, person: [...found][0] ?? '', way: kind as string }];
      if (found.size > 1) {
        way = 'ambiguous';
        break;
      }
    }
    if (registrants.some(({ person }) => person === own)) {
      const names = namesIn(known.record);
      way = names.email !== '' ? 'email' : names.phone !== '' ? 'phone' : 'external_id';
    }
    return [{ known, person: own, way }];
  });

  const people = [...new Set([...registrants, ...matched].map(({ person }) => person))].filter(
    (person) => !rules.excluded(person),
  );
  if (people.length === 0 && of('webinar').length === 0) return [];
  const about = describe(
    webinar,
    of('webinar'),
    registrants.filter(({ person }) => people.includes(person)).map(({ known }) => known.record),
    matched.filter(({ person }) => people.includes(person)).map(({ known }) => known.record),
  );
  const started = of('webinar').length === 0 ? null : about.starts_at;
  return ['', ...people].map((person) => {
    const own = registrants.filter((one) => one.person === person).map(({ known }) => known);
    const theirs = matched.filter((one) => one.person === person);
    return { ...about, person, ...partOf(own, theirs, started, rules) };
  });
}

function nameOf(kind: string, value: string | undefined, rules: ReferenceRules): string {
  return value === undefined || value === '' ? '' : rules.tied(`${kind}:${value}`);
}

function describe(
  webinar: string,
  records: readonly Known<'webinar'>[],
  registrations: readonly RecordOf<'registration'>[],
  comings: readonly Coming[],
) {
  const ranked = [...records].sort((a, b) =>
    a.source !== b.source ? (a.source < b.source ? -1 : 1) : b.observed - a.observed || (a.id < b.id ? -1 : 1),
  );
  const has = (field: keyof RecordOf<'webinar'>) =>
    String(ranked.map(({ record }) => record[field]).find((value) => value !== undefined && value !== '') ?? '');
  const joins = comings.flatMap((one) => (one.record === 'attendance' ? [Date.parse(one.joined_at)] : []));
  const views = comings.flatMap((one) => (one.record === 'recording_view' ? [Date.parse(one.viewed_at)] : []));
  const signUps = registrations.map((one) => Date.parse(one.registered_at));
  let starts = Math.min(...views);
  if (signUps.length > 0) starts = Math.max(...signUps);
  if (joins.length > 0) starts = Math.min(...joins);
  if (ranked[0] !== undefined) starts = Date.parse(ranked[0].record.starts_at);
  const minutes = has('duration_minutes');
  return {
    webinar,
    title: has('title'),
    series: has('series'),
    course: has('course'),
    language: has('language'),
    region: has('region'),
    format: has('format'),
    status: has('status'),
    host: has('host'),
    source: ranked[0]?.source ?? '',
    starts_at: starts,
    ends_at: minutes === '' ? null : starts + Number(minutes) * 60_000,
  };
}

const TOUCH = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term', 'referrer'] as const;

function partOf(
  registrations: readonly Known<'registration'>[],
  comings: readonly { known: KnownRecord & { record: Coming }; way: string }[],
  started: number | null,
  rules: ReferenceRules,
) {
  const stands = ({ record: { cancelled_at } }: Known<'registration'>) =>
    cancelled_at === undefined || (started !== null && Date.parse(cancelled_at) >= started);
  const standing = registrations.filter(stands).sort((a, b) => {
    const difference = Date.parse(a.record.registered_at) - Date.parse(b.record.registered_at);
    return difference || (a.id < b.id ? -1 : 1);
  });
  const saying = standing.find(({ record }) => TOUCH.some((name) => (record[name] ?? '') !== ''))?.record;
  const said = (name: (typeof TOUCH)[number]) => saying?.[name] ?? '';
  const attendances = comings.flatMap(({ known: { record } }) => (record.record === 'attendance' ? [record] : []));
  const views = comings.flatMap(({ known: { record } }) => (record.record === 'recording_view' ? [record] : []));
  const kind = attendances.length > 0 ? 'attendance' : 'recording_view';
  const ways = comings.filter(({ known }) => known.record.record === kind).map(({ way }) => way);
  const stays = staysOf(attendances, rules.gapSeconds * 1000);
  const left = attendances.map(leftAt).filter((at) => at !== null);
  const cancellations = registrations.flatMap(({ record: { cancelled_at } }) =>
    cancelled_at === undefined ? [] : [Date.parse(cancelled_at)],
  );
  return {
    registered: standing.length > 0,
    registered_at: standing[0] === undefined ? null : Date.parse(standing[0].record.registered_at),
    cancelled_at:
      cancellations.length > 0 && cancellations.length === registrations.length ? Math.max(...cancellations) : null,
    utm_source: said('utm_source'),
    utm_campaign: said('utm_campaign'),
    referrer: said('referrer'),
    source_group:
      standing.length === 0
        ? ''
        : rules.classify(Object.fromEntries(TOUCH.map((name) => [name.replace('utm_', ''), said(name)]))),
    joins: attendances.length,
    time: stays.reduce((sum, [from, to]) => sum + to - from, 0),
    first_joined_at:
      attendances.length === 0 ? null : Math.min(...attendances.map(({ joined_at }) => Date.parse(joined_at))),
    last_left_at: left.length === 0 ? null : Math.max(...left),
    viewed: views.length > 0,
    recording_viewed_at: views.length === 0 ? null : Math.min(...views.map(({ viewed_at }) => Date.parse(viewed_at))),
    recording_time: views.reduce((sum, { seconds }) => sum + (seconds ?? 0) * 1000, 0),
    matched_by:
      [...rules.match, 'service_id', 'email', 'phone', 'external_id', 'ambiguous', 'unmatched'].find((way) =>
        ways.includes(way),
      ) ?? '',
    stays,
  };
}

/** Milliseconds; null where nobody said. */
export function leftAt({ joined_at, left_at, seconds }: RecordOf<'attendance'>): number | null {
  const joined = Date.parse(joined_at);
  const ends = [
    ...(left_at === undefined ? [] : [Date.parse(left_at)]),
    ...(seconds === undefined ? [] : [joined + seconds * 1000]),
  ];
  return ends.length === 0 ? null : Math.max(joined, Math.min(...ends));
}

/** Time is cut wherever somebody comes or goes; a piece counts when somebody is there, or when it lies in a gap that is short enough. */
export function staysOf(attendances: readonly RecordOf<'attendance'>[], gapMs: number): [number, number][] {
  const rooms = attendances
    .map((one) => ({ from: Date.parse(one.joined_at), to: leftAt(one) ?? Date.parse(one.joined_at) }))
    .filter(({ from, to }) => to > from);
  const cuts = [...new Set(rooms.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const pieces = cuts.slice(1).map((to, index) => {
    const from = cuts[index] ?? 0;
    const there = rooms.some((room) => room.from <= from && room.to >= to);
    // Between two cuts where nobody is there lies a whole gap.
    return { from, to, counts: there || to - from <= gapMs };
  });
  const stays: [number, number][] = [];
  let before: { to: number; counts: boolean } | undefined;
  for (const piece of pieces) {
    const open = stays.at(-1);
    if (piece.counts && open !== undefined && before?.counts === true) open[1] = piece.to;
    else if (piece.counts) stays.push([piece.from, piece.to]);
    before = piece;
  }
  return stays;
}
