import { expect, test } from 'vitest';
import { CountedThrough } from './counted-through.ts';

test('a source reaches as far as what is counted of it', () => {
  const counted = new CountedThrough(null);
  expect(counted.at(0)).toBeNull();
  counted.reach(1_000, 10);
  counted.reach(1_000, 12);
  counted.reach(2_000, 20);
  expect([counted.at(9), counted.at(10), counted.at(19)]).toEqual([null, 1_000, 1_000]);
  expect(counted.at(Number.POSITIVE_INFINITY)).toBe(2_000);
});

test('what was known at a start is counted, and a source can go back', () => {
  const counted = new CountedThrough(5_000);
  expect(counted.at(0)).toBe(5_000);
  counted.reach(null, 7);
  expect([counted.at(6), counted.at(7)]).toEqual([5_000, null]);
});
