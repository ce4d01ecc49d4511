import { describe, expect, test } from 'vitest';
import { dateText, kindOfFormat } from './xlsx-dates.ts';

describe('kindOfFormat', () => {
  test.each([
    [14, undefined, 'date'],
    [22, undefined, 'date'],
    [20, undefined, 'time'],
    [46, undefined, 'elapsed'],
    [0, undefined, 'number'],
    [9, undefined, 'number'],
    [200, 'yyyy-mm-dd', 'date'],
    [200, '[$-F800]dddd, mmmm dd, yyyy', 'date'],
    [200, 'hh:mm AM/PM', 'time'],
    [200, '[h]:mm', 'elapsed'],
    [200, 'mmm', 'date'],
    [200, 'mm:ss.0', 'time'],
    [200, '0.00 "days"', 'number'],
    [200, '#,##0\\ \\h', 'number'],
    [200, '[Red]#,##0.00;[Blue]-#,##0.00', 'number'],
    [200, '[$USD] #,##0', 'number'],
    [200, '_-* #,##0_-', 'number'],
    [200, 'General', 'number'],
    [200, '0.00E+00', 'number'],
    // A format of one's own takes the number of a built-in one.
    [14, '0.00', 'number'],
  ])('%s %s is %s', (id, code, kind) => expect(kindOfFormat(id, code)).toBe(kind));
});

describe('dateText', () => {
  test.each([
    [1, 'date', false, '1900-01-01'],
    [59, 'date', false, '1900-02-28'],
    [60, 'date', false, '1900-02-29'],
    [61, 'date', false, '1900-03-01'],
    [46_336, 'date', false, '2026-11-10'],
    [44_874, 'date', true, '2026-11-10'],
    [0, 'date', true, '1904-01-01'],
    [46_336.385671296, 'date', false, '2026-11-10T09:15:22'],
    [46_336.999999, 'date', false, '2026-11-11'],
    [0.5, 'time', false, '12:00:00'],
    [46_336.5, 'time', false, '2026-11-10T12:00:00'],
    [1.5, 'elapsed', false, '36:00:00'],
    [-1, 'date', false, -1],
    [2_958_465, 'date', false, '9999-12-31'],
    [3_000_000, 'date', false, 3_000_000],
  ] as const)('%s as %s (1904: %s) is %s', (serial, kind, is1904, text) =>
    expect(dateText(serial, kind, is1904)).toBe(text),
  );
});
