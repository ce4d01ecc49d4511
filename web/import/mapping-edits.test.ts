import { expect, test } from 'vitest';
import type { RowMapping } from '../../src/contract/mapping.ts';
import {
  assignColumn,
  assignValue,
  columnOf,
  includeColumn,
  isMapped,
  mapValue,
  nameProblem,
  orderFields,
  renameColumn,
  setColumnType,
  setTimeColumn,
  setValueFormat,
  timeColumn,
  toggleKey,
  unassign,
  unusedColumns,
} from './mapping-edits.ts';
import { furtherFields, isFolded, keepAsAttributes, keepsAttributes } from './match-fields.ts';
import { newTableName, tableName, tableToMake } from './table-target.ts';
import { column, MESSAGE, PERSON } from './test-import.ts';
import { assumptions, typesInUse, valueRows } from './value-rows.ts';

const MESSAGES: RowMapping = { record: 'message_event', columns: [{ field: 'status', column: 'State' }] };
const status = MESSAGE.fields[2];

test('a field is a column, a value or nothing', () => {
  const other = assignColumn(MESSAGES, 'status', 'Result');
  expect(other.columns).toEqual([{ field: 'status', column: 'Result' }]);
  const constant = assignValue(other, 'channel', 'sms');
  expect(columnOf(constant, 'channel')).toEqual({ field: 'channel', value: 'sms' });
  expect(isMapped(columnOf(assignValue(other, 'channel', ''), 'channel'))).toBe(false);
  expect(unassign(constant, 'status').columns).toEqual([{ field: 'channel', value: 'sms' }]);
  expect(MESSAGES.columns).toEqual([{ field: 'status', column: 'State' }]);
});

test('values are mapped one by one; another column has none', () => {
  const mapped = mapValue(mapValue(MESSAGES, 'status', 'DLVRD', 'sent'), 'status', 'ERR', 'failed');
  expect(columnOf(mapped, 'status')?.values).toEqual({ DLVRD: 'sent', ERR: 'failed' });
  expect(columnOf(mapValue(mapped, 'status', 'ERR', null), 'status')?.values).toEqual({ DLVRD: 'sent' });
  expect(mapValue(mapValue(MESSAGES, 'status', 'X', 'sent'), 'status', 'X', null)).toEqual(MESSAGES);
  expect(columnOf(assignColumn(mapped, 'status', 'Result'), 'status')?.values).toBeUndefined();
});

test('values that ask for a word: unmapped first, the commonest on top, then the mapped ones', () => {
  if (!status) throw new Error('no field');
  const mapping = mapValue(mapValue(MESSAGES, 'status', 'OLD', 'sent'), 'status', 'ERR', 'failed');
  const found = [
    {
      field: 'status',
      column: 'State',
      values: [
        { value: 'ERR', rows: 2 },
        { value: '?', rows: 9 },
      ],
    },
  ];
  expect(valueRows(status, mapping, found)).toEqual([
    { theirs: '?', ours: null, rows: 9 },
    { theirs: 'ERR', ours: 'failed', rows: 2 },
    { theirs: 'OLD', ours: 'sent', rows: null },
  ]);
  expect(valueRows(status, assignColumn(mapping, 'status', 'Other'), found)).toEqual([]);
});

test('formats are set and taken back', () => {
  const comma = setValueFormat(MESSAGES, 'decimal', ',');
  expect(comma.decimal).toBe(',');
  expect(setValueFormat(comma, 'decimal', undefined)).toEqual(MESSAGES);
});

test('a key grows, shrinks and goes', () => {
  const two = toggleKey(toggleKey(MESSAGES, 'Id'), 'Day');
  expect(two.key).toEqual(['Id', 'Day']);
  expect(toggleKey(two, 'Id').key).toEqual(['Day']);
  expect('key' in toggleKey(toggleKey(two, 'Id'), 'Day')).toBe(false);
});

test('required fields first, matched ones next, each in their own order', () => {
  expect(orderFields(MESSAGE.fields, new Set(['charge'])).map((field) => field.name)).toEqual([
    'channel',
    'charge',
    'recipient.phone',
    'status',
    'at',
    'sent_at',
  ]);
});

test('fields wait behind a button unless they are required, matched or asked for', () => {
  const folded = (name: string, among: string[] = []) => {
    const field = MESSAGE.fields.find((one) => one.name === name);
    if (!field) throw new Error(name);
    return isFolded(field, new Set(['at']), MESSAGES, [{ step: 'match', among, message: '' }]);
  };
  expect(folded('channel')).toBe(false);
  expect(folded('status')).toBe(false);
  expect(folded('at')).toBe(false);
  expect(folded('charge')).toBe(true);
  expect(folded('charge', ['charge'])).toBe(false);
});

const COLUMNS = [
  column('Id'),
  column('Called', { type: 'time' }),
  column('Due', { type: 'date' }),
  column('Sum', { type: 'number' }),
];
const OWN: RowMapping = COLUMNS.reduce<RowMapping>((mapping, one) => includeColumn(mapping, COLUMNS, one, true), {
  record: 'row',
  columns: [],
});

test('a table takes columns in the order of the file, under names that a column may have', () => {
  expect(OWN.columns).toEqual([
    { field: 'id', column: 'Id', type: 'text' },
    { field: 'called', column: 'Called', type: 'time' },
    { field: 'due', column: 'Due', type: 'date' },
    { field: 'sum', column: 'Sum', type: 'number' },
  ]);
  const keyed = toggleKey(OWN, 'Id');
  const without = includeColumn(keyed, COLUMNS, column('Id'), false);
  expect(without.columns.map((one) => one.column)).toEqual(['Called', 'Due', 'Sum']);
  expect(without.key).toBeUndefined();
  expect(includeColumn(without, COLUMNS, column('Id'), true).columns.map((one) => one.field)).toContain('id');
  expect(unusedColumns(without, COLUMNS).map((one) => one.name)).toEqual(['Id']);
});

test('the time of a row is the first date or time, and stays chosen', () => {
  expect(timeColumn(OWN)).toBe('Called');
  const due = setTimeColumn(OWN, 'Due');
  expect(timeColumn(due)).toBe('Due');
  expect(setTimeColumn(due, 'Sum')).toEqual(due);
  const without = includeColumn(due, COLUMNS, column('Sum'), false);
  expect(timeColumn(includeColumn(without, COLUMNS, column('Sum', { type: 'number' }), true))).toBe('Due');
  expect(timeColumn(setColumnType(due, 'Id', 'date'))).toBe('Due');
  expect(timeColumn(setColumnType(due, 'Due', 'text'))).toBe('Called');
});

test('names are made as everywhere in Turnout, and judged', () => {
  const file = [column('Регион'), column('Source'), column('%%')];
  const mapping = file.reduce((next, one) => includeColumn(next, file, one, true), {
    record: 'row',
    columns: [],
  } as RowMapping);
  expect(mapping.columns.map((one) => one.field)).toEqual(['region', 'own_source', 'percent_percent']);
  expect(includeColumn(mapping, [...file, column('…')], column('…'), true).columns.at(-1)?.field).toBe('column_4');
  for (const text of ['Amount (USD)', '2nd', '…', 'row', 'x'.repeat(200)])
    expect(nameProblem(tableName(text))).toBeNull();
  expect(nameProblem('Amount')).toContain('lower-case');
  for (const taken of ['row', 'version']) expect(nameProblem(taken)).toContain('every table');
  expect(renameColumn(OWN, 'Sum', 'total').columns.at(-1)?.field).toBe('total');
});

test('a new table is called like its file, an old one is not made again', () => {
  const tables = [{ name: 'operator_calls', label: 'Operator calls' }];
  expect(newTableName('Operator calls 2026-11.xlsx', [])).toBe('operator_calls');
  expect(newTableName('operator-calls.csv', tables)).toBe('operator_calls_2');
  expect(newTableName(`${'long '.repeat(40)}.csv`, []).length).toBeLessThanOrEqual(41);
  expect(tableToMake('x.csv', { ...OWN, table: 'operator_calls' }, tables)).toBeNull();
  expect(tableToMake('x.csv', { ...OWN, table: 'calls' }, tables)).toBe('calls');
  expect(tableToMake('x.csv', MESSAGES, tables)).toBeNull();
});

test('columns that are no field of a person are kept as attributes', () => {
  expect(keepsAttributes(PERSON)).toBe(true);
  expect(keepsAttributes(MESSAGE)).toBe(false);
  const kept = keepAsAttributes({ record: 'person', columns: [] }, [
    column('Shoe size', { type: 'number' }),
    column('T-shirt <b>', {}),
    column('???'),
  ]);
  expect(kept.columns).toEqual([
    { field: 'attributes.Shoe size', column: 'Shoe size', type: 'number' },
    { field: 'attributes.T-shirt b', column: 'T-shirt <b>', type: 'text' },
  ]);
  expect(furtherFields(PERSON, kept).map((field) => field.label)).toEqual(['Shoe size', 'T-shirt b']);
});

test('what is taken for granted is said of what is in use', () => {
  const mapping: RowMapping = {
    record: 'message_event',
    columns: [
      { field: 'sent_at', column: 'When' },
      { field: 'charge', column: 'Price' },
    ],
    decimal: ',',
    date_order: 'dmy',
  };
  expect([...typesInUse(MESSAGE, mapping)].sort()).toEqual(['number', 'time']);
  expect(assumptions(MESSAGE, mapping, 'Europe/Berlin')).toEqual([
    'Times without a zone are in Europe/Berlin',
    'in dates the day comes first',
    'decimals are written 1.234,50',
  ]);
  expect(assumptions(MESSAGE, MESSAGES, 'Europe/Berlin')).toEqual([]);
});
