import type { Cell } from '../../src/contract/result.ts';
import { type DataSheet, numberColumn, type SheetRow, textColumn } from '../export/data-sheet.ts';
import { NO_DATA } from '../format/index.ts';
import type { TableView } from '../table/table-view.ts';
import type { Heading } from './pivot-columns.ts';
import type { PivotHeat } from './pivot-heat.ts';
import { grainOf } from './pivot-layout.ts';
import type { VisibleRow } from './pivot-rows.ts';
import { type PivotNode, type PivotTable, pathKey } from './pivot-table.ts';

/** A pivot as text and as numbers: for the table view, the clipboard and files. All say what the cells on the screen say. */

/** `W47, 16–22 Nov (to Fri)`. */
export function headingWords({ label, detail, stateWords }: Heading): string {
  return [label, detail].filter(Boolean).join(', ') + (stateWords === null ? '' : ` (${stateWords})`);
}

/** Names of the rows above a row and its own, each in the column of its level; the rest is empty. */
function pathWords(table: PivotTable, node: PivotNode): string[] {
  const nodes = nodesDownTo(table, node);
  return table.layout.rows.map((_, level) => {
    const at = nodes[level];
    return at ? headingWords(at) : '';
  });
}

/** The rows above a row, widest first, and the row itself. */
export function nodesDownTo(table: PivotTable, node: PivotNode): PivotNode[] {
  return node.path.flatMap((_, depth) => table.nodes.get(pathKey(node.path.slice(0, depth + 1))) ?? []);
}

/** Which of the columns on the screen: places of columns, and what stands right of them. */
export interface ColumnPart {
  columns: readonly number[];
  total: boolean;
  change: boolean;
}

function allColumns(table: PivotTable): ColumnPart {
  return { columns: table.columns.map((_, index) => index), total: true, change: table.compared !== null };
}

/** The rows on the screen as text. `rowLabels` name the row dimensions. */
export function pivotView(
  table: PivotTable,
  rows: readonly PivotNode[],
  rowLabels: readonly string[],
  caption: string,
  { withTotals = true, part = allColumns(table) }: { withTotals?: boolean; part?: ColumnPart } = {},
): TableView {
  const texts = (node: PivotNode): string[] => [
    ...part.columns.map((index) => node.cells[index]?.text ?? NO_DATA),
    ...(part.total ? [node.total.text] : []),
    ...(part.change ? [node.change?.longText ?? NO_DATA] : []),
  ];
  return {
    caption,
    columns: [
      ...rowLabels.map((label) => ({ label, numeric: false })),
      ...part.columns.map((index) => ({ label: words(table, index), numeric: true })),
      ...(part.total ? [{ label: 'Total', numeric: true }] : []),
      ...(part.change ? [{ label: changeLabel(table), numeric: true }] : []),
    ],
    rows: rows.map((node) => [...pathWords(table, node), ...texts(node)]),
    ...(withTotals ? { totals: ['Total', ...rowLabels.slice(1).map(() => ''), ...texts(table.total)] } : {}),
  };
}

function words(table: PivotTable, index: number): string {
  const column = table.columns[index];
  return column ? headingWords(column) : '';
}

/** `W46 against W45`. */
export function changeLabel({ compared }: PivotTable): string {
  return compared ? `${compared[1].label} against ${compared[0].label}` : 'Change';
}

/** As shown, with raw numbers: fills of the heat, rows grouped as they are on the screen. */
export function pivotShownSheet(
  table: PivotTable,
  rows: readonly VisibleRow[],
  rowLabels: readonly string[],
  heat: PivotHeat,
): DataSheet {
  const numbers = (node: PivotNode): (number | null)[] => [...node.cells.map((cell) => cell.amount), node.total.amount];
  const total: SheetRow = { cells: ['Total', ...rowLabels.slice(1).map(() => null), ...numbers(table.total)] };
  return {
    columns: [
      ...rowLabels.map(textColumn),
      ...table.columns.map((column) => numberColumn(headingWords(column), table.metric)),
      numberColumn('Total', table.metric),
    ],
    rows: rows.map(({ node, level }, row) => ({
      cells: [...pathWords(table, node), ...numbers(node)],
      fills: [...rowLabels.map(() => null), ...node.cells.map((_, column) => heat.step(row, column))],
      level: level - 1,
    })),
    totals: total,
    headers: rowLabels.length,
  };
}

/**
 * One row per number at every level, raw: the names of what it is of, the measure, its sample. `level` says what the row is grouped
 * by (`total` for none), so that one level can be taken out; levels must not be added to each other.
 */
export function pivotTidySheet(table: PivotTable, rowLabels: readonly string[], columnLabel: string): DataSheet {
  const nodes = [...table.nodes.values()].toSorted((a, b) => a.path.length - b.path.length);
  const { layout, metric } = table;
  const levelOf = (depth: number, byColumn: boolean): string =>
    [...layout.rows.slice(0, depth), ...(byColumn ? [layout.column] : [])].join(' × ') || 'total';
  const names = [...layout.rows, layout.column];
  const labelled = [...rowLabels, columnLabel];
  const hasSample = nodes.some((node) => node.total.sample !== null);
  return {
    columns: [
      textColumn('Level'),
      ...names.map((name, index) =>
        grainOf(name) === null
          ? textColumn(labelled[index] ?? name)
          : ({ label: labelled[index] ?? name, kind: 'time' } as const),
      ),
      numberColumn(metric.label, metric),
      ...(hasSample ? [numberColumn('n', { format: 'integer' })] : []),
      textColumn('State'),
    ],
    rows: nodes.flatMap((node) => {
      const path = layout.rows.map((name, depth) => tidyName(table, node, name, depth));
      const line = (column: number | null): SheetRow => {
        const cell = column === null ? node.total : node.cells[column];
        const heading = column === null ? null : table.columns[column];
        const state = [node, heading].find((one) => one && one.state !== 'settled')?.state ?? '';
        return {
          cells: [
            levelOf(node.path.length, column !== null),
            ...path,
            heading ? (grainOf(layout.column) === null ? heading.label : heading.value) : null,
            cell?.amount ?? null,
            ...(hasSample ? [cell?.sample ?? null] : []),
            state,
          ],
        };
      };
      return [line(null), ...table.columns.map((_, column) => line(column))];
    }),
    headers: 1,
  };
}

/** Times as they are, everything else as people call it. */
function tidyName(table: PivotTable, node: PivotNode, name: string, depth: number): Cell {
  if (depth >= node.path.length) return null;
  if (grainOf(name) !== null) return node.path[depth] ?? null;
  return nodesDownTo(table, node)[depth]?.label ?? null;
}
