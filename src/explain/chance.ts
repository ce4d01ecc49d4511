/** What chance alone would do: tails of two distributions, and what to believe of many p-values. */

/** Probability that a standard normal lies farther from 0 than `z`, with a relative error below 1.2e-7 (Numerical Recipes, erfcc). */
export function normalTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const terms = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
    -1.26551223,
  ];
  return t * Math.exp(-x * x + terms.reduce((sum, term) => sum * t + term, 0));
}

/**
 * Probability that Student's t lies farther from 0 than `t`. `freedom` is even and at least 2: then the distribution is a finite sum
 * (Abramowitz and Stegun 26.7.4).
 */
export function studentTail(t: number, freedom: number): number {
  const angle = Math.atan(Math.abs(t) / Math.sqrt(freedom));
  const square = Math.cos(angle) ** 2;
  let term = 1;
  let sum = 1;
  for (let step = 1; step < freedom / 2; step++) {
    term *= (square * (2 * step - 1)) / (2 * step);
    sum += term;
  }
  return Math.max(0, 1 - Math.sin(angle) * sum);
}

/**
 * The largest p-value that still counts when `rate` of what is believed may be chance (Benjamini and Hochberg 1995): 0 where nothing
 * counts.
 */
export function believedUpTo(pValues: readonly number[], rate = 0.05): number {
  const sorted = pValues.toSorted((a, b) => a - b);
  const last = sorted.findLastIndex((p, index) => p <= (rate * (index + 1)) / sorted.length);
  return sorted[last] ?? 0;
}
