import type { TableView } from '../table/table-view.ts';
import { type ColumnPart, pivotView } from './pivot-sheet.ts';
import type { PivotNode, PivotTable } from './pivot-table.ts';

/** What stands in a place of the grid, from left to right. */
export type Slot =
  | { kind: 'label' }
  | { kind: 'column'; index: number }
  | { kind: 'trend' }
  | { kind: 'total' }
  | { kind: 'change' };

/** A place of the grid: row 0 is the header, the last one the total; column 0 holds the names. */
export interface Place {
  row: number;
  column: number;
}

export interface Selection {
  from: Place;
  to: Place;
}

export function slotsOf(table: PivotTable): Slot[] {
  const timed = table.total.trend !== null && table.columns.length > 1;
  return [
    { kind: 'label' },
    ...table.columns.map((_, index): Slot => ({ kind: 'column', index })),
    ...(timed ? [{ kind: 'trend' } as const] : []),
    { kind: 'total' },
    ...(table.compared ? [{ kind: 'change' } as const] : []),
  ];
}

/** First and last, both inside, whichever way it was drawn. */
export function boxOf({ from, to }: Selection): { top: number; bottom: number; left: number; right: number } {
  return {
    top: Math.min(from.row, to.row),
    bottom: Math.max(from.row, to.row),
    left: Math.min(from.column, to.column),
    right: Math.max(from.column, to.column),
  };
}

/** The selected cells with the names of their rows and columns. */
export function selectedView(
  table: PivotTable,
  nodes: readonly PivotNode[],
  rowLabels: readonly string[],
  selection: Selection,
): TableView {
  const { top, bottom, left, right } = boxOf(selection);
  const slots = slotsOf(table).slice(left, right + 1);
  const part: ColumnPart = {
    columns: slots.flatMap((slot) => (slot.kind === 'column' ? [slot.index] : [])),
    total: slots.some(({ kind }) => kind === 'total'),
    change: slots.some(({ kind }) => kind === 'change'),
  };
  const rows = nodes.slice(Math.max(0, top - 1), bottom);
  return pivotView(table, rows, rowLabels, '', { withTotals: bottom > nodes.length, part });
}
