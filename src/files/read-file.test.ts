import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UGLY_WORKBOOKS } from '../../test/support/ugly-workbooks.ts';
import { rows, workbook } from '../../test/support/xlsx.ts';
import { DEFAULT_LIMITS } from './file-limits.ts';
import { lookAtFile, readFilePages } from './read-file.ts';

/** Whatever the bytes are: a table, or a sentence for people; never another error. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turnout-bytes-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function outcome(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'file');
  await writeFile(path, bytes);
  try {
    const look = await lookAtFile(path, {}, DEFAULT_LIMITS);
    let count = 0;
    for await (const page of readFilePages(path, look.format, DEFAULT_LIMITS)) {
      expect(page.columns).toEqual(look.columns);
      expect(page.rows.every((row) => row.length >= page.columns.length)).toBe(true);
      count += page.rows.length;
    }
    return `${count} rows`;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

test('any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      expect(await outcome(bytes)).toMatch(/^(?:\d+ rows|TurnoutError)$/);
    }),
    { numRuns: 200 },
  );
});

test('any text', async () => {
  const unit = fc.constantFrom(
    'a',
    'Email',
    '"',
    ',',
    ';',
    '\n',
    '\r',
    '\t',
    '|',
    '1',
    ' ',
    '#',
    '\0',
    'я',
    '--',
    'Attendee Details',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(unit, { maxLength: 80 }), async (parts) => {
      expect(await outcome(Buffer.from(parts.join('')))).toMatch(/^(?:\d+ rows|TurnoutError)$/);
    }),
    { numRuns: 300 },
  );
});

test('a workbook with any byte changed, or cut anywhere', async () => {
  const books = ['rich-text.xlsx', 'sparse.xlsx', 'dates-1900.xlsx'].map(
    (name) => UGLY_WORKBOOKS.get(name)?.() ?? Buffer.alloc(0),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...books),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }),
      fc.option(fc.nat()),
      async (book, changes, length) => {
        const bytes = Buffer.from(book);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        expect(await outcome(length === null ? bytes : bytes.subarray(0, length % bytes.length))).toMatch(
          /^(?:\d+ rows|TurnoutError)$/,
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('any elements in a sheet', async () => {
  const piece = fc.constantFrom(
    '<row>',
    '</row>',
    '<row r="2">',
    '<row r="99999999">',
    '<c r="A1">',
    '<c r="ZZZ9">',
    '<c t="s">',
    '<c t="zzz" s="999">',
    '</c>',
    '<v>',
    '</v>',
    '<t>',
    '</t>',
    '1',
    '1e999',
    'text',
    '<is>',
    '</is>',
    '<rPh>',
    '</rPh>',
    '<!-- x -->',
    '<![CDATA[y]]>',
    '&amp;',
    '&none;',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 25 }), async (pieces) => {
      const sheet =
        rows([
          ['email', 'visits'],
          ['dana.lopez@example.com', 3],
        ]) + pieces.join('');
      expect(await outcome(workbook({ sheets: [{ name: 'Any', rows: sheet }] }))).toMatch(
        /^(?:\d+ rows|TurnoutError)$/,
      );
    }),
    { numRuns: 200 },
  );
});
