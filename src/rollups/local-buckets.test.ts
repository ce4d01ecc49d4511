import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, hourOf } from '../contract/changes.ts';
import { type InstantRange, listBuckets } from '../query/buckets.ts';
import { localDate, startOfDay } from '../query/local-time.ts';
import { daysSpan, hoursSpan, LocalBuckets } from './local-buckets.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Asia/Kolkata',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/St_Johns',
  'Asia/Pyongyang',
];
const buckets = new Map(ZONES.map((zone) => [zone, new LocalBuckets(zone)]));
const of = (zone: string): LocalBuckets => buckets.get(zone) ?? new LocalBuckets(zone);
const utc = (text: string): number => Date.parse(`${text}:00.000Z`);
const isIn = (ranges: readonly InstantRange[], at: number) => ranges.some(({ start, end }) => at >= start && at < end);

describe('the local days of touched hours', () => {
  it('are one day with one hour where the zone is whole hours from UTC', () => {
    const hour = hourOf(utc('2026-03-10T23:00'));
    expect(of('Europe/Berlin').daysOf([hour])).toEqual([
      {
        start: utc('2026-03-10T23:00'),
        end: utc('2026-03-11T23:00'),
        days: [utc('2026-03-10T23:00') / 1000],
        ranges: [{ start: utc('2026-03-10T23:00'), end: utc('2026-03-11T00:00') }],
        hours: [utc('2026-03-10T23:00') / 1000],
        touched: [hour],
        uneven: false,
      },
    ]);
  });

  it('are two days where a UTC hour lies across local midnight', () => {
    const hour = hourOf(utc('2026-03-10T18:00'));
    const days = of('Asia/Kolkata').daysOf([hour]);
    expect(days.map(({ ranges, touched }) => [ranges, touched])).toEqual([
      [[{ start: utc('2026-03-10T17:30'), end: utc('2026-03-10T18:30') }], [hour]],
      [[{ start: utc('2026-03-10T18:30'), end: utc('2026-03-10T19:30') }], [hour]],
    ]);
  });

  it('are whole days around a change of the clocks by half an hour', () => {
    // On 5 April 2026 at 02:00 the clock of Lord Howe goes back to 01:30.
    const change = utc('2026-04-04T15:00');
    const [days, ...others] = of('Australia/Lord_Howe').daysOf([hourOf(change)]);
    expect(others).toEqual([]);
    const day = {
      start: startOfDay('2026-04-05', 'Australia/Lord_Howe'),
      end: startOfDay('2026-04-06', 'Australia/Lord_Howe'),
    };
    expect(days).toMatchObject({ ...day, ranges: [day], uneven: true, touched: [hourOf(change)] });
    expect(days?.hours.length).toBe(25);
  });

  it('leave out what lies outside of what can be kept', () => {
    expect(of('UTC').daysOf([-1, 0, hourOf(Date.UTC(2150, 0, 1))])).toEqual([]);
  });
});

it('hold every local hour and day that a touched instant can be in, whole, and no day that none can be in', () => {
  const stretch = fc.constantFrom(
    utc('2026-03-26T00:00'),
    utc('2026-10-22T00:00'),
    utc('2026-04-02T00:00'),
    utc('2011-12-28T00:00'),
    utc('2015-08-13T00:00'),
    utc('2018-05-03T00:00'),
  );
  const touched = fc.tuple(
    fc.constantFrom(...ZONES),
    stretch,
    fc.uniqueArray(fc.nat({ max: 120 }), { minLength: 1, maxLength: 20 }),
  );
  fc.assert(
    fc.property(touched, ([zone, origin, offsets]) => {
      const hours = offsets.map((offset) => hourOf(origin) + offset).sort((a, b) => a - b);
      const days = of(zone).daysOf(hours);
      const [hourly, daily] = [hoursSpan(days), daysSpan(days)];
      for (const hour of hours)
        for (let at = hour * HOUR_MS; at < (hour + 1) * HOUR_MS; at += HOUR_MS / 4) {
          const [bucket] = listBuckets('hour', { start: at, end: at + 1 }, zone, 'monday');
          expect(hourly.buckets).toContain(Number(bucket?.key));
          expect(isIn(hourly.ranges, at)).toBe(true);
          expect(daily.buckets).toContain(startOfDay(localDate(at, zone), zone) / 1000);
          expect(isIn(daily.ranges, at)).toBe(true);
        }
      // Every instant of the ranges is in a bucket that is computed, and the other way round.
      for (const [grain, { ranges, buckets: starts }] of [['hour', hourly] as const, ['day', daily] as const]) {
        const inside = new Set(
          ranges.flatMap((range) =>
            listBuckets(grain, range, zone, 'monday').map(({ key }) =>
              grain === 'hour' ? Number(key) : startOfDay(key, zone) / 1000,
            ),
          ),
        );
        expect([...inside].sort((a, b) => a - b)).toEqual([...new Set(starts)].sort((a, b) => a - b));
      }
      for (const day of days) if (!day.uneven) expect(day.touched.length).toBeGreaterThan(0);
    }),
    { numRuns: 100 },
  );
});
