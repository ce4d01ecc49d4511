import { describe, expect, test } from 'vitest';
import { type PeriodContext, resolvePeriod } from './period.ts';
import { type CompareOptions, describePeriod, resolveCompare } from './period-compare.ts';
import { daysBetween, weekdayOf } from './plain-date.ts';

const context: PeriodContext = { today: '2026-11-21', weekStart: 'monday', data: { first: '2024-01-01', last: null } };

function periodOf(text: string) {
  const period = resolvePeriod(text, context);
  if (!period.ok) throw new Error(period.message);
  return period;
}

function compareOf(text: string, choice: string, options: CompareOptions = {}): string {
  const range = resolveCompare(choice, periodOf(text), { elapsedThrough: '2026-11-22', ...options });
  return range ? `${range.start} ${range.end}` : 'none';
}

describe('previous period', () => {
  test.each([
    ['w', '2026-11-07 2026-11-14'],
    ['28d', '2026-09-26 2026-10-24'],
    ['91d', '2026-05-23 2026-08-22'],
    ['e', '2026-11-13 2026-11-14'],
    ['30d', '2026-09-17 2026-10-17'],
    ['2026-11-01..2026-11-20', '2026-10-11 2026-10-31'],
    ['2024-02-29', '2024-02-22 2024-02-23'],
  ])('%s with weekdays aligned', (text, expected) => {
    expect(compareOf(text, 'prev')).toBe(expected);
    const period = periodOf(text);
    const range = resolveCompare('prev', period);
    expect(range && weekdayOf(range.start)).toBe(weekdayOf(period.start));
    expect(range && daysBetween(range.end, period.start)).toBeGreaterThanOrEqual(0);
  });

  test.each([
    ['w', '2026-11-07 2026-11-14'],
    ['e', '2026-11-19 2026-11-20'],
    ['30d', '2026-09-22 2026-10-22'],
    ['2024-03-01..2024-03-10', '2024-02-20 2024-03-01'],
  ])('%s immediately before when weekdays do not matter', (text, expected) => {
    expect(compareOf(text, 'prev', { matchWeekday: false })).toBe(expected);
  });

  test.each([
    ['lm', '2026-09-01 2026-10-01'],
    ['2024-03', '2024-02-01 2024-03-01'],
    ['2026-Q3', '2026-04-01 2026-07-01'],
    ['2025', '2024-01-01 2025-01-01'],
    ['lw', '2026-11-02 2026-11-09'],
    ['12m', '2024-11-01 2025-11-01'],
    ['2027-W01', '2026-12-28 2027-01-04'],
  ])('a whole calendar period goes against the one before: %s', (text, expected) => {
    expect(compareOf(text, 'prev', { elapsedThrough: '2030-01-01' })).toBe(expected);
  });

  test.each([
    ['mtd', '2026-10-01 2026-10-22'],
    ['2026-11', '2026-10-01 2026-10-22'],
    ['wtd', '2026-11-09 2026-11-15'],
    ['2026-W47', '2026-11-09 2026-11-15'],
    ['qtd', '2026-07-01 2026-08-22'],
    ['ytd', '2025-01-01 2025-11-22'],
    ['2026', '2025-01-01 2025-11-22'],
  ])('a running period goes against the same elapsed part: %s', (text, expected) => {
    expect(compareOf(text, 'prev')).toBe(expected);
  });

  test('31 March so far goes against the whole of February, not into March', () => {
    const march = resolvePeriod('mtd', { ...context, today: '2026-03-31' });
    expect(march.ok && resolveCompare('prev', march)).toEqual({ start: '2026-02-01', end: '2026-03-01' });
  });

  test('the 29th of February so far', () => {
    const february = resolvePeriod('ytd', { ...context, today: '2024-02-29' });
    expect(february.ok && resolveCompare('prev', february)).toEqual({ start: '2023-01-01', end: '2023-03-01' });
  });
});

describe('previous year', () => {
  test.each([
    ['w', '2025-11-15 2025-11-22'],
    ['2026-W47', '2025-11-17 2025-11-23'],
    ['mtd', '2025-11-02 2025-11-23'],
    ['2024-02-29', '2023-03-02 2023-03-03'],
    ['2025', '2024-01-01 2025-01-01'],
    ['12m', '2024-10-26 2025-10-26'],
  ])('%s on the same weekdays', (text, expected) => expect(compareOf(text, 'prev_year')).toBe(expected));

  test.each([
    ['w', '2025-11-14 2025-11-21'],
    ['2024-02-29', '2023-02-28 2023-03-01'],
    ['2024-02-01..2024-02-29', '2023-02-01 2023-03-01'],
    ['2024', '2023-01-01 2024-01-01'],
    ['2023-12-31..2024-01-01', '2022-12-31 2023-01-02'],
  ])('%s on the same dates', (text, expected) => {
    expect(compareOf(text, 'prev_year', { matchWeekday: false })).toBe(expected);
  });
});

describe('other choices', () => {
  test('custom, off and all', () => {
    expect(compareOf('w', '2026-10-01..2026-10-20')).toBe('2026-10-01 2026-10-21');
    expect(compareOf('w', '2026-10-01')).toBe('2026-10-01 2026-10-02');
    for (const choice of ['off', 'avg4', 'target', 'nonsense']) expect(compareOf('w', choice)).toBe('none');
    expect(compareOf('all', 'prev')).toBe('none');
  });
});

describe('describePeriod', () => {
  test('the sentence under the picker', () => {
    const period = { start: '2026-10-19', end: '2026-11-16' };
    expect(describePeriod(period, resolveCompare('prev', period), 'en')).toBe(
      'Mon Oct 19 – Sun Nov 15 2026 (28 days), compared with Mon Sep 21 – Sun Oct 18 2026 (same weekdays)',
    );
    expect(describePeriod(period, null, 'en-GB')).toBe('Mon 19 Oct – Sun 15 Nov 2026 (28 days)');
    const day = { start: '2026-11-20', end: '2026-11-21' };
    expect(describePeriod(day, { start: '2026-11-19', end: '2026-11-20' }, 'en-GB')).toBe(
      'Fri 20 Nov 2026 (1 day), compared with Thu 19 Nov 2026',
    );
    const month = { start: '2025-12-28', end: '2026-01-04' };
    expect(describePeriod(month, { start: '2025-12-01', end: '2025-12-02' }, 'en-GB')).toBe(
      'Sun 28 Dec 2025 – Sat 3 Jan 2026 (7 days), compared with Mon 1 Dec 2025 (1 day)',
    );
    expect(describePeriod(period, null, 'de')).toBe('Mo., 19. Okt. – So., 15. Nov. 2026 (28 days)');
  });
});
