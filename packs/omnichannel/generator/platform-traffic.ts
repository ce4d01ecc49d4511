import type { CanonicalRecord } from '../../../src/contract/record.ts';
import { Lottery, type Random } from '../../sample/random.ts';
import { CLOCK, DAY_MS, HOUR_MS } from '../../sample/time.ts';
import { ACTIVITY_HOURS, officeShare, weekdayOf } from './calendar.ts';
import { batches, type Outbox } from './outbox.ts';
import type { Account, Invitation, People } from './people.ts';
import { START } from './story.ts';

const FEATURES = ['report', 'contacts', 'template'] as const;
const iso = (instant: number) => new Date(instant).toISOString();

/** What the platform itself reports: accounts, invitations, and what accounts do there. */
export class Platform {
  readonly #outbox: Outbox;
  readonly #random: Random;

  constructor(random: Random, outbox: Outbox) {
    this.#random = random;
    this.#outbox = outbox;
  }

  reportPeople({ accounts, invitations }: People): void {
    for (const account of accounts) this.#reportAccount(account);
    for (const invitation of invitations) this.#reportInvitation(invitation);
  }

  /** Accounts from before the sample come with the first delivery; some accounts change their plan later. */
  #reportAccount(account: Account): void {
    const person: CanonicalRecord = {
      record: 'person',
      key: `account-${account.id}`,
      observed_at: iso(account.registeredAt),
      kind: 'account',
      email: account.email,
      phone: `+${account.phone}`,
      external_id: account.id,
      registered_at: iso(account.registeredAt),
      region: account.region,
      language: account.language,
      attributes: { plan: 'starter' },
    };
    this.#put(Math.max(account.registeredAt, START) + 1000, person);
    if (account.plan !== 'starter') {
      const changedAt = Math.max(account.registeredAt, START) + this.#random.whole(5, 40) * DAY_MS;
      this.#put(changedAt, { ...person, observed_at: iso(changedAt), attributes: { plan: account.plan } });
    }
  }

  #reportInvitation(invitation: Invitation): void {
    const { key, email, invitedAt, activatedAt, reminderAt, campaign } = invitation;
    const record: CanonicalRecord = {
      record: 'invitation',
      key,
      observed_at: iso(invitedAt),
      person: { email },
      invited_at: iso(invitedAt),
      campaign,
    };
    this.#put(invitedAt, record);
    if (activatedAt !== undefined)
      this.#put(activatedAt, { ...record, observed_at: iso(activatedAt), activated_at: iso(activatedAt) });
    if (reminderAt !== undefined) {
      this.#put(reminderAt, {
        ...record,
        key: `${key}-reminder`,
        observed_at: iso(reminderAt),
        invited_at: iso(reminderAt),
      });
    }
  }

  /** Logins, day by day, and what is done after them. */
  reportLogins(accounts: readonly Account[]): void {
    const random = this.#random;
    const hours = new Lottery(ACTIVITY_HOURS);
    for (let day = START; day < CLOCK; day += DAY_MS) {
      const open = officeShare(day) * weekdayHabit(day);
      for (const account of accounts) {
        if (account.registeredAt > day || account.leavesAt < day || !random.chance(account.habit * open)) continue;
        const at = day + hours.at(random.next()) * HOUR_MS + random.whole(0, 3599) * 1000;
        this.#act(account, at, 'login');
        if (random.chance(0.35)) this.#act(account, at + random.whole(40, 900) * 1000, random.pick(FEATURES));
        if (random.chance(0.3)) {
          const again = day + hours.at(random.next()) * HOUR_MS + random.whole(0, 3599) * 1000;
          this.#act(account, again, 'login');
        }
      }
    }
  }

  /** The blast itself, seen from the platform. */
  reportBlasts(channel: string, blasts: readonly { at: number; accountId: string }[]): void {
    for (const { at, accountId } of blasts) {
      this.#putActivity(accountId, at - 60_000, 'blast', { channel, category: 'marketing' });
    }
  }

  /** Top-ups of the balance: the first one of an invited account is its first transaction. */
  reportPurchases({ accounts, invitations }: People): void {
    const random = this.#random;
    const hours = new Lottery(ACTIVITY_HOURS);
    for (const account of accounts) {
      if (account.weight === 0) continue;
      const first = invitations.find((invitation) => invitation.email === account.email)?.transactsAt;
      if (first !== undefined) this.#purchase(account, first);
      const amounts = account.weight > 8 ? 6 : 2;
      const firstDay = Math.floor((Math.max(account.startsAt, START) - START) / DAY_MS) + random.whole(1, 40);
      for (
        let day = START + firstDay * DAY_MS;
        day < Math.min(CLOCK, account.leavesAt);
        day += random.whole(25, 70) * DAY_MS
      ) {
        const at = day + hours.at(random.next()) * HOUR_MS + random.whole(0, 3599) * 1000;
        if (weekdayOf(day) < 5) this.#purchase(account, at, amounts);
      }
    }
  }

  #purchase(account: Account, at: number, amounts = 1): void {
    const amount = this.#random.whole(1, amounts) * 250_000;
    this.#putActivity(account.id, at, 'purchase', { amount, currency: 'IDR' });
  }

  #act(account: Account, at: number, feature: string): void {
    this.#putActivity(account.id, at, feature);
  }

  #putActivity(
    accountId: string,
    at: number,
    feature: string,
    more: { channel?: string; category?: string; amount?: number; currency?: string } = {},
  ): void {
    const second = Math.floor(at / 1000) * 1000;
    this.#put(second, {
      record: 'activity',
      key: `${feature}-${accountId}-${(second / 1000).toString(36)}`,
      person: { external_id: accountId },
      at: iso(second),
      feature,
      ...more,
    });
  }

  /** Now and then the platform sends a record twice. */
  #put(at: number, record: CanonicalRecord): void {
    const json = JSON.stringify(record);
    const arrival = at + this.#random.whole(1, 20) * 1000;
    this.#outbox.put(this.#outbox.platform, { at: arrival, json });
    if (this.#random.chance(0.004))
      this.#outbox.put(this.#outbox.platform, { at: arrival + this.#random.whole(60, 90_000) * 1000, json });
  }
}

function weekdayHabit(day: number): number {
  return [0.86, 1.0, 0.97, 0.88, 0.76, 0.16, 0.1][weekdayOf(day)] ?? 0;
}

/** One record per line. */
export function postPlatform(outbox: Outbox): void {
  for (const batch of batches(outbox.platform, 100, 2 * HOUR_MS)) {
    outbox.post('sample-platform', batch.at(-1)?.at ?? 0, `${batch.map((piece) => piece.json).join('\n')}\n`);
  }
}
