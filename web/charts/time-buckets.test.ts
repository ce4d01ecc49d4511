import { expect, test } from 'vitest';
import { bucketEnd, clockChanges, isWeekend, partialBuckets } from './time-buckets.ts';

test('bucketEnd is exclusive local time', () => {
  expect(bucketEnd('2024-11-04', 'day')).toBe('2024-11-05T00:00:00');
  expect(bucketEnd('2024-12-30', 'week')).toBe('2025-01-06T00:00:00');
  expect(bucketEnd('2024-02-01', 'month')).toBe('2024-03-01T00:00:00');
  expect(bucketEnd('2024-10-01', 'quarter')).toBe('2025-01-01T00:00:00');
  expect(bucketEnd('2024-11-04T23:00:00+07:00', 'hour')).toBe('2024-11-05T00:00:00');
});

test('a bucket is partial where data or the range ends inside it', () => {
  const range = { start: '2024-11-01T00:00:00+07:00', end: '2024-11-16T00:00:00+07:00' };
  const days = ['2024-11-14', '2024-11-15'];
  expect(partialBuckets(days, 'day', range, '2024-11-16T00:00:00+07:00', 'Asia/Jakarta')).toEqual([false, false]);
  expect(partialBuckets(days, 'day', range, '2024-11-15T13:00:00+07:00', 'Asia/Jakarta')).toEqual([false, true]);
  const weeks = ['2024-10-28', '2024-11-04', '2024-11-11'];
  expect(partialBuckets(weeks, 'week', range, '2024-11-20T00:00:00+07:00', 'Asia/Jakarta')).toEqual([
    true,
    false,
    true,
  ]);
});

test('weekends', () => {
  expect(isWeekend('2024-11-16')).toBe(true);
  expect(isWeekend('2024-11-18')).toBe(false);
});

test('clock changes name the local day, on both sides of Greenwich', () => {
  expect(clockChanges('2024-10-01', '2024-11-30', 'Europe/Berlin')).toEqual([{ date: '2024-10-27', minutes: -60 }]);
  expect(clockChanges('2024-10-01', '2024-11-30', 'America/New_York')).toEqual([{ date: '2024-11-03', minutes: -60 }]);
  expect(clockChanges('2024-10-01', '2024-11-30', 'Australia/Lord_Howe')).toEqual([
    { date: '2024-10-06', minutes: 30 },
  ]);
  expect(clockChanges('2024-10-27', '2024-10-28', 'Europe/Berlin')).toHaveLength(1);
  expect(clockChanges('2024-01-01', '2024-12-31', 'Asia/Jakarta')).toEqual([]);
});
