import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { believedUpTo, normalTail, studentTail } from './chance.ts';

test.each([
  [0, 1],
  [1.959963985, 0.05],
  [-2.575829304, 0.01],
  [6, 1.973175e-9],
])('beyond %f standard deviations lies %f', (z, p) => {
  expect(normalTail(z) / p).toBeCloseTo(1, 5);
});

test.each([
  // Tables of critical values
  [4.302653, 2, 0.05],
  [2.228139, 10, 0.05],
  [2.749996, 30, 0.01],
  [-5.041, 8, 0.001],
  [0, 6, 1],
])('Student: t = %f with %i degrees of freedom has p = %f', (t, freedom, p) => {
  expect(studentTail(t, freedom)).toBeCloseTo(p, 5);
});

describe('many looks', () => {
  test('the published example', () => {
    // Benjamini and Hochberg 1995, section 3.2: of 15 the four smallest count.
    const published = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ];
    expect(believedUpTo(published)).toBe(0.0095);
  });

  test('nothing counts where nothing is there, or nothing is small', () => {
    expect(believedUpTo([])).toBe(0);
    expect(believedUpTo([0.04, 0.9])).toBe(0);
  });

  test('one look is the plain test; more looks never make it easier than that', () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(p, { minLength: 1, maxLength: 50 }), (values) => {
        const limit = believedUpTo(values);
        expect(limit).toBeLessThanOrEqual(0.05);
        expect(limit === 0 || values.includes(limit)).toBe(true);
      }),
    );
    expect(believedUpTo([0.049])).toBe(0.049);
  });
});
