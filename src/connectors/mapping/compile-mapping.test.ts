import { describe, expect, test } from 'vitest';
import type { RowMapping } from '../../contract/mapping.ts';
import type { TableCell } from '../../contract/table-page.ts';
import { type CompiledMapping, compileMapping, type MappingContext } from './compile-mapping.ts';

function compile(mapping: RowMapping, columns: string[], more: Partial<MappingContext> = {}): CompiledMapping {
  return compileMapping(mapping, { columns, timeZone: 'UTC', defaults: {}, ...more });
}

/** The records of a row, or why there are none. */
function map(compiled: CompiledMapping, ...cells: TableCell[]): unknown {
  const mapped = compiled.map(cells, 2);
  if ('skip' in mapped) return 'skip';
  return mapped.ok ? mapped.records : mapped.reason;
}

const messages: RowMapping = {
  record: 'message_event',
  columns: [
    { field: 'message_id', column: 'Id' },
    { field: 'recipient.phone', column: 'Phone' },
    { field: 'sent_at', column: 'Sent' },
    { field: 'delivered_at', column: 'Delivered' },
    { field: 'status', column: 'Status', values: { Roaming: 'failed', test: '' } },
    { field: 'failure_reason', column: 'Reason' },
    { field: 'channel', value: 'SMS' },
  ],
};
const messageColumns = ['Id', 'Phone', 'Sent', 'Delivered', 'Status', 'Reason'];

describe('messages', () => {
  const compiled = compile(messages, messageColumns);

  test('one row has an event for each state that it tells of', () => {
    expect(compiled.problems).toEqual([]);
    const shared = { record: 'message_event', message_id: 'm1', channel: 'sms', recipient: { phone: '+12025550123' } };
    expect(map(compiled, 'm1', '12025550123', '2026-11-18T15:00:00Z', '2026-11-18T15:00:05Z', 'read', null)).toEqual([
      { ...shared, key: 'm1|sent', status: 'sent', at: '2026-11-18T15:00:00.000Z' },
      { ...shared, key: 'm1|delivered', status: 'delivered', at: '2026-11-18T15:00:05.000Z' },
      { ...shared, key: 'm1|read', status: 'read', at: '2026-11-18T15:00:05.000Z' },
    ]);
  });

  test('a value is mapped whatever its case; one that is mapped to nothing is as if the cell were empty', () => {
    const failed = compiled.map(['m2', '+12025550145', '2026-11-18T15:00:00Z', '', ' roaming ', 'out of reach'], 3);
    expect(failed).toMatchObject({
      ok: true,
      records: [{ status: 'sent' }, { status: 'failed', failure_reason: 'out of reach' }],
    });
    expect(failed).toMatchObject({
      fixes: ['Spaces around a value were removed.', 'Values were replaced as the mapping says.'],
    });
    expect(map(compiled, 'm3', '+12025550145', '2026-11-18T15:00:00Z', '', 'TEST', '')).toMatchObject([
      { status: 'sent' },
    ]);
  });

  test('an unknown status is told with its value', () => {
    expect(compiled.map(['m4', '+12025550145', '2026-11-18T15:00:00Z', '', 'lost', ''], 5)).toEqual({
      ok: false,
      reason: expect.stringMatching(/^"lost" is not one of queued, sent, .*: say what it stands for\.$/),
      column: 'Status',
      unmapped: { field: 'status', column: 'Status', value: 'lost' },
    });
  });

  test('what a message cannot be without', () => {
    expect(map(compiled, 'm5', '+12025550145', '', '', 'sent', '')).toBe(
      'The row has no time at which the message reached its state.',
    );
    expect(map(compiled, 'm5', '+12025550145', '', '', '', '')).toBe(
      'The row says neither a status nor a time of one.',
    );
    expect(map(compiled, 'm5', 'hidden', '2026-11-18T15:00:00Z', '', '', '')).toBe('"hidden" is not a phone number.');
    expect(map(compiled, '1.20256E+10', '', '2026-11-18T15:00:00Z', '', '', '')).toMatch(
      /^Excel has damaged this number/,
    );
  });

  test('a row is its id; without one it is all of its cells', () => {
    const { columns, ...rest } = messages;
    const without = compile(
      { ...rest, columns: columns.filter(({ field }) => field !== 'message_id') },
      messageColumns,
    );
    const cells = ['m1', '+12025550123', '2026-11-18T15:00:00Z', '', '', ''];
    const keys = [cells, [...cells], ['m2', ...cells.slice(1)], [...cells, null]].map(
      (row) => (map(without, ...row) as { key: string }[])[0]?.key,
    );
    expect(keys[0]).toMatch(/^row:[0-9a-f]{32}\|sent$/);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
    expect(keys[3]).toBe(keys[0]);
  });

  test('rows of a log that say the same of one message twice are two events', () => {
    const log = compile(
      {
        record: 'message_event',
        columns: [
          { field: 'message_id', column: 'Id' },
          { field: 'status', column: 'Status' },
          { field: 'at', column: 'At' },
        ],
      },
      ['Id', 'Status', 'At'],
      { defaults: { channel: 'email', account: 'shop' } },
    );
    expect(map(log, 'm1', 'clicked', '2026-11-18T15:00:00Z')).toEqual([
      {
        record: 'message_event',
        key: 'm1|clicked|2026-11-18T15:00:00.000Z',
        message_id: 'm1',
        channel: 'email',
        status: 'clicked',
        at: '2026-11-18T15:00:00.000Z',
        account: { external_id: 'shop' },
      },
    ]);
    expect(map(log, 'm1', 'delivered', '2026-11-18T15:00:00Z')).toMatchObject([{ key: 'm1|delivered' }]);
  });
});

describe('people', () => {
  const compiled = compile(
    {
      record: 'person',
      key: ['CRM', 'Branch'],
      country: 'us',
      columns: [
        { field: 'email', column: 'Mail' },
        { field: 'phone', column: 'Phone' },
        { field: 'external_id', column: 'CRM' },
        { field: 'attributes.plan size', column: 'Size', type: 'integer' },
        { field: 'kind', value: 'account' },
      ],
    },
    ['CRM', 'Branch', 'Mail', 'Phone', 'Size'],
    { country: 'DE' },
  );

  test("the mapping's country goes before the workspace's", () => {
    expect(map(compiled, 7, 'A|B', 'Dana <Dana@Example.com>', '(202) 555-0123', '12')).toEqual([
      {
        record: 'person',
        key: '7|A||B',
        kind: 'account',
        email: 'dana@example.com',
        phone: '+12025550123',
        external_id: '7',
        attributes: { 'plan size': 12 },
      },
    ]);
  });

  test('an address that cannot be read is left out where the person is known otherwise', () => {
    expect(compiled.map(['c1', '', 'nobody', '', ''], 2)).toMatchObject({
      ok: true,
      records: [{ key: 'c1|', external_id: 'c1' }],
      fixes: [
        'An e-mail address or phone number that cannot be read was left out; the person is known in another way.',
      ],
    });
  });

  test('rows without a key are rejected, totals and repeated headers left out', () => {
    expect(map(compiled, '', ' ', 'dana@example.com', '', '')).toBe('The columns that make a row unique are empty.');
    expect(map(compiled, null, null, 'Total', null, 12)).toBe('skip');
    expect(map(compiled, 'CRM', 'Branch', 'Mail', 'Phone', 'Size')).toBe('skip');
    expect(map(compiled, 'Total', 'x', 'dana@example.com', '', '')).toMatchObject([{ external_id: 'Total' }]);
  });

  test('too many cells cost the row', () => {
    expect(map(compiled, 'c1', '', 'dana@example.com', '', '', 'more')).toMatch(
      /^The row has 6 cells where the header has 5/,
    );
    expect(map(compiled, 'c1', '', 'dana@example.com', '', '', '')).toMatchObject([{ key: 'c1|' }]);
  });
});

describe('rows of a table of one’s own', () => {
  const compiled = compile(
    {
      record: 'row',
      table: 'orders',
      decimal: ',',
      date_order: 'dmy',
      time_zone: 'Europe/Berlin',
      columns: [
        { field: 'region', column: 'Region' },
        { field: 'revenue', column: 'Umsatz', type: 'number' },
        { field: 'paid', column: 'Bezahlt', type: 'boolean' },
        { field: 'day', column: 'Tag', type: 'date' },
        { field: 'at', column: 'Zeit', type: 'time' },
      ],
    },
    ['Region', 'Umsatz', 'Bezahlt', 'Tag', 'Zeit'],
  );

  test('cells are read by the type of their column', () => {
    expect(map(compiled, 'Nord', '1.234,50 €', 'ja', '10/11/2026', '10.11.2026 10:15')).toMatchObject([
      {
        table: 'orders',
        values: { region: 'Nord', revenue: 1234.5, paid: true, day: '2026-11-10', at: '2026-11-10T09:15:00.000Z' },
      },
    ]);
    expect(map(compiled, 'Nord', null, '', '2026-11-09T23:30:00Z', 46_336.5)).toMatchObject([
      { values: { region: 'Nord', day: '2026-11-10', at: '2026-11-10T11:00:00.000Z' } },
    ]);
    expect(map(compiled, 'Nord', 'viel', '', '', '')).toBe('"viel" is not a number.');
    expect(map(compiled, 'Nord', '', 'vielleicht', '', '')).toBe('"vielleicht" is neither yes nor no.');
  });

  test('names from a file are never more than names', () => {
    const columns = ['__proto__', 'constructor'];
    const hostile = compile(
      {
        record: 'row',
        table: 'orders',
        columns: [
          { field: 'constructor', column: '__proto__' },
          { field: 'proto', column: 'constructor' },
        ],
      },
      columns,
    );
    expect(map(hostile, 'polluted', 'x')).toMatchObject([{ values: { constructor: 'polluted', proto: 'x' } }]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const refused = compile(
      {
        record: 'person',
        columns: [
          { field: 'email', column: 'a' },
          { field: 'attributes.__proto__', column: 'b' },
        ],
      },
      ['a', 'b'],
    );
    expect(refused.problems).toMatchObject([{ code: 'unknown_field' }]);
  });
});

describe('problems', () => {
  test('a column that is gone is named, with the one that is meant; its rows are rejected with that reason', () => {
    const compiled = compile(messages, ['Id', 'Phone number', 'Sent', 'Delivered', 'Stat', 'Reason']);
    expect(compiled.problems.map(({ code, path, message, hint }) => [code, path, message, hint])).toEqual([
      ['unknown_column', 'columns.1.column', 'There is no column "Phone" for Phone of the recipient.', undefined],
      [
        'optional_column_missing',
        'columns.4.column',
        'There is no column "Status" for Status.',
        'Did you mean "Stat"?',
      ],
    ]);
    expect(map(compiled, 'm1', '+12025550123', '2026-11-18T15:00:00Z', '', 'sent', '')).toBe(
      'There is no column "Phone" for Phone of the recipient.',
    );
  });

  test.each<[RowMapping, string, string]>([
    [
      { record: 'message_event', columns: [{ field: 'sent_at', column: 'Sent' }] },
      'missing_field',
      'Channel is required: choose its column, or give one value for all rows.',
    ],
    [
      { record: 'message_event', columns: [{ field: 'channel', value: 'sms' }] },
      'missing_field',
      'A message needs a status, or a time of one of its states such as Sent at.',
    ],
    [
      {
        record: 'message_event',
        columns: [
          { field: 'channel', value: 'sms' },
          { field: 'status', column: 'Status' },
        ],
      },
      'missing_field',
      'The status needs a time: choose the column for Time of the status.',
    ],
    [
      { record: 'person', columns: [{ field: 'region', column: 'Status' }] },
      'missing_field',
      'Choose the column that names the person: e-mail, phone or your own id.',
    ],
    [
      { record: 'person', columns: [{ field: 'emial', column: 'Status' }] },
      'unknown_field',
      '"emial" is no field of person.',
    ],
    [
      {
        record: 'person',
        columns: [
          { field: 'email', column: 'Id' },
          { field: 'email', column: 'Status' },
        ],
      },
      'field_twice',
      '"email" is filled twice: remove one of the two.',
    ],
    [
      { record: 'person', columns: [{ field: 'email', value: 'nobody' }] },
      'bad_value',
      '"nobody" is not an e-mail address.',
    ],
    [{ record: 'person', columns: [{ field: 'email' }] }, 'no_column', '"email" needs a column or a value.'],
    [
      { record: 'person', key: ['Idd'], columns: [{ field: 'email', column: 'Id' }] },
      'unknown_column',
      'There is no column "Idd", which is part of the key.',
    ],
    [
      { record: 'person', time_zone: 'Mars/Olympus', columns: [{ field: 'email', column: 'Id' }] },
      'unknown_time_zone',
      '"Mars/Olympus" is no time zone.',
    ],
    [
      { record: 'deletion', columns: [{ field: 'of', column: 'Id' }] },
      'not_a_file_kind',
      'Deletions cannot come as rows of a file.',
    ],
  ])('%j', (mapping, code, message) => {
    const compiled = compile(mapping, messageColumns);
    expect(compiled.problems.map((problem) => [problem.code, problem.message])).toContainEqual([code, message]);
    expect(compiled.map(['x', 'x', 'x', 'x', 'x', 'x'], 2)).toMatchObject({ ok: false });
  });
});
