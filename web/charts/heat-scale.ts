/** Steps of a heat table: people can name "the second darkest", so there are few of them and the legend prints the breaks. */

/** Keeps two significant digits, so that the legend can be read. */
function roundBreak(value: number): number {
  return value === 0 ? 0 : Number(value.toPrecision(2));
}

/**
 * Upper bounds of all steps but the last, rising, by quantiles of the positive values. Fewer than `steps` where values repeat;
 * [] where there is nothing to tell apart. Zero and "no value" take no part.
 */
export function quantileBreaks(values: readonly (number | null)[], steps = 6): number[] {
  const sorted = values.filter((value): value is number => value !== null && value > 0).sort((a, b) => a - b);
  const largest = sorted.at(-1);
  if (largest === undefined) return [];
  const breaks: number[] = [];
  for (let step = 1; step < steps; step++) {
    const position = (sorted.length - 1) * (step / steps);
    const low = sorted[Math.floor(position)] ?? 0;
    const high = sorted[Math.ceil(position)] ?? low;
    const value = roundBreak(low + (high - low) * (position - Math.floor(position)));
    if (value > (breaks.at(-1) ?? 0) && value < largest) breaks.push(value);
  }
  return breaks;
}

const ROUND_WIDTHS = [1, 2, 2.5, 5, 10];

/**
 * Upper bounds of all steps but the last, equally far apart and round, so that `steps` of them hold every positive value: for rates,
 * whose size means the same on every page. [] where all are the same.
 */
export function fixedBreaks(values: readonly (number | null)[], steps = 6): number[] {
  const known = values.filter((value): value is number => value !== null && value > 0);
  const low = Math.min(...known);
  const high = Math.max(...known);
  if (known.length === 0 || high === low) return [];
  for (let power = 10 ** Math.floor(Math.log10((high - low) / steps)); ; power *= 10) {
    for (const round of ROUND_WIDTHS) {
      const width = Number((round * power).toPrecision(12));
      const first = Math.floor(low / width + 1e-9) + 1;
      if ((first - 1 + steps) * width <= high) continue;
      return Array.from({ length: steps - 1 }, (_, index) => Number(((first + index) * width).toPrecision(12))).filter(
        (limit) => limit <= high,
      );
    }
  }
}

/** 1 … breaks.length + 1; 0 for zero and below. A value on a break belongs to the step above it. */
export function heatStep(value: number, breaks: readonly number[]): number {
  if (value <= 0) return 0;
  let step = 1;
  for (const limit of breaks) if (value >= limit) step++;
  return step;
}

/** Spreads `count` steps over the palette's seven, leaving out the palest: a step must differ from white. */
export function paletteStep(step: number, count: number): number {
  if (step <= 0) return 0;
  if (count <= 1) return 4;
  return 2 + Math.round(((step - 1) / (count - 1)) * 5);
}

/** Words of the legend: `0–90`, `90–180`, …, `≥ 540`. */
export function stepLabels(breaks: readonly number[], text: (value: number) => string): string[] {
  if (breaks.length === 0) return ['> 0'];
  return [
    `< ${text(breaks[0] ?? 0)}`,
    ...breaks.slice(1).map((limit, index) => `${text(breaks[index] ?? 0)}–${text(limit)}`),
    `≥ ${text(breaks.at(-1) ?? 0)}`,
  ];
}
