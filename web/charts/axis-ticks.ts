export interface AxisTicks {
  min: number;
  max: number;
  ticks: number[];
  /** True when the axis does not start at zero; the tile then says so. */
  broken: boolean;
}

const STEPS = [1, 2, 2.5, 5, 10];

function roundStep(raw: number, integers: boolean): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  const steps = integers && power <= 1 ? STEPS.filter((step) => Number.isInteger(step * power)) : STEPS;
  const step = (steps.find((candidate) => candidate * power >= raw - 1e-12) ?? 10) * power;
  return integers ? Math.max(1, step) : step;
}

/**
 * Four to six round ticks around the values. Bars pass `zero: true`; a line's axis leaves zero only where the values span less
 * than a third of their height.
 */
export function axisTicks(values: Iterable<number | null>, options: { zero: boolean; integers?: boolean }): AxisTicks {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return { min: 0, max: 1, ticks: [0, 1], broken: false };
  const integers = options.integers === true;
  const broken = !options.zero && low > 0 && high > low && (high - low) / high < 1 / 3;
  const bottom = broken ? low : Math.min(0, low);
  const top = Math.max(broken ? high : 0, high);
  if (top === bottom) return { min: 0, max: 1, ticks: [0, 1], broken: false };
  const step = roundStep((top - bottom) / 5, integers);
  const first = Math.floor(bottom / step + 1e-9);
  const last = Math.ceil(top / step - 1e-9);
  const ticks: number[] = [];
  for (let index = first; index <= last; index++) ticks.push(Number((index * step).toPrecision(12)));
  return { min: ticks[0] ?? 0, max: ticks.at(-1) ?? 1, ticks, broken: broken && first > 0 };
}
