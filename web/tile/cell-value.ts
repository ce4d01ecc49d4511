import { newcombeInterval } from '../../src/contract/intervals.ts';
import type { Filter } from '../../src/contract/query.ts';
import type { ResultColumn, ResultMeta, Row } from '../../src/contract/result.ts';
import { selectedValues } from '../dashboard/filter-selection.ts';
import { type Change, NOT_APPLICABLE } from '../format/index.ts';
import type { Formats } from './formats.ts';

/** What a cell says: a value, "n/a", or nothing; and how far it can be trusted. */
export interface CellValue {
  text: string;
  /** The number for sorting and bars; null where there is none. */
  amount: number | null;
  /** Size of the sample of a rate; null where the metric has none. */
  sample: number | null;
  /** Fewer than the metric's `min_sample`: shown grey, without change, rank and colour. */
  small: boolean;
  /** Why there is no number, for the tooltip. */
  reason: string | null;
}

/** The metric has no meaning for this row, or for the one value the page is filtered to. */
export function isNotApplicable(column: ResultColumn, row: Row | null, filters: readonly Filter[]): boolean {
  const rule = column.not_applicable;
  if (!rule) return false;
  const own = row?.[rule.dimension];
  if (own !== undefined) return rule.values.includes(String(own));
  const chosen = selectedValues(filters, rule.dimension);
  return chosen.size > 0 && [...chosen].every((value) => rule.values.includes(value));
}

/** Reads one metric of one row. `style` as in `Formats.value`. */
export function cellValue(
  row: Row | null,
  column: ResultColumn,
  meta: ResultMeta,
  filters: readonly Filter[],
  formats: Formats,
  style: 'card' | 'table' = 'table',
): CellValue {
  const sampleCell = row?.[meta.sample_columns?.[column.name] ?? ''];
  const sample = typeof sampleCell === 'number' ? sampleCell : null;
  const cell = row?.[column.name] ?? null;
  const amount = typeof cell === 'number' ? cell : null;
  if (isNotApplicable(column, row, filters)) {
    return { text: NOT_APPLICABLE, amount: null, sample, small: false, reason: 'This cannot be measured here.' };
  }
  if (amount === null && sample === 0) {
    return {
      text: NOT_APPLICABLE,
      amount,
      sample,
      small: false,
      reason: 'There is nothing to divide by: the sample is empty.',
    };
  }
  const small = amount !== null && sample !== null && column.min_sample !== undefined && sample < column.min_sample;
  return {
    text: formats.value(cell, column, style),
    amount,
    sample,
    small,
    reason: amount === null ? 'No data' : small ? `Small sample: n = ${sample}, fewer than ${column.min_sample}` : null,
  };
}

/** The change against the compared row; null where either is missing or too small to say anything. */
export function cellChange(
  current: CellValue,
  previous: CellValue | null,
  column: ResultColumn,
  formats: Formats,
): Change | null {
  if (!previous || current.amount === null || previous.amount === null || current.small || previous.small) return null;
  const change = formats.change(current.amount, previous.amount, column);
  return change !== null && isWithinChance(current, previous, column)
    ? { ...change, tone: 'neutral', words: `${change.words.replace(/, (better|worse)$/, '')}, which may be chance` }
    : change;
}

/** Of a share of counted things: the 95 % interval of its change holds 0. */
function isWithinChance(current: CellValue, previous: CellValue, { proportion }: ResultColumn): boolean {
  if (!proportion || current.sample === null || previous.sample === null) return false;
  const interval = newcombeInterval(
    { rate: current.amount ?? 0, n: current.sample },
    { rate: previous.amount ?? 0, n: previous.sample },
  );
  return interval !== null && interval.low <= 0 && interval.high >= 0;
}
