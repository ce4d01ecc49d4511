import { describe, expect, test } from 'vitest';
import type { SourceDefaults } from '../contract/source.ts';
import type { TablePage } from '../contract/table-page.ts';
import { postgres } from './postgres.ts';
import { columnProblems } from './postgres-columns.ts';
import { type PostgresStream, postgresSettings } from './postgres-settings.ts';

type Options = {
  stream?: object;
  defaults?: SourceDefaults;
  timeZone?: string;
  page?: Partial<TablePage>;
  time_zone?: string;
};

function parse(columns: string[], rows: TablePage['rows'], options: Options = {}) {
  const settings = postgresSettings.parse({
    url: 'postgres://u:p@h/d',
    ...(options.time_zone === undefined ? {} : { time_zone: options.time_zone }),
    streams: [{ name: 'orders', record: 'activity', key: 'id', query: 'x', ...options.stream }],
  });
  const body = Buffer.from(JSON.stringify({ columns, first_row: 1, rows, ...options.page }));
  return postgres.parse(
    { seq: 1, receivedAt: 0, target: '/pull/orders', headers: { 'turnout-stream': 'orders' }, body },
    { source: 'db', settings, defaults: options.defaults ?? {}, timeZone: options.timeZone ?? 'Asia/Jakarta' },
  );
}
const activity = ['id', 'person.email', 'feature', 'at'];

describe('records', () => {
  test('columns are fields, dotted ones are parts of a person, empty ones are left out', () => {
    const columns = [...activity, 'amount', 'currency', 'category', 'updated_at'];
    const rows = [
      [7, 'dana.lopez@example.com', 'purchase', '2024-03-01T09:00:00.123456Z', '12.50', 'IDR', null, 'x'],
      ['8', 'ben.okafor@example.com', 'login', '2024-03-01T09:00:00Z', null, null, '', 'x'],
    ];
    expect(parse(columns, rows)).toEqual([
      {
        ok: true,
        record: {
          record: 'activity',
          key: 'orders:7',
          person: { email: 'dana.lopez@example.com' },
          feature: 'purchase',
          at: '2024-03-01T09:00:00.123456Z',
          amount: 12.5,
          currency: 'IDR',
        },
      },
      {
        ok: true,
        record: {
          record: 'activity',
          key: 'orders:8',
          person: { email: 'ben.okafor@example.com' },
          feature: 'login',
          at: '2024-03-01T09:00:00Z',
        },
      },
    ]);
  });

  test('keys of several columns never run into each other', () => {
    const stream = { key: ['a', 'b'] };
    const columns = ['a', 'b', 'person.email', 'feature', 'at'];
    const row = ['dana.lopez@example.com', 'login', '2024-03-01T09:00:00Z'];
    const keys = parse(
      columns,
      [
        ['x:y', 'z', ...row],
        ['x', 'y:z', ...row],
        ['x\\', 'y:z', ...row],
      ],
      { stream },
    ).map((item) => (item.ok ? item.record.key : item.reason));
    expect(keys).toEqual(['orders:x\\:y:z', 'orders:x:y\\:z', 'orders:x\\\\:y\\:z']);
    expect(new Set(keys).size).toBe(3);
  });

  test('times without a zone are those of the settings, else of the workspace; a date begins at its midnight', () => {
    const atOf = (at: string, options: Options = {}) => {
      const [item] = parse(activity, [[1, 'dana.lopez@example.com', 'login', at]], options);
      return item?.ok && item.record.record === 'activity' ? item.record.at : item;
    };
    expect(atOf('2024-03-01T09:00:00')).toBe('2024-03-01T02:00:00.000Z');
    expect(atOf('2024-03-01T09:00:00', { time_zone: 'UTC' })).toBe('2024-03-01T09:00:00.000Z');
    expect(atOf('2024-03-01')).toBe('2024-02-29T17:00:00.000Z');
    expect(atOf('2024-03-31 02:30', { timeZone: 'Europe/Berlin' })).toBe('2024-03-31T01:30:00.000Z');
    expect(atOf('2024-03-01 09:00:00+07')).toBe('2024-03-01T09:00:00+07:00');
    expect(atOf('2024-03-01T09:00:00-0330')).toBe('2024-03-01T09:00:00-03:30');
  });

  test('what the rows do not say comes from the source', () => {
    const columns = ['message_id', 'status', 'at', 'charge'];
    const [item] = parse(columns, [['m1', 'sent', '2024-03-01T09:00:00Z', '650.00']], {
      stream: { record: 'message_event', key: ['message_id', 'status'] },
      defaults: { channel: 'sms', account: 'acme', currency: 'IDR' },
    });
    expect(item).toEqual({
      ok: true,
      record: {
        record: 'message_event',
        key: 'orders:m1:sent',
        message_id: 'm1',
        status: 'sent',
        at: '2024-03-01T09:00:00Z',
        channel: 'sms',
        account: { external_id: 'acme' },
        charge: 650,
        currency: 'IDR',
      },
    });
  });

  test('attributes of a person: one column each, or one JSON object', () => {
    const columns = ['id', 'kind', 'email', 'attributes', 'attributes.plan'];
    const row = [1, 'account', 'dana.lopez@example.com', '{"seats":4,"tags":["a"],"note":"x"}', 'gold'];
    const [item] = parse(columns, [row], { stream: { record: 'person' } });
    expect(item).toMatchObject({
      ok: true,
      record: { attributes: { seats: 4, tags: '["a"]', note: 'x', plan: 'gold' } },
    });
  });

  test('rows of a table keep every column as it is', () => {
    const [item] = parse(['id', 'total', 'paid', 'note'], [['9007199254740993', '12.50', true, null]], {
      stream: { record: 'row', table: 'orders' },
    });
    expect(item).toEqual({
      ok: true,
      record: {
        record: 'row',
        key: 'orders:9007199254740993',
        table: 'orders',
        values: { id: '9007199254740993', total: '12.50', paid: true, note: null },
      },
    });
  });

  test('a marked row is a deletion, whatever else it holds', () => {
    const stream = { record: 'row', table: 'orders', deleted: 'gone' };
    const marks = [true, '2024-03-01T09:00:00Z', 1, 'yes', false, null, 0, '', 'false', 'f'];
    const items = parse(
      ['id', 'gone'],
      marks.map((mark, index) => [index, mark]),
      { stream },
    );
    expect(items.map((item) => (item.ok ? item.record.record : item.reason))).toEqual([
      ...['deletion', 'deletion', 'deletion', 'deletion'],
      ...['row', 'row', 'row', 'row', 'row', 'row'],
    ]);
    expect(items[0]).toEqual({
      ok: true,
      record: { record: 'deletion', key: 'orders:0', of: 'row', table: 'orders' },
    });
  });
});

describe('a row that does not fit', () => {
  test.each([
    [[null, 'dana.lopez@example.com', 'login', '2024-03-01T09:00:00Z', 1], /its key column "id" is empty/],
    [[2, 'dana.lopez@example.com', 'login', 'yesterday', 1], /column "at" holds "yesterday", which is no time/],
    [[2, 'dana.lopez@example.com', 'login', '2024-13-41', 1], /column "at" holds "2024-13-41", which is no time/],
    [[2, 'dana.lopez@example.com', 'login', '2024-02-30T00:00:00Z', 1], /"at"/],
    [
      [2, 'dana.lopez@example.com', 'login', '2024-03-01T09:00:00Z', 'abc'],
      /column "amount" holds "abc", which is no number/,
    ],
    [
      [2, 'dana.lopez@example.com', null, '2024-03-01T09:00:00Z', 1],
      /column "feature" is empty, which records of kind activity need/,
    ],
    [[2, null, 'login', '2024-03-01T09:00:00Z', 1], /column "person" is empty/],
    [['k'.repeat(600), 'dana.lopez@example.com', 'login', '2024-03-01T09:00:00Z', 1], /key is longer than 500/],
    [[2, 'dana.lopez@example.com', 'f'.repeat(300), '2024-03-01T09:00:00Z', 1], /"feature".*It holds "ffff/],
  ])('%j', (row, reason) => {
    const good = [3, 'ben.okafor@example.com', 'login', '2024-03-01T09:00:00Z', 1];
    const items = parse([...activity, 'amount'], [good, row, good], { page: { first_row: 5001 } });
    expect(items.map(({ ok }) => ok)).toEqual([true, false, true]);
    const bad = items[1];
    if (bad === undefined || bad.ok) throw new Error('the row was taken');
    expect(bad.reason).toMatch(reason);
    expect(bad.reason).toMatch(/^Row 5002 of stream "orders": /);
    expect(JSON.parse(bad.raw.replace(/…$/, ''))).toMatchObject({ feature: row[2] });
  });

  test('an unknown word says which are known', () => {
    const columns = ['id', 'message_id', 'channel', 'status', 'at'];
    const [item] = parse(columns, [[1, 'm', 'sms', 'DLVRD', '2024-03-01T09:00:00Z']], {
      stream: { record: 'message_event' },
    });
    expect(item).toMatchObject({ ok: false, reason: expect.stringMatching(/"status".*delivered.*It holds "DLVRD"/) });
  });

  test('a page that is none, and a stream that is gone, are one piece each', () => {
    const settings = postgresSettings.parse({
      url: 'postgres://u:p@h/d',
      streams: [{ name: 'orders', record: 'activity', key: 'id', query: 'x' }],
    });
    const parseBody = (body: string, stream: string) =>
      postgres.parse(
        { seq: 1, receivedAt: 0, target: '', headers: { 'turnout-stream': stream }, body: Buffer.from(body) },
        { source: 'db', settings, defaults: {} },
      );
    for (const body of ['', 'x', '[]', '{"columns":[],"rows":[1]}', '{"columns":[1],"rows":[]}', '{"columns":["a"]}']) {
      expect(parseBody(body, 'orders')).toEqual([expect.objectContaining({ ok: false })]);
    }
    expect(parseBody('{"columns":["a"],"first_row":1,"rows":[[1]]}', 'orders')).toEqual([
      expect.objectContaining({ ok: false, reason: 'Stream "orders" has no column "id" here.' }),
    ]);
    expect(parseBody('{}', 'other')).toEqual([
      expect.objectContaining({ ok: false, reason: expect.stringContaining('no stream "other" any more') }),
    ]);
  });
});

describe('columns of a query', () => {
  const problems = (record: string, columns: string[], extra: object = {}) => {
    const settings = postgresSettings.parse({
      url: 'postgres://u:p@h/d',
      streams: [{ record, key: 'id', query: 'x', ...(record === 'row' ? { table: 't' } : {}), ...extra }],
    });
    return columnProblems(settings.streams[0] as PostgresStream, columns);
  };

  test('those that a record needs are asked for by name', () => {
    expect(problems('activity', ['id', 'person.email', 'at']).missing).toMatch(/no column "feature"/);
    expect(problems('activity', ['id', 'email', 'feature', 'at']).missing).toMatch(
      /no column "person.email" \(or person.phone, person.external_id\)/,
    );
    expect(problems('message_event', ['id', 'mesage_id', 'status', 'at']).missing).toMatch(
      /no column "message_id".*Is it "mesage_id"\?/,
    );
    expect(problems('message_event', ['id', 'message_id', 'status', 'at'])).toEqual({});
  });

  test('those that nothing takes are told, with the name that was perhaps meant', () => {
    const columns = ['id', 'person.email', 'feature', 'at', 'amont', 'updated_at', 'gone', 'internal'];
    expect(problems('activity', columns, { cursor: 'updated_at', deleted: 'gone' }).unknown).toBe(
      'Stream "activity": "amont", "internal" are not known in records of kind activity and left aside. Did you mean "amount"?',
    );
    expect(problems('person', ['id', 'kind', 'attributes.plan'])).toEqual({});
    expect(problems('row', ['whatever'])).toEqual({});
  });
});
