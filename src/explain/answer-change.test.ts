import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCaseModel } from '../../test/cases/model.ts';
import { completeContext } from '../../test/cases/query-context.ts';
import { type FactWarehouse, openFactWarehouse } from '../../test/cases/warehouse.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import type { ChangeQuery } from '../contract/query.ts';
import type { QueryResult, Row } from '../contract/result.ts';
import type { QueryContext } from '../query/query-context.ts';
import { createQueryEngine } from '../query/run-query.ts';
import { createExplainEngine } from './create-explain-engine.ts';

const model = loadCaseModel();
let facts: FactWarehouse;
beforeAll(async () => {
  facts = await openFactWarehouse();
});
afterAll(async () => {
  await facts?.close();
});

const now = Date.UTC(2026, 5, 15);
const context = completeContext(now, { data: { first: '2026-06-01', last: '2026-06-14' } });
/** The second week of June against the first. */
const weeks = { time: { range: ['2026-06-08', '2026-06-15'] as [string, string] } };

let version = 0;
function engine() {
  const inner = createQueryEngine({ model, run: (statement, options) => facts.warehouse.query(statement, options) });
  const explain = createExplainEngine({ engine: inner, model });
  version += 1;
  const own = { ...context, dataVersion: String(version) };
  return {
    run: (query: ChangeQuery, more: Partial<QueryContext> = {}) => explain.run(query, { ...own, ...more }),
    batch: (queries: Parameters<typeof explain.runBatch>[0]) => explain.runBatch(queries, own),
    sql: (query: ChangeQuery) => explain.explainSql(query, own),
  };
}

/** So many e-mails of a campaign in a week, of which so many were delivered; the others failed. */
function mails(week: 1 | 2, campaign: string, sent: number, delivered: number, more: object = {}) {
  const at = Date.UTC(2026, 5, week === 1 ? 3 : 10, 9);
  const message = (id: string, done: boolean) => ({
    message: `${week} ${JSON.stringify(more)} ${campaign} ${id}`,
    at,
    channel: 'email',
    category: 'news',
    sent: 1,
    campaign,
    [done ? 'delivered' : 'failed']: 1,
    ...more,
  });
  return Array.from({ length: sent }, (_, index) => message(String(index), index < delivered));
}

const numbered = (messages: { message: string }[]) =>
  messages.map((message, index) => ({ ...message, message: index + 1, recipient: index + 1, account: 1 }));

const total = (rows: readonly Row[], key: string) => rows.reduce((sum, row) => sum + Number(row[key] ?? 0), 0);
const levelOf = ({ rows }: QueryResult, level: number) => rows.filter((row) => row['level'] === level);

describe('a rate', () => {
  test('the published fixture: −2 points from rates, +9 from the mix, +7 in all', async () => {
    await facts.fill({
      messages: numbered([
        ...mails(1, 'paid', 4000, 200),
        ...mails(2, 'paid', 1000, 30),
        ...mails(1, 'direct', 1000, 200),
        ...mails(2, 'direct', 4000, 720),
      ]),
    });
    const { rows, totals, columns } = await engine().run({
      change: 'delivery_rate',
      dimensions: ['campaign'],
      ...weeks,
    });
    expect(totals).toMatchObject({ value: 0.15, before: 0.08, numerator: 750, denominator_before: 5000, certain: 1 });
    expect(totals?.['change']).toBeCloseTo(0.07, 12);
    expect(totals?.['rate_effect']).toBeCloseTo(-0.02, 12);
    expect(totals?.['mix_effect']).toBeCloseTo(0.09, 12);
    expect(rows.map((row) => [row['campaign'], row['rate_effect'], row['mix_effect'], row['state']])).toEqual([
      ['direct', expect.closeTo(-0.01, 12), expect.closeTo(0.045, 12), ''],
      ['paid', expect.closeTo(-0.01, 12), expect.closeTo(0.045, 12), ''],
    ]);
    expect(rows[0]).toMatchObject({ value: 0.18, before: 0.2, share: 0.8, share_before: 0.2, denominator: 4000 });
    // 200 of 1,000 against 720 of 4,000: the interval of the change holds 0.
    expect(rows[0]?.['low']).toBeLessThan(0);
    expect(rows.map((row) => row['certain'])).toEqual([0, 1]);
    expect(columns.find(({ name }) => name === 'value')).toMatchObject({ label: 'Delivery rate', proportion: true });
  });

  test('a new segment lowers the whole while every older one holds', async () => {
    await facts.fill({
      messages: numbered([
        ...mails(1, 'old', 100, 80),
        ...mails(2, 'old', 100, 80),
        ...mails(1, 'gone', 50, 40),
        ...mails(2, 'new', 150, 15),
      ]),
    });
    const { rows, totals } = await engine().run({ change: 'delivery_rate', dimensions: ['campaign'], ...weeks });
    const [first, second, third] = rows;
    expect(first).toMatchObject({
      campaign: 'new',
      state: 'new',
      before: null,
      change: null,
      rate_effect: 0,
      low: null,
    });
    expect([second?.['campaign'], third?.['campaign']].toSorted()).toEqual(['gone', 'old']);
    expect(rows.find((row) => row['campaign'] === 'gone')).toMatchObject({ state: 'gone', value: null, share: 0 });
    expect(total(rows, 'contribution')).toBeCloseTo(Number(totals?.['change']), 12);
    expect(totals?.['rate_effect']).toBeCloseTo(0, 12);
  });

  test('levels of a hierarchy each add up; children stand below their parent and add up to it', async () => {
    const random = seededRandom(4);
    const some = () => Math.floor(random() * 60);
    const messages = ['email', 'sms', 'whatsapp'].flatMap((channel) =>
      ['a', 'b', ''].flatMap((category) =>
        (['x', 'y', 'z'] as const).flatMap((campaign) => {
          const [sent, before] = [some(), some()];
          return [
            ...mails(2, campaign, sent, Math.floor(random() * sent), { channel, category }),
            ...mails(1, campaign, before, Math.floor(random() * before), { channel, category }),
          ];
        }),
      ),
    );
    await facts.fill({ messages: numbered(messages) });
    const dimensions = ['channel', 'category', 'campaign'];
    const result = await engine().run({ change: 'delivery_rate', dimensions, ...weeks });
    for (const level of [1, 2, 3])
      expect(total(levelOf(result, level), 'contribution')).toBeCloseTo(Number(result.totals?.['change']), 12);
    for (const parent of levelOf(result, 2)) {
      const children = levelOf(result, 3).filter((row) =>
        ['channel', 'category'].every((name) => row[name] === parent[name]),
      );
      expect(total(children, 'contribution')).toBeCloseTo(Number(parent['contribution']), 12);
      expect(total(children, 'denominator')).toBe(parent['denominator']);
    }
    const depths = result.rows.map((row) => Number(row['level']));
    expect(depths.slice(0, 3)).toEqual([1, 2, 3]);
    expect(levelOf(result, 1).map((row) => Math.abs(Number(row['contribution'])))).toEqual(
      levelOf(result, 1)
        .map((row) => Math.abs(Number(row['contribution'])))
        .toSorted((a, b) => b - a),
    );
    expect(levelOf(result, 1)[0]).toMatchObject({ category: null, campaign: null });
  });

  test('beyond the limit the rest of each parent is one, and every level still adds up', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const messages = names.flatMap((campaign, index) => [
      ...mails(1, campaign, 40, 10 + index, { category: campaign < 'd' ? 'one' : 'two' }),
      ...mails(2, campaign, 30 + index * 5, 10 + index * 3, { category: campaign < 'd' ? 'one' : 'two' }),
    ]);
    await facts.fill({ messages: numbered(messages) });
    const result = await engine().run({
      change: 'delivery_rate',
      dimensions: ['category', 'campaign'],
      limit: 1,
      ...weeks,
    });
    expect(result.rows.map((row) => [row['level'], row['category'], row['campaign'], row['state']])).toEqual([
      [1, 'two', null, ''],
      [2, 'two', 'f', ''],
      [2, 'two', null, 'other'],
      [1, null, null, 'other'],
      [2, null, null, 'other'],
    ]);
    for (const level of [1, 2])
      expect(total(levelOf(result, level), 'contribution')).toBeCloseTo(Number(result.totals?.['change']), 12);
    expect(result.meta.notes).toContain('Campaign: 5 that contribute less than the first 1 are put together as Other.');
  });

  test('a rate of some channels only is split over these', async () => {
    await facts.fill({
      messages: numbered([
        ...mails(1, 'x', 40, 40, { channel: 'whatsapp', read: 1 }),
        ...mails(2, 'x', 40, 40, { channel: 'whatsapp' }),
        ...mails(1, 'x', 10, 10, { channel: 'sms' }),
        ...mails(2, 'x', 90, 90, { channel: 'sms' }),
      ]),
    });
    const { rows, totals } = await engine().run({ change: 'read_rate', dimensions: ['channel'], ...weeks });
    expect(rows.map((row) => row['channel'])).toEqual(['whatsapp']);
    expect(totals).toMatchObject({ value: 0, before: 1, change: -1, denominator: 40, contribution: -1 });
  });

  test('only what has settled: both periods at the same age', async () => {
    await facts.fill({
      messages: numbered([
        ...mails(1, 'x', 40, 20),
        ...mails(2, 'x', 40, 30),
        ...mails(2, 'x', 40, 0, { at: Date.UTC(2026, 5, 14, 12) }),
        ...mails(1, 'x', 40, 40, { at: Date.UTC(2026, 5, 7, 12) }),
      ]),
    });
    const query: ChangeQuery = { change: 'delivery_rate', dimensions: ['campaign'], ...weeks };
    const { totals } = await engine().run(query);
    expect(totals).toMatchObject({ denominator: 80, denominator_before: 80 });
    const settled = await engine().run({ ...query, matured: true });
    expect(settled.totals).toMatchObject({ value: 0.75, before: 0.5, denominator: 40, denominator_before: 40 });
    expect(settled.meta.notes.join(' ')).toContain('still maturing');
    expect(settled.meta.range?.end).toBe('2026-06-14T00:00:00+00:00');
    expect(settled.compare?.range.end).toBe('2026-06-07T00:00:00+00:00');
  });

  test('without anything before there is no change, and it says so', async () => {
    await facts.fill({ messages: numbered(mails(2, 'x', 10, 5)) });
    const { rows, totals, meta } = await engine().run({ change: 'delivery_rate', dimensions: ['campaign'], ...weeks });
    expect(totals).toMatchObject({ value: 0.5, before: null, change: null, contribution: null, certain: null });
    expect(rows[0]).toMatchObject({ value: 0.5, contribution: null, share: 1, share_before: null, state: 'new' });
    expect(meta.notes.join(' ')).toContain('there is no change to split');
  });
});

describe('counts and sums', () => {
  test('each segment contributes its difference', async () => {
    await facts.fill({
      messages: numbered([...mails(1, 'x', 10, 5), ...mails(2, 'x', 30, 5), ...mails(1, 'y', 5, 0)]),
    });
    const { rows, totals, columns } = await engine().run({
      change: 'messages_sent',
      dimensions: ['campaign'],
      ...weeks,
    });
    expect(
      rows.map((row) => [row['campaign'], row['value'], row['before'], row['contribution'], row['state']]),
    ).toEqual([
      ['x', 30, 10, 20, ''],
      ['y', 0, 5, -5, 'gone'],
    ]);
    expect(totals).toMatchObject({ value: 30, before: 15, change: 15, contribution: 15, rate_effect: null });
    expect(columns.some(({ name }) => name === 'mix_effect')).toBe(false);
  });

  test('people who belong to several segments are told of', async () => {
    await facts.fill({
      messages: numbered([...mails(1, 'x', 1, 1), ...mails(2, 'x', 1, 1), ...mails(2, 'y', 1, 1)]),
      activities: [],
    });
    const result = await engine().run({ change: 'active_users', dimensions: ['channel'], ...weeks });
    expect(result.meta.notes.join(' ')).not.toContain('several segments');
    await facts.fill({
      messages: numbered([...mails(1, 'x', 1, 1), ...mails(2, 'x', 1, 1), ...mails(2, 'x', 1, 1, { channel: 'sms' })]),
    });
    const both = await engine().run({ change: 'active_users', dimensions: ['channel'], ...weeks });
    expect(both.totals).toMatchObject({ value: 1, before: 1, change: 0, contribution: 1 });
    expect(both.meta.notes.join(' ')).toContain('several segments');
  });
});

describe('mistakes', () => {
  test.each([
    ['an unknown metric', { change: 'delivery_rat', dimensions: ['campaign'] }, 'change', 'unknown_metric'],
    ['an unknown dimension', { change: 'delivery_rate', dimensions: ['campain'] }, 'dimensions.0', 'unknown_dimension'],
    ['a dimension twice', { change: 'delivery_rate', dimensions: ['channel', 'channel'] }, 'dimensions.1', 'repeated'],
    ['a trailing window', { change: 'wau', dimensions: ['channel'] }, 'change', 'not_splittable'],
    ['no period', { change: 'delivery_rate', dimensions: ['channel'], time: undefined }, 'time', 'missing_range'],
    [
      'a grain',
      { change: 'delivery_rate', dimensions: ['channel'], time: { range: '28d', grain: 'day' } },
      'time.grain',
      'grain_of_change',
    ],
  ])('%s', async (_, query, path, code) => {
    const { time = undefined, ...rest } = { ...weeks, ...query } as ChangeQuery;
    const asked: ChangeQuery = time === undefined ? rest : { ...rest, time };
    await expect(engine().run(asked)).rejects.toMatchObject({
      code: 'invalid_request',
      problems: expect.arrayContaining([expect.objectContaining({ path, code: expect.stringContaining(code) })]),
    });
  });

  test('in a batch each stands alone', async () => {
    await facts.fill({ messages: numbered(mails(2, 'x', 10, 5)) });
    const { results } = await engine().batch([
      { change: 'nothing', dimensions: ['channel'], ...weeks },
      { change: 'messages_sent', dimensions: ['channel'], ...weeks },
      { metrics: ['messages_sent'], ...weeks },
    ]);
    expect(results[0]).toMatchObject({ error: { code: 'invalid_request' } });
    expect(results[1]).toMatchObject({ totals: { value: 10 } });
    expect(results[2]).toMatchObject({ rows: [{ messages_sent: 10 }] });
  });

  test('its SQL is that of both periods', async () => {
    const sql = await engine().sql({ change: 'messages_sent', dimensions: ['channel'], ...weeks });
    expect(sql.split(';\n\n').length).toBeGreaterThanOrEqual(2);
  });
});
