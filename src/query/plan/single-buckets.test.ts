import { expect, test } from 'vitest';
import { loadCaseModel } from '../../../test/cases/model.ts';
import { completeContext } from '../../../test/cases/query-context.ts';
import { withFactWarehouse } from '../../../test/cases/warehouse.ts';
import { buildKept, dropKept, type Keeping } from '../../../test/properties/kept-rollups.ts';
import type { MetricQuery } from '../../contract/query.ts';
import type { KeptRollup } from '../query-context.ts';
import { createQueryEngine } from '../run-query.ts';

const zone = 'America/New_York';
const model = loadCaseModel({ time_zone: zone });
const engine = withFactWarehouse();

/** The clocks go back on 2 November 2025: 01:30 comes twice. */
const FIRST_HALF_PAST_ONE = Date.UTC(2025, 10, 2, 5, 30);
const SECOND_HALF_PAST_ONE = FIRST_HALF_PAST_ONE + 3_600_000;
const MONDAY_NINE = Date.UTC(2025, 10, 3, 14, 10);
const activities = (
  [
    [1, FIRST_HALF_PAST_ONE, 'sms'],
    [1, SECOND_HALF_PAST_ONE, 'sms'],
    [2, MONDAY_NINE, 'sms'],
    [2, MONDAY_NINE + 1, 'email'],
    [3, MONDAY_NINE + 2, 'email'],
  ] satisfies [number, number, string][]
).map(([person, at, channel], index) => ({ activity: index + 1, person, feature: 'login', at, channel }));

const perDay: MetricQuery = {
  metrics: ['active_users'],
  dimensions: ['weekday', 'hour_of_day'],
  per: 'day',
  totals: true,
  time: { range: ['2025-11-02', '2025-11-04'] },
};

async function ask(query: MetricQuery, rollups?: ReadonlyMap<string, KeptRollup>) {
  const statements: string[] = [];
  const queries = createQueryEngine({
    model,
    run: (statement, options) => {
      statements.push(statement);
      return engine.warehouse.query(statement, options);
    },
  });
  const context = completeContext(Date.UTC(2025, 10, 20), rollups === undefined ? {} : { rollups });
  const { rows, totals } = await queries.run(query, context);
  return { numbers: { rows, totals }, counted: statements.join().includes('_size`') };
}

async function compare(query: MetricQuery) {
  await engine.fill({ activities });
  const keeping: Keeping = {
    model,
    zone,
    even: true,
    range: { start: Date.UTC(2025, 9, 20, 4), end: Date.UTC(2025, 10, 20, 5) },
    whole: true,
    touched: new Map(),
  };
  const kept = await ask(query, await buildKept(engine.warehouse, keeping));
  await dropKept(engine.warehouse, keeping);
  const facts = await ask(query);
  expect(kept.numbers).toEqual(facts.numbers);
  return kept;
}

const single = { ...perDay, time: { range: ['2025-11-03', '2025-11-04'] as [string, string] } };
const onChannels = (...values: string[]): MetricQuery => ({
  ...single,
  filters: [{ dimension: 'channel', op: 'in', values }],
});

test('a bucket that is a group of its own gives its number of people', async () => {
  const { numbers, counted } = await compare(single);
  expect(counted).toBe(true);
  expect(numbers.rows.map((row) => row['active_users'])).toContain(2);
});

test('the same with one channel', async () => {
  expect((await compare(onChannels('sms'))).counted).toBe(true);
});

test('who is in two channels of an hour is counted once', async () => {
  const { numbers } = await compare(onChannels('sms', 'email'));
  expect(numbers.rows.map((row) => row['active_users'])).toContain(2);
});

test('who is there in both of two equal hours is counted once', async () => {
  const { numbers } = await compare(perDay);
  const found = numbers.rows.filter((row) => row['weekday'] === 7 && row['active_users'] !== 0);
  expect(found.map((row) => [row['hour_of_day'], row['active_users']])).toEqual([[1, 1]]);
});
