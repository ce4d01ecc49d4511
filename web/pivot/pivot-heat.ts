import type { HeatScope } from '../../src/contract/dashboard.ts';
import { fixedBreaks, heatStep, paletteStep, quantileBreaks } from '../charts/heat-scale.ts';
import type { CellValue } from '../tile/cell-value.ts';
import type { VisibleRow } from './pivot-rows.ts';
import { isRate, type PivotTable } from './pivot-table.ts';

/** Steps of a pivot's colours: "the second darkest" can be named. */
export const HEAT_STEPS = 5;

/** Colours of the rows on the screen, and where one step ends and the next begins. */
export interface PivotHeat {
  /** Palette step 0–7 of a cell; null where it takes no part. */
  step(row: number, column: number): number | null;
  /** Breaks that hold at this cell; of the whole table where the scope is the table. */
  breaks(row: number, column: number): readonly number[];
}

/**
 * Colours are for what can be compared: totals, rows that are open (their parts are coloured), running and maturing buckets, small
 * samples and cells without a number take no part, neither in the breaks nor in the colours. With one measure on the screen the
 * whole table and the measure are the same.
 */
export function pivotHeat(table: PivotTable, rows: readonly VisibleRow[], scope: HeatScope): PivotHeat {
  const columns = table.columns.length;
  const value = (row: number, column: number): number | null => {
    const shown = rows[row];
    const cell = shown?.node.cells[column];
    if (!shown || !cell || shown.expanded === true) return null;
    if (shown.node.state !== 'settled' || table.columns[column]?.state !== 'settled') return null;
    return isRanked(cell) ? cell.amount : null;
  };
  const breaksOf = isRate(table.metric.format) ? fixedBreaks : quantileBreaks;
  const known = new Map<number, readonly number[]>();
  const groupOf = (row: number, column: number): number => (scope === 'column' ? column : scope === 'row' ? row : 0);
  const breaks = (row: number, column: number): readonly number[] => {
    if (scope === 'off') return [];
    const group = groupOf(row, column);
    const found = known.get(group);
    if (found) return found;
    const values: (number | null)[] = [];
    for (let y = 0; y < rows.length; y++) {
      for (let x = 0; x < columns; x++) if (groupOf(y, x) === group) values.push(value(y, x));
    }
    const made = breaksOf(values, HEAT_STEPS);
    known.set(group, made);
    return made;
  };
  return {
    breaks,
    step: (row, column) => {
      const amount = scope === 'off' ? null : value(row, column);
      if (amount === null) return null;
      const limits = breaks(row, column);
      return paletteStep(heatStep(amount, limits), limits.length + 1);
    },
  };
}

export function isRanked(cell: CellValue): boolean {
  return cell.amount !== null && !cell.small;
}
