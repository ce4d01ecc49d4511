import { Lottery, type Random } from '../../sample/random.ts';
import { DAY_MS, HOUR_MS, ZONE_MS } from '../../sample/time.ts';

/** Monday to Sunday; Tuesday is the highest, Wednesday next. */
const WEEKDAY_WEIGHT = [0.84, 1.12, 1.04, 0.86, 0.7, 0.11, 0.07];

/** January to December: the fasting month's sales, the slump after them, sales in the middle and at the end of the year. */
const MONTH_WEIGHT = [0.78, 0.82, 1.12, 0.8, 0.88, 1.06, 0.92, 1.04, 1.0, 1.12, 1.24, 1.02];

/** People log in before noon: 8 to 12 h. */
export const ACTIVITY_HOURS = hours({
  6: 0.8,
  7: 3.4,
  8: 10.5,
  9: 12.5,
  10: 12.2,
  11: 10.6,
  12: 4.6,
  13: 5.6,
  14: 5.8,
  15: 4.8,
  16: 3.2,
  17: 1.6,
  18: 0.7,
  19: 0.6,
  20: 0.5,
  21: 0.3,
});

/** The morning before the sample's clock stops. */
export const EARLY_HOURS = hours({ 6: 1, 7: 2 }, 0);

/** Blasts go out from 8 to 15 h. */
export const BLAST_HOURS = hours({
  6: 0.3,
  7: 1.6,
  8: 10.2,
  9: 11.6,
  10: 11.4,
  11: 10.4,
  12: 9.4,
  13: 10.0,
  14: 9.8,
  15: 3.4,
  16: 2.2,
  17: 1.2,
  18: 0.7,
  19: 0.7,
  20: 0.4,
  21: 0.2,
});

function hours(weights: Record<number, number>, night = 0.04): readonly number[] {
  return Array.from({ length: 24 }, (_, hour) => weights[hour] ?? (hour < 6 ? night : 0));
}

/** Weeks of the long holidays, when offices are shut. */
const HOLIDAYS = [
  '2023-01-01',
  '2023-04-20/2023-04-25',
  '2023-12-25',
  '2024-01-01',
  '2024-04-08/2024-04-15',
  '2024-06-17',
].map((text) => {
  const [from = text, to = from] = text.split('/');
  return [Date.parse(from), Date.parse(to) + DAY_MS] as const;
});

/** 0 = Monday; the instant is read as local time. */
export function weekdayOf(instant: number): number {
  return (Math.floor((instant + ZONE_MS) / DAY_MS) + 3) % 7;
}

/** How busy a local day is for blasts, given the instant at which it begins: week, season, holidays and growth. */
function dayWeight(day: number): number {
  const month = new Date(day + ZONE_MS).getUTCMonth();
  const week = WEEKDAY_WEIGHT[weekdayOf(day)] ?? 0;
  return week * (MONTH_WEIGHT[month] ?? 1) * growthAt(day) * officeShare(day);
}

/** Share of offices that are open on a day: 1, or less in the long holidays. */
export function officeShare(day: number): number {
  const local = day + ZONE_MS;
  return HOLIDAYS.some(([from, to]) => local >= from && local < to) ? 0.22 : 1;
}

/** The platform takes off in 2023 and doubles in 2024. */
function growthAt(day: number): number {
  const years = (day + ZONE_MS - Date.UTC(2023, 0, 1)) / (365 * DAY_MS);
  return years < 1 ? 4 ** years : 4 * 2 ** (years - 1);
}

/** Local months, 1 to 12, of an instant, and `2024-03` of it. */
export function monthOf(instant: number): { month: number; name: string } {
  const text = new Date(instant + ZONE_MS).toISOString();
  return { month: Number(text.slice(5, 7)), name: text.slice(0, 7) };
}

/** From the start of a local day to the start of another; how busy its hours are. */
export interface Span {
  from: number;
  to: number;
  hours: readonly number[];
}

/**
 * `count` instants of a span, in order, spread by weekday, season and hour. The
 * spread is stratified: the shape is there with few instants too.
 */
export function spreadInstants(random: Random, count: number, { from, to, hours }: Span): number[] {
  const days = Math.round((to - from) / DAY_MS);
  const lottery = new Lottery(Array.from({ length: days }, (_, day) => dayWeight(from + day * DAY_MS)));
  const hourLottery = new Lottery(hours);
  const instants: number[] = [];
  for (let i = 0; i < count; i++) {
    const day = from + lottery.at((i + random.next()) / count) * DAY_MS;
    instants.push(day + hourLottery.at(random.next()) * HOUR_MS + random.whole(0, 55 * 60) * 1000);
  }
  return instants.sort((a, b) => a - b);
}
