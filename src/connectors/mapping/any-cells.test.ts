import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalRecord } from '../../contract/record.ts';
import { compileMapping } from './compile-mapping.ts';
import type { FieldType } from './field-spec.ts';
import { fieldsOfKind, KIND_SPECS, type MappedKind } from './field-specs.ts';

/** Whatever stands in the cells: records that fit the contract, a reason, or nothing to count; never an error. */

const text = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.constantFrom(
    'dana.lopez@example.com',
    '+12025550123',
    '2026-11-18T15:00:00Z',
    '18.11.2026 15:00',
    '0001-01-01',
    '9999-12-31 23:59:59',
    '1.20256E+10',
    '12,5',
    '-3',
    '1e300',
    'delivered',
    'yes',
    '--',
    'USD',
    '\ud800',
    '__proto__',
    'live',
    '01:02:03',
  ),
  fc.constant('long '.repeat(500)),
);
const cell = fc.oneof(text, text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
const LIKELY: Partial<Record<FieldType, readonly (string | number)[]>> = {
  email: ['dana.lopez@example.com', ' Ben <ben@example.com>'],
  phone: ['+12025550123', 12_025_550_145],
  time: ['2026-11-18T15:00:00Z', '18.11.2026 15:00', 46_336.5],
  date: ['2026-11-18', '9999-12-31T23:59:59Z'],
  state: ['2026-11-18T15:00:00Z', 'yes', 3],
  option: ['delivered', 'failed', 'live', 'scheduled', 'contact'],
  presence: ['yes', 'Webinar'],
  boolean: ['ja', 'no'],
  currency: ['eur', '$'],
  duration: ['01:02:03', '55 minutes', 18],
  number: ['1.234,5', 7],
  integer: [7, '8'],
};

/** Mostly what fits the field, so that records come of it. */
const cellFor = (type: FieldType) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom<string | number>(...(LIKELY[type] ?? ['a text', 'id-7'])) },
    { weight: 1, arbitrary: cell },
  );

const kinds = Object.keys(KIND_SPECS) as MappedKind[];

test.each(kinds)('%s', (kind) => {
  const fields = kind === 'row' ? ['a', 'b', 'c', 'd', 'e', 'f'] : fieldsOfKind(kind).map(({ name }) => name);
  const types = ['text', 'number', 'integer', 'boolean', 'date', 'time'] as const;
  const compiled = compileMapping(
    {
      record: kind,
      ...(kind === 'row' ? { table: 'own' } : {}),
      decimal: ',',
      date_order: 'dmy',
      columns: fields.map((field, index) => ({
        field,
        column: field,
        ...(kind === 'row' ? { type: types[index] ?? 'text' } : {}),
      })),
    },
    { columns: fields, timeZone: 'America/New_York', country: 'US', defaults: { currency: 'EUR', campaign: 'c' } },
  );
  expect(compiled.problems).toEqual([]);
  const fieldTypes: readonly FieldType[] = kind === 'row' ? types : fieldsOfKind(kind).map(({ type }) => type);
  const likely = fc.tuple(...fieldTypes.map(cellFor));
  let counted = 0;
  fc.assert(
    fc.property(fc.oneof(likely, fc.array(cell, { minLength: fields.length, maxLength: fields.length })), (cells) => {
      const mapped = compiled.map(cells, 2);
      if ('skip' in mapped) return;
      if (!mapped.ok) {
        expect(mapped.reason.length).toBeGreaterThan(5);
        return;
      }
      for (const record of mapped.records) {
        counted++;
        expect(canonicalRecord.safeParse(record).error?.issues ?? [], JSON.stringify(record)).toEqual([]);
      }
    }),
    { numRuns: 1500 },
  );
  expect(counted).toBeGreaterThan(5);
});
