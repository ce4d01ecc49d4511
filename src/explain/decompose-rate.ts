/** Numerator and denominator of one segment before and now; 0 where it was absent. */
export interface RateSegment {
  numerator: number;
  denominator: number;
  numeratorBefore: number;
  denominatorBefore: number;
}

export interface RateParts {
  /** null without a denominator at that time. */
  rate: number | null;
  rateBefore: number | null;
  /** Of the whole's denominator. */
  share: number;
  shareBefore: number;
  /** From its own rate having changed. */
  rateEffect: number;
  /** From people having moved towards it or away from it, measured against the average rate of the whole. */
  mixEffect: number;
  /** The sum of both; over all segments the change of the whole. */
  contribution: number;
}

/**
 * Splits the change of a rate R = N ÷ D over segments with shares w = Dᵢ ÷ D and rates r:
 *
 *     rate effect   (w₀ + w₁) ÷ 2 · (r₁ − r₀)
 *     mix effect    ((r₀ + r₁) ÷ 2 − (R₀ + R₁) ÷ 2) · (w₁ − w₀)
 *
 * The mix is centred on the whole's mean rate: the changes of shares sum to zero, so the total stays what it is, and each segment's
 * figure means "towards a better place than the average, or a worse one". A segment that was absent has the rate of the time when it
 * was there, so that it is mix alone. A numerator without any denominator moves the whole and has no rate: it counts as rate effect.
 *
 * `whole` may be wider than the segments (a level below in a hierarchy). A contribution is (N₁ᵢ ÷ D₁ − N₀ᵢ ÷ D₀) − mean R · (w₁ − w₀),
 * in which everything adds up over the parts of a segment: contributions of children sum to their parent's. Their rate and mix effects
 * need not: what is a changed rate above may be a changed mix below.
 *
 * @returns one entry per segment, in order; null where the whole has no denominator before or now.
 */
export function decomposeRate(segments: readonly RateSegment[], whole: RateSegment): RateParts[] | null {
  const { denominator: all, denominatorBefore: allBefore } = whole;
  if (all === 0 || allBefore === 0) return null;
  const meanRate = (whole.numerator / all + whole.numeratorBefore / allBefore) / 2;
  return segments.map((segment): RateParts => {
    const rate = rateOf(segment.numerator, segment.denominator);
    const rateBefore = rateOf(segment.numeratorBefore, segment.denominatorBefore);
    const now = rate ?? rateBefore ?? 0;
    const before = rateBefore ?? rate ?? 0;
    const share = segment.denominator / all;
    const shareBefore = segment.denominatorBefore / allBefore;
    const unrated =
      (rate === null ? segment.numerator / all : 0) - (rateBefore === null ? segment.numeratorBefore / allBefore : 0);
    const rateEffect = ((share + shareBefore) / 2) * (now - before) + unrated;
    const mixEffect = ((now + before) / 2 - meanRate) * (share - shareBefore);
    return { rate, rateBefore, share, shareBefore, rateEffect, mixEffect, contribution: rateEffect + mixEffect };
  });
}

/** Segments as one. */
export function sumSegments(segments: readonly RateSegment[]): RateSegment {
  const sum = (key: keyof RateSegment) => segments.reduce((all, segment) => all + segment[key], 0);
  return {
    numerator: sum('numerator'),
    denominator: sum('denominator'),
    numeratorBefore: sum('numeratorBefore'),
    denominatorBefore: sum('denominatorBefore'),
  };
}

function rateOf(numerator: number, denominator: number): number | null {
  return denominator === 0 ? null : numerator / denominator;
}
