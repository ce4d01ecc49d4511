import type { DimensionInfo } from '../../src/contract/api.ts';
import type { Filter } from '../../src/contract/query.ts';
import type { Mark, QueryResult, ResultColumn, Row } from '../../src/contract/result.ts';
import { labelOf, numberOf } from '../charts/series.ts';
import { type DataSheet, numberColumn, textColumn } from '../export/data-sheet.ts';
import type { Change } from '../format/index.ts';
import { formatInterval, shareInterval } from '../format/interval.ts';
import { type CellValue, cellChange, cellValue } from '../tile/cell-value.ts';
import type { Formats } from '../tile/formats.ts';
import type { TableView } from './table-view.ts';

export interface TableCell {
  value: CellValue;
  change: Change | null;
  /** The number of the range compared with. */
  before: number | null;
  /** The 95 % interval of a share, where the tile shows intervals: `14.0–61.0%`. */
  interval: { low: number; high: number; text: string } | null;
}

export interface TableRow {
  key: string;
  /** Raw values of the dimensions, for filters. */
  values: string[];
  labels: string[];
  cells: Record<string, TableCell>;
  /** Values of the first metric over time, where the tile has them. */
  trend: (number | null)[] | null;
  /** Why it stands out. */
  mark: Mark | null;
}

export interface TableRowsInput {
  result: QueryResult;
  metrics: readonly string[];
  by: readonly string[];
  dimensions: readonly DimensionInfo[];
  filters: readonly Filter[];
  formats: Formats;
  trend?: { result: QueryResult; metric: string };
  intervals?: boolean;
}

/** Columns of the metrics in the tile's order. */
export function metricColumns(result: QueryResult, metrics: readonly string[]): ResultColumn[] {
  return metrics.flatMap((metric) => result.columns.filter((column) => column.name === metric));
}

function cellsOf(row: Row | null, before: Row | null, input: TableRowsInput): Record<string, TableCell> {
  const { result, filters, formats } = input;
  const cells: Record<string, TableCell> = {};
  for (const column of metricColumns(result, input.metrics)) {
    const value = cellValue(row, column, result.meta, filters, formats);
    const previous = before ? cellValue(before, column, result.meta, filters, formats) : null;
    const interval = input.intervals ? shareInterval(value.amount, value.sample, column) : null;
    cells[column.name] = {
      value,
      change: cellChange(value, previous, column, formats),
      before: previous?.amount ?? null,
      interval: interval && {
        ...interval,
        text: formatInterval(interval, { ...column, locale: formats.locale }),
      },
    };
  }
  return cells;
}

/** Rows in the engine's order. */
export function toTableRows(input: TableRowsInput): TableRow[] {
  const { result, by, dimensions, trend } = input;
  const trends = trend && by[0] !== undefined ? trendsBy(trend.result, trend.metric, by[0]) : null;
  const marks = new Map(result.marks?.map((mark) => [mark.row, mark]));
  return result.rows.map((row, index) => {
    const values = by.map((name) => String(row[name] ?? ''));
    return {
      key: JSON.stringify(values),
      values,
      labels: by.map((name) =>
        labelOf(
          dimensions.find((dimension) => dimension.name === name),
          row[name],
        ),
      ),
      cells: cellsOf(row, result.compare?.rows[index] ?? null, input),
      trend: trends?.get(values[0] ?? '') ?? null,
      mark: marks.get(index) ?? null,
    };
  });
}

/** The engine's totals over all rows, also those beyond the limit; null where it gave none. */
export function toTotalCells(input: TableRowsInput): Record<string, TableCell> | null {
  const { totals, compare } = input.result;
  return totals ? cellsOf(totals, compare?.totals ?? null, input) : null;
}

function trendsBy(result: QueryResult, metric: string, dimension: string): Map<string, (number | null)[]> {
  const timeName = result.columns.find((column) => column.kind === 'time')?.name ?? 'time';
  const times = [...new Set(result.rows.map((row) => String(row[timeName])))].sort();
  const place = new Map(times.map((time, index) => [time, index]));
  const trends = new Map<string, (number | null)[]>();
  for (const row of result.rows) {
    const key = String(row[dimension] ?? '');
    const values = trends.get(key) ?? times.map(() => null);
    values[place.get(String(row[timeName])) ?? 0] = numberOf(row[metric]);
    trends.set(key, values);
  }
  return trends;
}

/** Lower case without diacritics, so that "sao" finds "São". */
export function foldText(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{Diacritic}/gu, '')
    .toLowerCase();
}

/** Rows whose labels contain every word that was typed. */
export function searchRows(rows: readonly TableRow[], typed: string): TableRow[] {
  const words = foldText(typed).split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const text = foldText(row.labels.join(' '));
    return words.every((word) => text.includes(word));
  });
}

/** What a column is sorted by: "no value" and small samples have no rank and stay last. */
export function sortAmount(row: TableRow, metric: string): number | undefined {
  const cell = row.cells[metric]?.value;
  return cell && cell.amount !== null && !cell.small ? cell.amount : undefined;
}

/** The rows as text, for the table view and the clipboard. */
export function rowsTable(
  caption: string,
  headings: readonly string[],
  columns: readonly ResultColumn[],
  rows: readonly TableRow[],
  totals: Record<string, TableCell> | null,
): TableView {
  const compared = rows.some((row) => columns.some((column) => row.cells[column.name]?.change));
  const marked = rows.some((row) => row.mark !== null);
  const hasInterval = (column: ResultColumn): boolean => rows.some((row) => row.cells[column.name]?.interval);
  const texts = (cells: Record<string, TableCell>): string[] =>
    columns.flatMap((column) => {
      const cell = cells[column.name];
      return [
        cell?.value.text ?? '',
        ...(hasInterval(column) ? [cell?.interval?.text ?? ''] : []),
        ...(compared ? [cell?.change?.longText ?? ''] : []),
      ];
    });
  return {
    caption,
    columns: [
      ...headings.map((label) => ({ label, numeric: false })),
      ...columns.flatMap((column) => [
        { label: column.label, numeric: true },
        ...(hasInterval(column) ? [{ label: `${column.label}, 95 % interval`, numeric: true }] : []),
        ...(compared ? [{ label: `${column.label}, change`, numeric: true }] : []),
      ]),
      ...(marked ? [{ label: 'Stands out', numeric: false }] : []),
    ],
    rows: rows.map((row) => [...row.labels, ...texts(row.cells), ...(marked ? [row.mark?.text ?? ''] : [])]),
    ...(totals
      ? { totals: ['Total', ...headings.slice(1).map(() => ''), ...texts(totals), ...(marked ? [''] : [])] }
      : {}),
  };
}

/** The rows as raw numbers: each metric with what it was before, its sample and its interval, where there are any. */
export function rowsSheet(
  headings: readonly string[],
  columns: readonly ResultColumn[],
  rows: readonly TableRow[],
  totals: Record<string, TableCell> | null,
): DataSheet {
  const cellsOfAll = (column: ResultColumn): TableCell[] =>
    [...rows.map((row) => row.cells), ...(totals ? [totals] : [])].flatMap((cells) => cells[column.name] ?? []);
  const parts = columns.map((column) => {
    const all = cellsOfAll(column);
    return {
      column,
      before: all.some((cell) => cell.before !== null),
      sample: all.some((cell) => cell.value.sample !== null),
      interval: all.some((cell) => cell.interval !== null),
    };
  });
  const marked = rows.some((row) => row.mark !== null);
  const numbers = (cells: Record<string, TableCell>): (number | null)[] =>
    parts.flatMap(({ column, before, sample, interval }) => {
      const cell = cells[column.name];
      return [
        cell?.value.amount ?? null,
        ...(before ? [cell?.before ?? null] : []),
        ...(sample ? [cell?.value.sample ?? null] : []),
        ...(interval ? [cell?.interval?.low ?? null, cell?.interval?.high ?? null] : []),
      ];
    });
  return {
    columns: [
      ...headings.map(textColumn),
      ...parts.flatMap(({ column, before, sample, interval }) => [
        numberColumn(column.label, column),
        ...(before ? [numberColumn(`${column.label}, before`, column)] : []),
        ...(sample ? [numberColumn(`${column.label}, n`, { format: 'integer' })] : []),
        ...(interval
          ? [numberColumn(`${column.label}, 95 % from`, column), numberColumn(`${column.label}, 95 % to`, column)]
          : []),
      ]),
      ...(marked ? [textColumn('Stands out')] : []),
    ],
    rows: rows.map((row) => ({
      cells: [...row.labels, ...numbers(row.cells), ...(marked ? [row.mark?.text ?? null] : [])],
    })),
    ...(totals
      ? {
          totals: {
            cells: ['Total', ...headings.slice(1).map(() => null), ...numbers(totals), ...(marked ? [null] : [])],
          },
        }
      : {}),
    headers: headings.length,
  };
}
