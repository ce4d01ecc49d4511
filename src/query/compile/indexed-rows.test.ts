import { expect, test } from 'vitest';
import { loadCaseModel } from '../../../test/cases/model.ts';
import { completeContext } from '../../../test/cases/query-context.ts';
import { withFactWarehouse } from '../../../test/cases/warehouse.ts';
import { buildKept, type Keeping } from '../../../test/properties/kept-rollups.ts';
import type { Facts } from '../../../test/reference/dataset.ts';
import type { FunnelQuery } from '../../contract/query.ts';
import type { KeptRollup } from '../query-context.ts';
import { createQueryEngine } from '../run-query.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ORIGIN = Date.UTC(2025, 0, 15);
const NOW = ORIGIN + 10 * DAY + 1;
const model = loadCaseModel({ time_zone: 'UTC' });
const engine = withFactWarehouse();

const invitations = [1, 2, 3, 4].map((person) => ({
  invitation: person,
  person,
  campaign: '',
  invited_at: ORIGIN + person * HOUR,
  activated_at: ORIGIN + DAY + person * HOUR,
}));
const message = (id: number, account: number, at: number, channel = 'sms') => ({
  message: id,
  account,
  at,
  channel,
  charged: 1,
});
const facts: Facts = {
  invitations,
  messages: [
    // Before person 1 came so far, and then; in the hour in which the question is asked; in the future.
    message(1, 1, ORIGIN),
    message(2, 1, ORIGIN + 2 * DAY),
    message(3, 2, NOW),
    message(4, 3, NOW + HOUR),
  ],
  activities: [{ activity: 1, person: 4, feature: 'purchase', at: ORIGIN + 3 * DAY, channel: 'email' }],
};

const query: FunnelQuery = { funnel: 'invitation', time: { range: ['2025-01-15', '2025-01-25'] } };

/** Kept from the facts of this moment; `touched`: instants whose hours change after it. */
function build(touched: readonly number[] = []): Promise<ReadonlyMap<string, KeptRollup>> {
  const keeping: Keeping = {
    model,
    zone: 'UTC',
    even: true,
    range: { start: ORIGIN - DAY, end: ORIGIN + 20 * DAY },
    whole: true,
    touched: new Map([['messages at', new Set(touched.map((at) => Math.floor(at / HOUR)))]]),
  };
  return buildKept(engine.warehouse, keeping);
}

async function ask(asked: FunnelQuery, rollups: ReadonlyMap<string, KeptRollup>) {
  const queries = createQueryEngine({
    model,
    run: (statement, options) => engine.warehouse.query(statement, options),
  });
  const { rows, meta } = await queries.run(asked, completeContext(NOW, { rollups }));
  return { reached: rows.map((row) => row['reached']), plan: meta.plan };
}

test('a later step of a funnel is looked up in the index of its entity', async () => {
  await engine.fill(facts);
  expect(await ask(query, await build())).toEqual({
    reached: [4, 4, 3],
    plan: ['raw facts: invitations', 'index of transactions by account'],
  });
});

test('an hour that has changed is read from the facts', async () => {
  await engine.fill(facts);
  const kept = await build([ORIGIN + 2 * DAY, ORIGIN + 4 * DAY]);
  // Person 1 does nothing any more, person 3 does.
  const messages = [message(1, 1, ORIGIN), message(3, 2, NOW), message(5, 3, ORIGIN + 4 * DAY)];
  await engine.fill({ ...facts, messages });
  expect(await ask(query, kept)).toEqual({
    reached: [4, 4, 3],
    plan: ['raw facts: invitations', 'index of transactions by account + facts of 2 hours'],
  });
});

test('filters are applied in the index where it has the dimension, else everything is read from the facts', async () => {
  await engine.fill(facts);
  const kept = await build();
  const filtered = (dimension: string, value: string) =>
    ask({ ...query, filters: [{ dimension, op: 'in', values: [value] }] }, kept);
  const byChannel = await filtered('channel', 'email');
  expect(byChannel.reached).toEqual([4, 4, 1]);
  expect(byChannel.plan.at(-1)).toBe('index of transactions by account');
  const byCampaign = await filtered('campaign', 'spring');
  expect(byCampaign.reached).toEqual([0, 0, 0]);
  expect(byCampaign.plan).toEqual(['raw facts: invitations, messages, activities']);
});

test('hours that wait here and there do not make a statement of every hour of a century', async () => {
  const scattered = Array.from({ length: 20 }, (_, index) => Math.floor(ORIGIN / HOUR) + index * 5);
  const rollups = new Map<string, KeptRollup>(
    [...model.rollups.values()].map(({ name, indexes }) => [
      name,
      {
        tables: {},
        indexes: new Map(indexes.map((index) => [index.entity, `rollup_${name}_index`])),
        from: Number.NEGATIVE_INFINITY,
        pending: scattered,
      },
    ]),
  );
  const queries = createQueryEngine({ model, run: () => Promise.reject(new Error('nothing is run')) });
  // Its cohorts are chosen by the webinar's start: a later step may lie anywhere.
  const text = await queries.explainSql(
    { funnel: 'signup_to_attend', time: { range: ['2025-01-15', '2025-01-25'] } },
    completeContext(NOW, { rollups }),
  );
  expect(text).toContain('rollup_transactions_at_index');
  expect(text.length).toBeLessThan(50_000);
});
