import { studentTail } from './chance.ts';

/** One row of one metric on a scale on which its spread does not depend on its size. */
export interface ScaledRow {
  /** Rows of a group are each other's peers. */
  group: string;
  /** On the scale. */
  value: number;
  /** Variance on the scale that comes from counting alone; the rest is how much such rows differ by nature. */
  noise: number;
}

export interface StandOut {
  /** What its peers are like: their median on the scale. */
  usual: number;
  /** How likely chance alone makes it that different, either way. */
  p: number;
}

/** Fewer say nothing of what is usual. */
const MIN_PEERS = 4;
/** A group's own spread is believed from here on. */
const MIN_OWN_SPREAD = 10;
/** What all rows together say of a group's spread counts like so many rows of its own. */
const COMMON_WEIGHT = 10;
/** Fewer rows altogether say nothing of how much rows differ. */
const MIN_ROWS = 12;
/** The variance of a median, of a mean's. */
const MEDIAN_VARIANCE = Math.PI / 2;
/** A row counts at most as this many standard deviations, squared, when the spread is measured … */
const MOST_SQUARE = 4;
/** … which for a normal distribution makes a mean of this; up to a fifth of the rows may be anything. */
const MEAN_SQUARE = 0.9205;
/** A spread so found from n rows is as sure as a standard deviation from this share of n. */
const EFFICIENCY = 0.9;
/** Nature has fatter tails than the normal distribution, however many rows there are. */
const MOST_FREEDOM = 30;

/**
 * How far each row is from its peers, itself left out, in units of how much such rows differ by nature and by chance. The natural
 * spread is measured so that the very rows that stand out hardly move it: over all rows around their own groups and, where a group of ten
 * or more spreads wider, between that and its own.
 *
 * @returns one entry per row, in order; null where too little is known.
 */
export function findStandOuts(rows: readonly ScaledRow[]): (StandOut | null)[] {
  const groups = Map.groupBy(rows, ({ group }) => group);
  const sorted = new Map(
    [...groups].map(([group, own]) => [group, own.map(({ value }) => value).toSorted((a, b) => a - b)]),
  );
  const residuals = rows.map((row): Residual | null => {
    const values = sorted.get(row.group) ?? [];
    const peers = values.length - 1;
    if (peers < MIN_PEERS) return null;
    const usual = medianWithout(values, row.value);
    return {
      usual,
      group: row.group,
      square: (row.value - usual) ** 2,
      noise: row.noise,
      scale: 1 + MEDIAN_VARIANCE / peers,
    };
  });
  const known = residuals.filter((residual) => residual !== null);
  if (known.length < MIN_ROWS) return rows.map(() => null);
  const common = { spread: naturalSpread(known), rows: known.length };
  const spreads = new Map(
    [...Map.groupBy(known, ({ group }) => group)].map(([group, own]) => {
      const wider = own.length < MIN_OWN_SPREAD ? 0 : naturalSpread(own) - common.spread;
      if (wider <= 0) return [group, common];
      const weight = own.length / (own.length + COMMON_WEIGHT);
      return [group, { spread: common.spread + wider * weight, rows: own.length + COMMON_WEIGHT }];
    }),
  );
  return residuals.map((residual) => {
    if (residual === null) return null;
    const { spread, rows: basis } = spreads.get(residual.group) ?? common;
    const t = Math.sqrt(residual.square / (residual.scale * (residual.noise + spread)));
    return { usual: residual.usual, p: studentTail(t, freedomOf(basis)) };
  });
}

interface Residual {
  usual: number;
  group: string;
  square: number;
  noise: number;
  /** How much the usual value's own uncertainty adds. */
  scale: number;
}

/** The variance that, added to the noise of counting, makes the residuals as large as chance would. */
function naturalSpread(residuals: readonly Residual[]): number {
  const size = (spread: number) => {
    const squares = residuals.map(({ square, scale, noise }) => square / (scale * (noise + spread)));
    return squares.reduce((sum, each) => sum + Math.min(each, MOST_SQUARE), 0) / squares.length;
  };
  if (!(size(0) > MEAN_SQUARE)) return 0;
  let low = 0;
  let high = Math.max(...residuals.map(({ square }) => square)) / MEAN_SQUARE;
  for (let step = 0; step < 40; step++) {
    const between = (low + high) / 2;
    if (size(between) > MEAN_SQUARE) low = between;
    else high = between;
  }
  return high;
}

/** Even, as `studentTail` wants it. */
function freedomOf(rows: number): number {
  return 2 * Math.max(1, Math.floor(Math.min(MOST_FREEDOM, rows * EFFICIENCY) / 2));
}

/** The median of sorted values, one of which is `value`, without it. */
function medianWithout(sorted: readonly number[], value: number): number {
  const left = sorted.length - 1;
  const place = sorted.indexOf(value);
  const at = (index: number) => sorted[index < place ? index : index + 1] ?? Number.NaN;
  return left % 2 === 1 ? at((left - 1) / 2) : (at(left / 2 - 1) + at(left / 2)) / 2;
}

export function median(sorted: readonly number[]): number {
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}
