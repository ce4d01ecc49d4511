import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decomposeRate, type RateSegment, sumSegments } from './decompose-rate.ts';
import { decomposeSum } from './decompose-sum.ts';

const segment = (numeratorBefore: number, denominatorBefore: number, numerator: number, denominator: number) =>
  ({ numerator, denominator, numeratorBefore, denominatorBefore }) satisfies RateSegment;

function partsOf(segments: readonly RateSegment[], whole = sumSegments(segments)) {
  const parts = decomposeRate(segments, whole);
  if (parts === null) throw new Error('the whole has denominators');
  return parts;
}
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe('a rate', () => {
  // Published (UX 5.2, fixture A): everyone converts worse while the total rises.
  const paid = segment(200, 4000, 30, 1000);
  const direct = segment(200, 1000, 720, 4000);

  test('4,000 at 5 % and 1,000 at 20 % become 1,000 at 3 % and 4,000 at 18 %: −2 rate, +9 mix, +7', () => {
    const parts = partsOf([paid, direct]);
    expect(parts.map(({ rateEffect }) => rateEffect)).toEqual([expect.closeTo(-0.01, 12), expect.closeTo(-0.01, 12)]);
    expect(parts.map(({ mixEffect }) => mixEffect)).toEqual([expect.closeTo(0.045, 12), expect.closeTo(0.045, 12)]);
    expect(total(parts.map(({ contribution }) => contribution))).toBeCloseTo(0.07, 12);
  });

  test('a segment that came or went is mix alone', () => {
    const parts = partsOf([segment(50, 100, 50, 100), segment(0, 0, 10, 100), segment(40, 50, 0, 0)]);
    expect(parts[1]).toMatchObject({ rateBefore: null, rate: 0.1, rateEffect: 0, shareBefore: 0, share: 0.5 });
    expect(parts[1]?.mixEffect).toBeLessThan(0);
    expect(parts[2]).toMatchObject({ rate: null, rateEffect: 0, share: 0 });
    expect(total(parts.map(({ contribution }) => contribution))).toBeCloseTo(60 / 200 - 90 / 150, 12);
  });

  test('a numerator without a denominator moves the whole and has no rate', () => {
    const parts = partsOf([segment(10, 100, 10, 100), segment(0, 0, 5, 0)]);
    expect(parts[1]).toMatchObject({ rate: null, rateEffect: 0.05, mixEffect: expect.closeTo(0, 15) });
    expect(total(parts.map(({ contribution }) => contribution))).toBeCloseTo(0.05, 12);
  });

  test('without a denominator on either side there is nothing to split', () => {
    expect(decomposeRate([segment(0, 0, 5, 10)], segment(0, 0, 5, 10))).toBeNull();
    expect(decomposeRate([], segment(0, 0, 0, 0))).toBeNull();
  });

  const count = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 }));
  const rated = fc
    .tuple(count, count, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([before, now, r0, r1]) => segment(Math.round(before * r0), before, Math.round(now * r1), now));
  /** Also what no share is: money per message, more found than there were. */
  const odd = fc.tuple(count, count, count, count).map(([a, b, c, d]) => segment(a, b, c, d));

  test('the parts add up to the change of the whole, on any data', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(rated, odd), { minLength: 1, maxLength: 40 }), (segments) => {
        const whole = sumSegments(segments);
        const parts = decomposeRate(segments, whole);
        if (parts === null) return;
        const change = whole.numerator / whole.denominator - whole.numeratorBefore / whole.denominatorBefore;
        const size = Math.max(1e-9, ...parts.map(({ contribution }) => Math.abs(contribution)));
        const sum = total(parts.map(({ contribution }) => contribution));
        expect(Math.abs(sum - change) / Math.max(size, Math.abs(change))).toBeLessThan(1e-12 * segments.length);
        for (const { rateEffect, mixEffect, contribution } of parts) expect(rateEffect + mixEffect).toBe(contribution);
      }),
    );
  });

  test('contributions of children add up to their parent’s', () => {
    const family = fc.array(fc.array(rated, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(family, (families) => {
        const whole = sumSegments(families.flat());
        const parents = decomposeRate(families.map(sumSegments), whole);
        if (parents === null) return;
        families.forEach((children, index) => {
          const sum = total(partsOf(children, whole).map(({ contribution }) => contribution));
          expect(sum).toBeCloseTo(parents[index]?.contribution ?? Number.NaN, 11);
        });
      }),
    );
  });

  test('what is a changed rate above may be a changed mix below', () => {
    const children = [segment(80, 100, 8, 10), segment(10, 100, 19, 190)];
    const parent = sumSegments(children);
    const whole = sumSegments([parent, segment(50, 200, 50, 200)]);
    const [above] = partsOf([parent], whole);
    const below = partsOf(children, whole);
    expect(above?.mixEffect).toBeCloseTo(0, 12);
    expect(total(below.map(({ rateEffect }) => rateEffect))).toBeCloseTo(0, 12);
    expect(total(below.map(({ mixEffect }) => mixEffect))).toBeCloseTo(above?.rateEffect ?? Number.NaN, 12);
  });
});

describe('a sum', () => {
  test('each segment contributes its difference', () => {
    expect(
      decomposeSum(
        [
          { value: 30, before: 10 },
          { value: 0, before: 10 },
        ],
        { value: 30, before: 20 },
      ),
    ).toEqual([
      { share: 1, shareBefore: 0.5, contribution: 20 },
      { share: 0, shareBefore: 0.5, contribution: -10 },
    ]);
  });

  test('nothing has no shares', () => {
    expect(decomposeSum([{ value: 0, before: 1 }], { value: 0, before: 1 })).toEqual([
      { share: null, shareBefore: 1, contribution: -1 },
    ]);
  });
});
