import { describe, expect, test } from 'vitest';
import type { TablePage } from '../../contract/table-page.ts';
import { BoundedSet } from './bounded-set.ts';
import { guessMapping } from './guess-mapping.ts';
import { headerFingerprint } from './header-fingerprint.ts';
import { createImportCheck } from './import-check.ts';
import { IMPORT_KINDS } from './import-kinds.ts';

const page = (first_row: number, rows: TablePage['rows']): TablePage => ({
  columns: ['Phone', 'Sent at', 'Status'],
  first_row,
  rows,
});
const mapping = guessMapping(
  [
    { name: 'Phone', samples: ['+12025550123'] },
    { name: 'Sent at', samples: ['2026-11-18 15:00'] },
    { name: 'Status', samples: ['Delivered'] },
  ],
  undefined,
  { timeZone: 'UTC' },
).mapping;

test('rows are counted over pages; what is wrong is grouped, with its first row', () => {
  const check = createImportCheck(
    { ...mapping, columns: [...mapping.columns, { field: 'channel', value: 'sms' }] },
    { timeZone: 'UTC' },
  );
  const rejected = [
    ...check.add(
      page(2, [
        ['+12025550123', '2026-11-18 15:00', 'Delivered'],
        ['+12025550145', 'soon', 'Delivered'],
        ['+12025550123', '2026-11-18 15:00', 'Delivered'],
      ]),
    ),
    ...check.add(
      page(5, [
        ['+12025550145', 'later', 'Sent'],
        [' +12025550167', '2026-11-18 15:02', 'Read'],
        ['', '', ''],
        ['Total', '', '3'],
        ['+12025550189', '2026-11-18 15:03', 'lost'],
      ]),
    ),
  ];
  expect(rejected.map(({ row_number, column }) => [row_number, column])).toEqual([
    [3, 'Sent at'],
    [5, 'Sent at'],
    [7, null],
    [9, 'Status'],
  ]);
  expect(check.result()).toMatchObject({
    rows: 8,
    good: 1,
    fixed: 1,
    rejected: 4,
    repeated: 1,
    left_out: 1,
    reasons: [
      { reason: 'A value is not a time.', column: 'Sent at', rows: 2, example: 'soon', first_row: 3 },
      { reason: 'The row says neither a status nor a time of one.', column: null, rows: 1, first_row: 7 },
      { column: 'Status', rows: 1, example: 'lost', first_row: 9 },
    ],
    fixes: [{ what: 'Spaces around a value were removed.', rows: 1 }],
    unmapped_values: [{ field: 'status', column: 'Status', values: [{ value: 'lost', rows: 1 }] }],
    funnel: [
      { step: 'sent', rows: 2 },
      { step: 'delivered', rows: 2 },
      { step: 'read', rows: 1 },
    ],
  });
});

test('a million different reasons are a bounded answer', () => {
  const check = createImportCheck(
    { record: 'person', columns: [{ field: 'email', column: 'Email' }] },
    { timeZone: 'UTC' },
  );
  for (let from = 0; from < 20_000; from += 1000) {
    check.add({
      columns: ['Email'],
      first_row: from + 2,
      rows: Array.from({ length: 1000 }, (_, index) => [`nobody ${from + index}`]),
    });
  }
  expect(check.result().reasons).toEqual([
    { reason: 'A value is not an e-mail address.', column: 'Email', rows: 20_000, example: 'nobody 0', first_row: 2 },
  ]);
});

test('BoundedSet remembers what it was given, up to its limit', () => {
  const set = new BoundedSet(5000);
  const added = Array.from({ length: 6000 }, (_, index) => set.add(`row ${index}`));
  expect(added.every(Boolean)).toBe(true);
  expect(Array.from({ length: 6000 }, (_, index) => set.add(`row ${index}`)).filter(Boolean).length).toBe(1000);
});

test('a header is known again in another order and spelling, and no other', () => {
  const known = headerFingerprint(['E-Mail', 'First name', 'sentAt']);
  expect(headerFingerprint(['sent at', 'FIRST_NAME', 'e mail'])).toBe(known);
  expect(headerFingerprint(['E-Mail', 'First name', 'sentAt', 'Cost'])).not.toBe(known);
  expect(headerFingerprint(['E-Mail', 'First name'])).not.toBe(known);
});

describe('kinds', () => {
  test('no kind offers a field twice, and each required field can be found by a name', () => {
    for (const { record, fields } of IMPORT_KINDS) {
      const names = fields.map(({ name }) => name);
      expect(new Set(names).size, record).toBe(names.length);
      expect(fields.filter(({ required, synonyms }) => required && synonyms.length === 0)).toEqual([]);
    }
    expect(IMPORT_KINDS.map(({ record }) => record)).toContain('row');
  });

  test.each([
    ['attendance', ['Email', 'Join Time', 'Leave Time'], ['a@example.com', '2026-11-18 12:00', '2026-11-18 13:00']],
    ['registration', ['Email', 'Registration Time', 'Webinar ID'], ['a@example.com', '2026-11-18 12:00', '955 501']],
    ['invitation', ['Email', 'Invited at', 'Activated at'], ['a@example.com', '2026-11-18 12:00', '2026-11-18 13:00']],
    ['activity', ['User ID', 'Event', 'Timestamp'], ['u-1', 'login', '2026-11-18 12:00']],
    ['person', ['Vorname', 'Nachname', 'E-Mail'], ['Dana', 'Lopez', 'a@example.com']],
    ['message_event', ['msisdn', 'submit time', 'dlr'], ['+12025550123', '2026-11-18 12:00', 'DELIVRD']],
    ['row', ['Region', 'Revenue', 'Month'], ['North', '12.5', '2026-11-01']],
  ])('%s is guessed by its columns', (kind, names, samples) => {
    const guess = guessMapping(
      names.map((name, index) => ({ name, samples: [samples[index] ?? ''] })),
      undefined,
      { timeZone: 'UTC' },
    );
    expect(guess.kind).toBe(kind);
    expect(guess.mapping.columns.length).toBe(3);
  });

  test('a file with the columns of a table is more rows of it', () => {
    const tables = [
      {
        version: 1 as const,
        table: 'revenue',
        columns: [
          { name: 'region', type: 'text' as const },
          { name: 'umsatz', type: 'number' as const, from: 'Revenue' },
        ],
      },
    ];
    const guess = guessMapping(
      [
        { name: 'Revenue', samples: ['12'] },
        { name: 'REGION', samples: ['North'] },
      ],
      undefined,
      { timeZone: 'UTC', tables },
    );
    expect(guess.mapping).toEqual({
      record: 'row',
      table: 'revenue',
      columns: [
        { field: 'umsatz', column: 'Revenue', type: 'number' },
        { field: 'region', column: 'REGION', type: 'text' },
      ],
    });
  });
});
