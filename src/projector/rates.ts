import { Temporal } from 'temporal-polyfill';
import type { MessageStatus } from '../contract/record.ts';
import type { Rate } from '../contract/workspace.ts';

/** A line of the rate card with its local dates as instants. */
export interface RateLine {
  channel: string;
  category: string | undefined;
  country: string | undefined;
  /** UTC milliseconds: the start of the local day, inclusive. */
  from: number;
  /** UTC milliseconds, exclusive. */
  to: number | undefined;
  price: number;
  currency: string;
  chargedAt: MessageStatus;
}

/**
 * The rate card in the order in which it is asked: the first line that matches is the price. Country over none, then category
 * over none, then the latest `valid_from`; equal lines keep the order in which they were written.
 * @param timeZone IANA zone of the workspace
 */
export function compileRates(rates: readonly Rate[], timeZone: string): RateLine[] {
  const dayStart = (day: string) => Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds;
  return rates
    .map((rate) => ({
      channel: rate.channel,
      category: rate.category,
      country: rate.country?.toUpperCase(),
      from: dayStart(rate.valid_from),
      to: rate.valid_to === undefined ? undefined : dayStart(rate.valid_to),
      price: rate.price,
      currency: rate.currency,
      chargedAt: rate.charged_at,
    }))
    .sort((a, b) => specificity(b) - specificity(a) || b.from - a.from);
}

function specificity(line: RateLine): number {
  return (line.country === undefined ? 0 : 2) + (line.category === undefined ? 0 : 1);
}
