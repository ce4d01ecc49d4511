import { Lottery, type Random } from '../../sample/random.ts';
import { monthOf, type Span, spreadInstants } from './calendar.ts';
import type { Account } from './people.ts';

/** One message of a blast. */
export interface Sending<Outcome extends string> {
  at: number;
  account: Account;
  /** Place of the account in the list; picks its contacts. */
  accountIndex: number;
  outcome: Outcome;
}

export interface Blast<Outcome extends string> {
  at: number;
  account: Account;
  sendings: Sending<Outcome>[];
}

/** Draws senders by weight among those who are there at the time. */
export class Senders {
  readonly #accounts: readonly Account[];
  readonly #lottery: Lottery;
  readonly #random: Random;

  constructor(accounts: readonly Account[], random: Random) {
    this.#accounts = accounts;
    this.#random = random;
    this.#lottery = new Lottery(accounts.map((account) => account.weight));
  }

  at(instant: number): { account: Account; index: number } {
    for (let attempt = 0; attempt < 10_000; attempt++) {
      const index = this.#lottery.at(this.#random.next());
      const account = this.#accounts[index];
      if (account !== undefined && account.startsAt <= instant && account.leavesAt > instant) return { account, index };
    }
    throw new Error('nobody is there to send');
  }
}

/** Exactly the planned outcomes, shuffled, dealt out to blasts of `smallest` to `largest` messages within a span. */
export function makeBlasts<Outcome extends string>(
  random: Random,
  senders: Senders,
  outcomes: Readonly<Record<Outcome, number>>,
  span: Span,
  [smallest, largest]: readonly [number, number],
): Blast<Outcome>[] {
  const names = Object.keys(outcomes) as Outcome[];
  const dealt = random.shuffle(names.flatMap((name) => Array<Outcome>(outcomes[name]).fill(name)));
  const sizes: number[] = [];
  for (let left = dealt.length; left > 0; left -= sizes.at(-1) ?? 0)
    sizes.push(Math.min(left, random.whole(smallest, largest)));
  let next = 0;
  return spreadInstants(random, sizes.length, span).map((start, blast) => {
    const { account, index } = senders.at(start);
    const mine = dealt.slice(next, next + (sizes[blast] ?? 0));
    next += mine.length;
    const sendings = mine.map((outcome, place) => ({
      at: start + place * 1000,
      account,
      accountIndex: index,
      outcome,
    }));
    return { at: start, account, sendings };
  });
}

const SALES = [
  'new-year-sale',
  'valentine-offers',
  'ramadan-sale',
  'eid-offers',
  'payday-may',
  'mid-year-sale',
  'back-to-school',
  'independence-day',
  '9-9-sale',
  '10-10-sale',
  '11-11-sale',
  '12-12-sale',
];

/** The sale of the month, `ramadan-sale-2024`. */
export function saleOf(instant: number): string {
  const { month, name } = monthOf(instant);
  return `${SALES[month - 1]}-${name.slice(0, 4)}`;
}

/** A contact of the account: each account writes to its own neighbourhood of people. */
export function contactOf(random: Random, accountIndex: number, account: Account, contacts: number): number {
  return (accountIndex * 137 + random.whole(0, 30 + Math.round(account.weight * 25))) % contacts;
}
