import type { Catalog } from '../../src/contract/api.ts';
import type { Tile } from '../../src/contract/dashboard.ts';
import type { ViewState } from '../../src/contract/url.ts';
import { GRAINS, type Grain } from '../../src/contract/words.ts';

export type PivotTileSpec = Extract<Tile, { kind: 'pivot' }>;

/** What a pivot shows: one measure, rows by one to three dimensions (widest first), columns by a grain or a dimension. */
export interface PivotLayout {
  metric: string;
  rows: readonly string[];
  column: string;
}

export const MOST_ROW_DIMENSIONS = 3;
const TIME_PARTS: readonly string[] = ['weekday', 'hour_of_day'];

/** The grain that a name of a layout stands for; null where it is a dimension. */
export function grainOf(name: string): Grain | null {
  return GRAINS.find((grain) => grain === name) ?? null;
}

/** The column of the answer that holds it: every grain is called `time` there. */
export function columnOf(name: string): string {
  return grainOf(name) === null ? name : 'time';
}

/** Dimensions by which a pivot of these metrics can be split, in the catalogue's order. */
export function pivotDimensions(tile: PivotTileSpec, catalog: Catalog): string[] {
  const shown = catalog.metrics.filter(({ name }) => tile.metrics.includes(name));
  return catalog.dimensions
    .map(({ name }) => name)
    .filter((name) => !TIME_PARTS.includes(name) && shown.every(({ dimensions }) => dimensions.includes(name)));
}

/** The layout of the page's address where the tile can show it (`m`, `by`, `x`), the author's otherwise. */
export function pivotLayout(
  tile: PivotTileSpec,
  view: Pick<ViewState, 'metrics' | 'by' | 'x'>,
  catalog: Catalog,
): PivotLayout {
  const known = new Set([...pivotDimensions(tile, catalog), ...tile.rows, tile.columns, ...TIME_PARTS, ...GRAINS]);
  const metric = view.metrics.find((name) => tile.metrics.includes(name)) ?? tile.metrics[0] ?? '';
  const column = view.x !== null && known.has(view.x) ? view.x : tile.columns;
  const asked = fittingRows(view.by, column, known);
  const rows = asked.length > 0 ? asked : fittingRows(tile.rows, column, known);
  return { metric, rows: rows.length > 0 ? rows : fittingRows([tile.columns], column, known), column };
}

/** Known names, each once, none of them the column's; one grain at most in all. */
function fittingRows(names: readonly string[], column: string, known: ReadonlySet<string>): string[] {
  const rows: string[] = [];
  for (const name of names) {
    const taken = [column, ...rows].map(columnOf);
    if (known.has(name) && !taken.includes(columnOf(name)) && rows.length < MOST_ROW_DIMENSIONS) rows.push(name);
  }
  return rows;
}

/** What the address must say for this layout; the author's own is left out. */
export function layoutPatch(layout: PivotLayout, tile: PivotTileSpec): Pick<ViewState, 'metrics' | 'by' | 'x'> {
  const isOwn = layout.rows.join() === tile.rows.join() && layout.column === tile.columns;
  return {
    metrics: layout.metric === tile.metrics[0] ? [] : [layout.metric],
    by: isOwn ? [] : [...layout.rows],
    x: layout.column === tile.columns ? null : layout.column,
  };
}

/** The first row dimension becomes the columns and the other way round; twice is nothing. */
export function swapAxes(layout: PivotLayout): PivotLayout {
  const [first, ...rest] = layout.rows;
  return first === undefined ? layout : { ...layout, rows: [layout.column, ...rest], column: first };
}

/** A row dimension one place up or down. */
export function moveRow(layout: PivotLayout, name: string, step: -1 | 1): PivotLayout {
  const from = layout.rows.indexOf(name);
  const to = from + step;
  if (from < 0 || to < 0 || to >= layout.rows.length) return layout;
  const rows = layout.rows.filter((row) => row !== name);
  return { ...layout, rows: rows.toSpliced(to, 0, name) };
}

/**
 * The ways to group, in this order: for each depth of the rows (0 is the total) without and with the columns. `__set` of the answer
 * is an index into it.
 */
export function pivotSets(layout: PivotLayout): string[][] {
  const rows = layout.rows.map(columnOf);
  const column = columnOf(layout.column);
  return Array.from({ length: rows.length + 1 }, (_, depth) => [
    rows.slice(0, depth),
    [...rows.slice(0, depth), column],
  ]).flat();
}
