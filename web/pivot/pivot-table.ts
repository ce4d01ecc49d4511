import type { Filter } from '../../src/contract/query.ts';
import type { Cell, QueryResult, ResultColumn, Row } from '../../src/contract/result.ts';
import type { Change } from '../format/index.ts';
import { type CellValue, cellChange, cellValue } from '../tile/cell-value.ts';
import { type Heading, type HeadingContext, headingOf } from './pivot-columns.ts';
import { columnOf, grainOf, type PivotLayout, pivotSets } from './pivot-layout.ts';

/** A value as files have it; `short` is what a narrow cell says: rates with one decimal. */
export interface PivotCell extends CellValue {
  short: string;
}

export interface PivotColumn extends Heading {
  key: string;
}

/** One row at any depth; the root is the total. */
export interface PivotNode extends Heading {
  /** Values of the row dimensions down to this one; [] is the total. */
  path: readonly Cell[];
  key: string;
  /** Aligned with the columns. */
  cells: PivotCell[];
  total: PivotCell;
  /** Settled columns only, null elsewhere; null where columns are no times. */
  trend: (number | null)[] | null;
  /** The last settled column against the one before it. */
  change: Change | null;
  /** Of change, for sorting: a difference in points or in relation, as its text says. */
  changeAmount: number | null;
  children: PivotNode[];
}

export interface PivotTable {
  metric: ResultColumn;
  layout: PivotLayout;
  columns: PivotColumn[];
  /** The root. */
  total: PivotNode;
  /** Every row at every level by its key, the total among them. */
  nodes: ReadonlyMap<string, PivotNode>;
  /** The two columns that `change` compares: the earlier and the later; null where there are no such two. */
  compared: [PivotColumn, PivotColumn] | null;
  /** A total is smaller than the sum of its parts: something is counted in several of them. */
  overlaps: boolean;
  /** Columns beyond the limit. */
  omittedColumns: number;
}

export interface PivotInput extends Omit<HeadingContext, 'meta' | 'metric'> {
  result: QueryResult;
  layout: PivotLayout;
  filters: readonly Filter[];
}

export const MOST_COLUMNS = 60;

/**
 * The answer of a pivot query as rows within rows. A cell is what the engine said of it, at every level; where it said nothing there
 * is no data. Null where the answer does not hold the layout's measure.
 */
export function toPivotTable(input: PivotInput): PivotTable | null {
  const { result, layout, filters, formats } = input;
  const metric = result.columns.find((column) => column.kind === 'metric' && column.name === layout.metric);
  if (!metric) return null;
  const context: HeadingContext = { ...input, meta: result.meta, metric: layout.metric };
  const say = (row: Row | null): PivotCell => {
    const value = cellValue(row, metric, result.meta, filters, formats);
    const isShort = value.amount !== null && isRate(metric.format);
    return { ...value, short: isShort ? formats.value(value.amount, metric, 'card') : value.text };
  };

  const sets = pivotSets(layout);
  const rowNames = layout.rows.map(columnOf);
  const columnName = columnOf(layout.column);
  const own = new Map<string, { path: readonly Cell[]; row: Row | null; cells: Map<string, Row> }>();
  const entryOf = (path: readonly Cell[]) => {
    const key = pathKey(path);
    const known = own.get(key);
    if (known) return known;
    const made = { path, row: null as Row | null, cells: new Map<string, Row>() };
    own.set(key, made);
    return made;
  };
  const columnTotals = new Map<string, { value: Cell; row: Row }>();
  for (const row of result.rows) {
    const set = sets[Number(row['__set'])];
    if (set === undefined) continue;
    const byColumn = set.includes(columnName);
    const depth = set.length - (byColumn ? 1 : 0);
    const entry = entryOf(rowNames.slice(0, depth).map((name) => row[name] ?? null));
    const said = withoutOthers(row, set, [...rowNames, columnName]);
    if (!byColumn) entry.row = said;
    else {
      const value = row[columnName] ?? null;
      entry.cells.set(pathKey([value]), said);
      if (depth === 0) columnTotals.set(pathKey([value]), { value, row: said });
      else if (!columnTotals.has(pathKey([value]))) columnTotals.set(pathKey([value]), { value, row: {} });
    }
  }

  const all = orderColumns([...columnTotals.entries()], layout, metric.name, context);
  const columns = all.slice(0, MOST_COLUMNS);
  const timed = grainOf(layout.column) !== null;
  const settled = columns.flatMap((column, index) => (column.state === 'settled' ? [index] : []));
  const last = settled.at(-1);
  const compared: [number, number] | null =
    timed && last !== undefined && columns[last - 1]?.state === 'settled' ? [last - 1, last] : null;

  const makeNode = (path: readonly Cell[], parent: PivotNode | null): PivotNode => {
    const found = own.get(pathKey(path));
    const cells = columns.map((column) => say(found?.cells.get(column.key) ?? null));
    const heading: Heading =
      parent === null
        ? { value: null, label: 'Total', detail: null, state: 'settled', stateWords: null }
        : headingOf(layout.rows[path.length - 1] ?? '', path.at(-1) ?? null, context);
    const [before, now] = compared ? [cells[compared[0]], cells[compared[1]]] : [undefined, undefined];
    const change = before && now ? cellChange(now, before, metric, formats) : null;
    return {
      ...heading,
      // What is in a running week is running, too.
      ...(parent !== null && parent.state !== 'settled' && heading.state === 'settled'
        ? { state: parent.state, stateWords: parent.stateWords }
        : {}),
      path,
      key: pathKey(path),
      cells,
      total: say(found?.row ?? null),
      trend: timed ? cells.map((cell, index) => (columns[index]?.state === 'settled' ? cell.amount : null)) : null,
      change,
      changeAmount: change && before && now ? changeAmount(now.amount, before.amount, metric) : null,
      children: [],
    };
  };

  const total = makeNode([], null);
  const nodes = new Map<string, PivotNode>([[total.key, total]]);
  const place = (path: readonly Cell[]): PivotNode => {
    const known = nodes.get(pathKey(path));
    if (known) return known;
    const parent = place(path.slice(0, -1));
    const node = makeNode(path, parent);
    nodes.set(node.key, node);
    parent.children.push(node);
    return node;
  };
  for (const { path } of own.values()) place(path);
  return {
    metric,
    layout,
    columns,
    total,
    nodes,
    compared: compared ? [columnAt(columns, compared[0]), columnAt(columns, compared[1])] : null,
    overlaps: [...nodes.values()].some(
      (node) =>
        isLessThanParts(
          node.total,
          node.children.map((child) => child.total),
        ) || isLessThanParts(node.total, node.cells),
    ),
    omittedColumns: all.length - columns.length,
  };
}

/** Values as one text: text and number, null and '' stay apart. */
export function pathKey(path: readonly Cell[]): string {
  return JSON.stringify(path);
}

/** Dimensions that are not of the row's set are null in it and mean nothing. */
function withoutOthers(row: Row, set: readonly string[], names: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => set.includes(name) || !names.includes(name)));
}

/** Times in their order, declared values in theirs, numbers by size, other values by their total; what is unknown last. */
function orderColumns(
  found: [string, { value: Cell; row: Row }][],
  layout: PivotLayout,
  metric: string,
  context: HeadingContext,
): PivotColumn[] {
  const declared = Object.keys(context.dimensions.find(({ name }) => name === layout.column)?.labels ?? {});
  const timed = grainOf(layout.column) !== null;
  const entries = found.map(([key, { value, row }]) => ({ key, value, amount: amountOf(row[metric]) }));
  return entries
    .toSorted((a, b) => {
      const unknown = Number(isUnknown(a.value)) - Number(isUnknown(b.value));
      if (unknown !== 0) return unknown;
      if (timed) return compareTexts(a.value, b.value);
      if (isNumeric(a.value) && isNumeric(b.value)) return Number(a.value) - Number(b.value);
      const [placeA, placeB] = [a, b].map(({ value }) => declared.indexOf(String(value)));
      if (placeA !== placeB) return rankOf(placeA) - rankOf(placeB);
      return b.amount - a.amount || compareTexts(a.value, b.value);
    })
    .map(({ key, value }) => ({ key, ...headingOf(layout.column, value, context) }));
}

/** ISO times and values without a better order. */
function compareTexts(a: Cell, b: Cell): number {
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

function rankOf(place: number | undefined): number {
  return place === undefined || place < 0 ? Number.MAX_SAFE_INTEGER : place;
}

export function isUnknown(value: Cell): boolean {
  return value === null || value === '';
}

/** A number, or text that is one: hours and weekdays. */
export function isNumeric(value: Cell): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
}

function amountOf(cell: Cell | undefined): number {
  return typeof cell === 'number' ? cell : Number.NEGATIVE_INFINITY;
}

function columnAt(columns: readonly PivotColumn[], index: number): PivotColumn {
  const column = columns[index];
  if (!column) throw new Error(`no column ${index}`);
  return column;
}

export function isRate(format: string | undefined): boolean {
  return format === 'percent' || format?.includes('%') === true;
}

function changeAmount(now: number | null, before: number | null, metric: ResultColumn): number | null {
  if (now === null || before === null) return null;
  if (isRate(metric.format)) return now - before;
  return before === 0 ? null : (now - before) / Math.abs(before);
}

/** True of distinct counts that overlap; an average or a maximum is never above its largest part. */
function isLessThanParts(total: CellValue, parts: readonly CellValue[]): boolean {
  const amounts = parts.flatMap(({ amount }) => (amount === null ? [] : [amount]));
  if (total.amount === null || amounts.length < 2) return false;
  const sum = amounts.reduce((all, amount) => all + amount, 0);
  const slack = Math.abs(sum) * 1e-9;
  return total.amount < sum - slack && total.amount > Math.max(...amounts) + slack;
}
