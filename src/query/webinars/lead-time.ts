/** What is usual for a webinar that is still to come, seen from the past ones of its series. Pure. */

export interface PastWebinar {
  /** UTC milliseconds. */
  starts: number;
  /** When people registered, UTC milliseconds. */
  registeredAt: readonly number[];
  registrations: number;
  attended: number;
}

const COMPARED = 8;
const LEAST_FOR_FORECAST = 5;

/** Median registrations of the last (at most 8) webinars with as much time to go; null where there are none. */
export function usualRegistrations(past: readonly PastWebinar[], lead: number): number | null {
  const newest = past.toSorted((a, b) => b.starts - a.starts).slice(0, COMPARED);
  return quantile(
    newest.map(({ starts, registeredAt }) => registeredAt.filter((at) => at <= starts - lead).length),
    0.5,
  );
}

/** Median and quartiles of the attendance rate of webinars with registrations; null with fewer than 5 of them. */
export function forecastRate(past: readonly PastWebinar[]): { low: number; median: number; high: number } | null {
  const rates = past.filter(({ registrations }) => registrations > 0).map((one) => one.attended / one.registrations);
  if (rates.length < LEAST_FOR_FORECAST) return null;
  return { low: quantile(rates, 0.25) ?? 0, median: quantile(rates, 0.5) ?? 0, high: quantile(rates, 0.75) ?? 0 };
}

/** Linear between neighbours, as the engine's inclusive quantiles; null of nothing. */
export function quantile(values: readonly number[], level: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const place = level * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
