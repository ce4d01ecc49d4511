/** Tries for one time of the schedule, the first included. */
export const MAX_ATTEMPTS = 5;

const FIRST_MS = 60_000;
const LONGEST_MS = 3_600_000;

/**
 * Milliseconds until the next try after `attempts` tries have failed: 1, 4, 16 and 60 minutes, each between half and whole; never
 * sooner than the service asked for. Null when it waits for the next time of the schedule. `random` lies in [0, 1).
 */
export function retryDelay(attempts: number, random: number, retryAfterMs = 0): number | null {
  if (attempts >= MAX_ATTEMPTS) return null;
  const whole = Math.min(LONGEST_MS, FIRST_MS * 4 ** (attempts - 1));
  return Math.max(retryAfterMs, Math.round(whole * (0.5 + random / 2)));
}
