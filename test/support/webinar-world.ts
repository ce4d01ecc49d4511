import { createHash } from 'node:crypto';
import { seededRandom } from './seeded-random.ts';

/**
 * Webinars as they were, whatever service ran them: what the fakes of the services tell, each in its own words, and what tests compute
 * the truth from. A world may be changed between two runs (a late join, a renamed course, a cancelled webinar): the fakes read it anew
 * for every request.
 */

export interface WorldUtm {
  source?: string;
  medium?: string;
  campaign?: string;
  content?: string;
  term?: string;
}

/** Someone at one webinar. The same human at two webinars is two of these with the same e-mail address. */
export interface WorldPerson {
  /** Unique in the world; the services' ids are made of it (`worldHex`, `worldNumber`). */
  id: string;
  first_name: string;
  last_name: string;
  /** As it was typed: ` Dana.Lopez@Example.com `. */
  email?: string;
  phone?: string;
  /** The team's own id, where the service can carry one. */
  external_id?: string;
  /** Instant; absent: nobody signed them up (a walk-in). */
  registered_at?: string;
  /** Instant at which the registration was cancelled or denied. */
  cancelled_at?: string;
  utm?: WorldUtm;
  /** Host of the page that led to the sign-up. */
  referrer?: string;
  /** Live; re-joins and second devices are stays of their own. */
  stays: WorldStay[];
  /** Of the recording. */
  views: { viewed_at: string; seconds: number }[];
}

export interface WorldStay {
  /** Instant. */
  joined_at: string;
  /** Absent: the service does not know when they left. */
  left_at?: string;
}

export interface WorldWebinar {
  /** Unique in the world; the services' ids are made of it. */
  id: string;
  /** The team's own key of the webinar, the same in every service that knows it. */
  key?: string;
  title: string;
  series: string;
  course: string;
  region: string;
  /** ISO 639-1: en, id, es. */
  language: string;
  mode: 'live' | 'recorded' | 'on_demand';
  /** Instant. */
  starts_at: string;
  duration_minutes: number;
  /** IANA, and as Rails names it. */
  time_zone: string;
  rails_zone: string;
  /** Cancelled at this instant. */
  cancelled_at?: string;
  /** Occurrences of one recurring webinar share it. */
  recurring?: string;
  host: { name: string; email: string };
  presenters: { name: string; email: string }[];
  people: WorldPerson[];
}

export interface WebinarWorld {
  webinars: WorldWebinar[];
}

/** A stable hexadecimal id of a service. */
export function worldHex(id: string, length = 12): string {
  return createHash('sha256').update(id).digest('hex').slice(0, length);
}

/** A stable number of a service with exactly so many digits, as text: 19 do not fit into a JavaScript number. */
export function worldNumber(id: string, digits: number): string {
  const number = BigInt(`0x${createHash('sha256').update(id).digest('hex').slice(0, 30)}`);
  const lowest = 10n ** BigInt(digits - 1);
  // Ids of services are 64-bit: stay below 2^63.
  const span = digits >= 19 ? 8n * lowest : 9n * lowest;
  return String(lowest + (number % span));
}

/** `source.medium.campaign`, as tools with one field for the source carry it; undefined where there is none. */
export function packedSource(utm: WorldUtm | undefined): string | undefined {
  if (utm?.source === undefined) return undefined;
  const parts = [utm.source, utm.medium, utm.campaign];
  while (parts.at(-1) === undefined) parts.pop();
  return parts.map((part) => part ?? '').join('.');
}

/** The end as planned. */
export function worldEnd(webinar: WorldWebinar): string {
  return instantAt(webinar.starts_at, webinar.duration_minutes * 60);
}

/** Instant + seconds, ISO with Z and no milliseconds. */
export function instantAt(instant: string, seconds: number): string {
  return new Date(Date.parse(instant) + seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** A person with nothing but what is given: `person('dana', { email: …, registered_at: … })`. */
export function worldPerson(id: string, fields: Partial<WorldPerson> = {}): WorldPerson {
  return { id, first_name: 'Dana', last_name: 'Lopez', stays: [], views: [], ...fields };
}

/** A webinar of an hour with usual details. */
export function worldWebinar(id: string, fields: Partial<WorldWebinar> & { starts_at: string }): WorldWebinar {
  return {
    id,
    title: 'Scaling onboarding',
    series: 'Onboarding',
    course: 'Basics',
    region: 'North',
    language: 'en',
    mode: 'live',
    duration_minutes: 60,
    time_zone: 'America/New_York',
    rails_zone: 'Eastern Time (US & Canada)',
    host: { name: 'Sam Rivera', email: 'sam.rivera@host.example.com' },
    presenters: [],
    people: [],
    ...fields,
  };
}

export interface WorldPlan {
  seed: number;
  /** Instant of the first webinar; they follow each other by `every_hours`. */
  first: string;
  webinars: number;
  every_hours?: number;
  /** Registrations of each, about. */
  people: number;
}

const REGIONS = ['North', 'South', 'West'];
const COURSES = ['Basics', 'Automation', 'Analytics'];
const LANGUAGES = ['en', 'es', 'id'];
const SOURCES: readonly WorldUtm[] = [
  { source: 'whatsapp', medium: 'message', campaign: 'wbn-r1' },
  { source: 'newsletter', medium: 'email', campaign: 'wbn-r1' },
  { source: 'google', medium: 'cpc', campaign: 'brand' },
];

/** Webinars with people of every sort, the same for the same seed; for reads that are to be long rather than told one by one. */
export function makeWorld({ seed, first, webinars, every_hours: every = 26, people }: WorldPlan): WebinarWorld {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return {
    webinars: Array.from({ length: webinars }, (_, number) => {
      const starts_at = instantAt(first, number * every * 3600);
      const [region, course, language] = [pick(REGIONS), pick(COURSES), pick(LANGUAGES)];
      return worldWebinar(`w${number + 1}`, {
        key: `wbn-${String(number + 1).padStart(4, '0')}`,
        title: `${course} for ${region}`,
        series: `${course} ${region}`,
        starts_at,
        region,
        course,
        language,
        mode: random() < 0.8 ? 'live' : 'recorded',
        presenters: [{ name: 'Kim Novak', email: 'kim.novak@host.example.com' }],
        people: Array.from({ length: Math.max(1, Math.round(people * (0.5 + random()))) }, (_, index) =>
          makePerson(`w${number + 1}-p${index + 1}`, starts_at, random, pick(SOURCES)),
        ),
      });
    }),
  };
}

function makePerson(id: string, starts: string, random: () => number, utm: WorldUtm): WorldPerson {
  const walkIn = random() < 0.05;
  const registered_at = instantAt(starts, -Math.round(60 + random() * 9 * 86_400));
  const cancelled = !walkIn && random() < 0.04;
  const stays: WorldStay[] = [];
  if (walkIn || (!cancelled && random() < 0.4)) {
    const joined_at = instantAt(starts, Math.round(random() * 900) - 300);
    const left_at = instantAt(joined_at, Math.round(random() * 3_000));
    stays.push({ joined_at, left_at });
    if (random() < 0.2) stays.push({ joined_at: instantAt(left_at, 120), left_at: instantAt(left_at, 600) });
    // A second device, while the first is in the room.
    if (random() < 0.1) stays.push({ joined_at: instantAt(joined_at, 5), left_at });
  }
  return worldPerson(id, {
    first_name: 'Person',
    last_name: id,
    email: random() < 0.1 ? ` ${id.toUpperCase()}@Example.com ` : `${id}@example.com`,
    ...(walkIn ? {} : { registered_at }),
    ...(random() < 0.3 ? { phone: `+1 202 555 01${String(Math.floor(random() * 100)).padStart(2, '0')}` } : {}),
    ...(cancelled ? { cancelled_at: instantAt(registered_at, 30) } : {}),
    ...(random() < 0.8 ? { utm } : { referrer: 'www.example.com' }),
    stays,
    views: random() < 0.1 ? [{ viewed_at: instantAt(starts, 90_000), seconds: Math.round(random() * 3_000) }] : [],
  });
}
