import { describe, expect, test } from 'vitest';
import { formatPeriod, PERIOD_PRESETS, type PeriodContext, resolvePeriod, stepPeriod } from './period.ts';

/** A Friday; the week before is W46. */
const friday: PeriodContext = {
  today: '2026-11-20',
  weekStart: 'monday',
  data: { first: '2024-03-05', last: '2026-11-19' },
};

function rangeOf(text: string, context: PeriodContext = friday): string {
  const period = resolvePeriod(text, context);
  return period.ok ? `${period.start} ${period.end}${period.partial ? ' partial' : ''}` : period.message;
}

describe('resolvePeriod', () => {
  test.each([
    ['d', '2026-11-20 2026-11-21 partial'],
    ['e', '2026-11-19 2026-11-20'],
    ['w', '2026-11-13 2026-11-20'],
    ['28d', '2026-10-23 2026-11-20'],
    ['91d', '2026-08-21 2026-11-20'],
    ['1d', '2026-11-19 2026-11-20'],
    ['wtd', '2026-11-16 2026-11-21 partial'],
    ['mtd', '2026-11-01 2026-11-21 partial'],
    ['qtd', '2026-10-01 2026-11-21 partial'],
    ['ytd', '2026-01-01 2026-11-21 partial'],
    ['lw', '2026-11-09 2026-11-16'],
    ['lm', '2026-10-01 2026-11-01'],
    ['lq', '2026-07-01 2026-10-01'],
    ['ly', '2025-01-01 2026-01-01'],
    ['12m', '2025-11-01 2026-11-01'],
    ['3w', '2026-10-26 2026-11-16'],
    ['2q', '2026-04-01 2026-10-01'],
    ['2y', '2024-01-01 2026-01-01'],
    ['all', '2024-03-05 2026-11-21 partial'],
    ['2026-W46', '2026-11-09 2026-11-16'],
    ['2026-W47', '2026-11-16 2026-11-23 partial'],
    ['2020-W53', '2020-12-28 2021-01-04'],
    ['2026-11', '2026-11-01 2026-12-01 partial'],
    ['2024-02', '2024-02-01 2024-03-01'],
    ['2026-Q3', '2026-07-01 2026-10-01'],
    ['2026-Q4', '2026-10-01 2027-01-01 partial'],
    ['2025', '2025-01-01 2026-01-01'],
    ['2026-11-01..2026-11-19', '2026-11-01 2026-11-20'],
    ['2026-11-01..2026-11-20', '2026-11-01 2026-11-21 partial'],
    ['2024-02-29', '2024-02-29 2024-03-01'],
    ['2023-12-31..2024-01-01', '2023-12-31 2024-01-02'],
  ])('%s', (text, expected) => expect(rangeOf(text)).toBe(expected));

  test.each([
    ['f', '28d'],
    ['n', '91d'],
    ['k', 'wtd'],
    ['m', 'mtd'],
    ['q', 'qtd'],
    ['y', 'ytd'],
    ['p', 'lm'],
    ['l', '12m'],
    ['a', 'all'],
    ['7d', 'w'],
    ['1w', 'lw'],
  ])('the letter or spelling %s means %s', (alias, id) =>
    expect(resolvePeriod(alias, friday)).toEqual(resolvePeriod(id, friday)),
  );

  test.each([
    ['16.11-22.11', '2026-11-16 2026-11-23 partial'],
    ['16.11.2025 - 22.11.2025', '2025-11-16 2025-11-23'],
    ['28.12-3.1', '2025-12-28 2026-01-04'],
    ['28.12.2024-3.1.2025', '2024-12-28 2025-01-04'],
    ['W46', '2026-11-09 2026-11-16'],
    ['w50', '2025-12-08 2025-12-15'],
    ['week 46 2025', '2025-11-10 2025-11-17'],
    ['last 3 weeks', '2026-10-26 2026-11-16'],
    ['last 10 days', '2026-11-10 2026-11-20'],
    ['Last Month', '2026-10-01 2026-11-01'],
    ['this quarter', '2026-10-01 2026-11-21 partial'],
    ['yesterday', '2026-11-19 2026-11-20'],
    ['past day', '2026-11-19 2026-11-20'],
    ['all time', '2024-03-05 2026-11-21 partial'],
    ['Q3', '2026-07-01 2026-10-01'],
    ['q4 2025', '2025-10-01 2026-01-01'],
    ['december', '2025-12-01 2026-01-01'],
    ['Feb 2024', '2024-02-01 2024-03-01'],
    ['1-19 nov', '2026-11-01 2026-11-20'],
    ['1–19 November 2025', '2025-11-01 2025-11-20'],
    ['3 oct to 5 oct', '2026-10-03 2026-10-06'],
    ['Oct 3, 2025', '2025-10-03 2025-10-04'],
    ['2026-10-01 - 2026-10-03', '2026-10-01 2026-10-04'],
    ['29.02.2024', '2024-02-29 2024-03-01'],
  ])('people may type "%s"', (text, expected) => expect(rangeOf(text)).toBe(expected));

  test('what means nothing is answered with a sentence', () => {
    expect(rangeOf('2026-W54')).toBe('2026 has no week 54.');
    expect(rangeOf('2025-W53')).toBe('2025 has no week 53.');
    expect(rangeOf('2026-02-30')).toBe('2026-02-30 is not a day of the calendar.');
    expect(rangeOf('2026-13')).toBe('There is no month 13.');
    expect(rangeOf('2026-11-20..2026-11-01')).toBe('2026-11-01 is before 2026-11-20. Write the earlier day first.');
    expect(rangeOf('99999d')).toBe('The longest period is 36600 days.');
    expect(rangeOf('9999w')).toBe('The longest period is 5000 weeks.');
    for (const text of [
      '',
      'soon',
      '0d',
      '-3d',
      '31.2',
      '28d; drop',
      '__proto__',
      'constructor',
      'last 0 days',
      '3 foo',
    ]) {
      expect(rangeOf(text), text).toContain('is not a period');
    }
  });

  test('weeks start where the workspace says', () => {
    const sunday: PeriodContext = { ...friday, weekStart: 'sunday' };
    expect(rangeOf('wtd', sunday)).toBe('2026-11-15 2026-11-21 partial');
    expect(rangeOf('lw', sunday)).toBe('2026-11-08 2026-11-15');
    expect(rangeOf('lw', { ...friday, weekStart: 'saturday' })).toBe('2026-11-07 2026-11-14');
    expect(rangeOf('2026-W46', sunday)).toBe('2026-11-09 2026-11-16');
  });

  test('rolling periods keep their length when today is included', () => {
    const now: PeriodContext = { ...friday, includeToday: true };
    expect(rangeOf('w', now)).toBe('2026-11-14 2026-11-21 partial');
    expect(rangeOf('28d', now)).toBe('2026-10-24 2026-11-21 partial');
    expect(rangeOf('12m', now)).toBe('2025-12-01 2026-11-21 partial');
    expect(rangeOf('2026-10', now)).toBe('2026-10-01 2026-11-01');
  });

  test('all time without data is today', () => {
    expect(rangeOf('all', { today: '2026-11-20', weekStart: 'monday' })).toBe('2026-11-20 2026-11-21 partial');
    expect(rangeOf('all', { ...friday, data: { first: null, last: null } })).toBe('2026-11-20 2026-11-21 partial');
    expect(rangeOf('all', { ...friday, data: { first: '2027-01-01', last: null } })).toBe(
      '2026-11-20 2026-11-21 partial',
    );
  });

  test('the first days of a year and a leap day', () => {
    const newYear: PeriodContext = { today: '2024-01-01', weekStart: 'monday' };
    expect(rangeOf('w', newYear)).toBe('2023-12-25 2024-01-01');
    expect(rangeOf('ytd', newYear)).toBe('2024-01-01 2024-01-02 partial');
    expect(rangeOf('lm', newYear)).toBe('2023-12-01 2024-01-01');
    expect(rangeOf('lq', newYear)).toBe('2023-10-01 2024-01-01');
    expect(rangeOf('e', { today: '2024-03-01', weekStart: 'monday' })).toBe('2024-02-29 2024-03-01');
  });

  test('presets resolve to their own id and every key is used once', () => {
    for (const preset of PERIOD_PRESETS)
      expect(resolvePeriod(preset.id, friday)).toMatchObject({ ok: true, id: preset.id });
    const keys = PERIOD_PRESETS.flatMap((preset) => ('key' in preset ? [preset.key] : []));
    expect(keys.toSorted()).toEqual(['Shift F', 'Shift K', 'a', 'd', 'e', 'l', 'm', 'n', 'p', 'q', 'w', 'y']);
  });
});

describe('formatPeriod', () => {
  test.each([
    ['2026-01-01', '2027-01-01', '2026'],
    ['2026-10-01', '2027-01-01', '2026-Q4'],
    ['2024-02-01', '2024-03-01', '2024-02'],
    ['2020-12-28', '2021-01-04', '2020-W53'],
    ['2024-12-30', '2025-01-06', '2025-W01'],
    ['2026-11-15', '2026-11-22', '2026-11-15..2026-11-21'],
    ['2024-02-29', '2024-03-01', '2024-02-29'],
  ])('%s to %s is %s and reads back', (start, end, text) => {
    expect(formatPeriod({ start, end })).toBe(text);
    expect(resolvePeriod(text, friday)).toMatchObject({ ok: true, start, end });
  });
});

describe('stepPeriod', () => {
  function stepOf(text: string, direction: -1 | 1): string {
    const period = resolvePeriod(text, friday);
    if (!period.ok) throw new Error(period.message);
    return formatPeriod(stepPeriod(period, direction));
  }
  test.each([
    ['w', -1, '2026-11-06..2026-11-12'],
    ['28d', -1, '2026-09-25..2026-10-22'],
    ['mtd', -1, '2026-10'],
    ['2024-03', -1, '2024-02'],
    ['2024-02', 1, '2024-03'],
    ['2026-Q1', -1, '2025-Q4'],
    ['2024', 1, '2025'],
    ['2027-W01', -1, '2026-W53'],
    ['12m', -1, '2024-11-01..2025-10-31'],
    ['2024-02-29', 1, '2024-03-01'],
    ['2026-11-01..2026-11-20', 1, '2026-11-21..2026-12-10'],
  ] as const)('%s by %i is %s', (text, direction, expected) => expect(stepOf(text, direction)).toBe(expected));
});
