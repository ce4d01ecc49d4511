import type { Cell, ComparedRows, ResultColumn, ResultMeta, Row } from '../contract/result.ts';
import type { CheckedModel, Dimension } from '../model/checked.ts';
import { type Bucket, bucketEnd } from './buckets.ts';
import type { Evaluated, EvaluatedRow } from './evaluate.ts';
import { formatInstant } from './format-instant.ts';
import { cellId } from './leaf-table.ts';
import { isMaturing, maturedThrough } from './maturity.ts';
import type { Plan } from './plan/plan.ts';
import { type Clock, type Group, type ResolvedMetricQuery, TIME_PARTS } from './resolved.ts';
import type { View } from './views.ts';

/** The name of the hidden column with a rate's sample size. */
const sampleName = (metric: string): string => `${metric}__n`;

export function shapeColumns(query: ResolvedMetricQuery, plan: Plan): ResultColumn[] {
  const groups = query.groups.map((group): ResultColumn => {
    switch (group.kind) {
      case 'time':
        return { name: 'time', label: 'Time', kind: 'time', grain: group.grain };
      case 'dimension': {
        return shapeDimensionColumn(group.dimension);
      }
      default:
        return { name: group.name, label: TIME_PARTS[group.kind].label, kind: 'dimension' };
    }
  });
  const channel = [...query.model.dimensions.values()].find((dimension) => dimension.fromChannels)?.name;
  const metrics = plan.metrics.map(({ metric, proportion, ignores, notApplicable }): ResultColumn => {
    const { name, label, format, good, minSample, description, parameters } = metric;
    return {
      name,
      label,
      kind: 'metric',
      format,
      good,
      min_sample: minSample,
      ...(proportion ? { proportion: true } : {}),
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(description === undefined ? {} : { description }),
      ...(ignores.length === 0 ? {} : { ignores }),
      ...(notApplicable.length === 0 || channel === undefined
        ? {}
        : { not_applicable: { dimension: channel, values: notApplicable } }),
    };
  });
  return [...groups, ...metrics];
}

/** Engine keys and values → a row with names. */
export function shapeRow(
  row: EvaluatedRow,
  { groups, counted }: Pick<View, 'groups' | 'counted'>,
  query: ResolvedMetricQuery,
  plan: Plan,
  times: ReadonlyMap<string, string>,
): Row {
  const shaped: Row = {};
  groups.forEach((group, index) => {
    const key = row.keys[index] ?? null;
    if (row.keys.length > 0) shaped[group.name] = groupCell(group, key, query, times);
  });
  plan.metrics.forEach((planned, index) => {
    const { metric } = planned;
    shaped[metric.name] = row.values[index] ?? null;
    if (planned[counted].sample !== undefined) shaped[sampleName(metric.name)] = row.samples[index] ?? null;
  });
  return shaped;
}

function groupCell(group: Group, key: Cell, { clock }: ResolvedMetricQuery, times: ReadonlyMap<string, string>): Cell {
  if (group.kind === 'time') return timeCell(key, times);
  return group.kind === 'dimension' ? dimensionCell(group.dimension, key, clock.zone) : key;
}

export function shapeSampleColumns(plan: Plan): Record<string, string> {
  return Object.fromEntries(
    plan.metrics.flatMap(({ metric, all }) =>
      all.sample === undefined ? [] : [[metric.name, sampleName(metric.name)]],
    ),
  );
}

export function timesOf(buckets: readonly Bucket[]): Map<string, string> {
  return new Map(buckets.map((bucket) => [bucket.key, bucket.time]));
}

export function shapeDimensionColumn({ name, label, description, ofTime }: Dimension): ResultColumn {
  return {
    name,
    label,
    kind: 'dimension',
    ...(ofTime ? { format: 'datetime' } : {}),
    ...(description === undefined ? {} : { description }),
  };
}

/** Milliseconds of an instant become the instant with the zone's offset. */
export function dimensionCell(dimension: Dimension, key: Cell, zone: string): Cell {
  return dimension.ofTime && key !== null ? formatInstant(Number(key), zone) : key;
}

function timeCell(key: Cell, times: ReadonlyMap<string, string>): Cell {
  return key === null ? null : (times.get(String(key)) ?? String(key));
}

/**
 * Puts the compared row beside each row: the bucket of the same place in its range, the same values otherwise. What has not settled
 * in the row is not compared.
 */
export function shapeCompared(
  rows: readonly EvaluatedRow[],
  compared: Evaluated,
  { view, query, plan }: { view: View; query: ResolvedMetricQuery; plan: Plan },
  buckets: readonly Bucket[],
  comparedBuckets: readonly Bucket[],
): Pick<ComparedRows, 'rows' | 'totals'> {
  const time = view.groups.findIndex((group) => group.kind === 'time');
  const place = new Map(buckets.map((bucket, index) => [bucket.key, index]));
  const byKeys = new Map(compared.rows.map((row) => [cellId(row.keys), row]));
  const times = timesOf(comparedBuckets);
  const shaped = rows.map((row): Row | null => {
    const keys = [...row.keys];
    if (time >= 0) {
      const counterpart = comparedBuckets[place.get(String(row.keys[time])) ?? -1];
      if (counterpart === undefined) return null;
      keys[time] = counterpart.key;
    }
    const found = byKeys.get(cellId(keys));
    if (found === undefined) return null;
    const bucket = time < 0 ? undefined : buckets[place.get(String(row.keys[time])) ?? -1];
    return shapeRow(bucket === undefined ? found : withoutMaturing(found, bucket, query), view, query, plan, times);
  });
  if (compared.totals === undefined) return { rows: shaped };
  return { rows: shaped, totals: shapeRow({ ...compared.totals, keys: [] }, view, query, plan, times) };
}

function withoutMaturing(row: EvaluatedRow, bucket: Bucket, query: ResolvedMetricQuery): EvaluatedRow {
  const { matured, metrics, range, clock } = query;
  if (!matured) return row;
  const end = Math.min(bucketEnd(bucket, clock.zone), range?.end ?? Number.POSITIVE_INFINITY);
  const only = (values: EvaluatedRow['values']) =>
    values.map((value, index) => (isMaturing(end, metrics[index]?.maturesAfter, clock) ? null : value));
  return { keys: row.keys, values: only(row.values), samples: only(row.samples) };
}

/** From when on cohorts are still maturing, by metric. */
export function shapeMaturity(
  things: readonly { name: string; maturesAfter?: number }[],
  { dataThrough, zone }: Clock,
): Pick<ResultMeta, 'matured_through'> {
  const entries = things.flatMap(({ name, maturesAfter }) =>
    maturesAfter === undefined ? [] : [[name, formatInstant(maturedThrough(maturesAfter, dataThrough), zone)]],
  );
  return entries.length === 0 ? {} : { matured_through: Object.fromEntries(entries) };
}

/** The parameters on which the things depend, with the values in use. */
export function shapeParameters(
  things: readonly { parameters: readonly string[] }[],
  model: CheckedModel,
  given: Readonly<Record<string, number>>,
): Pick<ResultMeta, 'parameters'> {
  const names = new Set(things.flatMap(({ parameters }) => parameters));
  const used = [...model.parameters.values()].filter(({ name }) => names.has(name));
  return used.length === 0
    ? {}
    : { parameters: Object.fromEntries(used.map(({ name, default: preset }) => [name, given[name] ?? preset])) };
}

export function shapeRange(range: { start: number; end: number }, zone: string): { start: string; end: string } {
  return { start: formatInstant(range.start, zone), end: formatInstant(range.end, zone) };
}
