import type { Random } from '../../sample/random.ts';
import { DAY_MS, HOUR_MS, ZONE_MS } from '../../sample/time.ts';
import type { Audience } from './audience.ts';
import { capitals } from './mishaps.ts';
import { type Guest, LAST_READING, type SignUp, type Stay } from './sign-up.ts';
import { BLOCK_MS, GROUP_RATE, LATE_NIGHT, MONTH_RATE, STORY_START } from './story.ts';
import type { PlannedWebinar } from './webinar-calendar.ts';

export interface StoryWebinar {
  plan: PlannedWebinar;
  guests: Guest[];
}

const MINUTE_MS = 60_000;
/** So long after a webinar who watched its recording is read. */
export const VIEWS_MS = 14 * DAY_MS;

/**
 * Who comes. In every block of four weeks each group of traffic sources has its rate, to the person: by weighted lot, so that
 * webinars differ as they do. Whoever is not drawn may come in a way that no service can trace back to the registration.
 */
export function holdWebinars(random: Random, audience: Audience, webinars: readonly StoryWebinar[]): void {
  const strata = Map.groupBy(
    webinars.filter(({ plan }) => isOver(plan)).flatMap(({ plan, guests }) => guestsInDraw(random, plan, guests)),
    ({ stratum }) => stratum,
  );
  for (const [, members] of strata) draw(members);
  for (const webinar of webinars) {
    if (!isOver(webinar.plan)) continue;
    for (const guest of webinar.guests)
      if (!guest.stays.length && guest.registration !== undefined) strayIn(random, guest);
    shareOffice(random, webinar);
    walkIn(random, audience, webinar);
    watchRecording(random, webinar);
  }
}

/** Ended, and held at all. */
export const isOver = (plan: PlannedWebinar): boolean =>
  plan.cancelledAt === undefined && plan.endsAt + HOUR_MS < LAST_READING;

interface InDraw {
  guest: Guest;
  stratum: string;
  rate: number;
  /** Smallest first. */
  lot: number;
  come(): void;
}

function guestsInDraw(random: Random, plan: PlannedWebinar, guests: readonly Guest[]): InDraw[] {
  const mood = random.wait(1, 0.07);
  const block = Math.floor((plan.startsAt - STORY_START) / BLOCK_MS);
  const middle = STORY_START + (block + 0.5) * BLOCK_MS;
  const season = MONTH_RATE[new Date(middle + ZONE_MS).getUTCMonth()] ?? 1;
  return guests.flatMap((guest) => {
    const { registration } = guest;
    if (registration === undefined || isCancelled(guest)) return [];
    const { group } = registration.origin;
    const days = Math.max(0, plan.startsAt - registration.at) / DAY_MS;
    const weight = plan.series.pull * mood * (1.12 - Math.min(0.3, days / 40));
    return {
      guest,
      stratum: plan.lateNight ? 'late night' : `${block} ${group}`,
      rate: plan.lateNight ? LATE_NIGHT.rate : (GROUP_RATE[group] ?? 0.3) * season,
      lot: -Math.log(1 - random.next()) / weight,
      come: () => {
        guest.stays = staysOf(random, plan, group);
        guest.room = roomOf(random, guest, registration);
      },
    };
  });
}

/** Some write their address in capitals; some call in, and then only their number is known. */
function roomOf(random: Random, { learner, webinar }: Guest, { email, phone }: SignUp): NonNullable<Guest['room']> {
  const { series } = webinar;
  const roll = random.next();
  if (series.signUp !== series.room && phone !== undefined && (email === undefined || roll < 0.08))
    return { email: '', phone };
  return email !== undefined && roll > 0.96 ? { email: capitals(learner.email) } : {};
}

/** A cancellation before the start; later ones change nothing. */
export const isCancelled = ({ registration, webinar }: Guest): boolean =>
  registration?.cancelledAt !== undefined && registration.cancelledAt < webinar.startsAt;

function draw(members: InDraw[]): void {
  const rate = members[0]?.rate ?? 0;
  const count = Math.round(rate * members.length);
  for (const member of members.toSorted((a, b) => a.lot - b.lot).slice(0, count)) member.come();
}

/** Whole seconds; the first join up to some minutes before the start, the last leave soon after the end. */
function staysOf(random: Random, plan: PlannedWebinar, group: string): Stay[] {
  const { startsAt, endsAt } = plan;
  const late = random.chance(0.28) ? random.between(3, 22) : random.between(-7, 3);
  const joined = seconds(startsAt + late * MINUTE_MS);
  const hurry = group === 'Paid Social' ? 0.4 : 0.15;
  const roll = random.next();
  const stays =
    roll < hurry
      ? random.between(0.4, 4.9) * MINUTE_MS
      : roll < hurry + 0.25
        ? random.between(5, 29) * MINUTE_MS
        : endsAt - joined - random.between(-4, 12) * MINUTE_MS;
  const left = seconds(joined + Math.max(25_000, stays));
  const kind = random.next();
  const middle = seconds(joined + random.between(0.2, 0.8) * (left - joined));
  if (kind < 0.12 && middle - joined > 90_000) {
    // The line broke; most are back within a minute.
    const gap = random.chance(0.6) ? random.whole(5, 59) : random.whole(61, 600);
    const back = middle + gap * 1000;
    return back < left - 10_000
      ? [
          { joined, left: middle },
          { joined: back, left },
        ]
      : [{ joined, left }];
  }
  // A second device while the first is in the room.
  if (kind < 0.18 && middle - joined > 90_000)
    return [
      { joined, left },
      { joined: middle, left: left - 5_000 },
    ];
  return [{ joined, left }];
}

/** Those of the registered who come without being counted: no time in the room, or under another address. */
function strayIn(random: Random, guest: Guest): void {
  const { webinar, learner } = guest;
  const roll = random.next();
  const joined = seconds(webinar.startsAt + random.between(-2, 20) * MINUTE_MS);
  if (roll < 0.011) guest.stays = [{ joined, left: joined }];
  else if (roll < 0.014 && webinar.series.room === 'zoom') guest.stays = [{ joined }];
  else if (roll < 0.024) {
    guest.stays = staysOf(random, webinar, '');
    guest.room = { email: random.chance(0.5) ? learner.email.replace('@', '.private@') : '', stranger: true };
  }
}

/** Two colleagues gave the number of their office, and one of them calls in from there: nobody can say which. */
function shareOffice(random: Random, { plan, guests }: StoryWebinar): void {
  if (plan.series.signUp === plan.series.room || !random.chance(0.2)) return;
  const absent = guests.filter(
    ({ stays, registration }) => !stays.length && registration?.phone !== undefined && registration.email !== undefined,
  );
  const [caller, colleague] = absent;
  if (caller?.registration === undefined || colleague?.registration === undefined) return;
  colleague.registration.phone = caller.registration.phone ?? '';
  caller.stays = staysOf(random, plan, '');
  caller.room = { email: '', phone: colleague.registration.phone, stranger: true };
}

/** People who got the link from somebody else. */
function walkIn(random: Random, audience: Audience, { plan, guests }: StoryWebinar): void {
  const here = new Set(guests.map((guest) => guest.learner.number));
  const came = guests.filter((guest) => guest.stays.length > 0).length;
  for (let i = 0; i < Math.round(came * 0.03); i++) {
    const learner = audience.draw(plan.startsAt);
    if (here.has(learner.number)) continue;
    here.add(learner.number);
    guests.push({
      learner,
      webinar: plan,
      stays: staysOf(random, plan, ''),
      room: { email: learner.email, stranger: true },
    });
  }
}

/** BigMarker tells who watched the recording; mostly those who did not come, within some days. */
function watchRecording(random: Random, { plan, guests }: StoryWebinar): void {
  if (plan.series.room !== 'bigmarker') return;
  for (const guest of guests) {
    if (guest.registration === undefined || !random.chance(guest.stays.length > 0 ? 0.045 : 0.115)) continue;
    const at = seconds(plan.endsAt + random.wait(1.4, 0.8) * DAY_MS);
    if (at < Math.min(LAST_READING, plan.endsAt + VIEWS_MS) - HOUR_MS)
      guest.viewed = { at, seconds: random.whole(40, plan.series.minutes * 60) };
  }
}

const seconds = (instant: number): number => Math.floor(instant / 1000) * 1000;
