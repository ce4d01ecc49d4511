import { Temporal } from 'temporal-polyfill';
import { remembering } from './remembering.ts';

/** Local days of an IANA zone as UTC milliseconds, and back. */

/** The first instant of a local day; for a day that the zone skipped, the first instant after the gap. */
export const startOfDay: (date: string, zone: string) => number = remembering(
  5_000,
  (date, zone) => Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone }).epochMilliseconds,
);

export function localDate(instant: number, zone: string): string {
  return zoned(instant, zone).toPlainDate().toString();
}

/** Milliseconds east of UTC. */
export function offsetAt(instant: number, zone: string): number {
  return zoned(instant, zone).offsetNanoseconds / 1_000_000;
}

/** `2024-11-04T08:00:00+07:00`; milliseconds only where there are any. */
export function formatWithOffset(instant: number, offset: number): string {
  const local = new Date(instant + offset).toISOString();
  const text = local.endsWith('.000Z') ? local.slice(0, 19) : local.slice(0, 23);
  const minutes = Math.abs(Math.trunc(offset / 60_000));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${text}${offset < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
}

/** Instants in (start, end) at which the zone's offset changes. */
export function offsetChanges(start: number, end: number, zone: string): number[] {
  const changes: number[] = [];
  let at = zoned(start, zone).getTimeZoneTransition('next');
  while (at !== null && at.epochMilliseconds < end) {
    changes.push(at.epochMilliseconds);
    at = at.getTimeZoneTransition('next');
  }
  return changes;
}

/** Moves an instant by whole local days and years, keeping the wall clock. */
export function shiftInstant(instant: number, zone: string, by: { days?: number; years?: number }): number {
  return zoned(instant, zone).add(by).epochMilliseconds;
}

/** The instant as far from `other` on the wall clock, in days and time of day, as `end` is from `start`. */
export function sameElapsed(start: number, end: number, other: number, zone: string): number {
  const wall = (instant: number) => zoned(instant, zone).toPlainDateTime();
  const elapsed = wall(start).until(wall(end), { largestUnit: 'day' });
  return wall(other).add(elapsed).toZonedDateTime(zone).epochMilliseconds;
}

/** The zone's own spelling, which the engine wants; null where there is no such zone. */
export const canonicalZone: (name: string) => string | null = remembering(100, (name: string) => {
  if (!/^[A-Za-z]/.test(name)) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
});

function zoned(instant: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
}
