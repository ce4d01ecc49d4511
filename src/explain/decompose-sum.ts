/** What was counted in one segment before and now; 0 where it was absent. */
export interface SumSegment {
  value: number;
  before: number;
}

export interface SumParts {
  /** Of the whole; null where the whole is 0. */
  share: number | null;
  shareBefore: number | null;
  /** Its own difference; over all segments the change of the whole. */
  contribution: number;
}

/** Splits the change of a count or a sum over segments: each contributes its own difference. */
export function decomposeSum(segments: readonly SumSegment[], whole: SumSegment): SumParts[] {
  return segments.map(({ value, before }) => ({
    share: whole.value === 0 ? null : value / whole.value,
    shareBefore: whole.before === 0 ? null : before / whole.before,
    contribution: value - before,
  }));
}
