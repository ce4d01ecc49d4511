import { describe, expect, test } from 'vitest';
import { comment, date, identifier, instant, joined, list, nested, number, plain, sql, string, zone } from './build.ts';
import { renderSql } from './render.ts';

describe('values', () => {
  test('a string is its bytes in hexadecimal, whatever it holds', () => {
    expect(renderSql(string(`';--`))).toBe(`unhex('273b2d2d')`);
    expect(renderSql(string('é\n'))).toBe(`unhex('c3a90a')`);
    expect(renderSql(string(''))).toBe(`''`);
  });

  test('numbers, dates, instants and zones are checked', () => {
    expect(renderSql(number(-1.5))).toBe('(-1.5)');
    expect(renderSql(list([number(1), string('a')]))).toBe(`(1, unhex('61'))`);
    expect(renderSql(instant(5))).toBe(`fromUnixTimestamp64Milli(5, 'UTC')`);
    expect(renderSql(zone('America/Argentina/Buenos_Aires'))).toBe(`'America/Argentina/Buenos_Aires'`);
    expect(renderSql(plain('/tables/{shard}/a-b.c'))).toBe(`'/tables/{shard}/a-b.c'`);
    for (const wrong of [
      number(Number.NaN),
      instant(1.5),
      date('2024-1-1'),
      date(`2024-01-01'`),
      zone(`UTC'`),
      zone(''),
      identifier('A b'),
      plain(`x'`),
      plain(''),
    ])
      expect(() => renderSql(wrong)).toThrow();
    expect(() => renderSql(list([]))).toThrow();
  });
});

describe('layout', () => {
  test('a comment stays on its line', () => {
    expect(renderSql(sql`${comment('one\ntwo\u2028three\r')}SELECT 1`)).toBe('-- one two three \nSELECT 1');
  });

  test('what is nested is set in', () => {
    const inner = nested(joined('\nUNION ALL\n', [sql`SELECT 1`, sql`SELECT 2`]));
    expect(renderSql(sql`SELECT *\nFROM ${inner}`)).toBe('SELECT *\nFROM (\n  SELECT 1\n  UNION ALL\n  SELECT 2\n)');
  });
});
