/** Time in the sample workspace. */

/** Local time of the sample is UTC+7 all year round (Asia/Jakarta). */
export const ZONE_MS = 7 * 3_600_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The sample workspace's clock: nothing happens after it. */
export const CLOCK = Date.parse('2024-11-16T08:00:00+07:00');

/** The instant at which a local date begins. */
export const localDay = (date: string): number => Date.parse(`${date}T00:00:00Z`) - ZONE_MS;
