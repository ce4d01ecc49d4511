import { expect, test } from 'vitest';
import { localTime, startOfLocalDay } from './local-time.ts';

test('instants are read on the wall clock of the zone', () => {
  expect(localTime('2024-11-15T17:00:00Z', 'Asia/Jakarta')).toBe('2024-11-16T00:00:00');
});

test.each([
  ['2026-11-20', 'UTC', '2026-11-20T00:00:00.000Z'],
  ['2026-11-20', 'Asia/Jakarta', '2026-11-19T17:00:00.000Z'],
  ['2026-11-20', 'America/New_York', '2026-11-20T05:00:00.000Z'],
  ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
  ['2026-10-26', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
  ['2026-11-20', 'Asia/Kathmandu', '2026-11-19T18:15:00.000Z'],
])('%s in %s begins at %s', (date, zone, instant) => {
  expect(startOfLocalDay(date, zone)).toBe(instant);
});

test('where midnight does not exist the day begins within the hour after it', () => {
  // Beirut's clock went from 00:00 to 01:00 on 2024-03-31.
  expect(startOfLocalDay('2024-03-31', 'Asia/Beirut')).toBe('2024-03-30T22:00:00.000Z');
});
