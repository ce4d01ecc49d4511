import { describe, expect, test } from 'vitest';
import { type InstantRange, listBuckets } from './buckets.ts';
import { completeRange, countDays } from './day-counts.ts';
import type { Clock } from './resolved.ts';
import { windowEnds } from './window-ends.ts';

const clock = (completeThrough: string): Clock => ({
  zone: 'Asia/Jakarta',
  weekStart: 'monday',
  now: Date.parse(completeThrough),
  soon: Date.parse(completeThrough),
  completeThrough: Date.parse(completeThrough),
  dataThrough: Date.parse(completeThrough),
});
const range = (start: string, end: string): InstantRange => ({
  start: Date.parse(`${start}T00:00:00+07:00`),
  end: Date.parse(`${end}T00:00:00+07:00`),
});
const weeks = (within: InstantRange) => listBuckets('week', within, 'Asia/Jakarta', 'monday');
const noon = clock('2024-11-16T12:00:00+07:00');

describe('where windows end', () => {
  test('each bucket ends with its last day inside the range', () => {
    const november = range('2024-11-01', '2024-11-14');
    expect(windowEnds(weeks(november), november, noon, false)).toEqual([
      { bucket: '2024-10-28', day: '2024-11-03' },
      { bucket: '2024-11-04', day: '2024-11-10' },
      { bucket: '2024-11-11', day: '2024-11-13' },
    ]);
  });

  test('a running week ends with its last complete day, days that have not begun have no end', () => {
    const running = range('2024-11-11', '2024-11-25');
    expect(windowEnds(weeks(running), running, noon, false)).toEqual([{ bucket: '2024-11-11', day: '2024-11-15' }]);
    expect(windowEnds(weeks(running), running, noon, true)).toEqual([{ bucket: '2024-11-11', day: '2024-11-16' }]);
  });

  test('the running day stands in where no day is complete', () => {
    const today = range('2024-11-16', '2024-11-17');
    expect(windowEnds(undefined, today, noon, false)).toEqual([{ day: '2024-11-16' }]);
    expect(windowEnds(undefined, range('2024-11-17', '2024-11-18'), noon, false)).toEqual([]);
  });

  test('at midnight the new day has not begun', () => {
    const midnight = clock('2024-11-16T00:00:00+07:00');
    expect(windowEnds(undefined, undefined, midnight, true)).toEqual([{ day: '2024-11-15' }]);
    expect(windowEnds(undefined, range('2024-11-16', '2024-11-17'), midnight, false)).toEqual([]);
  });
});

describe('how many days a cell has', () => {
  const weekday = { kind: 'weekday', name: 'weekday', path: 'dimensions.0' } as const;

  test('November 1 to 16 has three Fridays and two Mondays; the running Saturday does not count', () => {
    const days = countDays(completeRange(range('2024-11-01', '2024-11-30'), noon), [weekday], [], [], noon);
    expect([1, 2, 3, 4, 5, 6, 7].map((day) => days([day]))).toEqual([2, 2, 2, 2, 3, 2, 2]);
  });

  test('a filter on weekday leaves out the other days', () => {
    const mondays = {
      name: 'weekday',
      target: { kind: 'weekday' },
      op: 'in',
      values: ['1'],
      path: 'filters.0',
    } as const;
    const count = countDays(
      completeRange(range('2024-11-01', '2024-11-16'), noon),
      [],
      [],
      [{ ...mondays, values: ['1'] }],
      noon,
    );
    expect(count([])).toBe(2);
  });

  test('a range without a complete day has none', () => {
    expect(completeRange(range('2024-11-16', '2024-11-17'), noon)).toBeNull();
    expect(countDays(null, [], [], [], noon)([])).toBe(0);
  });

  test('buckets have their own days', () => {
    const within = range('2024-11-01', '2024-11-12');
    const time = { kind: 'time', name: 'time', grain: 'week', path: 'time.grain' } as const;
    const days = countDays(within, [time], weeks(within), [], noon);
    expect(['2024-10-28', '2024-11-04', '2024-11-11'].map((key) => days([key]))).toEqual([3, 7, 1]);
  });
});
