import { describe, expect, test } from 'vitest';
import { formatBytes, formatRows, formatValue, NO_DATA, type NumberStyle, type Place } from './numbers.ts';

const PLACES: Place[] = ['card', 'table', 'axis'];

function shown(value: number | null, style: Partial<NumberStyle>): string[] {
  return PLACES.map((place) => formatValue(value, { locale: 'en', ...style }, place));
}

describe('formatValue on cards, in tables, on axes', () => {
  test.each([
    [0, ['0', '0', '0']],
    [9_999, ['9,999', '9,999', '9,999']],
    [10_000, ['10K', '10,000', '10K']],
    [12_384, ['12.4K', '12,384', '12.4K']],
    [1_248_300, ['1.25M', '1,248,300', '1.25M']],
    [-12_384, ['−12.4K', '−12,384', '−12.4K']],
    [1_999, ['1,999', '1,999', '1,999']],
    [99_950, ['100K', '99,950', '100K']],
  ])('count %d', (value, expected) => expect(shown(value, { format: 'integer' })).toEqual(expected));

  test('compact starts at a thousand, except in tables', () => {
    expect(shown(1_999, { format: 'compact' })).toEqual(['2K', '1,999', '2K']);
    expect(shown(999, { format: 'compact' })).toEqual(['999', '999', '999']);
  });

  test.each([
    [0.3421, ['34.2%', '34.21%', '34.2%']],
    [0.0034, ['0.34%', '0.34%', '0.34%']],
    [0.0004, ['<0.1%', '0.04%', '0.04%']],
    [0.000_01, ['<0.1%', '<0.01%', '0%']],
    [0, ['0.0%', '0.00%', '0%']],
    [1, ['100.0%', '100.00%', '100%']],
    [0.009_96, ['1.0%', '1.00%', '1%']],
  ])('rate %d', (value, expected) => expect(shown(value, { format: 'percent' })).toEqual(expected));

  test.each([
    [17_804_830, ['IDR 17.8M', 'IDR 17,804,830', '17.8M']],
    [3_596_880, ['IDR 3.6M', 'IDR 3,596,880', '3.6M']],
    [255_775, ['IDR 255.8K', 'IDR 255,775', '256K']],
    [1_248.4, ['IDR 1,248', 'IDR 1,248', '1,248.4']],
    [350, ['IDR 350', 'IDR 350', '350']],
    [12.5, ['IDR 12.50', 'IDR 12.50', '12.5']],
    [0.0431, ['IDR 0.0431', 'IDR 0.0431', '0.04']],
    [0, ['IDR 0', 'IDR 0', '0']],
  ])('money %d', (value, expected) => {
    const plain = shown(value, { format: 'currency', currency: 'IDR' }).map((text) => text.replaceAll('\u00A0', ' '));
    expect(plain).toEqual(expected);
  });

  test('money keeps four significant digits per recipient', () => {
    expect(formatValue(0.043_123, { format: 'currency', currency: 'EUR', locale: 'en' }, 'table')).toBe('€0.04312');
    expect(formatValue(0.043_123, { format: 'currency', currency: 'EUR', locale: 'en' }, 'card')).toBe('€0.0431');
  });

  test.each([
    [134, ['2 m 14 s', '00:02:14', '2 m 14 s']],
    [3_600, ['1 h', '01:00:00', '1 h']],
    [90_061, ['1 d 1 h', '25:01:01', '1 d 1 h']],
    [0, ['0 s', '00:00:00', '0 s']],
    [59.6, ['1 m', '00:01:00', '1 m']],
    [-70, ['−1 m 10 s', '−00:01:10', '−1 m 10 s']],
  ])('duration %d', (value, expected) => expect(shown(value, { format: 'duration' })).toEqual(expected));

  test.each([
    [72.94, ['72.9', '72.94', '72.9']],
    [0.0435, ['0.04', '0.044', '0.04']],
    [0.0043, ['0.004', '0.004', '0.004']],
    [24_930.4, ['24.9K', '24,930.4', '24.9K']],
  ])('decimal %d', (value, expected) => expect(shown(value, { format: 'decimal' })).toEqual(expected));

  test.each([
    ['#,##0.0%', 0.3421, '34.2%'],
    ['0.00', 1234.5, '1234.50'],
    ['$#,##0', 1234.5, '$1,235'],
    ['#,##0.## "kg"', 1234.5, '1,234.5 kg'],
    ['0', 7.6, '8'],
  ])('Excel code %s', (format, value, expected) =>
    expect(formatValue(value, { format, locale: 'en' }, 'card')).toBe(expected),
  );

  test('nothing is a dash, never 0', () => {
    expect(shown(null, {})).toEqual([NO_DATA, NO_DATA, NO_DATA]);
    expect(formatValue(undefined, { locale: 'en' }, 'card')).toBe(NO_DATA);
    expect(formatValue(Number.NaN, { locale: 'en' }, 'card')).toBe(NO_DATA);
    expect(formatValue('WhatsApp', { locale: 'en' }, 'card')).toBe('WhatsApp');
    expect(formatValue(-0, { locale: 'en' }, 'card')).toBe('0');
  });

  test('the locale decides about signs and separators', () => {
    expect(formatValue(12_384, { locale: 'de' }, 'table')).toBe('12.384');
    expect(formatValue(0.3421, { format: 'percent', locale: 'de' }, 'card')).toBe('34,2\u00A0%');
  });
});

test('an Excel code never writes zero for what is not', () => {
  const say = (value: number, format: string) => formatValue(value, { format, locale: 'en' }, 'table');
  expect([say(0.04, '#,##0.0'), say(0, '#,##0.0'), say(0.06, '#,##0.0')]).toEqual(['<0.1', '0.0', '0.1']);
  expect([say(0.0004, '0.0%'), say(0.3, '#,##0')]).toEqual(['<0.1%', '<1']);
});

test('sizes and rows', () => {
  expect(formatBytes(0, 'en')).toBe('0 B');
  expect(formatBytes(1023, 'en')).toBe('1,023 B');
  expect(formatBytes(1536, 'en')).toBe('1.5 kB');
  expect(formatBytes(200 * 1024 ** 2, 'en')).toBe('200 MB');
  expect(formatRows(1, 'en')).toBe('1 row');
  expect(formatRows(1204, 'en')).toBe('1,204 rows');
});
