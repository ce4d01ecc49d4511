import type { ResultColumn } from '../../src/contract/result.ts';
import { type Bar, barText } from '../charts/bar-options.ts';
import type { FunnelStep } from '../charts/funnel-steps.ts';
import { type HeatMatrix, hourSpan } from '../charts/heat-matrix.ts';
import type { SeriesSet } from '../charts/series.ts';
import { NO_DATA } from '../format/index.ts';
import type { Formats } from '../tile/formats.ts';

/** A picture's rows as text, ready for a `<table>` or the clipboard. The first column is the row's header. */
export interface TableView {
  caption: string;
  columns: { label: string; numeric: boolean }[];
  rows: string[][];
  /** Re-aggregated by the engine, never summed here. */
  totals?: string[];
  /** The row's headers are times: short enough for one line. */
  time?: boolean;
}

const NUMBER = { numeric: true } as const;
const TEXT = { numeric: false } as const;

export function seriesTable(caption: string, set: SeriesSet, formats: Formats): TableView {
  const compared = set.series.some((line) => line.compared !== null);
  return {
    caption,
    time: true,
    columns: [
      { label: set.grain[0]?.toUpperCase() + set.grain.slice(1), ...TEXT },
      ...set.series.flatMap((line) => [
        { label: line.label, ...NUMBER },
        ...(compared
          ? [
              { label: `${line.label}, before`, ...NUMBER },
              { label: 'Change', ...NUMBER },
            ]
          : []),
      ]),
    ],
    rows: set.times.map((time, index) => [
      formats.bucket(time, set.grain) + (set.partial[index] ? ' (so far)' : set.maturing[index] ? ' (maturing)' : ''),
      ...set.series.flatMap((line) => {
        const now = line.values[index] ?? null;
        const before = line.compared?.[index] ?? null;
        const texts = [formats.value(now, line.column, 'table')];
        if (compared) {
          texts.push(
            formats.value(before, line.column, 'table'),
            formats.change(now, before, line.column)?.longText ?? NO_DATA,
          );
        }
        return texts;
      }),
    ]),
  };
}

export function barsTable(
  caption: string,
  heading: string,
  bars: readonly Bar[],
  column: ResultColumn,
  total: number | null | undefined,
  formats: Formats,
): TableView {
  const compared = bars.some((bar) => bar.compared !== null);
  const say = (value: number | null): string => formats.value(value, column, 'table');
  return {
    caption,
    columns: [
      { label: heading, ...TEXT },
      { label: column.label, ...NUMBER },
      ...(compared
        ? [
            { label: 'Before', ...NUMBER },
            { label: 'Change', ...NUMBER },
          ]
        : []),
    ],
    rows: bars.map((bar) => [
      bar.label,
      bar.notApplicable ? barText(bar, column, formats) : say(bar.amount),
      ...(compared ? [say(bar.compared), formats.change(bar.amount, bar.compared, column)?.longText ?? NO_DATA] : []),
    ]),
    ...(total === undefined ? {} : { totals: ['Total', say(total), ...(compared ? ['', ''] : [])] }),
  };
}

export function heatTable(caption: string, matrix: HeatMatrix, formats: Formats): TableView {
  const say = (value: number | null): string => formats.value(value, matrix.column, 'table');
  return {
    caption,
    columns: [
      { label: 'Hour', ...TEXT },
      ...matrix.days.map((day) => ({ label: day.label, ...NUMBER })),
      { label: 'All days', ...NUMBER },
    ],
    rows: Array.from({ length: 24 }, (_, hour) => [
      hourSpan(hour),
      ...matrix.days.map((day) => say(day.cells[hour]?.value ?? null)),
      say(matrix.hourTotals[hour] ?? null),
    ]),
    totals: ['All hours', ...matrix.days.map((day) => say(day.total)), say(matrix.total)],
  };
}

export function funnelTable(caption: string, steps: readonly FunnelStep[], formats: Formats): TableView {
  const percent = (value: number | null): string => formats.value(value, { format: 'percent' }, 'table');
  const count = (value: number): string => formats.value(value, { format: 'integer' }, 'table');
  const duration = (seconds: number | null): string => formats.value(seconds, { format: 'duration' }, 'card');
  const compared = steps.some((step) => step.compared !== null);
  return {
    caption,
    columns: [
      { label: 'Step', ...TEXT },
      { label: 'People', ...NUMBER },
      { label: 'Of first step', ...NUMBER },
      { label: 'Of previous step', ...NUMBER },
      { label: 'Lost', ...NUMBER },
      { label: 'Median time', ...NUMBER },
      { label: '90 % within', ...NUMBER },
      ...(compared ? [{ label: 'People before', ...NUMBER }] : []),
    ],
    rows: steps.map((step, index) => [
      step.label,
      count(step.reached),
      percent(step.fromStart),
      index === 0 ? NO_DATA : percent(step.fromPrevious),
      index === 0 ? NO_DATA : count(step.lost),
      index === 0 ? NO_DATA : duration(step.medianSeconds),
      index === 0 ? NO_DATA : duration(step.p90Seconds),
      ...(compared ? [step.compared ? count(step.compared.reached) : NO_DATA] : []),
    ]),
  };
}

/** Tab-separated text with headers, as spreadsheets paste it. Tabs and line ends inside cells become spaces. */
export function toTsv(view: TableView): string {
  const lines = [view.columns.map((column) => column.label), ...view.rows, ...(view.totals ? [view.totals] : [])];
  return lines.map((cells) => cells.map((cell) => cell.replaceAll(/[\t\r\n]+/g, ' ')).join('\t')).join('\n');
}
