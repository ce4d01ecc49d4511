import { describe, expect, test } from 'vitest';
import { formatAgo, formatBucket, formatDay, formatHour, formatInstant, formatWeekday } from './dates.ts';

describe('dates', () => {
  test('a day in full', () => {
    expect(formatDay('2026-11-17', 'en-GB')).toBe('Tue 17 Nov 2026');
    expect(formatDay('2026-11-17T08:00:00+07:00', 'en')).toBe('Tue Nov 17 2026');
  });

  test.each([
    ['2026-11-17', 'day', '17 Nov', 'Tue 17 Nov 2026'],
    ['2026-11-16', 'week', '16 Nov', 'W47, Mon 16 Nov – Sun 22 Nov 2026'],
    ['2026-11-15', 'week', '15 Nov', 'Sun 15 Nov – Sat 21 Nov 2026'],
    ['2026-11-01', 'month', 'Nov', 'November 2026'],
    ['2026-01-01', 'month', 'Jan 2026', 'January 2026'],
    ['2026-10-01', 'quarter', 'Q4', 'Q4 2026'],
    ['2026-01-01', 'quarter', 'Q1 2026', 'Q1 2026'],
    ['2026-01-01', 'year', '2026', '2026'],
    ['2026-11-17T08:00:00+07:00', 'hour', '08:00', 'Tue 17 Nov 2026, 08:00'],
  ])('%s by %s', (time, grain, axis, full) => {
    expect(formatBucket(time, grain, 'en-GB', 'axis')).toBe(axis);
    expect(formatBucket(time, grain, 'en-GB')).toBe(full);
  });

  test('a bucket without a time is nothing', () => expect(formatBucket('', 'day', 'en')).toBe('—'));

  test('hours and weekdays by locale', () => {
    expect([formatHour(0, 'en'), formatHour(14, 'de'), formatHour(14, 'en-US')]).toEqual(['00:00', '14:00', '2 PM']);
    expect([formatWeekday(1, 'en'), formatWeekday(7, 'en', 'long'), formatWeekday(1, 'de')]).toEqual([
      'Mon',
      'Sunday',
      'Mo',
    ]);
  });

  test('instants in the zone of the workspace', () => {
    expect(formatInstant('2024-11-15T17:00:00Z', 'en-GB', 'Asia/Jakarta')).toBe('Sat 16 Nov 2024, 00:00');
    expect(formatInstant('2024-11-15T16:59:59Z', 'en-GB', 'Asia/Jakarta')).toBe('Fri 15 Nov 2024, 23:59');
  });

  test('ages', () => {
    const now = '2024-11-16T01:00:00Z';
    expect(formatAgo('2024-11-16T00:57:00Z', now, 'en')).toBe('3 minutes ago');
    expect(formatAgo('2024-11-14T01:00:00Z', now, 'en')).toBe('2 days ago');
    expect(formatAgo(now, now, 'en')).toBe('now');
  });
});
