import type { MatchKind } from '../contract/words.ts';
import { hashKey, type Key } from './hash.ts';
import { createMatcher, type Match, type Named } from './match-attendance.ts';
import { endOfJoin, type Join, lengthOf, mergeStays } from './merge-stays.ts';
import type { ParticipationRules } from './participation-rules.ts';
import { compareKey, compareText } from './person.ts';
import type { TableRow } from './rows.ts';

/** Everything that is known of one webinar. */
export interface WebinarFacts {
  records: readonly TableRow<'webinar_records'>[];
  registrations: readonly TableRow<'registrations'>[];
  attendances: readonly TableRow<'attendances'>[];
  views: readonly TableRow<'recording_views'>[];
}

export interface People {
  /** The number by which a person goes now. */
  root(person: number): number;
  /** Staff and testers. @param person a root */
  isExcluded(person: number): boolean;
}

type Stored = 'version' | 'is_deleted' | 'digest';
export type ParticipationRow = Omit<TableRow<'participations'>, Stored>;
export type StayRow = Omit<TableRow<'stays'>, Stored>;

interface Registration extends Named {
  at: number;
  cancelledAt: number | null;
  key: Key;
  touch: Record<(typeof TOUCH)[number], string>;
}

const TOUCH = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term', 'referrer'] as const;

/** What one person did in a webinar. */
interface Part {
  registrations: Registration[];
  joins: Join[];
  views: { at: number; seconds: number }[];
  joinedBy: Set<Match['matchedBy']>;
  viewedBy: Set<Match['matchedBy']>;
}

/**
 * The rows of one webinar: one per person who registered, joined or watched the recording, and one for the webinar itself. Pure; the
 * order of the records makes no difference. None where nothing is known of the webinar.
 */
export function participationRows(
  webinar: string,
  facts: WebinarFacts,
  people: People,
  rules: ParticipationRules,
): { participations: ParticipationRow[]; stays: StayRow[] } {
  const parts = gatherParts(facts, people, rules.match);
  if (facts.records.length === 0 && parts.size === 0) return { participations: [], stays: [] };
  const about = describeWebinar(webinar, facts.records, parts.values());
  const started = facts.records.length === 0 ? null : about.starts_at;
  const participations: ParticipationRow[] = [{ ...about, ...partRow(webinar, 0, NOTHING, [], started, rules) }];
  const stays: StayRow[] = [];
  for (const [person, part] of parts) {
    const intervals = mergeStays(part.joins, rules.gapMs);
    const row = partRow(webinar, person, part, intervals, started, rules);
    participations.push({ ...about, ...row });
    for (const { from, to } of intervals) {
      const stay = hashKey('stay', webinar, String(person), String(from));
      const { participation } = row;
      stays.push({ stay, participation, webinar, person, joined_at: from, left_at: to, seconds: decimal(to - from) });
    }
  }
  return { participations, stays };
}

const NOTHING: Part = { registrations: [], joins: [], views: [], joinedBy: new Set(), viewedBy: new Set() };

/** Everything of a webinar by person, without staff and testers: they are left out once it is known whose it is. */
function gatherParts(facts: WebinarFacts, people: People, match: readonly MatchKind[]): Map<number, Part> {
  const parts = new Map<number, Part>();
  const partOf = (person: number): Part | undefined => {
    if (person === 0 || people.isExcluded(person)) return undefined;
    const part = parts.get(person) ?? {
      registrations: [],
      joins: [],
      views: [],
      joinedBy: new Set(),
      viewedBy: new Set(),
    };
    parts.set(person, part);
    return part;
  };
  const namedIn = (row: TableRow<'registrations' | 'attendances' | 'recording_views'>): Named => ({
    email: people.root(Number(row.person_email)),
    phone: people.root(Number(row.person_phone)),
    external: people.root(Number(row.person_external)),
    registrantId: String(row.registrant_id),
  });
  const registrations = facts.registrations.map(
    (row): Registration => ({
      ...namedIn(row),
      at: Number(row.registered_at),
      cancelledAt: numberOrNull(row.cancelled_at),
      key: String(row.record),
      touch: Object.fromEntries(TOUCH.map((name) => [name, String(row[name])])) as Registration['touch'],
    }),
  );
  const matcher = createMatcher(registrations, match);
  for (const [index, registration] of registrations.entries())
    partOf(matcher.people[index] ?? 0)?.registrations.push(registration);
  const partOfCame = (named: Named) => {
    if (people.isExcluded(named.email)) return undefined;
    const { person, matchedBy } = matcher.match(named);
    const part = partOf(person);
    return part === undefined ? undefined : { part, matchedBy };
  };
  for (const row of facts.attendances) {
    const found = partOfCame(namedIn(row));
    const seconds = numberOrNull(row.seconds);
    found?.part.joins.push({ joinedAt: Number(row.joined_at), leftAt: numberOrNull(row.left_at), seconds });
    found?.part.joinedBy.add(found.matchedBy);
  }
  for (const row of facts.views) {
    const found = partOfCame(namedIn(row));
    found?.part.views.push({ at: Number(row.viewed_at), seconds: Number(row.seconds ?? 0) });
    found?.part.viewedBy.add(found.matchedBy);
  }
  return parts;
}

type About = Pick<
  ParticipationRow,
  | 'webinar'
  | 'title'
  | 'series'
  | 'course'
  | 'language'
  | 'region'
  | 'format'
  | 'status'
  | 'host'
  | 'source'
  | 'starts_at'
  | 'ends_at'
>;

/** Each field from the source first by name that has it; of one source, from what was observed last. */
function describeWebinar(
  webinar: string,
  records: readonly TableRow<'webinar_records'>[],
  parts: Iterable<Part>,
): About & { starts_at: number } {
  const ranked = records.toSorted(
    (a, b) =>
      compareText(String(a.source), String(b.source)) ||
      Number(b.observed_at) - Number(a.observed_at) ||
      compareKey(String(a.record), String(b.record)),
  );
  const first = (name: 'title' | 'series' | 'course' | 'language' | 'region' | 'format' | 'status' | 'host') =>
    String(ranked.find((record) => record[name] !== '')?.[name] ?? '');
  const [foremost] = ranked;
  const starts = foremost === undefined ? startWithoutRecord([...parts]) : Number(foremost.starts_at);
  const minutes = ranked.find((record) => record.duration_minutes !== null)?.duration_minutes;
  return {
    webinar,
    title: first('title'),
    series: first('series'),
    course: first('course'),
    language: first('language'),
    region: first('region'),
    format: first('format'),
    status: first('status'),
    host: first('host'),
    source: foremost === undefined ? '' : String(foremost.source),
    starts_at: starts,
    ends_at: minutes == null ? null : starts + Math.round(Number(minutes) * 60_000),
  };
}

/** The earliest join, else the latest registration, else the earliest view. */
function startWithoutRecord(parts: readonly Part[]): number {
  const joins = parts.flatMap(({ joins: some }) => some.map(({ joinedAt }) => joinedAt));
  const registrations = parts.flatMap(({ registrations: some }) => some.map(({ at }) => at));
  const views = parts.flatMap(({ views: some }) => some.map(({ at }) => at));
  return least(joins) ?? greatest(registrations) ?? least(views) ?? 0;
}

/** @param started start of the webinar, UTC milliseconds; null where no source describes it */
function partRow(
  webinar: string,
  person: number,
  { registrations, joins, views, joinedBy, viewedBy }: Part,
  intervals: readonly { from: number; to: number }[],
  started: number | null,
  { match, classify }: ParticipationRules,
): Omit<ParticipationRow, keyof About> & { participation: Key } {
  const standing = registrations
    .filter(({ cancelledAt }) => cancelledAt === null || (started !== null && cancelledAt >= started))
    .sort((a, b) => a.at - b.at || compareKey(a.key, b.key));
  const touch = standing.map((one) => one.touch).find((said) => TOUCH.some((name) => said[name] !== ''));
  const cancellations = registrations.map(({ cancelledAt }) => cancelledAt);
  const leaves = joins.flatMap((join) => endOfJoin(join) ?? []);
  return {
    participation: hashKey('participation', webinar, String(person)),
    person,
    registered: standing.length > 0 ? 1 : 0,
    registered_at: standing[0]?.at ?? null,
    cancelled_at: cancellations.includes(null) ? null : greatest(cancellations.filter((at) => at !== null)),
    utm_source: touch?.utm_source ?? '',
    utm_medium: touch?.utm_medium ?? '',
    utm_campaign: touch?.utm_campaign ?? '',
    utm_content: touch?.utm_content ?? '',
    utm_term: touch?.utm_term ?? '',
    referrer: touch?.referrer ?? '',
    source_group:
      standing.length === 0
        ? ''
        : classify({
            source: touch?.utm_source ?? '',
            medium: touch?.utm_medium ?? '',
            campaign: touch?.utm_campaign ?? '',
            content: touch?.utm_content ?? '',
            term: touch?.utm_term ?? '',
            referrer: touch?.referrer ?? '',
          }),
    joined: joins.length > 0 ? 1 : 0,
    seconds: decimal(lengthOf(intervals)),
    joins: joins.length,
    first_joined_at: least(joins.map(({ joinedAt }) => joinedAt)),
    last_left_at: greatest(leaves),
    viewed_recording: views.length > 0 ? 1 : 0,
    recording_viewed_at: least(views.map(({ at }) => at)),
    recording_seconds: decimal(views.reduce((sum, { seconds }) => sum + Math.round(seconds * 1000), 0)),
    matched_by: surest(joins.length > 0 ? joinedBy : viewedBy, match),
  };
}

/** Of several ways the one that comes first in the rules. */
function surest(ways: ReadonlySet<Match['matchedBy']>, match: readonly MatchKind[]): string {
  const order: readonly Match['matchedBy'][] = [
    ...match,
    'service_id',
    'email',
    'phone',
    'external_id',
    'ambiguous',
    'unmatched',
  ];
  return order.find((way) => ways.has(way)) ?? '';
}

/** Seconds with three decimals, 0 as the number: the warehouse's default. */
const decimal = (milliseconds: number): string | number => (milliseconds === 0 ? 0 : (milliseconds / 1000).toFixed(3));
const numberOrNull = (cell: string | number | null): number | null => (cell === null ? null : Number(cell));

const least = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((a, b) => Math.min(a, b));
const greatest = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b));
