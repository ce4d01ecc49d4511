import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, daysBetween } from '../../src/contract/plain-date.ts';
import type { FunnelQuery, MetricQuery } from '../../src/contract/query.ts';
import type { QueryResult, Row } from '../../src/contract/result.ts';
import { caseModelIn } from '../cases/model.ts';
import { askerAt } from '../cases/query-context.ts';
import { withFactWarehouse } from '../cases/warehouse.ts';
import type { Facts } from '../reference/dataset.ts';
import { funnelReached, funnelTimes } from '../reference/funnel.ts';
import { settledRanges } from '../reference/maturity.ts';
import { factsIn, journeysIn, type Setting, setting } from './arbitrary-facts.ts';
import { funnelQueryIn, metricQueryIn } from './arbitrary-queries.ts';
import { checkMetrics, instantsOf, isClose, parametersOf } from './check-metrics.ts';

/** Sets of random facts; each is asked `QUERIES` random questions. More by TURNOUT_PROPERTY_RUNS. fast-check prints the seed of a failure. */
const RUNS = Number(process.env['TURNOUT_PROPERTY_RUNS'] ?? 6);
const QUERIES = 12;
const DAY = 86_400_000;

const engine = withFactWarehouse();

interface Given {
  place: Setting;
  week_start: string;
  facts: Facts;
  /** UTC milliseconds; everything before is complete. */
  now: number;
}

/** The model is not part of the world, so that a failure prints what matters. */
const modelOf = ({ place: { zone }, week_start }: Pick<Given, 'place' | 'week_start'>) => caseModelIn(zone, week_start);

const placed = (factsOf: (place: Setting) => fc.Arbitrary<Facts>) =>
  fc
    .record({
      place: setting,
      week_start: fc.constantFrom('monday', 'sunday', 'saturday'),
      now: fc.constantFrom(4.3, 7, 400),
    })
    .chain(({ place, week_start, now }) =>
      factsOf(place).map((facts): Given => ({ place, week_start, facts, now: place.origin + now * DAY })),
    );

describe('random queries equal the reference', () => {
  it('for every metric type, grain, comparison and total', async () => {
    const asked = placed(factsIn).chain((given) =>
      fc.record({
        given: fc.constant(given),
        queries: fc.array(metricQueryIn(modelOf(given), given.place), { minLength: QUERIES, maxLength: QUERIES }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(asked, async ({ given, queries }) => {
        await engine.fill(given.facts);
        const ask = askerOf(given);
        const world = { model: modelOf(given), zone: given.place.zone, facts: given.facts, now: given.now };
        for (const query of queries) checkMetrics(world, query, await ask(query));
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 120_000 },
    );
  }, 300_000);

  it('for funnels in sequence, in any order, with and without a window', async () => {
    const asked = fc.oneof(placed(factsIn), placed(journeysIn)).chain((given) =>
      fc.record({
        given: fc.constant(given),
        queries: fc.array(funnelQueryIn(modelOf(given), given.place), { minLength: QUERIES, maxLength: QUERIES }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(asked, async ({ given, queries }) => {
        await engine.fill(given.facts);
        const ask = askerOf(given);
        for (const query of queries) {
          const answer = await ask(query);
          checkFunnel(given, query, answer);
          await checkFunnelComparison(query, answer, ask);
          // Metrics count what is dated in the future as well.
          if (given.now > given.place.origin + 20 * DAY) await checkFunnelMetrics(query, ask);
        }
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 120_000 },
    );
  }, 300_000);
});

function askerOf(given: Given): (query: MetricQuery | FunnelQuery) => Promise<QueryResult> {
  return askerAt(given.now, { warehouse: engine.warehouse, model: modelOf(given) });
}

function checkFunnel(given: Given, query: FunnelQuery, answer: QueryResult): void {
  const { facts, place, now } = given;
  const model = modelOf(given);
  const range = instantsOf(place, query.time?.range as [string, string]);
  const funnel = model.funnels.get(query.funnel);
  const matures = query.matured === true ? funnel?.maturesAfter : undefined;
  const question = {
    model,
    facts,
    filters: query.filters ?? [],
    range: matures === undefined ? range : settledRanges(range, undefined, matures, now, place.zone).range,
    zone: place.zone,
    now,
    parameters: parametersOf(model, query),
  };
  const steps = funnel?.steps.length ?? 0;
  const dimension = query.dimensions?.[0];
  const segments =
    dimension === undefined ? [undefined] : [...new Set(answer.rows.map((row) => row[dimension] ?? null))];
  segments.forEach((value, index) => {
    const got = answer.rows.slice(index * steps, (index + 1) * steps).map((row) => row['reached']);
    const segment = dimension === undefined ? undefined : { dimension, value: value ?? null };
    expect({ query, segment, reached: got }).toEqual({
      query,
      segment,
      reached: funnelReached(question, query.funnel, segment),
    });
  });
  if (dimension !== undefined || funnel?.order !== 'sequence') return;
  const medians = funnelTimes(question, query.funnel).map(median);
  answer.rows.forEach((row, index) => {
    if (!isClose(row['median_seconds'], medians[index] ?? null))
      expect({ query, step: row['step'], median: row['median_seconds'] }).toEqual({
        query,
        step: row['step'],
        median: medians[index],
      });
  });
}

/** Two periods at once, one beside the other and one into the other, are what each is alone. */
async function checkFunnelComparison(
  query: FunnelQuery,
  alone: QueryResult,
  ask: (query: FunnelQuery) => Promise<QueryResult>,
): Promise<void> {
  const [start, end] = query.time?.range ?? [];
  // What matures is cut alike in both.
  if (start === undefined || end === undefined || start.length > 10 || query.matured === true) return;
  const [dimension] = query.dimensions ?? [];
  const placeOf = (row: Row) =>
    JSON.stringify([dimension === undefined ? null : (row[dimension] ?? null), row['step']]);
  const days = daysBetween(start, end);
  for (const back of new Set([days, Math.ceil(days / 2)])) {
    const range: [string, string] = [addDays(start, -back), addDays(end, -back)];
    const both = await ask({ ...query, compare: { range } });
    const before = new Map((await ask({ ...query, time: { range } })).rows.map((row) => [placeOf(row), row]));
    expect({ query, range, rows: both.rows }).toEqual({ query, range, rows: alone.rows });
    expect({ query, range, rows: both.compare?.rows }).toEqual({
      query,
      range,
      rows: alone.rows.map((row) => before.get(placeOf(row)) ?? null),
    });
  }
}

/** Metrics that count what the steps of the funnel of sign-ups count, in their order. */
const STEP_METRICS = ['registrations', 'visits_registered', 'visits_registered_5m', 'visits_registered_30m'];

/** A funnel and the metrics beside it never show two numbers for one thing, whatever is filtered by. */
async function checkFunnelMetrics(
  { time, filters, parameters }: FunnelQuery,
  ask: (query: MetricQuery | FunnelQuery) => Promise<QueryResult>,
): Promise<void> {
  const { short_visit = 5, long_visit = 30 } = parameters ?? {};
  if (long_visit < short_visit) return;
  const shared = {
    ...(time === undefined ? {} : { time }),
    ...(filters === undefined ? {} : { filters }),
    ...(parameters === undefined ? {} : { parameters }),
  };
  const funnel = await ask({ funnel: 'signup_to_attend', ...shared });
  const [metrics = {}] = (await ask({ metrics: STEP_METRICS, ...shared })).rows;
  expect({ shared, reached: funnel.rows.slice(0, 4).map((row) => row['reached']) }).toEqual({
    shared,
    reached: STEP_METRICS.map((name) => metrics[name]),
  });
}

function median(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
