import { describe, expect, test } from 'vitest';
import type { MetricQuery } from '../contract/query.ts';
import { formatInstant } from './format-instant.ts';
import { resolveTime } from './resolve-time.ts';
import type { Clock } from './resolved.ts';

const zone = 'Europe/Berlin';
const now = Date.parse('2024-11-16T12:00:00+01:00');
const clock: Clock = { zone, weekStart: 'monday', now, soon: now, completeThrough: now, dataThrough: now };

function resolve(query: Partial<MetricQuery>) {
  const { range, compare, problems } = resolveTime({ metrics: ['charges'], ...query }, clock, {
    now,
    asOf: now,
    completeThrough: now,
    dataVersion: '1',
    data: { first: '2024-01-05', last: '2024-11-16' },
  });
  const show = (each: { start: number; end: number } | undefined) =>
    each === undefined ? undefined : [formatInstant(each.start, zone), formatInstant(each.end, zone)];
  return { range: show(range), compare: show(compare), problems: problems.map((problem) => problem.code) };
}

describe('ranges', () => {
  test('dates are local days, instants are instants', () => {
    expect(resolve({ time: { range: ['2024-10-27', '2024-10-28'] } }).range).toEqual([
      '2024-10-27T00:00:00+02:00',
      '2024-10-28T00:00:00+01:00',
    ]);
    expect(resolve({ time: { range: ['2024-11-15T10:00:00Z', '2024-11-16'] } }).range).toEqual([
      '2024-11-15T11:00:00+01:00',
      '2024-11-16T00:00:00+01:00',
    ]);
  });

  test('periods are those of the page', () => {
    expect(resolve({ time: { range: 'w' } }).range).toEqual(['2024-11-09T00:00:00+01:00', '2024-11-16T00:00:00+01:00']);
    expect(resolve({ time: { range: 'all' } }).range).toEqual([
      '2024-01-05T00:00:00+01:00',
      '2024-11-17T00:00:00+01:00',
    ]);
    expect(resolve({}).range).toBeUndefined();
  });

  test.each([
    [['2024-11-16', '2024-11-16'], 'empty_range'],
    [['2024-11-16', '2024-11-15'], 'empty_range'],
    [['1890-01-01', '2024-11-15'], 'range_too_far'],
    ['tuesday-ish', 'invalid_period'],
  ] as [[string, string] | string, string][])('%j is a problem', (written, code) => {
    expect(resolve({ time: { range: written } }).problems).toEqual([code]);
  });
});

describe('comparisons', () => {
  test('part of a day is compared with the same hours a week before, across a change of clocks', () => {
    const { compare } = resolve({
      time: { range: ['2024-10-28T08:00:00+01:00', '2024-10-28T12:00:00+01:00'] },
      compare: 'previous_period',
    });
    expect(compare).toEqual(['2024-10-21T08:00:00+02:00', '2024-10-21T12:00:00+02:00']);
  });

  test('with weekdays unmatched part of a day is compared with the hours before', () => {
    const { compare } = resolve({
      time: { range: ['2024-11-15T08:00:00+01:00', '2024-11-15T12:00:00+01:00'] },
      compare: 'previous_period',
      match_weekday: false,
    });
    expect(compare).toEqual(['2024-11-15T04:00:00+01:00', '2024-11-15T08:00:00+01:00']);
  });

  test('all time and no time have nothing to compare with', () => {
    expect(resolve({ time: { range: 'all' }, compare: 'previous_period' }).problems).toEqual(['not_comparable']);
    expect(resolve({ compare: 'previous_year' }).problems).toEqual(['missing_range']);
    expect(resolve({ compare: { range: ['2024-01-01', '2024-02-01'] } }).problems).toEqual(['missing_range']);
  });

  test('a written range must be one', () => {
    expect(resolve({ time: { range: 'w' }, compare: { range: ['2024-02-01', '2024-01-01'] } }).problems).toEqual([
      'empty_range',
    ]);
  });
});
