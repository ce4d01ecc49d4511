import fc from 'fast-check';
import { expect, test } from 'vitest';
import { axisTicks } from './axis-ticks.ts';

test('bars start at zero and end on a round tick', () => {
  expect(axisTicks([17_800_000, 3_600_000, 1_300_000, 255_800], { zero: true })).toEqual({
    min: 0,
    max: 20_000_000,
    ticks: [0, 5_000_000, 10_000_000, 15_000_000, 20_000_000],
    broken: false,
  });
});

test('whole numbers have whole ticks', () => {
  expect(axisTicks([1, 2, 3], { zero: false, integers: true }).ticks).toEqual([0, 1, 2, 3]);
});

test('a line whose values are close together leaves zero and says so', () => {
  const axis = axisTicks([0.92, 0.95, 0.97], { zero: false });
  expect(axis.broken).toBe(true);
  expect(axis.min).toBeGreaterThan(0.85);
  expect(axisTicks([10, 95], { zero: false }).broken).toBe(false);
});

test('no values, only zeros and "no value" still give an axis', () => {
  for (const values of [[], [null], [0, 0]]) expect(axisTicks(values, { zero: true }).ticks).toEqual([0, 1]);
});

test('every value lies within the ticks, and there are at most seven', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.integer({ min: -1e9, max: 1e9 }).map((value) => value / 1000),
        { minLength: 1, maxLength: 20 },
      ),
      fc.boolean(),
      (values, zero) => {
        const { min, max, ticks } = axisTicks(values, { zero });
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThanOrEqual(7);
        const slack = (max - min) * 1e-9;
        for (const value of values) {
          expect(value).toBeGreaterThanOrEqual(min - slack);
          expect(value).toBeLessThanOrEqual(max + slack);
        }
      },
    ),
    { numRuns: 300 },
  );
});
