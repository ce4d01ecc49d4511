import { readNumericTime, readTime } from './mapping/read-time.ts';
import { type ZoneClock, zoneClock } from './mapping/zone-clock.ts';

const clocks = new Map<string, ZoneClock>();

/**
 * A time as a webinar service writes it → ISO instant: ISO with or without an offset, `2026-11-18 12:02:02 -0500`,
 * `Nov 18, 2026 12:02 PM`, `11/18/2026 12:02 PM` (month first, as American services write), Unix seconds or milliseconds.
 * @param zone IANA, of times without an offset; where it is not known such a time is no instant
 */
export function readInstant(value: unknown, zone: string | undefined): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.trim() === '' || text.length > 60) return undefined;
  if (/^\d{10}(?:\d{3})?(?:\.\d+)?$/.test(text)) return iso(readNumericTime(Number(text))?.value.at);
  const reading = readTime(text.trim(), 'mdy');
  if (!reading.ok) return undefined;
  const { at, zoned } = reading.value;
  if (zoned) return iso(at);
  return zone === undefined ? undefined : iso(clockOf(zone).toInstant(at).instant);
}

/** True for a time that can be read once its zone is known. */
export function lacksZone(value: unknown): boolean {
  return readInstant(value, undefined) === undefined && readInstant(value, 'UTC') !== undefined;
}

function clockOf(zone: string): ZoneClock {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = zoneClock(zone);
    clocks.set(zone, clock);
  }
  return clock;
}

function iso(at: number | undefined): string | undefined {
  return at !== undefined && at >= 0 && at < 253_402_300_800_000 ? new Date(at).toISOString() : undefined;
}
