import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvScanner } from './csv-scanner.ts';
import { DEFAULT_LIMITS } from './file-limits.ts';

function scan(pieces: readonly string[], delimiter = ',', quote = '"', limits = DEFAULT_LIMITS): string[][] {
  const scanner = new CsvScanner(delimiter, quote, limits);
  return [...pieces.flatMap((piece) => scanner.push(piece)), ...scanner.end()].map(({ cells }) => cells);
}

/** Cuts a text at the places given. */
function cut(text: string, at: readonly number[]): string[] {
  const places = [...new Set(at.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => text.slice(from, places[index] ?? text.length));
}

describe('CsvScanner', () => {
  test('what was written is read, wherever the text is cut', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\n', '\r', ' ', '😀', ''), maxLength: 8 });
    const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        table,
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.nat(), { maxLength: 8 }),
        (rows, lineEnd, places) => {
          const text = rows
            .map((cells) => cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(',') + lineEnd)
            .join('');
          expect(scan(cut(text, places))).toEqual(rows);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('any text at all is read alike in one piece and in many', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' '), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 20 }), (one, places) => {
        expect(scan(cut(one, places))).toEqual(scan([one]));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    [
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['a,b\r\r\n1', [['a', 'b'], [''], ['1']]],
    ['"a""b",c', [['a"b', 'c']]],
    ['5" pipe,x', [['5" pipe', 'x']]],
    ['"say "hi" loud",x', [['say "hi" loud', 'x']]],
    ['"a" ,b', [['a', 'b']]],
    [
      '"never closed,1\nb,2',
      [
        ['"never closed', '1'],
        ['b', '2'],
      ],
    ],
    ['a,', [['a', '']]],
    [',\n', [['', '']]],
    ['', []],
  ])('%j', (text, rows) => expect(scan([text])).toEqual(rows));

  test('rows are numbered as a spreadsheet numbers them: blank ones count, line breaks in cells do not', () => {
    const scanner = new CsvScanner(',', '"', DEFAULT_LIMITS);
    const rows = scanner.push('a\n\n"b\nb"\nc\n');
    expect(rows.map(({ number, cells }) => [number, cells[0]])).toEqual([
      [1, 'a'],
      [2, ''],
      [3, 'b\nb'],
      [4, 'c'],
    ]);
  });

  test('a quote that is never closed costs its own row, even in a file without end', () => {
    const rows = scan([
      '"open,1\n',
      ...Array.from({ length: 200 }, (_, index) => `${String(index).padEnd(990, 'x')},2\n`),
    ]);
    expect(rows.length).toBe(201);
    expect(rows[0]).toEqual(['"open', '1']);
  });

  test('limits name the row', () => {
    const limits = { ...DEFAULT_LIMITS, cell: 10, columns: 3 };
    expect(() => scan(['a\n', 'b'.repeat(11)], ',', '"', limits)).toThrow(
      /^A cell in row 2 is longer than 10 characters\./,
    );
    expect(() => scan(['a\nb\n1,2,3,4'], ',', '"', limits)).toThrow(/^Row 3 has more than 3 columns\./);
  });
});
