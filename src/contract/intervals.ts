/**
 * Intervals of rates, shared by page and server. Pure arithmetic over shares between 0 and 1.
 * Wilson (1927) for one share; Newcombe (1998), method 10, for the difference of two independent ones.
 */

/** The normal quantile of a two-sided 95 % interval. */
export const Z95 = 1.959963984540054;

export interface Interval {
  low: number;
  high: number;
}

/** A share and of how many things it is one. */
export interface Share {
  rate: number;
  n: number;
}

/** Where a share of `n` things lies; null without any, or where `rate` is no share. */
export function wilsonInterval(rate: number, n: number, z: number = Z95): Interval | null {
  if (!(n > 0) || !(rate >= 0 && rate <= 1)) return null;
  const square = z * z;
  const centre = rate + square / (2 * n);
  const reach = z * Math.sqrt((rate * (1 - rate)) / n + square / (4 * n * n));
  const scale = 1 + square / n;
  // None and all touch the ends exactly, whatever floating point makes of them.
  return {
    low: rate === 0 ? 0 : Math.max(0, (centre - reach) / scale),
    high: rate === 1 ? 1 : Math.min(1, (centre + reach) / scale),
  };
}

/** Where the change from one share to another lies, in shares (0.04 = 4 points); null where either is none. */
export function newcombeInterval(now: Share, before: Share, z: number = Z95): Interval | null {
  const one = wilsonInterval(now.rate, now.n, z);
  const other = wilsonInterval(before.rate, before.n, z);
  if (one === null || other === null) return null;
  const change = now.rate - before.rate;
  return {
    low: change - Math.hypot(now.rate - one.low, other.high - before.rate),
    high: change + Math.hypot(one.high - now.rate, before.rate - other.low),
  };
}
