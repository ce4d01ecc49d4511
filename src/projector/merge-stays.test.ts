import { describe, expect, it } from 'vitest';
import { endOfJoin, type Join, lengthOf, mergeStays } from './merge-stays.ts';

const MINUTE = 60_000;
const join = (from: number, more: Partial<Join> = {}): Join => ({
  joinedAt: from * MINUTE,
  leftAt: null,
  seconds: null,
  ...more,
});
const stay = (from: number, to: number) => join(from, { leftAt: to * MINUTE });
const minutes = (joins: readonly Join[], gapMinutes = 1) =>
  mergeStays(joins, gapMinutes * MINUTE).map(({ from, to }) => [from / MINUTE, to / MINUTE]);

describe('endOfJoin', () => {
  it('is whichever comes first of the leave and the length', () => {
    expect(endOfJoin(stay(1, 5))).toBe(5 * MINUTE);
    expect(endOfJoin(join(1, { seconds: 60 }))).toBe(2 * MINUTE);
    expect(endOfJoin(join(1, { leftAt: 5 * MINUTE, seconds: 60 }))).toBe(2 * MINUTE);
    expect(endOfJoin(join(1, { leftAt: 2 * MINUTE, seconds: 3600 }))).toBe(2 * MINUTE);
    expect(endOfJoin(join(1, { seconds: 0.0005 }))).toBe(MINUTE + 1);
  });

  it('is unknown where nobody said, and never before the join', () => {
    expect(endOfJoin(join(1))).toBeNull();
    expect(endOfJoin(stay(5, 1))).toBe(5 * MINUTE);
  });
});

describe('mergeStays', () => {
  it('counts two devices once', () => {
    expect(minutes([stay(0, 10), stay(2, 5), stay(8, 20)])).toEqual([[0, 20]]);
    expect(minutes([stay(8, 20), stay(0, 10)], 0)).toEqual([[0, 20]]);
  });

  it('counts on through a short gap, not through a longer one', () => {
    expect(minutes([stay(0, 10), stay(11, 20)])).toEqual([[0, 20]]);
    expect(minutes([stay(0, 10), stay(11, 20)], 0.9)).toEqual([
      [0, 10],
      [11, 20],
    ]);
    expect(minutes([stay(0, 10), stay(10, 20)], 0)).toEqual([[0, 20]]);
  });

  it('gives no time to joins without a length, and bridges nothing with them', () => {
    expect(minutes([join(1), stay(3, 3), stay(5, 2)])).toEqual([]);
    expect(minutes([stay(0, 10), join(11), stay(12, 20)])).toEqual([
      [0, 10],
      [12, 20],
    ]);
  });

  it('adds up', () => {
    expect(lengthOf(mergeStays([stay(0, 10), stay(20, 21)], MINUTE))).toBe(11 * MINUTE);
    expect(lengthOf([])).toBe(0);
  });
});
