import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCaseModel } from '../../test/cases/model.ts';
import { completeContext } from '../../test/cases/query-context.ts';
import { type FactWarehouse, openFactWarehouse } from '../../test/cases/warehouse.ts';
import { TurnoutError } from '../contract/errors.ts';
import type { Query } from '../contract/query.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import type { RunStatement } from './query-context.ts';
import { createQueryEngine } from './run-query.ts';

const model = loadCaseModel();
let facts: FactWarehouse;

beforeAll(async () => {
  facts = await openFactWarehouse();
  const at = (day: number, hour = 9) => Date.UTC(2026, 5, day, hour);
  const message = (id: number, channel: string, day: number, more: object = {}) => ({
    message: id,
    channel,
    at: at(day),
    sent: 1,
    delivered: 1,
    account: 1,
    recipient: 100 + id,
    ...more,
  });
  await facts.fill({
    messages: [
      message(1, 'whatsapp', 1, { read: 1, charged: 1, charge: 2.5, currency: 'USD' }),
      message(2, 'whatsapp', 2, { charged: 1, charge: 1000, currency: 'IDR' }),
      message(3, 'sms', 2, { account: 2, campaign: `it's; DROP TABLE` }),
      message(4, 'email', 3, { account: 3, charged: 1, charge: 4, currency: '' }),
    ],
    people: [{ person: 1, kind: 'account', external_id: 'acme', registered_at: at(1) }],
    invitations: [
      { invitation: 1, person: 1, invited_at: at(1), activated_at: at(2) },
      { invitation: 2, person: 2, invited_at: at(1), activated_at: at(4) },
      { invitation: 3, person: 3, invited_at: at(1) },
    ],
  });
});
afterAll(async () => {
  await facts?.close();
});

const now = Date.UTC(2026, 5, 10);
const context = completeContext(now, { data: { first: '2026-06-01', last: '2026-06-03' } });
const june = { range: ['2026-06-01', '2026-06-08'] as [string, string] };

/** An engine that also remembers what it was asked. */
function recording(run?: RunStatement) {
  const sent: RenderedSql[] = [];
  const engine = createQueryEngine({
    model,
    run: (statement, options) => {
      sent.push(statement);
      return run ? run(statement, options) : facts.warehouse.query(statement, options);
    },
  });
  return { engine, sent };
}

describe('answers', () => {
  test('money of other currencies is left out and said', async () => {
    const { rows, meta } = await recording().engine.run({ metrics: ['charges'], time: june }, context);
    expect(rows).toEqual([{ charges: 2.5 }]);
    expect(meta.notes).toEqual(['Charges leaves out 4 without a currency and 1,000 IDR: only USD is counted.']);
  });

  test('a rate carries its sample, hidden from the columns', async () => {
    const { rows, columns, meta } = await recording().engine.run(
      { metrics: ['read_rate'], dimensions: ['channel'], time: june, order_by: ['channel'] },
      context,
    );
    expect(rows.find((row) => row['channel'] === 'whatsapp')).toEqual({
      channel: 'whatsapp',
      read_rate: 0.5,
      read_rate__n: 2,
    });
    expect(rows.find((row) => row['channel'] === 'sms')).toEqual({
      channel: 'sms',
      read_rate: null,
      read_rate__n: null,
    });
    expect(columns.map((column) => column.name)).toEqual(['channel', 'read_rate']);
    expect(columns[1]?.not_applicable?.values).toContain('sms');
    expect(meta.sample_columns).toEqual({ read_rate: 'read_rate__n' });
  });

  test('what is still young, and a comparison with a time before all data, are said', async () => {
    const { meta } = await recording().engine.run(
      { metrics: ['delivery_rate', 'read_rate', 'activation_rate'], time: june, compare: 'previous_period' },
      { ...context, completeThrough: Date.UTC(2026, 5, 8, 12) },
    );
    expect(meta.notes).toEqual([
      expect.stringMatching(/^Read rate counts/),
      'Delivery rate and Read rate are still maturing: what is younger than 1 day can still change.',
      'Activation rate is still maturing: what is younger than 7 days can still change.',
      'The period compared with begins before the first day of data (2026-06-01).',
    ]);
  });

  test('a funnel tells how long each step took', async () => {
    const { rows } = await recording().engine.run({ funnel: 'fast_invitation', time: june }, context);
    const day = 86_400;
    expect(rows[1]).toEqual({
      step: 'activated',
      label: expect.any(String),
      reached: 2,
      conversion_from_start: 2 / 3,
      conversion_from_previous: 2 / 3,
      drop_off: 1,
      median_seconds: 2 * day,
      p90_seconds: expect.closeTo(2.8 * day, 6),
    });
    expect(rows[0]).toMatchObject({ reached: 3, drop_off: null, median_seconds: null });
  });

  test('people are shown by their external id, in order, and can be filtered so', async () => {
    const { engine } = recording();
    const { rows } = await engine.run(
      {
        metrics: ['messages_sent'],
        dimensions: ['account'],
        time: june,
        order_by: ['-messages_sent'],
        limit: 2,
        totals: true,
      },
      context,
    );
    expect(rows).toEqual([
      { account: 'acme', messages_sent: 2 },
      { account: '#2', messages_sent: 1 },
    ]);
    const only = (values: string[]) =>
      engine.run(
        { metrics: ['messages_sent'], time: june, filters: [{ dimension: 'account', op: 'in', values }] },
        context,
      );
    expect((await only(['acme', '#3'])).rows).toEqual([{ messages_sent: 3 }]);
    expect((await only(['acme) OR 1=1 --'])).rows).toEqual([{ messages_sent: 0 }]);
  });

  test.each([
    ['-messages_sent'],
    ['messages_sent'],
    ['-read_rate', 'account'],
    ['-account'],
    ['charge_per_message', '-messages_sent'],
    [],
  ])('the first rows by %s %s are the same whether the engine cuts or we do', async (...orderBy) => {
    const { engine, sent } = recording();
    for (const limit of [1, 2, 3]) {
      const query: Query = {
        metrics: ['messages_sent', 'read_rate', 'charge_per_message'],
        dimensions: ['account', 'campaign'],
        time: june,
        order_by: orderBy,
        limit,
        totals: true,
      };
      const cut = await engine.run(query, context);
      expect(sent.some((statement) => statement.endsWith(`LIMIT ${limit + 1}`))).toBe(true);
      const whole = await engine.run({ ...query, compare: { range: ['2026-05-01', '2026-05-02'] } }, context);
      expect(cut.rows).toHaveLength(limit);
      expect(cut.rows).toEqual(whole.rows);
      expect(cut.totals).toEqual(whole.totals);
    }
  });

  test('values are values, whatever they look like', async () => {
    const { rows } = await recording().engine.run(
      {
        metrics: ['messages_sent'],
        dimensions: ['campaign'],
        time: june,
        filters: [{ dimension: 'campaign', op: 'in', values: [`it's; DROP TABLE`, `\\' OR 1 --`] }],
      },
      context,
    );
    expect(rows).toEqual([{ campaign: `it's; DROP TABLE`, messages_sent: 1 }]);
  });
});

describe('statements', () => {
  const query: Query = { metrics: ['charges', 'messages_sent', 'mau'], time: { ...june, grain: 'day' } };

  test('a second answer over the same data version comes from the cache', async () => {
    const { engine, sent } = recording();
    const first = await engine.run(query, context);
    const before = sent.length;
    const second = await engine.run(query, context);
    expect(sent.length).toBe(before);
    expect([first.meta.cached, second.meta.cached]).toEqual([false, true]);
    expect(second.rows).toEqual(first.rows);
    await engine.run(query, { ...context, dataVersion: '2' });
    expect(sent.length).toBe(2 * before);
  });

  test('metrics that read the same rows share a statement, and equal ones of a batch run once', async () => {
    const { engine, sent } = recording();
    const tiles: Query[] = [
      { metrics: ['messages_sent', 'messages_delivered', 'delivery_rate', 'engagement_rate'], time: june },
      { metrics: ['delivery_rate'], time: { ...june, grain: 'day' } },
      { metrics: ['delivery_rate'], time: { ...june, grain: 'day' } },
    ];
    await engine.runBatch(tiles, context);
    expect(sent).toHaveLength(2);
  });

  test('explaining shows commented statements that run, and runs nothing', async () => {
    const { engine, sent } = recording();
    for (const each of [query, { funnel: 'any_order', time: june } satisfies Query]) {
      const text = await engine.explainSql(each, context);
      for (const statement of text.split(';\n\n')) {
        expect(statement).toMatch(/^-- /);
        await facts.warehouse.query(statement as RenderedSql);
      }
    }
    expect(sent).toEqual([]);
  });
});

describe('failures', () => {
  test('every mistake is reported at once, with its place and a hint', async () => {
    const error = await recording()
      .engine.run(
        {
          metrics: ['chargs', 'charges', 'charges'],
          dimensions: ['weekday', 'region'],
          time: { range: ['2026-06-08', '2026-06-01'], grain: 'hour' },
          filters: [
            { dimension: 'weekday', op: 'in', values: [8] },
            { dimension: 'channel', op: 'gte', values: [1] },
            { dimension: 'hour_of_day', op: 'between', values: [1] },
          ],
          order_by: ['-charge'],
          timezone: 'utc',
        },
        context,
      )
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TurnoutError);
    expect((error as TurnoutError).problems.map(({ code, path, hint }) => [code, path, hint !== undefined])).toEqual([
      ['empty_range', 'time.range', true],
      ['unknown_metric', 'metrics.0', true],
      ['repeated_metric', 'metrics', true],
      ['dimension_not_available', 'dimensions.1', true],
      ['wrong_value', 'filters.0.values.0', true],
      ['wrong_operator', 'filters.1.op', true],
      ['wrong_number_of_values', 'filters.2.values', false],
      ['unknown_column', 'order_by.0', true],
    ]);
  });

  test('one query that fails does not take the batch with it, and our own mistakes are reported', async () => {
    const bugs: unknown[] = [];
    const engine = createQueryEngine({
      model,
      onBug: (bug) => bugs.push(bug),
      run: (statement, options) => {
        if (statement.includes('people')) throw new Error('secret internals');
        if (statement.includes('invitations')) throw new TurnoutError('unavailable', 'The engine is away.');
        return facts.warehouse.query(statement, options);
      },
    });
    const { results, data_version } = await engine.runBatch(
      [
        { metrics: ['messages_sent'], time: june },
        { metrics: ['nothing'] },
        { metrics: ['new_registered_users'], time: june },
        { metrics: ['invited_users'], time: june },
      ],
      context,
    );
    expect(data_version).toBe('1');
    expect(results[0]).toMatchObject({ rows: [{ messages_sent: 4 }] });
    expect(results.slice(1)).toMatchObject([
      { error: { code: 'invalid_request' } },
      { error: { code: 'internal' } },
      { error: { code: 'unavailable', message: 'The engine is away.' } },
    ]);
    expect(JSON.stringify(results)).not.toContain('secret');
    expect(bugs).toEqual([new Error('secret internals')]);
  });

  test('a reader who leaves cancels the statement', async () => {
    const abort = new AbortController();
    let seen: AbortSignal | undefined;
    const { engine } = recording((_, { signal }) => {
      seen = signal;
      abort.abort();
      return new Promise(() => {});
    });
    await expect(
      engine.runBatch([{ metrics: ['messages_sent'], time: june }], { ...context, signal: abort.signal }),
    ).rejects.toThrow(/abort/i);
    expect(seen?.aborted).toBe(true);
  });

  test('an answer with too many rows says what to do', async () => {
    const error = await recording()
      .engine.run(
        {
          metrics: ['messages_sent'],
          dimensions: ['channel', 'account', 'weekday', 'hour_of_day'],
          time: { range: ['2024-01-01', '2027-01-01'], grain: 'day' },
        },
        context,
      )
      .catch((caught: unknown) => caught);
    expect((error as TurnoutError).problems).toMatchObject([{ code: 'too_many_rows', path: 'dimensions' }]);
  });
});
