import { describe, expect, test } from 'vitest';
import { listBuckets, listDays } from './buckets.ts';
import { startOfDay } from './local-time.ts';

const hoursOf = (date: string, next: string, zone: string) =>
  listBuckets('hour', { start: startOfDay(date, zone), end: startOfDay(next, zone) }, zone, 'monday').map(
    (bucket) => bucket.time,
  );

describe('hours', () => {
  test('a day in spring has 23, a day in autumn 25, and both two o’clocks are told apart', () => {
    expect(hoursOf('2024-03-31', '2024-04-01', 'Europe/Berlin')).toHaveLength(23);
    const autumn = hoursOf('2024-10-27', '2024-10-28', 'Europe/Berlin');
    expect(autumn).toHaveLength(25);
    expect(autumn.slice(2, 4)).toEqual(['2024-10-27T02:00:00+02:00', '2024-10-27T02:00:00+01:00']);
  });

  test('Lord Howe turns its clocks by half an hour', () => {
    expect(hoursOf('2024-04-07', '2024-04-08', 'Australia/Lord_Howe').slice(0, 4)).toEqual([
      '2024-04-07T00:00:00+11:00',
      '2024-04-07T01:00:00+11:00',
      '2024-04-07T01:30:00+10:30',
      '2024-04-07T02:00:00+10:30',
    ]);
    expect(hoursOf('2024-10-06', '2024-10-07', 'Australia/Lord_Howe').slice(1, 4)).toEqual([
      '2024-10-06T01:00:00+10:30',
      '2024-10-06T02:30:00+11:00',
      '2024-10-06T03:00:00+11:00',
    ]);
  });

  test('hours of Kolkata begin at half past in UTC', () => {
    const [first] = listBuckets(
      'hour',
      { start: Date.parse('2024-11-14T20:00:00Z'), end: Date.parse('2024-11-14T21:00:00Z') },
      'Asia/Kolkata',
      'monday',
    );
    expect(first).toMatchObject({
      time: '2024-11-15T01:00:00+05:30',
      key: String(Date.parse('2024-11-14T19:30:00Z') / 1000),
      hour: 1,
    });
  });
});

describe('days and longer', () => {
  const range = (start: string, end: string, zone = 'UTC') => ({
    start: startOfDay(start, zone),
    end: startOfDay(end, zone),
  });

  test('a day that the zone skipped is no bucket', () => {
    const apia = range('2011-12-29', '2012-01-01', 'Pacific/Apia');
    expect(listDays(apia, 'Pacific/Apia')).toEqual(['2011-12-29', '2011-12-31']);
    expect(apia.end - apia.start).toBe(2 * 86_400_000);
  });

  test('a day that begins at one o’clock begins there', () => {
    expect(new Date(startOfDay('2018-11-04', 'America/Sao_Paulo')).toISOString()).toBe('2018-11-04T03:00:00.000Z');
  });

  test.each([
    ['monday', ['2024-10-28', '2024-11-04', '2024-11-11']],
    ['sunday', ['2024-10-27', '2024-11-03', '2024-11-10']],
    ['saturday', ['2024-10-26', '2024-11-02', '2024-11-09']],
  ] as const)('weeks that start on %s', (weekStart, expected) => {
    const weeks = listBuckets('week', range('2024-11-01', '2024-11-13'), 'UTC', weekStart);
    expect(weeks.map((week) => week.key)).toEqual(expected);
  });

  test('months, quarters and years begin at their first day and hold the range', () => {
    const keys = (grain: 'month' | 'quarter' | 'year') =>
      listBuckets(grain, range('2023-12-15', '2024-05-01'), 'UTC', 'monday').map((bucket) => bucket.key);
    expect(keys('month')).toEqual(['2023-12-01', '2024-01-01', '2024-02-01', '2024-03-01', '2024-04-01']);
    expect(keys('quarter')).toEqual(['2023-10-01', '2024-01-01', '2024-04-01']);
    expect(keys('year')).toEqual(['2023-01-01', '2024-01-01']);
  });

  test('an empty range has no buckets', () => {
    expect(listBuckets('day', { start: 5, end: 5 }, 'UTC', 'monday')).toEqual([]);
  });
});
