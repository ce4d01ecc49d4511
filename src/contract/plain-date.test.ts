import { describe, expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  daysBetween,
  isoWeekOf,
  isoWeekStart,
  parseDate,
  startOf,
  toDate,
  toDay,
  weekdayOf,
} from './plain-date.ts';

describe('plain dates', () => {
  test('only days of the calendar are dates', () => {
    expect(parseDate('2024-02-29')).toBe(19782);
    for (const text of [
      '2023-02-29',
      '2024-13-01',
      '2024-00-10',
      '2024-04-31',
      '2024-4-1',
      '0999-01-01',
      '',
      '2024-01-01T00:00',
    ]) {
      expect(parseDate(text), text).toBeNull();
    }
    expect(() => toDay('2023-02-29')).toThrow('"2023-02-29" is not a date');
  });

  test('day numbers go both ways, before 1970 as well', () => {
    for (const date of ['1969-12-31', '1970-01-01', '2000-02-29', '2024-12-31']) expect(toDate(toDay(date))).toBe(date);
    expect(toDay('1970-01-01')).toBe(0);
  });

  test('days and months are added over year ends and leap days', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2024-01-01', -1)).toBe('2023-12-31');
    expect(addMonths('2024-01-31', 1)).toBe('2024-02-29');
    expect(addMonths('2024-02-29', -12)).toBe('2023-02-28');
    expect(addMonths('2024-01-15', -1)).toBe('2023-12-15');
    expect(addMonths('2024-11-30', 3)).toBe('2025-02-28');
    expect(daysBetween('2024-02-01', '2024-03-01')).toBe(29);
  });

  test('weekdays: 1 January 1970 was a Thursday', () => {
    expect(weekdayOf('1970-01-01')).toBe(4);
    expect(weekdayOf('1969-12-28')).toBe(7);
    expect(weekdayOf('2024-11-18')).toBe(1);
  });

  test('weeks start where the workspace says', () => {
    expect(startOf('week', '2026-11-22', 'monday')).toBe('2026-11-16');
    expect(startOf('week', '2026-11-22', 'sunday')).toBe('2026-11-22');
    expect(startOf('week', '2026-11-20', 'saturday')).toBe('2026-11-14');
    expect(startOf('month', '2026-11-22', 'monday')).toBe('2026-11-01');
    expect(startOf('quarter', '2026-12-31', 'monday')).toBe('2026-10-01');
    expect(startOf('year', '2026-12-31', 'monday')).toBe('2026-01-01');
  });

  test('ISO weeks belong to the year of their Thursday', () => {
    expect(isoWeekOf('2024-12-30')).toEqual({ year: 2025, week: 1 });
    expect(isoWeekOf('2021-01-03')).toEqual({ year: 2020, week: 53 });
    expect(isoWeekOf('2026-12-31')).toEqual({ year: 2026, week: 53 });
    expect(isoWeekOf('2027-01-04')).toEqual({ year: 2027, week: 1 });
    expect(isoWeekStart(2020, 53)).toBe('2020-12-28');
    expect(isoWeekStart(2026, 53)).toBe('2026-12-28');
    expect(isoWeekStart(2025, 1)).toBe('2024-12-30');
    expect(isoWeekStart(2025, 53)).toBeNull();
    expect(isoWeekStart(2025, 0)).toBeNull();
  });
});
