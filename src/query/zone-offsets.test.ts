import { describe, expect, test } from 'vitest';
import { addDays, toDay } from '../contract/plain-date.ts';
import { localDate, offsetAt, startOfDay } from './local-time.ts';
import { keepsMinutes, offsetsOf, sharesDays, sharesHours } from './zone-offsets.ts';

const HOUR = 3_600_000;
const year = (from: number, to = from + 1) => ({ start: Date.UTC(from, 0, 1), end: Date.UTC(to, 0, 1) });

describe.each([
  ['America/New_York', 2026],
  ['Asia/Kolkata', 2026],
  ['Australia/Lord_Howe', 2026],
  ['Pacific/Apia', 2011],
  ['America/Sao_Paulo', 2018],
  ['Africa/Cairo', 2024],
])('%s in %i', (zone, from) => {
  test('local days are those of the calendar', () => {
    const { start, end } = year(from);
    for (let at = start; at < end; at += 13.7 * HOUR) {
      const date = localDate(at, zone);
      const day = offsetsOf(zone).dayOf(at);
      expect([day.number, day.start]).toEqual([toDay(date), startOfDay(date, zone)]);
      expect(day.end).toBe(startOfDay(addDays(date, 1), zone));
      expect(offsetsOf(zone).at(at)).toBe(offsetAt(at, zone));
    }
  });
});

test('offsets long ago and far ahead are those of the calendar too', () => {
  for (const at of [Date.UTC(1883, 5, 1), Date.UTC(1950, 7, 1), Date.UTC(2150, 7, 1), Date.UTC(2400, 1, 1)])
    expect(offsetsOf('America/New_York').at(at)).toBe(offsetAt(at, 'America/New_York'));
});

test('a day that was skipped ends where it would have begun', () => {
  const day = offsetsOf('Pacific/Apia').dayOf(startOfDay('2011-12-29', 'Pacific/Apia'));
  expect(day.end).toBe(startOfDay('2011-12-31', 'Pacific/Apia'));
});

test('days around a midnight that came twice are broken', () => {
  // Newfoundland went back from 00:01 to 23:01 until 2011.
  const { broken } = offsetsOf('America/St_Johns');
  const at = startOfDay('2008-11-02', 'America/St_Johns');
  expect(broken.some(({ start, end }) => start <= at - 12 * HOUR && end >= at + 12 * HOUR)).toBe(true);
  expect(offsetsOf('America/New_York').broken).toEqual([]);
});

test('zones share hours and days or do not', () => {
  expect(sharesHours('America/New_York', 'Asia/Jakarta', year(2026))).toBe(true);
  expect(sharesHours('Asia/Kolkata', 'Asia/Jakarta', year(2026))).toBe(false);
  expect(sharesHours('Asia/Kolkata', 'Asia/Colombo', year(2026))).toBe(true);
  expect(sharesDays('Asia/Jakarta', 'Asia/Bangkok', year(2026))).toBe(true);
  expect(sharesDays('Europe/Berlin', 'Africa/Tunis', year(2026))).toBe(false);
  expect(keepsMinutes('Australia/Lord_Howe', year(2026))).toBe(false);
  expect(keepsMinutes('America/New_York', year(2026))).toBe(true);
});
