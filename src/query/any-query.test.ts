import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadCaseModel } from '../../test/cases/model.ts';
import { type FactWarehouse, openFactWarehouse } from '../../test/cases/warehouse.ts';
import { TurnoutError } from '../contract/errors.ts';
import { type Filter, filter as filterSchema, grain as grains, query as querySchema } from '../contract/query.ts';
import { createQueryEngine } from './run-query.ts';

/** Whatever the schema lets through is answered or refused with a sentence; anything else that is thrown is our bug. */

const model = loadCaseModel({ time_zone: 'Europe/Berlin', week_start: 'sunday' });
let facts: FactWarehouse;

beforeAll(async () => {
  facts = await openFactWarehouse();
  const at = (hour: number) => Date.UTC(2026, 2, 28, hour);
  await facts.fill({
    messages: Array.from({ length: 40 }, (_, id) => ({
      message: id + 1,
      channel: ['whatsapp', 'sms', 'email', 'ivr', ''][id % 5] ?? '',
      account: id % 4,
      recipient: id % 7,
      at: at(id * 2),
      sent: 1,
      delivered: id % 2,
      charged: id % 3 === 0 ? 1 : 0,
      charge: id / 4,
      currency: ['USD', 'IDR', ''][id % 3] ?? '',
    })),
    people: [{ person: 1, kind: 'account', external_id: 'acme', region: 'west', registered_at: at(1) }],
    invitations: [{ invitation: 1, person: 1, invited_at: at(2), activated_at: at(5) }],
    activities: [{ activity: 1, person: 2, at: at(3), feature: 'login' }],
  });
});
afterAll(async () => {
  await facts?.close();
});

const dimension = fc.constantFrom(...model.dimensions.keys(), 'weekday', 'hour_of_day', 'constructor');
const anEdge = fc.constantFrom(
  '2026-03-29',
  '2026-03-30',
  '2026-04-05',
  '2025-03-01',
  '1970-01-01',
  '2147-12-31',
  '9999-12-31',
  '2026-03-29T01:30:00Z',
  '2026-03-29T12:34:56.789+05:45',
);
/** Mostly what people ask, now and then something odd. */
const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd });
const aRange = mostly<[string, string]>(
  fc.constantFrom<[string, string]>(
    ['2026-03-27', '2026-04-03'],
    ['2026-03-29', '2026-03-30'],
    ['2026-03-28T01:30:00Z', '2026-04-02'],
  ),
  fc.tuple(anEdge, anEdge),
);
const aTime = fc.record(
  {
    range: fc.oneof(
      aRange,
      fc.constantFrom('28d', 'mtd', 'all', 'wtd', '2026-W13', '9999-12-31', 'constructor', '1970'),
    ),
    grain: fc.constantFrom(...grains.options),
  },
  { requiredKeys: ['range'] },
);
const aValue = fc.oneof(
  fc.constantFrom(
    'sms',
    'whatsapp',
    'acme',
    '#2',
    '',
    'true',
    'false',
    '1',
    `'`,
    '\\',
    '\u0000',
    1,
    5,
    23,
    -1.5,
    1e300,
  ),
  fc.string(),
);
const aFilter = mostly(
  fc.constantFrom<Filter>(
    { dimension: 'channel', op: 'in', values: ['sms', 'email'] },
    { dimension: 'channel', op: 'not', values: ['sms'] },
    { dimension: 'account', op: 'in', values: ['acme', '#2'] },
    { dimension: 'account', op: 'starts', values: ['AC'] },
    { dimension: 'category', op: 'null', values: [] },
    { dimension: 'weekday', op: 'lte', values: [6] },
    { dimension: 'hour_of_day', op: 'between', values: ['1', 20] },
  ),
  fc.record({
    dimension,
    op: fc.constantFrom(...filterSchema.shape.op.options),
    values: fc.array(aValue, { maxLength: 3 }),
  }),
);
const shared = {
  time: aTime,
  filters: fc.array(aFilter, { maxLength: 3 }),
  compare: fc.oneof(fc.constantFrom('previous_period', 'previous_year'), fc.record({ range: aRange })),
  match_weekday: fc.boolean(),
  timezone: mostly(
    fc.constantFrom('UTC', 'asia/kolkata', 'Australia/Lord_Howe'),
    fc.constantFrom('+07:00', 'Nowhere/At_all', '__proto__'),
  ),
};
const names = [...model.metrics.keys()];
const aMetricQuery = fc
  .record(
    {
      metrics: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 2 }),
      dimensions: fc.uniqueArray(mostly(fc.constantFrom('channel', 'account', 'weekday', 'hour_of_day'), dimension), {
        maxLength: 2,
      }),
      ...shared,
      order_by: fc.array(fc.constantFrom('time', '-channel', ...names, ...names.map((name) => `-${name}`)), {
        maxLength: 2,
      }),
      limit: fc.integer({ min: 1, max: 60 }),
      totals: fc.boolean(),
      per: fc.constant('day'),
      descending: fc.boolean(),
    },
    { requiredKeys: ['metrics'] },
  )
  .map(({ descending, per, ...query }) => ({
    ...query,
    ...(descending === undefined ? {} : { order_by: [`${descending ? '-' : ''}${query.metrics[0]}`] }),
    ...(per === undefined || query.limit === undefined ? {} : { per }),
  }));
const aFunnelQuery = fc.record(
  { funnel: fc.constantFrom(...model.funnels.keys()), dimensions: fc.array(dimension, { maxLength: 1 }), ...shared },
  { requiredKeys: ['funnel'] },
);

test('any query is answered or refused with a sentence', async () => {
  const outcomes = { answered: 0, refused: 0 };
  const now = Date.UTC(2026, 3, 1, 12);
  const context = {
    now,
    asOf: now,
    completeThrough: now - 3_600_000,
    dataVersion: '1',
    data: { first: '2026-03-28', last: '2026-04-01' },
  };
  await fc.assert(
    fc.asyncProperty(
      fc.oneof({ weight: 4, arbitrary: aMetricQuery }, { weight: 1, arbitrary: aFunnelQuery }),
      async (asked) => {
        const parsed = querySchema.safeParse(asked);
        if (!parsed.success) return;
        const engine = createQueryEngine({
          model,
          run: (statement, options) => facts.warehouse.query(statement, options),
        });
        try {
          const { rows, columns } = await engine.run(parsed.data, context);
          outcomes.answered++;
          for (const row of rows.slice(0, 20))
            for (const { name } of columns) {
              const cell = row[name];
              expect(
                cell === null || typeof cell === 'string' || Number.isFinite(cell),
                `${name}: ${String(cell)}`,
              ).toBe(true);
            }
        } catch (error) {
          if (!(error instanceof TurnoutError)) throw error;
          expect(error.code).toBe('invalid_request');
          expect(error.problems.length).toBeGreaterThan(0);
          for (const { message, path } of error.problems)
            expect([message.length > 10, path.length > 0]).toEqual([true, true]);
          outcomes.refused++;
        }
      },
    ),
    { numRuns: Number(process.env['RUNS'] ?? 150), interruptAfterTimeLimit: 40_000 },
  );
  expect(outcomes.answered).toBeGreaterThan(10);
  expect(outcomes.refused).toBeGreaterThan(10);
});
