/** How long to wait before a service is asked again. */

const FIRST_MS = 1000;
const LONGEST_MS = 64_000;
/** No service is left alone for longer, whatever it says. */
const LONGEST_WISH_MS = 86_400_000;

/** Full jitter: anything between nothing and 1, 2, 4 … 64 s. `attempt` counts from 0; `random` lies in [0, 1). */
export function backOffMs(attempt: number, random: number): number {
  return Math.round(random * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt));
}

/** `Retry-After` in milliseconds from `now`: seconds or a date; undefined where it says nothing. A day at most. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.min(LONGEST_WISH_MS, Math.ceil(Number(text) * 1000));
  // Only the dates of HTTP: Date.parse takes much that is none.
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.min(LONGEST_WISH_MS, Math.max(0, at - now));
}
