import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newcombeInterval, wilsonInterval } from './intervals.ts';

describe('wilson', () => {
  test.each([
    // UX 1.5
    [3, 12, 0.0889, 0.5323],
    [300, 1200, 0.2263, 0.2753],
    // Newcombe, Statistics in Medicine 17 (1998), 857–872, table I, method 3
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i is %f to %f', (found, n, low, high) => {
    const interval = wilsonInterval(found / n, n);
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  });

  test('none and all touch the ends', () => {
    expect(wilsonInterval(0, 7)?.low).toBe(0);
    expect(wilsonInterval(1, 7)?.high).toBe(1);
    expect(wilsonInterval(1, 7)?.low).toBeCloseTo(1 - (wilsonInterval(0, 7)?.high ?? 0), 12);
  });

  test.each([
    [0.5, 0],
    [0.5, -1],
    [1.2, 10],
    [-0.1, 10],
    [Number.NaN, 10],
  ])('a rate of %f of %f has none', (rate, n) => {
    expect(wilsonInterval(rate, n)).toBeNull();
  });

  const share = fc.record({
    n: fc.integer({ min: 1, max: 1_000_000 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  test('it holds the estimate, stays a share, and shrinks as n grows', () => {
    fc.assert(
      fc.property(share, ({ n, part }) => {
        const rate = Math.round(part * n) / n;
        const [small, large] = [wilsonInterval(rate, n), wilsonInterval(rate, n * 3)];
        if (small === null || large === null) throw new Error('a share has an interval');
        expect(small.low).toBeLessThanOrEqual(rate);
        expect(small.high).toBeGreaterThanOrEqual(rate);
        expect(small.low).toBeGreaterThanOrEqual(0);
        expect(small.high).toBeLessThanOrEqual(1);
        expect(large.high - large.low).toBeLessThan(small.high - small.low);
      }),
    );
  });
});

describe('newcombe', () => {
  test.each([
    // Newcombe, Statistics in Medicine 17 (1998), 873–890, table II, method 10
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
  ])('%i of %i less %i of %i', (a, m, b, n, low, high) => {
    const interval = newcombeInterval({ rate: a / m, n: m }, { rate: b / n, n });
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  });

  test('there is none without both', () => {
    expect(newcombeInterval({ rate: 0.5, n: 10 }, { rate: 0, n: 0 })).toBeNull();
  });

  const side = fc
    .tuple(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([n, part]) => ({ n, rate: Math.round(part * n) / n }));

  test('it holds the difference, and the change back is its mirror image', () => {
    fc.assert(
      fc.property(side, side, (now, before) => {
        const there = newcombeInterval(now, before);
        const back = newcombeInterval(before, now);
        if (there === null || back === null) throw new Error('two shares have an interval');
        expect(there.low).toBeLessThanOrEqual(now.rate - before.rate);
        expect(there.high).toBeGreaterThanOrEqual(now.rate - before.rate);
        expect(back.low).toBeCloseTo(-there.high, 12);
        expect(back.high).toBeCloseTo(-there.low, 12);
      }),
    );
  });
});
