import type { WorkspaceInfo } from '../../src/contract/api.ts';
import type { QueryResult, ResultColumn } from '../../src/contract/result.ts';
import type { Formats } from '../tile/formats.ts';
import { numberOf } from './series.ts';

export interface HeatCell {
  /** 1 = Monday … 7 */
  weekday: number;
  /** 0–23 */
  hour: number;
  /** null: no data; 0: really zero. */
  value: number | null;
  compared: number | null;
  /** 1, 2 or 3 for the best three cells. */
  rank: number | null;
}

export interface HeatDay {
  weekday: number;
  label: string;
  weekend: boolean;
  cells: HeatCell[];
  /** From the engine, not the sum of the cells: people are counted once. */
  total: number | null;
}

export interface HeatMatrix {
  column: ResultColumn;
  days: HeatDay[];
  hourTotals: (number | null)[];
  total: number | null;
  /** Every cell, for breaks. */
  values: (number | null)[];
}

const FIRST_DAY = { monday: 1, sunday: 7, saturday: 6 } as const;

/** Weekdays in the workspace's order. */
export function weekdayOrder(weekStart: WorkspaceInfo['week_start']): number[] {
  const first = FIRST_DAY[weekStart];
  return Array.from({ length: 7 }, (_, index) => ((first - 1 + index) % 7) + 1);
}

/** `08–09` */
export function hourSpan(hour: number): string {
  return `${String(hour).padStart(2, '0')}–${String((hour + 1) % 24).padStart(2, '0')}`;
}

export interface HeatInput {
  cells: QueryResult;
  byWeekday: QueryResult | null;
  byHour: QueryResult | null;
  metric: string;
  weekStart: WorkspaceInfo['week_start'];
  formats: Formats;
  /** Averages of whole numbers have decimals. */
  value: 'per_day' | 'total';
}

/** Seven days of twenty-four hours. */
export function toHeatMatrix(input: HeatInput): HeatMatrix | null {
  const declared = input.cells.columns.find((candidate) => candidate.name === input.metric);
  if (!declared) return null;
  const whole = declared.format === undefined || declared.format === 'integer' || declared.format === 'compact';
  const largest = Math.max(0, ...input.cells.rows.map((row) => numberOf(row[input.metric]) ?? 0));
  const column = whole && input.value === 'per_day' ? { ...declared, format: averageFormat(largest) } : declared;
  const key = (weekday: unknown, hour: unknown): string => `${Number(weekday)}:${Number(hour)}`;
  const found = new Map<string, { value: number | null; compared: number | null }>();
  input.cells.rows.forEach((row, index) => {
    found.set(key(row['weekday'], row['hour_of_day']), {
      value: numberOf(row[input.metric]),
      compared: numberOf(input.cells.compare?.rows[index]?.[input.metric]),
    });
  });
  const days: HeatDay[] = weekdayOrder(input.weekStart).map((weekday) => ({
    weekday,
    label: input.formats.weekday(weekday, 'short'),
    weekend: weekday > 5,
    cells: Array.from({ length: 24 }, (_, hour) => {
      const cell = found.get(key(weekday, hour));
      return { weekday, hour, value: cell?.value ?? null, compared: cell?.compared ?? null, rank: null };
    }),
    total: totalOf(input.byWeekday, 'weekday', weekday, input.metric),
  }));
  const cells = days.flatMap((day) => day.cells);
  cells
    .filter((cell) => cell.value !== null && cell.value > 0)
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0))
    .slice(0, 3)
    .forEach((cell, index) => {
      cell.rank = index + 1;
    });
  return {
    column,
    days,
    hourTotals: Array.from({ length: 24 }, (_, hour) => totalOf(input.byHour, 'hour_of_day', hour, input.metric)),
    total: numberOf(input.cells.totals?.[input.metric]),
    values: cells.map((cell) => cell.value),
  };
}

/** Averages of whole numbers: as many decimals as the largest can be told apart by. */
function averageFormat(largest: number): string {
  return largest >= 1000 ? '#,##0' : largest >= 10 ? '#,##0.0' : '#,##0.00';
}

function totalOf(result: QueryResult | null, dimension: string, value: number, metric: string): number | null {
  const row = result?.rows.find((candidate) => Number(candidate[dimension]) === value);
  return numberOf(row?.[metric]);
}

/** `Most: Tue 09–10, Wed 09–10 and Wed 10–11, 3.1× the average slot.` Empty without data. */
export function describeHeat(matrix: HeatMatrix, formats: Formats): string {
  const best = matrix.days
    .flatMap((day) => day.cells.map((cell) => ({ day, cell })))
    .filter(({ cell }) => cell.rank !== null)
    .sort((a, b) => (a.cell.rank ?? 0) - (b.cell.rank ?? 0));
  const known = matrix.values.filter((value): value is number => value !== null);
  const first = best[0];
  if (!first || known.length === 0) return '';
  const names = best.map(({ day, cell }) => `${day.label} ${hourSpan(cell.hour)}`);
  const list = new Intl.ListFormat(formats.locale, { type: 'conjunction' }).format(names);
  const average = known.reduce((sum, value) => sum + value, 0) / known.length;
  const times = average > 0 ? (first.cell.value ?? 0) / average : 0;
  const factor = new Intl.NumberFormat(formats.locale, { maximumFractionDigits: 1 }).format(times);
  const peak = formats.value(first.cell.value, matrix.column, 'table');
  return `Most: ${list}. The peak of ${peak} is ${factor}× the average slot.`;
}
