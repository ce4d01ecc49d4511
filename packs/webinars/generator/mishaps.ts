import type { Random } from '../../sample/random.ts';
import { DAY_MS, HOUR_MS } from '../../sample/time.ts';
import { type Guest, LAST_READING } from './sign-up.ts';

/** What people do to the sign-up page: capitals, tags, twice, no address, and away again. Changes the guests in place. */
export function spoilRegistrations(random: Random, guests: readonly Guest[]): void {
  for (const guest of guests) {
    const { registration, learner, webinar } = guest;
    if (registration === undefined) continue;
    const roll = random.next();
    if (roll < 0.03) registration.email = capitals(learner.email);
    else if (roll < 0.045) registration.email = tagged(learner.email);
    else if (roll < 0.07 && webinar.series.signUp === 'bigmarker') signUpTwice(random, guest);
    else if (roll < 0.076 && learner.phone !== undefined && webinar.series.signUp === 'bigmarker')
      delete registration.email;
    else if (roll < 0.094) cancel(random, guest);
  }
}

/** ` LEARNER00012@Students.Example.com `, as people type it. */
export const capitals = (email: string): string =>
  ` ${email.replace(/^[^@]+/, (local) => local.toUpperCase()).replace(/@(\w)/, (_, letter: string) => `@${letter.toUpperCase()}`)} `;

const tagged = (email: string): string => email.replace('@', '+webinar@');

/** BigMarker takes the same person under another spelling, or by another form. */
function signUpTwice(random: Random, guest: Guest): void {
  const { registration, learner, webinar } = guest;
  if (registration === undefined) return;
  const at =
    Math.floor((registration.at + random.between(0.01, 0.9) * (webinar.startsAt - registration.at)) / 1000) * 1000;
  if (at <= registration.at || at >= LAST_READING) return;
  guest.again = { at, email: random.chance(0.5) ? capitals(learner.email) : learner.email };
}

/** Only GoTo Webinar and Zoom tell of it. */
function cancel(random: Random, { registration, webinar }: Guest): void {
  if (registration === undefined || webinar.series.signUp === 'bigmarker') return;
  const at = Math.floor(random.between(registration.at + HOUR_MS, webinar.startsAt - HOUR_MS) / 1000) * 1000;
  if (webinar.startsAt - registration.at > DAY_MS && at < LAST_READING) registration.cancelledAt = at;
}
