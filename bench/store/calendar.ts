import { addDays } from '../../src/contract/plain-date.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';

/** The zone of a data set, without daylight saving time. */
export const ZONE = 'Asia/Jakarta';
export const OFFSET = '+07:00';
/** Days that a data set covers. */
export const DAYS = 320;
export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const SEED = 20_241_116;

/** The days of one data set. */
export interface Calendar {
  /** Local dates; both belong to it. */
  first: string;
  last: string;
  /** UTC milliseconds of the morning after the last day: what benchmarks take for now. */
  now: number;
  /** UTC milliseconds at which a local day begins, from 0. */
  dayStart(day: number): number;
}

/** @param last local date of the last day */
export function calendarUntil(last: string): Calendar {
  const first = addDays(last, 1 - DAYS);
  const start = Date.parse(`${first}T00:00:00${OFFSET}`);
  const dayStart = (day: number): number => start + day * DAY_MS;
  return { first, last, now: dayStart(DAYS) + 8 * HOUR_MS, dayStart };
}

/** Yesterday by the clock on the wall. */
export const yesterday = (): string =>
  addDays(new Intl.DateTimeFormat('en-CA', { timeZone: ZONE }).format(Date.now()), -1);

/** Monday to Sunday. */
const WEEKDAYS = [1.1, 1.15, 1.1, 1.1, 1.05, 0.8, 0.7];

/** How many of `total` fall on each day: traffic doubles over the range, two days of seven are slow, no two days are alike. */
export function perDay(total: number): number[] {
  const random = seededRandom(SEED);
  const weights = Array.from({ length: DAYS }, (_, day) => {
    const weekday = WEEKDAYS[day % 7] ?? 1;
    return weekday * (1 + day / DAYS) * (0.85 + 0.3 * random());
  });
  const sum = weights.reduce((all, weight) => all + weight, 0);
  let weighed = 0;
  let given = 0;
  return weights.map((weight) => {
    weighed += weight;
    const count = Math.round((total * weighed) / sum) - given;
    given += count;
    return count;
  });
}

/** Local hours in the shares in which things happen in them, of 100. */
export const HOURS: readonly number[] = [
  1, 1, 1, 0, 1, 1, 2, 3, 5, 8, 9, 8, 6, 6, 7, 7, 6, 5, 4, 5, 6, 4, 3, 1,
].flatMap((share, hour) => Array<number>(share).fill(hour));
