import type { DimensionInfo } from '../../src/contract/api.ts';
import type { Tile } from '../../src/contract/dashboard.ts';
import { weekdayOf } from '../../src/contract/plain-date.ts';
import type { Filter } from '../../src/contract/query.ts';
import type { Mark, QueryResult, ResultColumn, Row } from '../../src/contract/result.ts';
import { labelOf, numberOf } from '../charts/series.ts';
import { comparedMetrics } from '../dashboard/schedule-queries.ts';
import type { Change } from '../format/index.ts';
import { metricColumns } from '../table/table-rows.ts';
import { type CellValue, cellChange, cellValue } from '../tile/cell-value.ts';
import type { Formats } from '../tile/formats.ts';

export type ScheduleTileSpec = Extract<Tile, { kind: 'schedule' }>;

export interface ScheduleCell {
  value: CellValue;
  /** Against what is usual in the series; null where nothing is to be compared. */
  versus: Change | null;
  /** Its number still moves. */
  maturing: boolean;
}

/** One event. */
export interface ScheduleRow {
  id: string;
  name: string;
  /** Local: `2024-11-12`, `21:00`; '' where the start is not known. */
  date: string;
  time: string;
  /** 1 = Monday. */
  weekday: number;
  /** Raw values and labels by dimension. */
  values: Record<string, string>;
  labels: Record<string, string>;
  cells: Record<string, ScheduleCell>;
  mark: Mark | null;
}

export interface ScheduleInput {
  tile: ScheduleTileSpec;
  result: QueryResult;
  /** Rows of the series' webinars; null where there is no series. */
  peers: QueryResult | null;
  dimensions: readonly DimensionInfo[];
  filters: readonly Filter[];
  formats: Formats;
}

/** The events of a result, in its order. */
export function toScheduleRows(input: ScheduleInput): ScheduleRow[] {
  const { tile, result, dimensions } = input;
  const usual = usualValues(input);
  const marks = new Map((result.marks ?? []).map((mark) => [mark.row, mark]));
  const columns = metricColumns(result, tile.metrics);
  const named = [tile.name, ...tile.details];
  return result.rows.map((row, index) => {
    const id = String(row[tile.entity] ?? '');
    const starts = String(row[tile.starts] ?? '');
    const date = starts.slice(0, 10);
    return {
      id,
      name: String(row[tile.name] ?? '') || id,
      date,
      time: starts.slice(11, 16),
      weekday: date === '' ? 0 : weekdayOf(date),
      values: Object.fromEntries(named.map((name) => [name, String(row[name] ?? '')])),
      labels: Object.fromEntries(
        named.map((name) => [
          name,
          labelOf(
            dimensions.find((dimension) => dimension.name === name),
            row[name],
          ),
        ]),
      ),
      cells: Object.fromEntries(columns.map((column) => [column.name, cellOf(row, column, starts, usual, input)])),
      mark: marks.get(index) ?? null,
    };
  });
}

/** Series → metric → medians over its events. */
type Usual = ReadonlyMap<string, ReadonlyMap<string, number>>;

const LEAST_PEERS = 4;

function usualValues({ tile, peers }: ScheduleInput): Usual {
  const { series } = tile;
  if (peers === null || series === undefined) return new Map();
  const groups = Map.groupBy(peers.rows, (row) => String(row[series] ?? ''));
  return new Map(
    [...groups].map(([name, rows]) => [
      name,
      new Map(
        comparedMetrics(tile).flatMap((metric): [string, number][] => {
          const values = rows.map((row) => numberOf(row[metric])).filter((value) => value !== null && value > 0);
          const middle = medianOf(values as number[]);
          return name === '' || values.length < LEAST_PEERS || middle === null ? [] : [[metric, middle]];
        }),
      ),
    ]),
  );
}

export function medianOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

function cellOf(row: Row, column: ResultColumn, starts: string, usual: Usual, input: ScheduleInput): ScheduleCell {
  const { tile, result, filters, formats } = input;
  const value = cellValue(row, column, result.meta, filters, formats);
  const settledAt = result.meta.matured_through?.[column.name];
  const maturing = settledAt !== undefined && Date.parse(starts) >= Date.parse(settledAt);
  const standard = usual.get(String(row[tile.series ?? ''] ?? ''))?.get(column.name);
  const versus =
    standard === undefined || maturing
      ? null
      : cellChange(value, { text: '', amount: standard, sample: null, small: false, reason: null }, column, formats);
  return { value, versus, maturing };
}

export interface ScheduleSort {
  /** `starts`, `name`, a detail or a metric. */
  by: string;
  descending: boolean;
}

/** Sorted rows; what has no value stands last whichever way. */
export function sortSchedule(rows: readonly ScheduleRow[], { by, descending }: ScheduleSort): ScheduleRow[] {
  const turn = descending ? -1 : 1;
  const text = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  const startOf = (row: ScheduleRow) => `${row.date} ${row.time}`;
  return rows.toSorted((a, b) => {
    const known = a.cells[by];
    if (known !== undefined) {
      const [first, second] = [a, b].map((row) => {
        const value = row.cells[by]?.value;
        return value === undefined || value.small ? null : value.amount;
      });
      if (first == null || second == null) return first === second ? 0 : first == null ? 1 : -1;
      return turn * (first - second) || text.compare(startOf(b), startOf(a));
    }
    if (by === 'starts') return turn * text.compare(startOf(a), startOf(b));
    const [first = '', second = ''] = [a, b].map((row) => (by === 'name' ? row.name : row.labels[by]));
    return turn * text.compare(first, second) || text.compare(startOf(b), startOf(a));
  });
}

/** A month or week of a calendar: its days, and the events of each by their local date. */
export function calendarDays(rows: readonly ScheduleRow[]): Map<string, ScheduleRow[]> {
  const ordered = sortSchedule(
    rows.filter((row) => row.date !== ''),
    { by: 'starts', descending: false },
  );
  return Map.groupBy(ordered, (row) => row.date);
}
