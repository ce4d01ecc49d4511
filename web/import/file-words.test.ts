import { expect, test } from 'vitest';
import { listCountries } from './countries.ts';
import { dateExamples, readDate } from './date-orders.ts';
import { countedRows, laterOf, neededFields, sampleTable, surenessOf, titleFromFile } from './file-words.ts';
import { CHECK, importInfo, MESSAGE } from './test-import.ts';

test('how sure a match is, in words', () => {
  expect(surenessOf(true, true, 0.95)).toBe('sure');
  expect(surenessOf(true, true, 0.7)).toBe('likely');
  expect(surenessOf(true, false, 0.2)).toBe('guess');
  expect(surenessOf(true, false, undefined)).toBe('chosen');
  expect(surenessOf(false, true, 0.9)).toBe('missing');
  expect(surenessOf(false, false, undefined)).toBe('none');
});

test('a file gives its mapping a name without the date of one export', () => {
  expect(titleFromFile('operator_calls_2026-11.csv')).toBe('Operator calls');
  expect(titleFromFile('Operator X export (3).xlsx')).toBe('Operator X export');
  expect(titleFromFile('20261120 calls.v2.csv')).toBe('Calls');
  expect(titleFromFile('2026-11-20.csv')).toBe('2026-11-20');
  expect(titleFromFile('звонки.csv')).toBe('Звонки');
});

test('rows that count: as checked, else as read', () => {
  expect(countedRows(importInfo())).toBeNull();
  expect(countedRows(importInfo({ check: CHECK }))).toBe(9);
  expect(laterOf('2026-11-20T08:00:01Z', '2026-11-20T08:00:00Z')).toBe('2026-11-20T08:00:01Z');
});

test('a preview shows records under the names of our fields', () => {
  const record = {
    record: 'message_event',
    key: 'k',
    recipient: { phone: '+12025550123' },
    at: '2026-11-20T08:00:00.000Z',
    billable: true,
  };
  expect(sampleTable([record, { values: { region: 'North' } }], MESSAGE, () => '09:00')).toEqual({
    columns: ['Phone of the recipient', 'Time of the status', 'billable', 'region'],
    rows: [
      ['+12025550123', '09:00', 'yes', ''],
      ['', '', '', 'North'],
    ],
  });
  expect(neededFields(MESSAGE)).toBe('Needs: channel.');
});

test('dates are read both ways, those that differ first', () => {
  expect(readDate('03/04/2026', 'dmy', 'en-GB')).toBe('3 April 2026');
  expect(readDate('03/04/2026 10:15', 'mdy', 'en-GB')).toBe('4 March 2026');
  expect(readDate('3.4.26', 'dmy', 'en-GB')).toBe('3 April 2026');
  expect(readDate('13/04/2026', 'mdy', 'en-GB')).toBeNull();
  expect(readDate('31/02/2026', 'dmy', 'en-GB')).toBeNull();
  expect(dateExamples(['05/05/2026', '03/04/2026', '01/02/2026'], 'mdy', 'en-GB')).toEqual([
    '03/04/2026 is 4 March 2026',
    '01/02/2026 is 2 January 2026',
  ]);
});

test('countries with their names, without the codes that are none', () => {
  const countries = listCountries('en');
  expect(countries).toContainEqual({ code: 'ID', name: 'Indonesia' });
  expect(countries.some(({ code }) => code === 'EU' || code === 'ZZ')).toBe(false);
  expect(countries.length).toBeGreaterThan(200);
});
