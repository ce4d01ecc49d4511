import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { type DateOrder, dateOrderOf, readNumericTime, readTime } from './read-time.ts';
import { zoneClock } from './zone-clock.ts';

function read(text: string, order?: DateOrder): string {
  const reading = readTime(text, order);
  if (!reading.ok) return reading.why;
  const { at, zoned, withTime } = reading.value;
  const iso = new Date(at).toISOString().replace('.000Z', '');
  return `${withTime ? iso : iso.slice(0, 10)}${zoned ? ' UTC' : ''}`;
}

describe('readTime', () => {
  test.each([
    ['2026-11-10', undefined, '2026-11-10'],
    ['2026-11-10T09:15:22', undefined, '2026-11-10T09:15:22'],
    ['2026-11-10 09:15', undefined, '2026-11-10T09:15:00'],
    ['2026-11-10T09:15:22Z', undefined, '2026-11-10T09:15:22 UTC'],
    ['2026-11-10T09:15:22.500+02:00', undefined, '2026-11-10T07:15:22.500Z UTC'],
    ['2026-11-10 09:15:22 -0530', undefined, '2026-11-10T14:45:22 UTC'],
    ['2026-11-10 09:15:22 UTC', undefined, '2026-11-10T09:15:22 UTC'],
    ['2026/11/10 9:05', undefined, '2026-11-10T09:05:00'],
    ['10.11.2026', undefined, '2026-11-10'],
    ['10.11.2026 10:15', undefined, '2026-11-10T10:15:00'],
    ['10.11.26, 10.15 Uhr', undefined, '2026-11-10T10:15:00'],
    ['11/10/2026 04:15:22 AM', 'mdy', '2026-11-10T04:15:22'],
    ['11/10/2026 12:00 AM', 'mdy', '2026-11-10T00:00:00'],
    ['11/10/2026 12:00 p.m.', 'mdy', '2026-11-10T12:00:00'],
    ['10/11/2026', 'dmy', '2026-11-10'],
    ['10-11-26', 'dmy', '2026-11-10'],
    ['26-11-10', 'ymd', '2026-11-10'],
    ['Mar 22, 2025 07:13:27 PM', undefined, '2025-03-22T19:13:27'],
    ['22-Mar-25', undefined, '2025-03-22'],
    ['22 марта 2025 г.', undefined, '2025-03-22'],
    ['3. März 2025', undefined, '2025-03-03'],
    ['Wed, 18 Nov 2026 17:00:00 GMT', undefined, '2026-11-18T17:00:00 UTC'],
    ['Wed Nov 18 2026 17:00:00 GMT+0100 (Central European Standard Time)', undefined, 'unreadable'],
    ['Wed Nov 18 2026 17:00:00 GMT+0100 (CET)', undefined, '2026-11-18T16:00:00 UTC'],
    ['11/18/2026 10:00 EST', 'mdy', '2026-11-18T15:00:00 UTC'],
    ['03/04/2026', undefined, 'ambiguous'],
    // Never settled by the cell alone: the next one would be read the other way round.
    ['13/04/2026', undefined, 'ambiguous'],
    ['04/26/2026', 'dmy', 'unreadable'],
    ['31.02.2026', undefined, 'unreadable'],
    ['2026-13-01', undefined, 'unreadable'],
    ['2026-11-10 25:00', undefined, 'unreadable'],
    ['11/10/2026 13:00 PM', 'mdy', 'unreadable'],
    ['yesterday', undefined, 'unreadable'],
    ['10:15', undefined, 'unreadable'],
    ['2026-11-10 09:15 XYZ', undefined, 'unreadable'],
  ] as const)('%j in the order %s is %s', (text, order, expected) => expect(read(text, order)).toBe(expected));

  test('never throws and stays quick, whatever stands in a cell', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('1', '2', '0', ':', '.', '/', '-', ' ', 'A', 'M', 'T', '+', 'я'),
          maxLength: 200,
        }),
        (text) => {
          expect(['boolean']).toContain(typeof readTime(text, 'dmy').ok);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

test.each([
  ['13/04/2026', 'dmy'],
  ['04/13/2026 10:00 AM', 'mdy'],
  ['03/04/2026', 'open'],
  ['03.04.2026', 'dmy'],
  ['2026/04/03', 'ymd'],
  ['40/40/2026', undefined],
  ['Mar 3, 2026', undefined],
  ['1.2.3', undefined],
] as const)('%s says %s', (text, order) => expect(dateOrderOf(text)).toBe(order));

test.each([
  [46_336.385671296, '2026-11-10T09:15:22.000Z', false],
  [1_795_017_605, '2026-11-18T16:00:05.000Z', true],
  [1_795_017_605_000, '2026-11-18T16:00:05.000Z', true],
  [20_261_110, '2026-11-10T00:00:00.000Z', false],
] as const)('the number %s is %s', (value, iso, zoned) => {
  const found = readNumericTime(value);
  expect(found && new Date(found.value.at).toISOString()).toBe(iso);
  expect(found?.value.zoned).toBe(zoned);
});

test.each([5, 60, 20_261_340, 12_025_550_123, 1e15, -3])('the number %s is no time', (value) =>
  expect(readNumericTime(value)).toBeUndefined(),
);

describe('zoneClock', () => {
  test('is what Temporal says, also where the clocks change', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'America/Sao_Paulo',
      'Africa/Casablanca',
      'UTC',
    ];
    const clocks = new Map(zones.map((zone) => [zone, zoneClock(zone)]));
    const times = fc.date({ min: new Date('1990-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...zones), times, (zone, date) => {
        const local = Math.floor(date.getTime() / 60_000) * 60_000;
        const text = new Date(local).toISOString().slice(0, 19);
        const plain = Temporal.PlainDateTime.from(text);
        const early = plain.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
        const isShifted =
          plain.toZonedDateTime(zone, { disambiguation: 'earlier' }).epochMilliseconds !==
          plain.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds;
        expect(clocks.get(zone)?.toInstant(local)).toEqual({ instant: early, shifted: isShifted });
      }),
      { numRuns: 1500 },
    );
  });

  test.each([
    ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z', true],
    ['2026-03-29T02:30', '2026-03-29T01:30:00.000Z', true],
    ['2026-10-25T03:00', '2026-10-25T02:00:00.000Z', false],
    ['2026-10-25T01:59', '2026-10-24T23:59:00.000Z', false],
  ])('%s in Berlin', (local, instant, shifted) => {
    const resolved = zoneClock('Europe/Berlin').toInstant(Date.parse(`${local}Z`));
    expect(new Date(resolved.instant).toISOString()).toBe(instant);
    expect(resolved.shifted).toBe(shifted);
  });
});
