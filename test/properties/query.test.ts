import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunnelQuery, MetricQuery, Query } from '../../src/contract/query.ts';
import type { QueryResult, Row } from '../../src/contract/result.ts';
import type { CheckedModel } from '../../src/model/checked.ts';
import { loadCaseModel } from '../cases/model.ts';
import { askerAt } from '../cases/query-context.ts';
import { type FactWarehouse, openFactWarehouse } from '../cases/warehouse.ts';
import { bucketsOf, startOfDay } from '../reference/calendar.ts';
import { compareRange } from '../reference/compare.ts';
import type { Facts } from '../reference/dataset.ts';
import { funnelReached, funnelTimes } from '../reference/funnel.ts';
import { type Instants, isMaturing, settledRanges, wholeDays } from '../reference/maturity.ts';
import { type Cell, metricValue, type Question, TOTALS } from '../reference/metrics.ts';
import { perDayValue } from '../reference/per-day.ts';
import type { Parameters } from '../reference/predicate.ts';
import { factsIn, journeysIn, type Setting, setting } from './arbitrary-facts.ts';
import { funnelQueryIn, metricQueryIn } from './arbitrary-queries.ts';

/** Sets of random facts; each is asked `QUERIES` random questions. More by TURNOUT_PROPERTY_RUNS. fast-check prints the seed of a failure. */
const RUNS = Number(process.env['TURNOUT_PROPERTY_RUNS'] ?? 8);
const QUERIES = 12;
const DAY = 86_400_000;

let engine: FactWarehouse;
beforeAll(async () => {
  engine = await openFactWarehouse();
});
afterAll(async () => {
  await engine?.close();
});

interface World {
  place: Setting;
  week_start: string;
  facts: Facts;
  /** UTC milliseconds; everything before is complete. */
  now: number;
}

const models = new Map<string, CheckedModel>();

/** The model is not part of the world, so that a failure prints what matters. */
function modelOf({ place: { zone }, week_start }: Pick<World, 'place' | 'week_start'>): CheckedModel {
  const key = `${zone} ${week_start}`;
  const model = models.get(key) ?? loadCaseModel({ time_zone: zone, week_start, windows: { week: 2, month: 4 } });
  models.set(key, model);
  return model;
}

const worldOf = (factsOf: (place: Setting) => fc.Arbitrary<Facts>) =>
  fc
    .record({
      place: setting,
      week_start: fc.constantFrom('monday', 'sunday', 'saturday'),
      now: fc.constantFrom(4.3, 7, 400),
    })
    .chain(({ place, week_start, now }) =>
      factsOf(place).map((facts): World => ({ place, week_start, facts, now: place.origin + now * DAY })),
    );

describe('random queries equal the reference', () => {
  it('for every metric type, grain, comparison and total', async () => {
    const asked = worldOf(factsIn).chain((given) =>
      fc.record({
        given: fc.constant(given),
        queries: fc.array(metricQueryIn(modelOf(given), given.place), { minLength: QUERIES, maxLength: QUERIES }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(asked, async ({ given, queries }) => {
        await engine.fill(given.facts);
        const ask = askerOf(given);
        for (const query of queries) checkMetrics(given, query, await ask(query));
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 120_000 },
    );
  }, 300_000);

  it('for funnels in sequence, in any order, with and without a window', async () => {
    const asked = fc.oneof(worldOf(factsIn), worldOf(journeysIn)).chain((given) =>
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
          checkFunnel(given, query, await ask(query));
          // Metrics count what is dated in the future as well.
          if (given.now > given.place.origin + 20 * DAY) await checkFunnelMetrics(query, ask);
        }
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 120_000 },
    );
  }, 300_000);
});

function askerOf(given: World): (query: MetricQuery | FunnelQuery) => Promise<QueryResult> {
  return askerAt(given.now, { warehouse: engine.warehouse, model: modelOf(given) });
}

function checkMetrics(given: World, query: MetricQuery, answer: QueryResult): void {
  const range = instantsOf(given, query.time?.range as [string, string]);
  const question = questionOf(
    given,
    query,
    range,
    (seconds) => settledRanges(range, undefined, seconds, given.now, given.place.zone).range,
  );
  const names = [...(query.dimensions ?? []).map(String)];
  checkRows(question, query, names, answer.rows);
  checkComplete(question, query, names, answer.rows);
  if (query.totals === true) checkRow(question, query, TOTALS, answer.totals ?? {});
  if (query.compare === undefined) return;
  const compared = compareRange(
    query.time?.range as [string, string],
    query.compare as 'previous_year',
    query.match_weekday !== false,
  );
  if (given.now >= range.end) {
    expect([answer.compare?.range.start, answer.compare?.range.end].map((edge) => Date.parse(edge ?? ''))).toEqual(
      compared.map((date) => startOfDay(date, given.place.zone)),
    );
  }
  const earlier = {
    start: Date.parse(answer.compare?.range.start ?? ''),
    end: Date.parse(answer.compare?.range.end ?? ''),
  };
  const before = questionOf(
    given,
    query,
    earlier,
    (seconds) => settledRanges(range, earlier, seconds, given.now, given.place.zone).compare ?? earlier,
  );
  answer.compare?.rows.forEach((row, index) => {
    if (row === null) return;
    const time = answer.rows[index]?.['time'];
    const bucket = typeof time === 'string' && query.matured === true ? { time, range } : undefined;
    checkRow(before, query, cellOf(query, names, row), row, bucket);
  });
  if (query.totals === true) checkRow(before, query, TOTALS, answer.compare?.totals ?? {});
}

/** A question of the reference, and what of its range has settled for metrics that take some seconds. */
interface Asked extends Question {
  settled(seconds: number): Instants;
}

function questionOf(given: World, query: MetricQuery, range: Instants, settled: Asked['settled']): Asked {
  const { facts, place, now } = given;
  const model = modelOf(given);
  return {
    model,
    facts,
    filters: query.filters ?? [],
    range,
    groups: (query.dimensions ?? []).map(String),
    ...(query.time?.grain === undefined ? {} : { grain: query.time.grain }),
    zone: place.zone,
    weekStart: model.workspace.week_start,
    completeThrough: now,
    now,
    parameters: parametersOf(model, query),
    settled,
  };
}

function parametersOf(model: CheckedModel, { parameters }: Pick<Query, 'parameters'>): Parameters {
  const defaults = [...model.parameters.values()].map(({ name, default: preset }) => [name, preset]);
  return { ...Object.fromEntries(defaults), ...parameters };
}

function checkRows(question: Asked, query: MetricQuery, names: string[], rows: readonly Row[]): void {
  for (const row of rows) checkRow(question, query, cellOf(query, names, row), row);
}

function cellOf(query: MetricQuery, names: string[], row: Row): Cell {
  const parts = Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
  return query.time?.grain === undefined ? { parts } : { time: String(row['time']), parts };
}

/** `bucket`: the bucket and range of the row that a row is compared with; what has not settled there is not compared. */
function checkRow(
  question: Asked,
  query: MetricQuery,
  cell: Cell,
  row: Row,
  bucket?: { time: string; range: Instants },
): void {
  const expected = query.metrics.map((name) => expectedValue(question, query, cell, name, bucket));
  const got = query.metrics.map((name) => row[name]);
  const same = got.every((value, index) => isClose(value, expected[index] ?? null));
  if (same) return;
  expect({ query, cell, metrics: got }).toEqual({ query, cell, metrics: expected });
}

function expectedValue(
  asked: Asked,
  query: MetricQuery,
  cell: Cell,
  name: string,
  bucket: { time: string; range: Instants } | undefined,
): number | null {
  const { model, completeThrough, zone, weekStart, grain } = asked;
  const seconds = query.matured === true ? model.metrics.get(name)?.maturesAfter : undefined;
  const value = (question: Question) =>
    query.per === 'day' ? perDayValue(question, name, cell) : metricValue(question, name, cell);
  if (seconds === undefined || asked.range === undefined) return value(asked);
  if (cell.time === undefined) {
    const settled = asked.settled(seconds);
    const range = query.per === 'day' ? wholeDays(settled, asked.range, zone) : settled;
    return range.end <= range.start ? null : value({ ...asked, range });
  }
  const ageing = bucket && { range: bucket.range, seconds, completeThrough };
  if (bucket && ageing && grain !== undefined && grain !== 'hour') {
    if (isMaturing(bucket.time, grain, ageing, zone, weekStart)) return null;
  }
  return value(asked);
}

/** Every bucket is there, no cell twice, and no cell with a value is missing. */
function checkComplete(question: Asked, query: MetricQuery, names: string[], rows: readonly Row[]): void {
  const shown = rows.map((row) => JSON.stringify(cellOf(query, names, row)));
  expect(new Set(shown).size).toBe(shown.length);
  const { range, grain, zone, weekStart } = question;
  const times =
    grain === undefined || range === undefined ? [] : bucketsOf(range.start, range.end, grain, zone, weekStart);
  if (names.every((name) => name === 'weekday' || name === 'hour_of_day') && grain !== undefined)
    expect([...new Set(rows.map((row) => row['time']))].sort()).toEqual(times.sort());
  if (names.length !== 1 || grain !== undefined || query.per === 'day') return;
  const [name = ''] = names;
  for (const value of valuesOf(question, name)) {
    const cell = { parts: { [name]: value } };
    if (shown.includes(JSON.stringify(cell))) continue;
    const counts = query.metrics.filter((metric) => question.model.metrics.get(metric)?.type === 'simple');
    for (const metric of counts) expect(metricValue(question, metric, cell) ?? 0).toBe(0);
  }
}

function valuesOf({ facts }: Question, name: string): (string | number | null)[] {
  if (name === 'weekday') return [1, 2, 3, 4, 5, 6, 7];
  if (name === 'hour_of_day') return Array.from({ length: 24 }, (_, hour) => hour);
  if (name === 'account') return [null];
  if (name === 'starts_at' || name === 'start_hour') return [];
  const rows = [
    ...(facts.messages ?? []),
    ...(facts.activities ?? []),
    ...(facts.invitations ?? []),
    ...(facts.participations ?? []),
  ];
  return [...new Set(rows.map((row) => (row[name] === '' ? null : (row[name] ?? null))))];
}

function checkFunnel(given: World, query: FunnelQuery, answer: QueryResult): void {
  const { facts, place, now } = given;
  const model = modelOf(given);
  const range = instantsOf(given, query.time?.range as [string, string]);
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

function instantsOf({ place }: World, [start, end]: readonly [string, string]): { start: number; end: number } {
  const read = (edge: string) => (edge.length === 10 ? startOfDay(edge, place.zone) : Date.parse(edge));
  return { start: read(start), end: read(end) };
}

function isClose(got: unknown, expected: number | null): boolean {
  if (typeof got !== 'number' || expected === null) return got === expected;
  return Math.abs(got - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
}
