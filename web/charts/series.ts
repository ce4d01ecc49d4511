import type { DimensionInfo } from '../../src/contract/api.ts';
import type { Cell, QueryResult, ResultColumn, Row } from '../../src/contract/result.ts';
import { localTime } from '../format/local-time.ts';
import { bucketEnd, partialBuckets } from './time-buckets.ts';

/** One line of a chart. */
export interface Series {
  key: string;
  label: string;
  /** Palette index 1–6; 0 is the grey of "Other". */
  color: number;
  /** Aligned with `SeriesSet.times`; null is "no value". */
  values: (number | null)[];
  /** The comparison's values, aligned by position. */
  compared: (number | null)[] | null;
  column: ResultColumn;
  /** The dimension's value, where the chart is split. */
  value: string | null;
}

export interface SeriesSet {
  times: string[];
  grain: string;
  /** The comparison's own bucket beside each bucket. */
  comparedTimes: (string | null)[] | null;
  partial: boolean[];
  /** Whole, but younger than a metric takes to settle: hatched, and without a change. */
  maturing: boolean[];
  series: Series[];
  /** Series beyond the limit, left to the table. */
  omitted: number;
}

export interface SeriesOptions {
  metrics: readonly string[];
  by?: DimensionInfo | undefined;
  timeZone: string;
  limit?: number;
}

/** The number in a cell; text and "no value" are null. */
export function numberOf(cell: Cell | undefined): number | null {
  return typeof cell === 'number' && Number.isFinite(cell) ? cell : null;
}

/** What a dimension's value is called on screen. */
export function labelOf(dimension: DimensionInfo | undefined, value: Cell | undefined): string {
  if (value === null || value === undefined || value === '') return 'Unknown';
  return dimension?.labels[String(value)] ?? String(value);
}

/** Which buckets do not say yet what they will: not whole, or still maturing. */
export function unsettledBuckets({ partial, maturing }: Pick<SeriesSet, 'partial' | 'maturing'>): boolean[] {
  return partial.map((each, index) => each || maturing[index] === true);
}

/** The value's fixed colour, or one by its place. */
export function colorOf(dimension: DimensionInfo | undefined, value: string, place: number): number {
  return dimension?.colors[value] ?? (place < 6 ? place + 1 : 0);
}

function weight(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

/** Turns a result with a time column into lines: one per metric, or one per value of the dimension. */
export function toSeries(result: QueryResult, options: SeriesOptions): SeriesSet {
  const timeColumn = result.columns.find((column) => column.kind === 'time');
  const timeName = timeColumn?.name ?? 'time';
  const grain = timeColumn?.grain ?? 'day';
  const times = [...new Set(result.rows.map((row) => String(row[timeName])))].sort();
  const place = new Map(times.map((time, index) => [time, index]));
  const comparedRows = result.compare?.rows;
  const comparedTimes: (string | null)[] | null = comparedRows ? times.map(() => null) : null;

  const lines = new Map<string, Series>();
  const lineFor = (key: string, make: () => Omit<Series, 'values' | 'compared'>): Series => {
    const known = lines.get(key);
    if (known) return known;
    const line: Series = {
      ...make(),
      values: times.map(() => null),
      compared: comparedRows ? times.map(() => null) : null,
    };
    lines.set(key, line);
    return line;
  };
  const metrics = options.by ? options.metrics.slice(0, 1) : options.metrics;

  result.rows.forEach((row, rowIndex) => {
    const index = place.get(String(row[timeName]));
    if (index === undefined) return;
    const compared: Row | null = comparedRows?.[rowIndex] ?? null;
    const comparedTime = compared?.[timeName];
    if (comparedTimes && comparedTime !== undefined && comparedTime !== null) {
      comparedTimes[index] = String(comparedTime);
    }
    for (const metric of metrics) {
      const column = result.columns.find((candidate) => candidate.name === metric);
      if (!column) continue;
      const by = options.by;
      const value = by ? String(row[by.name] ?? '') : null;
      const line = lineFor(value ?? metric, () => ({
        key: value ?? metric,
        label: by ? labelOf(by, value) : column.label,
        color: 0,
        column,
        value,
      }));
      line.values[index] = numberOf(row[metric]);
      if (line.compared && compared) line.compared[index] = numberOf(compared[metric]);
    }
  });

  // A value that cannot be measured has rows and no number in any of them.
  const all = [...lines.values()].filter((line) => !options.by || line.values.some((value) => value !== null));
  const shown = options.by ? all.toSorted((a, b) => weight(b.values) - weight(a.values)) : all;
  const limit = options.limit ?? 7;
  const kept = shown.length > limit ? shown.slice(0, limit - 1) : shown;
  kept.forEach((line, index) => {
    line.color = line.value === null ? (index < 6 ? index + 1 : 0) : colorOf(options.by, line.value, index);
  });
  const { range, complete_through: complete, matured_through: matured = {} } = result.meta;
  const partial = partialBuckets(times, grain, range, complete, options.timeZone);
  const settled = metrics
    .flatMap((metric) => matured[metric] ?? [])
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))[0];
  const maturing = times.map(
    (time, index) =>
      settled !== undefined && !partial[index] && bucketEnd(time, grain) > localTime(settled, options.timeZone),
  );
  for (const line of kept)
    if (line.compared) line.compared = line.compared.map((value, index) => (maturing[index] ? null : value));
  return {
    times,
    grain,
    comparedTimes,
    partial,
    maturing,
    series: kept,
    omitted: shown.length - kept.length,
  };
}
