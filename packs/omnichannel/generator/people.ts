import type { Random } from '../../sample/random.ts';
import { CLOCK, DAY_MS, localDay } from '../../sample/time.ts';
import { monthOf } from './calendar.ts';
import { EARLIER_ACCOUNTS, PERIOD_END, PLAN_2023, PLAN_2024, START, type YearPlan } from './story.ts';

/** A user of the platform. */
export interface Account {
  id: string;
  email: string;
  /** Digits of its business number. */
  phone: string;
  registeredAt: number;
  region: string;
  language: string;
  plan: string;
  /** Share of the traffic; 0 for those who never send. */
  weight: number;
  /** From here on it sends and pays. */
  startsAt: number;
  /** How likely it logs in on a working day. */
  habit: number;
  /** After this it is not seen any more. */
  leavesAt: number;
}

export interface Invitation {
  key: string;
  email: string;
  invitedAt: number;
  activatedAt?: number;
  campaign: string;
  /** The second letter to someone who did not react. */
  reminderAt?: number;
  /** Its first purchase; of the invited, only these take part in the traffic. */
  transactsAt?: number;
}

export interface People {
  accounts: Account[];
  invitations: Invitation[];
}

/** Area codes whose 555-01xx numbers are fictional by definition: a hundred numbers each. */
const ACCOUNT_AREAS = ['202', '212', '213', '214', '215', '216', '301', '302', '303', '304'];
const CONTACT_AREAS = (
  '305 307 308 309 310 312 313 314 315 316 317 318 319 401 402 404 405 406 407 408 409 410 412 413 414 415 417 419 501 502 ' +
  '503 504 505 507 508 509 510 512 513 515 516 517 518 520 601 602 603 605 606 607 608 609 610 612 614 615 616 617 618 619'
).split(' ');

export const CONTACTS = CONTACT_AREAS.length * 100;

/** Digits of the business number of the n-th account. */
function accountPhone(index: number): string {
  return `1${ACCOUNT_AREAS[Math.floor(index / 100) % ACCOUNT_AREAS.length]}55501${String(index % 100).padStart(2, '0')}`;
}

/** Digits of the phone of the n-th contact. */
export function contactPhone(index: number): string {
  return `1${CONTACT_AREAS[Math.floor(index / 100) % CONTACT_AREAS.length]}55501${String(index % 100).padStart(2, '0')}`;
}

export function contactEmail(index: number): string {
  return `contact${String(index).padStart(5, '0')}@${['customers.example.com', 'members.example.org', 'mail.example.net'][index % 3]}`;
}

const REGIONS = [
  'Jakarta',
  'Jakarta',
  'Jakarta',
  'West Java',
  'West Java',
  'East Java',
  'East Java',
  'Central Java',
  'Bali',
  'North Sumatra',
  'South Sulawesi',
  'Banten',
] as const;

export function makePeople(random: Random): People {
  const arrivals: { at: number; invitation?: Invitation }[] = [];
  for (let i = 0; i < EARLIER_ACCOUNTS; i++) arrivals.push({ at: START - random.between(3, 420) * DAY_MS });
  const invitations = [
    ...makeInvitations(random, PLAN_2023, 2023, ['2023-03-06', '2023-08-14'], localDay('2024-01-01')),
    ...makeInvitations(random, PLAN_2024, 2024, ['2024-02-05', '2024-07-08', '2024-09-30'], PERIOD_END),
  ];
  for (const invitation of invitations) {
    if (invitation.activatedAt !== undefined) arrivals.push({ at: invitation.activatedAt, invitation });
  }
  for (const [year, plan] of [
    [2023, PLAN_2023],
    [2024, PLAN_2024],
  ] as const) {
    for (const [month, count] of plan.registrations.entries())
      arrivals.push(...registrations(random, year, month, count));
  }
  arrivals.sort((a, b) => a.at - b.at);
  const accounts = arrivals.map(({ at, invitation }, index) => makeAccount(random, index, at, invitation));
  return { accounts, invitations };
}

function registrations(random: Random, year: number, month: number, count: number): { at: number }[] {
  const last = year === 2024 && month === 10 ? 15 : 28;
  return Array.from({ length: count }, () => {
    const date = `${year}-${String(month + 1).padStart(2, '0')}-${String(random.whole(1, last)).padStart(2, '0')}`;
    return { at: localDay(date) + Math.round(random.between(8, 20) * 3600) * 1000 };
  });
}

function makeAccount(random: Random, index: number, at: number, invitation: Invitation | undefined): Account {
  const id = `acct-${String(index + 1).padStart(4, '0')}`;
  const sends = invitation === undefined ? random.chance(0.62) : invitation.transactsAt !== undefined;
  /** Few big accounts, a long tail of small ones. */
  const weight = sends ? (invitation === undefined ? Math.min(60, (1 - random.next()) ** -1.05) : 0.6) : 0;
  const leaves = index > 12 && random.chance(0.3);
  return {
    id,
    email: invitation?.email ?? `owner@${id}.example.com`,
    phone: accountPhone(index),
    registeredAt: at,
    region: random.pick(REGIONS),
    language: random.chance(0.8) ? 'id' : 'en',
    plan: weight > 8 ? 'business' : weight > 1.5 ? 'growth' : 'starter',
    weight,
    startsAt: invitation?.transactsAt ?? at + DAY_MS,
    /** Some register and never come. */
    habit:
      weight === 0 && random.chance(0.2)
        ? 0
        : Math.min(0.92, 0.06 + 0.75 * random.next() ** 2.2 + Math.min(0.3, weight / 60)),
    leavesAt: leaves && invitation === undefined ? at + random.between(60, 300) * DAY_MS : CLOCK,
  };
}

/** Waves of invitations; whom to activate and whom to transact is decided by lot, their number by the plan. */
function makeInvitations(
  random: Random,
  plan: YearPlan,
  year: number,
  waves: readonly string[],
  end: number,
): Invitation[] {
  const { invited, activated, transacting } = plan.invitations;
  const order = random.shuffle(Array.from({ length: invited }, (_, index) => index));
  return Array.from({ length: invited }, (_, index) => {
    const wave = index % waves.length;
    const start = localDay(waves[wave] ?? '');
    const invitedAt =
      start + Math.floor(random.between(0, 19)) * DAY_MS + Math.round(random.between(8.5, 16) * 3600) * 1000;
    const rank = order[index] ?? invited;
    const invitation: Invitation = {
      key: `invitation-${year}-${String(index + 1).padStart(3, '0')}`,
      email: `invitee${year}${String(index + 1).padStart(3, '0')}@partners.example.org`,
      invitedAt,
      campaign: `partner-invite-${monthOf(start).name}`,
    };
    if (rank < activated) {
      invitation.activatedAt = Math.min(
        invitedAt + Math.round(random.wait(2.5, 0.9) * 86_400) * 1000,
        end - 6 * DAY_MS,
      );
    } else if (rank % 9 === 0) {
      invitation.reminderAt = invitedAt + 7 * DAY_MS;
    }
    if (rank < transacting && invitation.activatedAt !== undefined) {
      const wait = Math.max(0.1, random.wait(4, 0.7)) * 86_400;
      invitation.transactsAt = Math.min(invitation.activatedAt + Math.round(wait) * 1000, end - 2 * DAY_MS);
    }
    return invitation;
  });
}
