import { Lottery, type Random } from '../../sample/random.ts';
import { CLOCK, DAY_MS, HOUR_MS, ZONE_MS } from '../../sample/time.ts';
import type { Audience, Learner } from './audience.ts';
import { LATE_NIGHT, MONTH_VOLUME, NEW_SOURCE, NEW_SOURCE_FROM, ORIGINS, type Origin, STORY_START } from './story.ts';
import type { PlannedWebinar } from './webinar-calendar.ts';

/** A stay in the room; UTC milliseconds, whole seconds. `left` is absent where the service does not know it. */
export interface Stay {
  joined: number;
  left?: number;
}

/** A person at one webinar, as the services know them. */
export interface Guest {
  learner: Learner;
  webinar: PlannedWebinar;
  /** Absent: nobody signed them up. */
  registration?: SignUp;
  /** A second registration under the same address, later. */
  again?: { at: number; email: string };
  stays: Stay[];
  /** As the service of the room knows them, where that is not as they signed up. */
  room?: {
    /** '' for none. */
    email?: string;
    phone?: string;
    /** Came by somebody else's link: the room does not know that they signed up. */
    stranger?: true;
  };
  /** Watched the recording. */
  viewed?: { at: number; seconds: number };
}

export interface SignUp {
  at: number;
  /** As it was typed; absent where only a phone number was taken. */
  email?: string;
  phone?: string;
  cancelledAt?: number;
  origin: Origin;
  campaign?: string;
}

/** As links carry it to services that do not tell the page before the sign-up: it stands as a referral. */
export function utmOf({ origin, campaign }: SignUp): {
  utm_source: string | undefined;
  utm_medium: string | undefined;
  utm_campaign: string | undefined;
} {
  const referral = origin.source === undefined && origin.referrer !== undefined;
  return {
    utm_source: referral ? origin.referrer : origin.source,
    utm_medium: referral ? 'referral' : origin.medium,
    utm_campaign: campaign,
  };
}

/** Where the readings of the sources end: what somebody does after this is not known. */
export const LAST_READING = CLOCK - 2 * HOUR_MS;

const YEAR_MS = 365 * DAY_MS;
const lottery = new Lottery(ORIGINS.map((origin) => origin.share));

/** Registrations of one webinar as they are known at the last reading, in order of time. */
export function signUp(random: Random, audience: Audience, webinar: PlannedWebinar): Guest[] {
  const count = Math.round(expected(webinar) * random.wait(1, 0.09));
  const guests: Guest[] = [];
  const seen = new Set<number>();
  const add = (origin: Origin, earliest: number) => {
    const at = registeredAt(random, webinar, earliest);
    const learner = audience.draw(at);
    if (at >= LAST_READING || seen.has(learner.number)) return;
    seen.add(learner.number);
    const campaign = origin.campaigns === undefined ? undefined : random.pick(origin.campaigns);
    const registration: SignUp = {
      at,
      email: learner.email,
      ...(learner.phone === undefined ? {} : { phone: learner.phone }),
      origin,
      ...(campaign === undefined ? {} : { campaign: campaignName(campaign, origin, webinar) }),
    };
    guests.push({ learner, webinar, registration, stays: [] });
  };
  for (let i = 0; i < count; i++) add(ORIGINS[lottery.at(random.next())] ?? NEW_SOURCE, STORY_START - 30 * DAY_MS);
  if (webinar.startsAt >= NEW_SOURCE_FROM && !webinar.lateNight)
    for (let i = 0; i < Math.round(count * NEW_SOURCE.share); i++) add(NEW_SOURCE, NEW_SOURCE_FROM);
  return guests.sort((a, b) => (a.registration?.at ?? 0) - (b.registration?.at ?? 0));
}

function expected({ series, startsAt, lateNight }: PlannedWebinar): number {
  const month = new Date(startsAt + ZONE_MS).getUTCMonth();
  const growth = 0.94 + (0.12 * (startsAt - STORY_START)) / YEAR_MS;
  return series.size * (MONTH_VOLUME[month] ?? 1) * growth * (lateNight ? LATE_NIGHT.times : 1);
}

/** Most sign up in the last days; some in the last hour, a few when it has begun. */
function registeredAt(random: Random, { startsAt }: PlannedWebinar, earliest: number): number {
  const lead = random.chance(0.07) ? random.between(-0.25, 1) * HOUR_MS : random.wait(3.4, 0.95) * DAY_MS;
  const at = startsAt - Math.min(lead, 24 * DAY_MS);
  const since = at < earliest ? random.between(earliest, startsAt) : at;
  return Math.floor(since / 1000) * 1000;
}

function campaignName(campaign: string, origin: Origin, webinar: PlannedWebinar): string {
  if (campaign !== 'monthly') return origin.medium === 'message' ? `${campaign}-${webinar.series.code}` : campaign;
  return `monthly-${new Date(webinar.startsAt + ZONE_MS).toISOString().slice(0, 7)}`;
}
