import type { ResultColumn } from '../../src/contract/result.ts';
import type { Bar } from '../charts/bar-options.ts';
import type { FunnelStep } from '../charts/funnel-steps.ts';
import { type HeatMatrix, hourSpan } from '../charts/heat-matrix.ts';
import type { SeriesSet } from '../charts/series.ts';
import { type DataSheet, numberColumn, textColumn } from './data-sheet.ts';

/** The raw numbers behind pictures, row by row as their tables show them. */

export function seriesSheet(set: SeriesSet): DataSheet {
  const compared = set.series.some((line) => line.compared !== null);
  return {
    columns: [
      { label: set.grain.charAt(0).toUpperCase() + set.grain.slice(1), kind: 'time' },
      ...set.series.flatMap((line) => [
        numberColumn(line.label, line.column),
        ...(compared ? [numberColumn(`${line.label}, before`, line.column)] : []),
      ]),
    ],
    rows: set.times.map((time, index) => ({
      cells: [
        time,
        ...set.series.flatMap((line) => [
          line.values[index] ?? null,
          ...(compared ? [line.compared?.[index] ?? null] : []),
        ]),
      ],
    })),
    headers: 1,
  };
}

export function barsSheet(
  heading: string,
  bars: readonly Bar[],
  column: ResultColumn,
  total: number | null | undefined,
): DataSheet {
  const compared = bars.some((bar) => bar.compared !== null);
  return {
    columns: [
      textColumn(heading),
      numberColumn(column.label, column),
      ...(compared ? [numberColumn(`${column.label}, before`, column)] : []),
    ],
    rows: bars.map((bar) => ({
      cells: [bar.label, bar.notApplicable ? null : bar.amount, ...(compared ? [bar.compared] : [])],
    })),
    ...(total == null ? {} : { totals: { cells: ['Total', total, ...(compared ? [null] : [])] } }),
    headers: 1,
  };
}

export function heatSheet(matrix: HeatMatrix): DataSheet {
  return {
    columns: [
      textColumn('Hour'),
      ...matrix.days.map((day) => numberColumn(day.label, matrix.column)),
      numberColumn('All days', matrix.column),
    ],
    rows: Array.from({ length: 24 }, (_, hour) => ({
      cells: [
        hourSpan(hour),
        ...matrix.days.map((day) => day.cells[hour]?.value ?? null),
        matrix.hourTotals[hour] ?? null,
      ],
    })),
    totals: { cells: ['All hours', ...matrix.days.map((day) => day.total), matrix.total] },
    headers: 1,
  };
}

/** `segments` as in the funnel's table; `heading` names their dimension, null where there is one funnel only. */
export function funnelSheet(
  heading: string | null,
  segments: readonly { title: string; steps: readonly FunnelStep[] }[],
): DataSheet {
  const compared = segments.some(({ steps }) => steps.some((step) => step.compared !== null));
  const rate = { format: 'percent' };
  return {
    columns: [
      ...(heading === null ? [] : [textColumn(heading)]),
      textColumn('Step'),
      numberColumn('People', {}),
      numberColumn('Of first step', rate),
      numberColumn('Of previous step', rate),
      numberColumn('Lost', {}),
      numberColumn('Median time', { format: 'duration' }),
      numberColumn('90 % within', { format: 'duration' }),
      ...(compared ? [numberColumn('People before', {})] : []),
    ],
    rows: segments.flatMap(({ title, steps }) =>
      steps.map((step, index) => ({
        cells: [
          ...(heading === null ? [] : [title]),
          step.label,
          step.reached,
          step.fromStart,
          ...(index === 0
            ? [null, null, null, null]
            : [step.fromPrevious, step.lost, step.medianSeconds, step.p90Seconds]),
          ...(compared ? [step.compared?.reached ?? null] : []),
        ],
      })),
    ),
    headers: heading === null ? 1 : 2,
  };
}

/** Big numbers, one per row; their formats differ. */
export function cardsSheet(
  cards: readonly { column: ResultColumn; now: { amount: number | null }; before: { amount: number | null } | null }[],
): DataSheet {
  const any = { format: 'General' };
  return {
    columns: [textColumn('Metric'), numberColumn('Value', any), numberColumn('Before', any)],
    rows: cards.map(({ column, now, before }) => ({ cells: [column.label, now.amount, before?.amount ?? null] })),
    headers: 1,
  };
}
