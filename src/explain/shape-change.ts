import { type Interval, newcombeInterval } from '../contract/intervals.ts';
import type { Row } from '../contract/result.ts';
import { believedUpTo, normalTail } from './chance.ts';
import type { RateSegment } from './decompose-rate.ts';
import { foldSegments } from './fold-segments.ts';
import { type ChangeKind, ROOT, type Segment, type Split, splitChange } from './segment.ts';

export interface ChangeInput {
  kind: ChangeKind;
  dimensions: readonly string[];
  /** Segments of each level, widest first. */
  levels: readonly (readonly Segment[])[];
  whole: RateSegment;
  /** Segments per level before the rest is one. */
  limit: number;
}

export interface ShapedChange {
  /** As `contract/result.ts` says; parents before their children, large contributions first, "Other" last. */
  rows: Row[];
  totals: Row;
  /** Segments that "Other" rows hold, by level. */
  merged: number[];
  /** Parts do not add up to the whole: what is counted belongs to several segments at once. */
  overlaps: boolean;
}

/** What a segment's change may be believed to be. */
interface Belief {
  interval: Interval | null;
  certain: 0 | 1 | null;
}

/** Segments → rows of a change, each with its split, and the headline. */
export function shapeChange({ kind, dimensions, levels: all, whole, limit }: ChangeInput): ShapedChange {
  const { levels, merged } = foldSegments(all, kind, whole, limit);
  const splits = levels.map((segments) => splitChange(segments, kind, whole));
  const shaped = levels.map((segments, depth) => {
    const beliefs = kind === 'share' ? believe(segments.map(({ numbers }) => numbers)) : [];
    return segments.map((segment, index) => {
      const split = splits[depth]?.[index] ?? NOTHING;
      const row = rowOf(segment, split, depth + 1, kind, dimensions, beliefs[index] ?? UNKNOWN);
      return { segment, split, row };
    });
  });
  const rows: Row[] = [];
  const byParent = shaped.map((level) => Map.groupBy(level, ({ segment }) => segment.parent));
  const emit = (parent: string, depth: number): void => {
    const children = byParent[depth]?.get(parent) ?? [];
    const weight = ({ split }: (typeof children)[number]) => Math.abs(split.contribution ?? 0);
    const size = ({ segment }: (typeof children)[number]) => segment.numbers.denominator;
    const ordered = children.toSorted(
      (a, b) => Number(a.segment.other) - Number(b.segment.other) || weight(b) - weight(a) || size(b) - size(a),
    );
    for (const { segment, row } of ordered) {
      rows.push(row);
      emit(segment.id, depth + 1);
    }
  };
  emit(ROOT, 0);
  const first = splits[0] ?? [];
  const headline: Split = {
    share: whole.denominator === 0 && kind !== 'sum' ? null : 1,
    shareBefore: whole.denominatorBefore === 0 && kind !== 'sum' ? null : 1,
    rateEffect: sumOf(first.map(({ rateEffect }) => rateEffect)),
    mixEffect: sumOf(first.map(({ mixEffect }) => mixEffect)),
    contribution: sumOf(first.map(({ contribution }) => contribution)),
  };
  const root: Segment = { id: ROOT, parent: '', keys: [], numbers: whole, other: false };
  const [belief = UNKNOWN] = kind === 'share' ? believe([whole]) : [];
  return {
    rows,
    totals: { ...rowOf(root, headline, 0, kind, dimensions, belief), state: '' },
    merged,
    overlaps: levels.some((segments) => !addsUp(segments, whole)),
  };
}

const NOTHING: Split = { share: null, shareBefore: null, rateEffect: null, mixEffect: null, contribution: null };
const UNKNOWN: Belief = { interval: null, certain: null };

/**
 * 95 % intervals of the changes, and whose excludes 0 even after it is allowed for how many were looked at: the widest intervals that
 * Benjamini and Hochberg's step leaves.
 */
function believe(segments: readonly RateSegment[]): Belief[] {
  const chances = segments.map(chanceOfChange);
  const limit = believedUpTo(chances.filter((p) => p !== null));
  return segments.map((segment, index) => {
    const p = chances[index] ?? null;
    return { interval: intervalOf(segment), certain: p === null ? null : p <= limit ? 1 : 0 };
  });
}

function intervalOf({ numerator, denominator, numeratorBefore, denominatorBefore }: RateSegment, z?: number) {
  if (denominator === 0 || denominatorBefore === 0) return null;
  const now = { rate: numerator / denominator, n: denominator };
  const before = { rate: numeratorBefore / denominatorBefore, n: denominatorBefore };
  return newcombeInterval(now, before, z);
}

/** The chance at which the interval of the change just touches 0; null where there is none. */
function chanceOfChange(segment: RateSegment): number | null {
  const excludes = (z: number) => {
    const interval = intervalOf(segment, z);
    return interval !== null && (interval.low > 0 || interval.high < 0);
  };
  if (intervalOf(segment) === null) return null;
  let low = 0;
  let high = 40;
  for (let step = 0; step < 40; step++) {
    const between = (low + high) / 2;
    if (excludes(between)) low = between;
    else high = between;
  }
  return normalTail(low);
}

function rowOf(
  { keys, numbers, other }: Segment,
  split: Split,
  level: number,
  kind: ChangeKind,
  dimensions: readonly string[],
  { interval, certain }: Belief,
): Row {
  const { numerator, denominator, numeratorBefore, denominatorBefore } = numbers;
  const rated = kind !== 'sum';
  const value = rated ? rateOf(numerator, denominator) : numerator;
  const before = rated ? rateOf(numeratorBefore, denominatorBefore) : numeratorBefore;
  return {
    level,
    ...Object.fromEntries(dimensions.map((name, index) => [name, keys[index] ?? null])),
    value,
    before,
    change: value === null || before === null ? null : value - before,
    numerator: rated ? numerator : null,
    denominator: rated ? denominator : null,
    numerator_before: rated ? numeratorBefore : null,
    denominator_before: rated ? denominatorBefore : null,
    share: split.share,
    share_before: split.shareBefore,
    rate_effect: split.rateEffect,
    mix_effect: split.mixEffect,
    contribution: split.contribution,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    certain,
    state: other ? 'other' : stateOf(numbers),
  };
}

function stateOf({ numerator, denominator, numeratorBefore, denominatorBefore }: RateSegment): 'new' | 'gone' | '' {
  const now = numerator !== 0 || denominator !== 0;
  const before = numeratorBefore !== 0 || denominatorBefore !== 0;
  if (now === before) return '';
  return now ? 'new' : 'gone';
}

function rateOf(numerator: number, denominator: number): number | null {
  return denominator === 0 ? null : numerator / denominator;
}

function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length || known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** Distinct people are counted in every segment they belong to; then the parts are more than the whole. */
function addsUp(segments: readonly Segment[], whole: RateSegment): boolean {
  return (['numerator', 'denominator', 'numeratorBefore', 'denominatorBefore'] as const).every((key) => {
    const sum = segments.reduce((all, { numbers }) => all + numbers[key], 0);
    return Math.abs(sum - whole[key]) <= 1e-9 * Math.max(1, Math.abs(whole[key]));
  });
}
