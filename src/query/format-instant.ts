import { formatWithOffset } from './local-time.ts';
import { offsetsOf } from './zone-offsets.ts';

/** `2024-11-04T08:00:00+07:00`: with the offset of the zone at that time. */
export function formatInstant(instant: number, zone: string): string {
  return formatWithOffset(instant, offsetsOf(zone).at(instant));
}
