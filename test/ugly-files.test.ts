import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { describeColumns } from '../src/connectors/mapping/describe-columns.ts';
import { guessMapping } from '../src/connectors/mapping/guess-mapping.ts';
import { createImportCheck } from '../src/connectors/mapping/import-check.ts';
import type { ColumnMapping, FileFormat, MappingRecord, RowMapping } from '../src/contract/mapping.ts';
import { canonicalRecord } from '../src/contract/record.ts';
import { type FileReader, openFileReader } from '../src/files/file-reader.ts';
import { UGLY_WORKBOOKS } from './support/ugly-workbooks.ts';

/** Files as people really bring them: what is guessed, what their rows become, or why they are refused. */

interface Expected {
  file: string;
  about?: string;
  refused?: string;
  format?: FileFormat;
  sections?: string[];
  columns?: string[];
  guess?: string;
  /** The kind that is guessed; `as`: the kind that a person chooses. */
  kind?: MappingRecord;
  as?: MappingRecord;
  mapping?: Partial<RowMapping>;
  ambiguous?: string[];
  warnings?: string[];
  time_zone?: string;
  country?: string;
  set?: {
    add?: ColumnMapping[];
    date_order?: RowMapping['date_order'];
    values?: Record<string, Record<string, string>>;
    types?: Record<string, ColumnMapping['type']>;
  };
  counts?: { good?: number; fixed?: number; rejected?: number; repeated?: number; left_out?: number };
  reasons?: Record<string, number>;
  unmapped?: string[];
  first?: object;
  funnel?: Record<string, number>;
}

const fixtures = join(import.meta.dirname, 'fixtures', 'files');
const expectations = parse(await readFile(join(fixtures, 'expected.yaml'), 'utf8')) as Expected[];
let folder: string;
let reader: FileReader;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turnout-files-'));
  reader = openFileReader();
  for (const [name, make] of UGLY_WORKBOOKS) await writeFile(join(folder, name), make());
});

afterAll(async () => {
  await reader.close();
  await rm(folder, { recursive: true });
});

const pathOf = (file: string): string => join(UGLY_WORKBOOKS.has(file) ? folder : fixtures, file);

test('every file is expected somewhere', async () => {
  const files = [...(await readdir(fixtures)), ...UGLY_WORKBOOKS.keys()];
  const known = new Set(expectations.map(({ file }) => file));
  expect(files.filter((file) => !known.has(file) && file !== 'expected.yaml' && !file.startsWith('.'))).toEqual([]);
  expect(known.size).toBeGreaterThanOrEqual(25);
});

describe.each(expectations.filter(({ refused }) => refused !== undefined))('$file', ({ file, refused }) => {
  test(`is refused: ${refused}`, async () => {
    await expect(reader.look(pathOf(file), {})).rejects.toMatchObject({ name: 'TurnoutError', message: refused });
    await expect(reader.pages(pathOf(file), {})[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      message: refused,
    });
  });
});

describe.each(expectations.filter(({ refused }) => refused === undefined))('$file: $about', (expected) => {
  test('is guessed and read', async () => {
    const { file, time_zone: timeZone = 'UTC', country, set = {} } = expected;
    const look = await reader.look(pathOf(file), {});
    expect(look.format).toMatchObject(expected.format ?? {});
    if (expected.columns) expect(look.columns).toEqual(expected.columns);
    if (expected.sections) expect(look.sections).toEqual(expected.sections);
    if (expected.guess) expect(look.guesses).toContain(expected.guess);

    const columns = describeColumns(look.preview);
    expect(columns.filter(({ ambiguous_dates }) => ambiguous_dates).map(({ name }) => name)).toEqual(
      expected.ambiguous ?? [],
    );
    expect(columns.filter(({ warning }) => warning !== undefined).map(({ name }) => name)).toEqual(
      expected.warnings ?? [],
    );
    const guess = guessMapping(columns, expected.as, { timeZone, country });
    if (expected.kind) expect(guess.kind).toBe(expected.kind);
    expect(guess.mapping).toMatchObject(expected.mapping ?? {});

    const mapping: RowMapping = {
      ...guess.mapping,
      ...(guess.kind === 'row' ? { table: 'ugly' } : {}),
      ...(set.date_order === undefined ? {} : { date_order: set.date_order }),
      columns: [...guess.mapping.columns, ...(set.add ?? [])].map((column) => {
        const values = set.values?.[column.field];
        const type = set.types?.[column.field];
        return { ...column, ...(values && { values }), ...(type && { type }) };
      }),
    };
    const check = createImportCheck(mapping, { timeZone, country });
    for await (const page of reader.pages(pathOf(file), look.format)) check.add(page);
    const result = check.result();
    const { good, fixed, rejected, repeated, left_out } = result;
    const none = { good: 0, fixed: 0, rejected: 0, repeated: 0, left_out: 0 };
    expect({ good, fixed, rejected, repeated, left_out }, JSON.stringify(result.reasons)).toEqual({
      ...none,
      ...expected.counts,
    });
    if (expected.reasons)
      expect(Object.fromEntries(result.reasons.map(({ reason, rows }) => [reason, rows]))).toEqual(expected.reasons);
    if (expected.unmapped)
      expect(result.unmapped_values.flatMap(({ values }) => values.map(({ value }) => value))).toEqual(
        expected.unmapped,
      );
    if (expected.funnel)
      expect(Object.fromEntries(result.funnel.map(({ step, rows }) => [step, rows]))).toEqual(expected.funnel);
    if (expected.first) expect(result.sample[0]).toMatchObject(expected.first);
    for (const record of result.sample) expect(canonicalRecord.safeParse(record).error?.issues ?? []).toEqual([]);
  });
});
