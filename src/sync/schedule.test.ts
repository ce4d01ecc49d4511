import { describe, expect, test } from 'vitest';
import { parseSchedule } from './schedule.ts';

/** All times of a schedule in [from, to). */
function times(line: string, zone: string, from: string, to: string): string[] {
  const schedule = parseSchedule(line, zone);
  const found: string[] = [];
  let at = schedule.next(Date.parse(from) - 1);
  while (at !== null && at < Date.parse(to)) {
    found.push(new Date(at).toISOString().replace(':00.000Z', 'Z'));
    at = schedule.next(at);
  }
  return found;
}

/** RELIABILITY F22: worked out by hand from the zones' rules. */
describe('days on which the clocks are changed', () => {
  test.each([
    [
      'Europe/Berlin forward: 02:30 is missing, 03:00 stands in',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28',
      '2026-03-31',
      ['2026-03-28T01:30Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z'],
    ],
    [
      'Europe/Berlin back: of two 02:30 the first',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24',
      '2026-10-27',
      ['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    ],
    [
      'Europe/Berlin: every morning at 06:00 in winter and summer',
      undefined,
      'Europe/Berlin',
      '2026-03-28',
      '2026-03-30',
      ['2026-03-28T05:00Z', '2026-03-29T04:00Z'],
    ],
    [
      'a list of hours is as strict as one hour, forward',
      '30 2,14 * * *',
      'Europe/Berlin',
      '2026-03-29',
      '2026-03-30',
      ['2026-03-29T01:00Z', '2026-03-29T12:30Z'],
    ],
    [
      'a list of hours is as strict as one hour, back',
      '30 2,14 * * *',
      'Europe/Berlin',
      '2026-10-25',
      '2026-10-26',
      ['2026-10-25T00:30Z', '2026-10-25T13:30Z'],
    ],
    [
      'every half hour goes on by real time',
      '*/30 * * * *',
      'Europe/Berlin',
      '2026-10-25T00:00Z',
      '2026-10-25T02:00Z',
      ['2026-10-25T00:00Z', '2026-10-25T00:30Z', '2026-10-25T01:00Z', '2026-10-25T01:30Z'],
    ],
    [
      'America/New_York forward',
      '30 2 * * *',
      'America/New_York',
      '2026-03-07',
      '2026-03-10',
      ['2026-03-07T07:30Z', '2026-03-08T07:00Z', '2026-03-09T06:30Z'],
    ],
    [
      'America/New_York back',
      '30 1 * * *',
      'America/New_York',
      '2026-10-31',
      '2026-11-03',
      ['2026-10-31T05:30Z', '2026-11-01T05:30Z', '2026-11-02T06:30Z'],
    ],
    [
      'Australia/Lord_Howe forward by half an hour: 02:15 is missing',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-02',
      '2026-10-05',
      ['2026-10-02T15:45Z', '2026-10-03T15:30Z', '2026-10-04T15:15Z'],
    ],
    [
      'Australia/Lord_Howe back by half an hour: 01:45 is there twice',
      '45 1 * * *',
      'Australia/Lord_Howe',
      '2026-04-03',
      '2026-04-06',
      ['2026-04-03T14:45Z', '2026-04-04T14:45Z', '2026-04-05T15:15Z'],
    ],
    [
      'Asia/Kolkata never changes',
      '30 2 * * *',
      'Asia/Kolkata',
      '2026-03-28',
      '2026-03-30',
      ['2026-03-28T21:00Z', '2026-03-29T21:00Z'],
    ],
    [
      'Africa/Casablanca back before Ramadan',
      '30 2 * * *',
      'Africa/Casablanca',
      '2026-02-14',
      '2026-02-17',
      ['2026-02-14T01:30Z', '2026-02-15T01:30Z', '2026-02-16T02:30Z'],
    ],
    [
      'Africa/Casablanca forward after Ramadan: 02:30 is missing',
      '30 2 * * *',
      'Africa/Casablanca',
      '2026-03-21',
      '2026-03-24',
      ['2026-03-21T02:30Z', '2026-03-22T02:00Z', '2026-03-23T01:30Z'],
    ],
    [
      'Pacific/Apia in 2011 left out the 30th of December',
      '0 6 * * *',
      'Pacific/Apia',
      '2011-12-29',
      '2012-01-01',
      ['2011-12-29T16:00Z', '2011-12-30T16:00Z', '2011-12-31T16:00Z'],
    ],
  ])('%s', (_, line, zone, from, to, expected) => {
    expect(times(line ?? '0 6 * * *', zone, from, to)).toEqual(expected);
    expect(parseSchedule(line, zone).text).toBe(line ?? '0 6 * * *');
  });

  test('looking back finds the same times as looking forward, from any moment', () => {
    for (const zone of [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'Pacific/Apia',
    ])
      for (const line of ['30 2 * * *', '45 1 * * *', '15 2 * * *', '*/20 */6 * * *', '0 6 * * 1-5', '30 2,14 1 * *']) {
        const schedule = parseSchedule(line, zone);
        let before: number | null = null;
        for (const at of times(line, zone, '2026-10-01', '2026-11-04').map(Date.parse)) {
          for (const later of [0, 400]) expect(schedule.latest(at + later)).toBe(at);
          if (before !== null) for (const earlier of [1]) expect(schedule.latest(at - earlier)).toBe(before);
          before = at;
        }
      }
  });
});

test('manual has no time of its own', () => {
  const schedule = parseSchedule('manual', 'UTC');
  expect([schedule.next(0), schedule.latest(0)]).toEqual([null, null]);
});

test.each(['every day', '0 6 * *', '0 0 6 * * *', '@daily', '61 6 * * *', '', '0 6 * * *; x'])(
  '"%s" is refused',
  (line) => {
    expect(() => parseSchedule(line, 'UTC')).toThrow(
      /The schedule ".*" cannot be read\. Write five fields such as "0 6/,
    );
  },
);

test('a day that never comes has no times', () => {
  expect(parseSchedule('0 6 30 2 *', 'UTC').next(Date.parse('2026-01-01'))).toBeNull();
});
