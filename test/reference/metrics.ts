import type { Arithmetic } from '../../src/contract/model.ts';
import type { Filter, Grain } from '../../src/contract/query.ts';
import type { CheckedModel, Metric } from '../../src/model/checked.ts';
import { aggregate, type SimpleMetric } from './aggregate.ts';
import { addDays, bucketOf, bucketStart, localDates, localTime, startOfDay, type WeekStart } from './calendar.ts';
import { datasetOf, datasetRows, type Facts } from './dataset.ts';
import { matchesFilter, partValue, passes } from './filters.ts';
import { type FactCell, type FactRow, matches, type Parameters } from './predicate.ts';

/** What is asked, with the range as instants. */
export interface Question {
  model: CheckedModel;
  facts: Facts;
  filters: readonly Filter[];
  /** [start, end) in UTC milliseconds; absent = everything. */
  range?: { start: number; end: number };
  /** Names of dimensions and time parts that rows are grouped by. */
  groups: readonly string[];
  grain?: Grain;
  zone: string;
  weekStart: WeekStart;
  /** Data is complete before this instant. */
  completeThrough: number;
  now: number;
  /** Every parameter's value. */
  parameters: Parameters;
}

/** One place in the answer: a time bucket and a value per group; totals are the cell without both. */
export interface Cell {
  time?: string;
  parts: Record<string, FactCell>;
}

export const TOTALS: Cell = { parts: {} };

/** The value of a metric in one cell, from the rows, with nothing shared between cells. */
export function metricValue(question: Question, name: string, cell: Cell, channels?: readonly string[]): number | null {
  const metric = question.model.metrics.get(name);
  if (metric === undefined) throw new Error(`no metric ${name}`);
  const counted = intersect(channels, metric.channels);
  if (metric.channels !== undefined && counted !== undefined && !isApplicable(question, counted, cell)) return null;
  return valueByType(question, metric, cell, counted);
}

function valueByType(question: Question, metric: Metric, cell: Cell, channels?: readonly string[]): number | null {
  switch (metric.type) {
    case 'simple': {
      const rows = rowsInCell(question, metric, cell, channels, question.range);
      return aggregate(
        metric,
        rows.map(({ row }) => row),
        isOfPeople(question.model, metric),
      );
    }
    case 'ratio':
      return divide(
        metricValue(question, metric.numerator, cell, channels),
        metricValue(question, metric.denominator, cell, channels),
      );
    case 'derived':
      return calculate(metric.expr, (name) => metricValue(question, name, cell, channels));
    case 'cumulative': {
      const base = simpleNamed(question.model, metric.metric);
      const end = windowEnd(question, cell, metric.days === undefined);
      if (end === undefined) return null;
      if (metric.days !== undefined && addDays(end, 1 - metric.days) < firstDay(question, base)) return null;
      const through = startOfDay(addDays(end, 1), question.zone);
      const until = question.range === undefined ? through : Math.min(through, question.range.end);
      const from = metric.days === undefined ? -8.64e15 : startOfDay(addDays(end, 1 - metric.days), question.zone);
      const { time: _, ...place } = cell;
      const rows = rowsInCell(question, base, place, channels, { start: from, end: until });
      return aggregate(
        base,
        rows.map(({ row }) => row),
        isOfPeople(question.model, base),
      );
    }
    case 'conversion': {
      const { base: entered, converted } = convert(question, metric, cell, channels);
      return metric.calculation === 'count' ? converted : divide(converted, entered);
    }
  }
}

/** Rows of a simple metric in a cell; `range` replaces the time bucket where the cell has none. */
export function rowsInCell(
  question: Question,
  metric: SimpleMetric,
  cell: Cell,
  channels: readonly string[] | undefined,
  range: { start: number; end: number } | undefined,
): { row: FactRow; at: number }[] {
  const { model, facts, zone } = question;
  const dataset = datasetOf(model, metric.dataset);
  const channelColumn = [...dataset.dimensions].find(([name]) => model.dimensions.get(name)?.fromChannels)?.[1];
  const found: { row: FactRow; at: number }[] = [];
  for (const row of datasetRows(model, facts, metric.dataset)) {
    const at = row[metric.time];
    if (typeof at !== 'number') continue;
    if (range !== undefined && (at < range.start || at >= range.end)) continue;
    if (!matches(metric.filter, row, question.parameters)) continue;
    if (channels !== undefined && channelColumn !== undefined && !channels.includes(String(row[channelColumn])))
      continue;
    if (metric.currency !== undefined && row[metric.currency] !== model.workspace.currency) continue;
    if (!passes(model, facts, metric.dataset, question.filters, row, at, zone)) continue;
    const sameParts = Object.entries(cell.parts).every(
      ([name, value]) => partValue(model, facts, dataset, name, row, at, zone) === value,
    );
    if (!sameParts) continue;
    if (cell.time !== undefined && bucketOf(at, question.grain ?? 'day', zone, question.weekStart) !== cell.time)
      continue;
    found.push({ row, at });
  }
  return found;
}

/**
 * The local day with which a trailing window ends: the last day of the bucket (or range) that is complete, the running day
 * where none is, undefined for the future. What counts everything so far has no use for complete days: it ends with the
 * running day where that is in the bucket.
 */
export function windowEnd(question: Question, cell: Cell, soFar: boolean): string | undefined {
  const { zone, completeThrough, grain, weekStart } = question;
  const running = localTime(completeThrough, zone).date;
  const last = question.range === undefined ? running : localTime(question.range.end - 1, zone).date;
  const first = question.range === undefined ? undefined : localTime(question.range.start, zone).date;
  const candidates =
    first === undefined
      ? [addDays(running, -1), running]
      : localDates(question.range?.start ?? 0, question.range?.end ?? 0, zone).filter(
          (date) =>
            cell.time === undefined ||
            bucketStart(date, grain === 'hour' ? 'day' : (grain ?? 'day'), weekStart) === cell.time,
        );
  const hasBegun = candidates.find((date) => date === running && startOfDay(date, zone) < completeThrough);
  if (soFar && hasBegun !== undefined) return hasBegun;
  const complete = candidates.filter((date) => date <= last && startOfDay(addDays(date, 1), zone) <= completeThrough);
  return complete.at(-1) ?? hasBegun;
}

/** The local day of the dataset's first row; a window that reaches back further is incomplete. */
function firstDay({ model, facts, zone }: Question, { dataset, time }: SimpleMetric): string {
  const times = datasetRows(model, facts, dataset).flatMap((row) => (typeof row[time] === 'number' ? [row[time]] : []));
  return times.length === 0 ? '9999-12-31' : localTime(Math.min(...times), zone).date;
}

function convert(
  question: Question,
  metric: Extract<Metric, { type: 'conversion' }>,
  cell: Cell,
  channels: readonly string[] | undefined,
): { base: number; converted: number } {
  const { model, facts, now } = question;
  const base = simpleNamed(model, metric.base);
  const conversion = simpleNamed(model, metric.conversion);
  const entityOf = (simple: SimpleMetric) => datasetOf(model, simple.dataset).entities.get(metric.entity) ?? '';
  const started = new Set<FactCell>();
  const converted = new Set<FactCell>();
  for (const { row, at } of rowsInCell(question, base, cell, channels, question.range)) {
    const entity = row[entityOf(base)] ?? null;
    if (entity === null || entity === 0 || entity === '') continue;
    started.add(entity);
    for (const other of datasetRows(model, facts, conversion.dataset)) {
      const later = other[conversion.time];
      if (typeof later !== 'number' || later < at || later > now) continue;
      if (metric.windowSeconds !== undefined && later > at + metric.windowSeconds * 1000) continue;
      if (other[entityOf(conversion)] === entity && matches(conversion.filter, other, question.parameters))
        converted.add(entity);
    }
  }
  return { base: started.size, converted: converted.size };
}

function isApplicable(question: Question, channels: readonly string[], cell: Cell): boolean {
  const names = [...question.model.dimensions.values()].filter((one) => one.fromChannels).map((one) => one.name);
  const filters = question.filters.filter((filter) => names.includes(filter.dimension));
  if (!channels.some((channel) => filters.every((filter) => matchesFilter(filter, channel)))) return false;
  const shown = names.map((name) => cell.parts[name]).find((value) => value !== undefined);
  return shown === undefined || channels.includes(String(shown));
}

export function simpleNamed(model: CheckedModel, name: string): SimpleMetric {
  const metric = model.metrics.get(name);
  if (metric?.type !== 'simple') throw new Error(`${name} is not simple`);
  return metric;
}

export function isOfPeople(model: CheckedModel, metric: SimpleMetric): boolean {
  return datasetOf(model, metric.dataset).columns.get(metric.column ?? '')?.type === 'person';
}

export function divide(left: number | null, right: number | null): number | null {
  return left === null || right === null || right === 0 ? null : left / right;
}

function calculate(node: Arithmetic, metricOf: (metric: string) => number | null): number | null {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'metric':
      return metricOf(node.name);
    case 'negate': {
      const value = calculate(node.part, metricOf);
      return value === null ? null : 0 - value;
    }
    case 'binary': {
      const left = calculate(node.left, metricOf);
      const right = calculate(node.right, metricOf);
      if (left === null || right === null) return null;
      if (node.op === '/') return divide(left, right);
      return node.op === '+' ? left + right : node.op === '-' ? left - right : left * right;
    }
  }
}

function intersect(a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.filter((name) => b.includes(name));
}
