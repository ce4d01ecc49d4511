import { describe, expect, test } from 'vitest';
import { dayAfterKey, monthWeeks } from './calendar-weeks.ts';

describe('monthWeeks', () => {
  test('November 2024 from Monday', () => {
    const weeks = monthWeeks('2024-11-16', 'monday');
    expect(weeks.map((week) => week.number)).toEqual([44, 45, 46, 47, 48]);
    expect(weeks[0]?.days).toEqual([null, null, null, null, '2024-11-01', '2024-11-02', '2024-11-03']);
    expect(weeks[4]?.days.at(-1)).toBeNull();
    expect(weeks.flatMap((week) => week.days).filter(Boolean)).toHaveLength(30);
  });

  test('February 2024 from Sunday has its leap day', () => {
    const weeks = monthWeeks('2024-02-01', 'sunday');
    expect(weeks[0]?.days[4]).toBe('2024-02-01');
    expect(weeks[4]?.days[4]).toBe('2024-02-29');
  });

  test('week numbers over the turn of the year', () => {
    expect(monthWeeks('2026-12-01', 'monday').map((week) => week.number)).toEqual([49, 50, 51, 52, 53]);
    expect(monthWeeks('2027-01-01', 'monday')[0]?.number).toBe(53);
  });
});

test('arrow keys walk over month ends', () => {
  const after = (key: string, day = '2024-02-29') => dayAfterKey(key, day, 'monday');
  expect(after('ArrowRight')).toBe('2024-03-01');
  expect(after('ArrowUp')).toBe('2024-02-22');
  expect(after('Home')).toBe('2024-02-26');
  expect(after('End')).toBe('2024-03-03');
  expect(after('PageDown', '2024-01-31')).toBe('2024-02-29');
  expect(after('Enter')).toBeNull();
});
