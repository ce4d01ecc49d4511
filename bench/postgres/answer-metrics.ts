import { addDays, weekdayOf } from '../../src/contract/plain-date.ts';
import type { Cell, Row } from '../../src/contract/result.ts';
import type { InstantRange } from '../../src/query/buckets.ts';
import { localDate } from '../../src/query/local-time.ts';
import { settledEndsOf } from '../../src/query/maturity.ts';
import type { Group, ResolvedMetricQuery } from '../../src/query/resolved.ts';
import { type Calendar, ZONE } from '../store/calendar.ts';
import { type CountedColumn, countedSql, distinctSql, type Scope } from './counted-sql.ts';
import { decimalNumber, readDecimal } from './decimal.ts';
import { medianSql } from './median-sql.ts';
import { type Counted, METRICS, type PgMetric, timeOf } from './metrics.ts';
import { perDaySql } from './per-day-sql.ts';
import { bucketOf, instantOf } from './rows-of.ts';
import type { PgRow, Statements } from './statements.ts';
import { stockSql, windowsSql } from './windows-sql.ts';

/** Rows by the values of their keys, joined: the total's key is of no keys. */
export type PgRows = Map<string, Row>;

export interface PgAnswer {
  rows: PgRows;
  totals: Row | undefined;
}

export const keyText = (keys: readonly (Cell | undefined)[]): string =>
  keys.map((key) => String(key ?? '')).join('\u0001');

/** Asks PostgreSQL what a metric query asks of Turnout, for one of its ranges and one way to group. */
export async function answerMetrics(
  query: ResolvedMetricQuery,
  which: 'range' | 'compare',
  groups: readonly Group[],
  { calendar, statements }: { calendar: Calendar; statements: Statements },
): Promise<PgAnswer> {
  const range = query[which];
  if (query.perDay) return answerPerDay(query, range, groups, statements);
  const ends = settledEndsOf(query, which);
  const keys = groups.map((group) => ({ name: group.name, of: keyOf(group) }));
  const scope: Scope = { range, filters: query.filters, keys };
  const answer = new Answer(
    keys.map(({ name }) => name),
    query.totals || keys.length === 0,
  );
  const named = query.metrics.map(({ name, maturesAfter }) => {
    const metric = METRICS[name];
    if (metric === undefined) throw new Error(`no SQL for the metric ${name}`);
    return { name, metric, until: maturesAfter === undefined ? undefined : ends.get(maturesAfter) };
  });
  for (const columns of countedTogether(named)) answer.add(await statements.run(countedSql(columns, scope)), columns);
  const windows = named.flatMap(({ name, metric }) => (metric.kind === 'window' ? [{ name, days: metric.days }] : []));
  if (windows.length > 0) {
    const base = METRICS['active_users'];
    if (base?.kind !== 'distinct') throw new Error('no SQL for windows');
    const rows = await statements.run(windowsSql(base, scope, windows));
    for (const { name, days } of windows) answer.putTrailing(rows, name, addDays(calendar.first, days - 1));
  }
  for (const { name, metric, until } of named) {
    if (metric.kind === 'distinct')
      answer.put(await statements.run(distinctSql(metric, scope, name, query.totals)), name);
    else if (metric.kind === 'stock') {
      const bucket = groups.find((group) => group.kind === 'time');
      const rows = await statements.run(stockSql(scope, name, bucket === undefined ? undefined : keyOf(bucket)));
      if (bucket === undefined) answer.put(rows, name);
      else answer.putTrailing(rows, name);
    } else if (metric.kind === 'median')
      answer.put(await statements.run(medianSql(metric, scope, name, query.totals, until)), name, metric.per);
  }
  for (const { name, metric } of named) if (metric.kind === 'ratio') answer.divide(name);
  return answer.finish();
}

function keyOf(group: Group): (time: string) => string {
  if (group.kind === 'time') return (time) => bucketOf(time, group.grain);
  if (group.kind === 'dimension') return () => (group.dimension.ofTime ? instantOf(group.name) : group.name);
  throw new Error(`no SQL for the key ${group.name}`);
}

/** What is counted, by table and time: one statement each. */
function countedTogether(
  named: readonly { name: string; metric: PgMetric; until: number | undefined }[],
): CountedColumn[][] {
  const together = new Map<string, CountedColumn[]>();
  const add = (name: string, counted: Counted, until: number | undefined) => {
    const place = `${counted.table} ${counted.time ?? timeOf(counted.table)}`;
    together.set(place, [...(together.get(place) ?? []), { name, counted, ...(until === undefined ? {} : { until }) }]);
  };
  for (const { name, metric, until } of named) {
    if (metric.kind === 'counted') add(name, metric, until);
    if (metric.kind !== 'ratio') continue;
    add(`${name} over`, metric.over, until);
    add(`${name} under`, metric.under, until);
  }
  return [...together.values()];
}

/** Puts the answers of several statements together by their keys. */
class Answer {
  readonly #keys: readonly string[];
  readonly #rows: PgRows = new Map();
  readonly #totals: Row | undefined;

  constructor(keys: readonly string[], totals: boolean) {
    this.#keys = keys;
    this.#totals = totals ? {} : undefined;
  }

  /** Counts and sums: their totals are the sums of the groups. */
  add(rows: readonly PgRow[], columns: readonly CountedColumn[]): void {
    for (const { name, counted } of columns) {
      let sum = 0n;
      for (const row of rows) {
        const value = row[name] === null || row[name] === undefined ? null : readDecimal(String(row[name]));
        sum += value ?? 0n;
        this.#rowOf(row)[name] = value === null ? 0 : decimalNumber(value);
      }
      if (this.#totals !== undefined) this.#totals[name] = decimalNumber(sum);
      if (counted.sum === undefined && sum % 1_000_000n !== 0n) throw new Error(`${name} is not a whole number`);
    }
  }

  /** Values that are not sums; a row of totals may be among them. */
  put(rows: readonly PgRow[], name: string, per = 1): void {
    for (const row of rows) {
      const value = row[name] === null || row[name] === undefined ? null : Number(row[name]) / per;
      const isTotal = row['is_total'] === true || this.#keys.length === 0;
      if (isTotal && this.#totals !== undefined) this.#totals[name] = value;
      else if (!isTotal) this.#rowOf(row)[name] = value;
    }
  }

  /** Stocks, and windows that are whole; the total is that of the last day. */
  putTrailing(rows: readonly PgRow[], name: string, firstWhole = ''): void {
    const whole = rows.filter((row) => String(row['time']) >= firstWhole);
    this.put(whole, name);
    const last = whole.toSorted((a, b) => (String(a['time']) < String(b['time']) ? -1 : 1)).at(-1);
    if (this.#totals !== undefined) this.#totals[name] = last === undefined ? null : Number(last[name]);
  }

  divide(name: string): void {
    for (const row of [...this.#rows.values(), ...(this.#totals === undefined ? [] : [this.#totals])]) {
      row[name] = quotient(row, name);
    }
  }

  finish(): PgAnswer {
    if (this.#keys.length === 0 && this.#totals !== undefined) this.#rows.set('', this.#totals);
    return { rows: this.#rows, totals: this.#totals };
  }

  #rowOf(row: PgRow): Row {
    const values = this.#keys.map((key) => row[key] as Cell);
    const text = keyText(values);
    const found =
      this.#rows.get(text) ?? Object.fromEntries(this.#keys.map((key, index) => [key, values[index] ?? null]));
    this.#rows.set(text, found);
    return found;
  }
}

/** Counts and quotients of counts: coarser groups are sums of finer ones. */
export function isAdditive(name: string): boolean {
  const metric = METRICS[name];
  if (metric?.kind === 'ratio') return metric.over.sum === undefined && metric.under.sum === undefined;
  return metric?.kind === 'counted' && metric.sum === undefined;
}

/** The rows of coarser groups: counts added up, quotients of the sums. */
export function foldRows(finest: PgAnswer, keys: readonly string[]): PgAnswer {
  const rows: PgRows = new Map();
  for (const row of finest.rows.values()) {
    const text = keyText(keys.map((key) => row[key]));
    const sums = rows.get(text) ?? Object.fromEntries(keys.map((key) => [key, row[key] ?? null]));
    for (const [name, value] of Object.entries(row))
      if (typeof value === 'number' && !keys.includes(name)) sums[name] = Number(sums[name] ?? 0) + value;
    rows.set(text, sums);
  }
  for (const row of rows.values())
    for (const name of Object.keys(row)) if (METRICS[name]?.kind === 'ratio') row[name] = quotient(row, name);
  return { rows, totals: undefined };
}

function quotient(row: Row, name: string): number | null {
  const [over, under] = [Number(row[`${name} over`] ?? 0), Number(row[`${name} under`] ?? 0)];
  return under === 0 ? null : over / under;
}

/** Averages over the local days of the range to which a cell belongs. */
async function answerPerDay(
  { metrics, filters, totals }: ResolvedMetricQuery,
  range: InstantRange | undefined,
  groups: readonly Group[],
  statements: Statements,
): Promise<PgAnswer> {
  const [metric] = metrics;
  const pgMetric = METRICS[metric?.name ?? ''];
  if (metric === undefined || range === undefined || (pgMetric?.kind !== 'counted' && pgMetric?.kind !== 'distinct'))
    throw new Error('no SQL per day');
  const scope: Scope = { range, filters, keys: [] };
  const weekdays = groups.some(({ name }) => name === 'weekday');
  const hours = groups.some(({ name }) => name === 'hour_of_day');
  const days = daysByWeekday(range);
  const all = [...days.values()].reduce((sum, count) => sum + count, 0);
  const slots = await statements.run(perDaySql(pgMetric, scope, hours || pgMetric.kind === 'counted'));
  const sums = new Map<string, { row: Row; sum: number; days: number }>();
  for (const slot of slots) {
    const keys: Row = {
      ...(weekdays ? { weekday: Number(slot['weekday']) } : {}),
      ...(hours ? { hour_of_day: Number(slot['hour_of_day']) } : {}),
    };
    const text = keyText(groups.map(({ name }) => keys[name]));
    const found = sums.get(text) ?? {
      row: keys,
      sum: 0,
      days: weekdays ? (days.get(Number(slot['weekday'])) ?? 0) : all,
    };
    found.sum += Number(slot['value']);
    sums.set(text, found);
  }
  const rows: PgRows = new Map(
    [...sums].map(([text, { row, sum, days: over }]) => [text, { ...row, [metric.name]: sum / over }]),
  );
  if (!totals) return { rows, totals: undefined };
  const perWeekday = pgMetric.kind === 'counted' ? slots : await statements.run(perDaySql(pgMetric, scope, false));
  const sum = perWeekday.reduce((whole, row) => whole + Number(row['value']), 0);
  return { rows, totals: { [metric.name]: sum / all } };
}

function daysByWeekday({ start, end }: InstantRange): Map<number, number> {
  const days = new Map<number, number>();
  for (let day = localDate(start, ZONE); day <= localDate(end - 1, ZONE); day = addDays(day, 1))
    days.set(weekdayOf(day), (days.get(weekdayOf(day)) ?? 0) + 1);
  return days;
}
