import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCaseModel } from '../../test/cases/model.ts';
import { completeContext } from '../../test/cases/query-context.ts';
import { type FactWarehouse, openFactWarehouse } from '../../test/cases/warehouse.ts';
import type { Query } from '../contract/query.ts';
import type { BatchItem, QueryResult } from '../contract/result.ts';
import { describeLateness } from './lateness.ts';
import type { QueryContext } from './query-context.ts';
import { createQueryEngine, type QueryEngine } from './run-query.ts';
import { tablesOfQuery } from './tables-of-query.ts';

const model = loadCaseModel({ time_zone: 'Asia/Jakarta' });
const now = Date.parse('2026-06-10T05:00:00Z');
const complete = completeContext(now, { data: { first: '2026-06-01', last: '2026-06-10' } });
const LATE = {
  source: 'calls',
  label: 'Operator calls',
  detail: 'The run of 06:00 failed: the database refuses connections.',
  complete_through: '2026-06-08T23:00:00Z',
};
const late: QueryContext = { ...complete, completeThrough: Date.parse(LATE.complete_through), late: [LATE] };

let facts: FactWarehouse;
let engine: QueryEngine;

beforeAll(async () => {
  facts = await openFactWarehouse();
  const at = (day: number) => Date.UTC(2026, 5, day, 3);
  await facts.fill({
    messages: [1, 2, 3].map((id) => ({ message: id, channel: 'sms', at: at(id + 6), sent: 1, delivered: 1 })),
    table_operator_calls: [1, 2, 3].map((id) => ({ row: id, called_at: at(id + 5), operator: 'Ann', resolved: 1 })),
  });
  engine = createQueryEngine({ model, run: (statement, options) => facts.warehouse.query(statement, options) });
});
afterAll(async () => {
  await facts?.close();
});

const week = { range: ['2026-06-04', '2026-06-11'] as [string, string], grain: 'day' as const };
const answerOf = (item: BatchItem | undefined): QueryResult => {
  if (item === undefined || 'error' in item) throw new Error(JSON.stringify(item));
  return item;
};

describe('a late source', () => {
  test('is said by the answers that rest on it, and leaves the others as they are', async () => {
    const calls: Query = { metrics: ['calls', 'calls_3d'], time: week };
    const messages: Query = { metrics: ['messages_sent'], time: week };
    const contextOf = (query: Query) =>
      tablesOfQuery(query, model).includes('table_operator_calls') ? late : complete;
    const { results, data_version } = await engine.runBatch([calls, messages], contextOf);
    const [first, second] = results.map(answerOf);
    expect(data_version).toBe('1');
    expect(first?.meta).toMatchObject({ complete_through: '2026-06-09T06:00:00+07:00', late: [LATE] });
    expect(first?.meta.plan).toEqual(['raw facts: table operator_calls']);
    expect(first?.meta.notes).toContain('Operator calls is late: complete only to 2026-06-09 06:00.');
    expect(first?.rows.map((row) => row['calls'])).toEqual([0, 0, 1, 1, 1, 0, 0]);
    const alone = await engine.run(messages, complete);
    expect(second).toEqual({ ...alone, meta: { ...alone.meta, cached: false, elapsed_ms: expect.any(Number) } });
    expect(second?.meta).not.toHaveProperty('late');
  });

  test('without a complete run says that nothing is complete', () => {
    expect(describeLateness([{ ...LATE, complete_through: null }], 'UTC')).toEqual([
      'Operator calls is late: nothing of it is complete yet.',
    ]);
  });

  test('says nothing while all is well', async () => {
    const { meta } = await engine.run({ metrics: ['calls'], time: week }, { ...complete, late: [] });
    expect(meta).not.toHaveProperty('late');
    expect(meta.notes).toEqual([]);
  });
});

const QUERIES: Query[] = [
  {
    metrics: ['calls', 'calls_3d', 'value_so_far', 'operators_3d'],
    time: week,
    compare: 'previous_period',
    totals: true,
  },
  { metrics: ['calls', 'resolution_rate'], dimensions: ['weekday', 'operator'], time: week, per: 'day', totals: true },
  { metrics: ['calls_3d', 'value_so_far', 'calls'] },
  { metrics: ['dau', 'mau', 'activation_rate'], time: week },
  { metrics: ['messages_sent', 'average_talk'], time: { range: 'all' }, per: 'day' },
  { funnel: 'call_resolved', time: week },
];

describe.each([
  ['before the range', '2026-06-01T00:00:00Z'],
  ['at its first instant', '2026-06-03T17:00:00Z'],
  ['never', '1970-01-01T00:00:00Z'],
  ['after now', '2026-06-20T00:00:00Z'],
])('data that is complete %s', (_, instant) => {
  test.each(QUERIES.map((query) => [JSON.stringify(query), query] as const))('answers %s', async (__, query) => {
    const completeThrough = Date.parse(instant);
    const answer = await engine.run(query, { ...complete, completeThrough, dataVersion: instant });
    expect(Date.parse(answer.meta.complete_through)).toBe(completeThrough);
    expect(answer.rows.length).toBeGreaterThan(0);
  });
});

describe('late data makes a page old and never empty', () => {
  const wide: Query = { metrics: ['calls', 'calls_3d'], time: week };
  const perDay: Query = { metrics: ['calls'], time: { range: week.range }, per: 'day' };
  const run = (query: Query, completeThrough: string) =>
    engine.run(query, { ...complete, completeThrough: Date.parse(completeThrough), dataVersion: completeThrough });

  test('what is counted is shown, complete or not', async () => {
    const { rows } = await run(wide, '1970-01-01T00:00:00Z');
    expect(rows.map((row) => row['calls'])).toEqual([0, 0, 1, 1, 1, 0, 0]);
  });

  test('trailing windows end with the last complete day where there is one', async () => {
    const { rows } = await run(wide, '2026-06-08T23:00:00Z');
    expect(rows.map((row) => row['calls_3d'])).toEqual([null, null, null, null, 3, 2, null]);
  });

  test('and take what there is where no day is complete', async () => {
    const { rows } = await run(wide, '2026-06-01T00:00:00Z');
    expect(rows.map((row) => row['calls_3d'])).toEqual([null, null, null, null, 3, 2, 1]);
  });

  test.each([
    ['2026-06-08T17:00:00Z', 3 / 5],
    ['2026-06-01T00:00:00Z', 3 / 6],
    ['2026-06-10T05:00:00Z', 3 / 6],
  ])('averages per day with data complete through %s are over the complete days: %d', async (through, average) => {
    const { rows } = await run(perDay, through);
    expect(rows).toEqual([{ calls: expect.closeTo(average, 9) }]);
  });
});

describe('tablesOfQuery', () => {
  test.each<[Query, string[]]>([
    [{ metrics: ['messages_sent'] }, ['messages']],
    [{ metrics: ['calls_3d', 'resolution_rate'] }, ['table_operator_calls']],
    [{ metrics: ['contact_value'] }, ['messages', 'table_operator_calls']],
    [{ metrics: ['activation_rate'] }, ['invitations']],
    [{ metrics: ['list_value', 'nonsense'] }, ['table_price_list']],
    [{ funnel: 'invitation' }, ['invitations', 'messages', 'activities']],
    [{ funnel: 'nonsense' }, []],
    [{ metrics: ['nonsense'] }, []],
  ])('%j reads %j', (query, tables) => {
    expect(tablesOfQuery(query, model)).toEqual(tables);
  });
});
