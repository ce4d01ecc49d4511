import { number, sql } from '../../src/sql/build.ts';
import type { Fragment, SqlNode } from '../../src/sql/nodes.ts';
import { DAYS } from './calendar.ts';
import { drawShare, hashed } from './draw.ts';
import type { StoreSize } from './size.ts';

/**
 * People have the numbers that Turnout would have given them: half of the accounts were known before traffic began, the others come up
 * one by one among those whom they write to, one account and fifty recipients at a time.
 */

const PER_NEW_ACCOUNT = 51;

export const knownAtFirst = (size: StoreSize): number => size.accounts / 2;

export const peopleCount = (size: StoreSize): number => size.accounts + size.recipients;

/** The number of the account of rank 0 …, in the order in which they registered. */
export function accountNumber(rank: SqlNode, size: StoreSize): Fragment {
  const known = number(knownAtFirst(size));
  return sql`if(${rank} < ${known}, ${rank} + 1, ${known} + 1 + (${rank} - ${known}) * ${number(PER_NEW_ACCOUNT)})`;
}

/** The number of the recipient of rank 0 …. */
export function recipientNumber(rank: SqlNode, size: StoreSize): Fragment {
  const others = number(PER_NEW_ACCOUNT - 1);
  return sql`${number(knownAtFirst(size))} + 2 + intDiv(${rank}, ${others}) * ${number(PER_NEW_ACCOUNT)} + ${rank} % ${others}`;
}

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
