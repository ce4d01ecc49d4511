import type { Cell } from '../contract/result.ts';
import { decomposeRate, type RateSegment } from './decompose-rate.ts';
import { decomposeSum } from './decompose-sum.ts';

/** What a metric is to a change: a share of counted things (which has intervals), another rate, or something counted or summed. */
export type ChangeKind = 'share' | 'rate' | 'sum';

/** A part of the whole at one level of a hierarchy. */
export interface Segment {
  /** Unique in its level. */
  id: string;
  /** The id of what it is a part of, one level above. */
  parent: string;
  /** One value per dimension down to its level; null is "unknown", and the last of an "Other". */
  keys: Cell[];
  /** Of a sum the numerators are its values and the denominators 0. */
  numbers: RateSegment;
  /** Several small ones as one. */
  other: boolean;
}

/** What a segment has to do with the change; null where nothing can be said. */
export interface Split {
  share: number | null;
  shareBefore: number | null;
  rateEffect: number | null;
  mixEffect: number | null;
  contribution: number | null;
}

export const ROOT = '[]';

export function newSegment(keys: Cell[], numbers: RateSegment): Segment {
  return { id: JSON.stringify(keys), parent: JSON.stringify(keys.slice(0, -1)), keys, numbers, other: false };
}

/** The split of the whole's change over the segments of one level, in order. */
export function splitChange(segments: readonly Segment[], kind: ChangeKind, whole: RateSegment): Split[] {
  if (kind === 'sum') {
    const asSum = ({ numerator, numeratorBefore }: RateSegment) => ({ value: numerator, before: numeratorBefore });
    const sums = segments.map(({ numbers }) => asSum(numbers));
    return decomposeSum(sums, asSum(whole)).map((parts) => ({ ...parts, rateEffect: null, mixEffect: null }));
  }
  const parts = decomposeRate(
    segments.map(({ numbers }) => numbers),
    whole,
  );
  if (parts !== null) return parts;
  const shareOf = (part: number, all: number) => (all === 0 ? null : part / all);
  return segments.map(({ numbers }) => ({
    share: shareOf(numbers.denominator, whole.denominator),
    shareBefore: shareOf(numbers.denominatorBefore, whole.denominatorBefore),
    rateEffect: null,
    mixEffect: null,
    contribution: null,
  }));
}
