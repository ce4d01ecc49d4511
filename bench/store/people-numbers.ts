import { FIRST_ACCOUNT, type NextNumbers } from '../../src/projector/people.ts';
import { number, sql } from '../../src/sql/build.ts';
import type { Fragment, SqlNode } from '../../src/sql/nodes.ts';
import { DAYS } from './calendar.ts';
import { drawShare, hashed } from './draw.ts';
import type { StoreSize } from './size.ts';

/**
 * People have the numbers that Turnout would have given them: accounts among themselves, in the order in which they registered, and
 * recipients in the order in which they were first written to.
 */

/** Accounts known before traffic began; the others come while it runs. */
export const knownAtFirst = (size: StoreSize): number => size.accounts / 2;

export const nextNumbers = (size: StoreSize): NextNumbers => ({
  people: size.recipients + 1,
  accounts: FIRST_ACCOUNT + size.accounts,
});

/** The number of the account of rank 0 …, in the order in which they registered. */
export const accountNumber = (rank: SqlNode): Fragment => sql`${rank} + ${number(FIRST_ACCOUNT)}`;

/** The number of the recipient of rank 0 …. */
export const recipientNumber = (rank: SqlNode): Fragment => sql`${rank} + 1`;

/** Accounts registered before the day; the second half comes evenly over the range. */
export const registeredBefore = (day: number, size: StoreSize): number =>
  knownAtFirst(size) + Math.floor((knownAtFirst(size) * day) / DAYS);

/** The day on which an account of the second half registered. */
export const registrationDay = (rank: SqlNode, size: StoreSize): Fragment =>
  sql`intDiv((${rank} - ${number(knownAtFirst(size))}) * ${number(DAYS)}, ${number(knownAtFirst(size))})`;

/** Prime, so that it strews ranks over any number of accounts. */
const STREWN = 15_485_863;

/** Rank of an account that is registered by the day: few do most, and they are old and new alike. */
export function drawAccount(purpose: string, day: number, size: StoreSize): Fragment {
  const place = sql`toUInt64(floor(pow(${drawShare(purpose)}, 3) * ${number(size.accounts)}))`;
  const rank = sql`(${place} * ${number(STREWN)} % ${number(size.accounts)})`;
  return sql`if(${rank} < ${number(registeredBefore(day, size))}, ${rank}, ${rank} % ${number(knownAtFirst(size))})`;
}

/** Rank of a recipient; the audience grows threefold over the range. */
export function drawRecipient(purpose: string, day: number, size: StoreSize): Fragment {
  const reached = Math.floor((size.recipients * (DAYS + 2 * (day + 1))) / (3 * DAYS + 2));
  return sql`${hashed(purpose)} % ${number(reached)}`;
}
