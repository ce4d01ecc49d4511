import { expect } from 'vitest';
import type { MetricQuery, Query } from '../../src/contract/query.ts';
import type { QueryResult, Row } from '../../src/contract/result.ts';
import type { CheckedModel } from '../../src/model/checked.ts';
import { bucketsOf, startOfDay } from '../reference/calendar.ts';
import { compareRange } from '../reference/compare.ts';
import type { Facts } from '../reference/dataset.ts';
import { type Instants, isMaturing, settledRanges, wholeDays } from '../reference/maturity.ts';
import { type Cell, metricValue, type Question, TOTALS } from '../reference/metrics.ts';
import { perDayValue } from '../reference/per-day.ts';
import type { Parameters } from '../reference/predicate.ts';

/** What a query is asked about. */
export interface World {
  model: CheckedModel;
  /** In which the query's dates and local times are. */
  zone: string;
  facts: Facts;
  /** UTC milliseconds; everything before is complete. */
  now: number;
}

/** Every number of an answer is that of the reference, and nothing is missing. */
export function checkMetrics(given: World, query: MetricQuery, answer: QueryResult): void {
  const range = instantsOf(given, query.time?.range as [string, string]);
  const question = questionOf(
    given,
    query,
    range,
    (seconds) => settledRanges(range, undefined, seconds, given.now, given.zone).range,
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
      compared.map((date) => startOfDay(date, given.zone)),
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
    (seconds) => settledRanges(range, earlier, seconds, given.now, given.zone).compare ?? earlier,
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
  const { model, facts, zone, now } = given;
  return {
    model,
    facts,
    filters: query.filters ?? [],
    range,
    groups: (query.dimensions ?? []).map(String),
    ...(query.time?.grain === undefined ? {} : { grain: query.time.grain }),
    zone,
    weekStart: model.workspace.week_start,
    completeThrough: now,
    now,
    parameters: parametersOf(model, query),
    settled,
  };
}

export function parametersOf(model: CheckedModel, { parameters }: Pick<Query, 'parameters'>): Parameters {
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

export function instantsOf(
  { zone }: Pick<World, 'zone'>,
  [start, end]: readonly [string, string],
): { start: number; end: number } {
  const read = (edge: string) => (edge.length === 10 ? startOfDay(edge, zone) : Date.parse(edge));
  return { start: read(start), end: read(end) };
}

export function isClose(got: unknown, expected: number | null): boolean {
  if (typeof got !== 'number' || expected === null) return got === expected;
  return Math.abs(got - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
}
