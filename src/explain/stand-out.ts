import { studentTail } from './chance.ts';

/** One row of one metric on a scale on which its spread does not depend on its size. */
export interface ScaledRow {
  /** Rows of a group are each other's peers. */
  group: string;
  /** On the scale. */
  value: number;
  /** When it was, where rows are events: then its peers are those closest in time. */
  at?: number;
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
/** Of events, so many closest in time: what was usual then, whatever has grown since. */
const NEAREST = 12;
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
  const usual = new Map([...Map.groupBy(rows, ({ group }) => group).values()].flatMap((own) => [...usualOfGroup(own)]));
  const residuals = rows.map((row): Residual | null => {
    const found = usual.get(row);
    if (found === undefined || found.peers < MIN_PEERS) return null;
    return {
      usual: found.usual,
      group: row.group,
      square: (row.value - found.usual) ** 2,
      noise: row.noise,
      scale: 1 + MEDIAN_VARIANCE / found.peers,
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

/** What is usual for each row of a group: the median of its peers, itself left out. */
function usualOfGroup(rows: readonly ScaledRow[]): Map<ScaledRow, { usual: number; peers: number }> {
  const times = rows.map(({ at }) => at);
  if (times.every((at) => at !== undefined)) {
    const ordered = rows.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
    return new Map(ordered.map((row, index) => [row, summary(nearest(ordered, index))]));
  }
  const sorted = rows.map(({ value }) => value).toSorted((a, b) => a - b);
  return new Map(
    rows.map((row) => {
      const place = sorted.indexOf(row.value);
      return [row, summary(sorted.toSpliced(place, 1))];
    }),
  );
}

const summary = (sorted: readonly number[]) => ({ usual: median(sorted), peers: sorted.length });

/** Values of the rows closest in time to one of rows in the order of time, sorted. */
function nearest(ordered: readonly ScaledRow[], index: number): number[] {
  const at = ordered[index]?.at ?? 0;
  const found: number[] = [];
  let [before, after] = [index - 1, index + 1];
  while (found.length < NEAREST && (before >= 0 || after < ordered.length)) {
    const earlier = ordered[before];
    const later = ordered[after];
    const isEarlier = earlier !== undefined && (later === undefined || at - (earlier.at ?? 0) <= (later.at ?? 0) - at);
    const next = isEarlier ? earlier : later;
    if (next !== undefined) found.push(next.value);
    if (isEarlier) before -= 1;
    else after += 1;
  }
  return found.toSorted((a, b) => a - b);
}

export function median(sorted: readonly number[]): number {
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}
