import { grainOf } from './pivot-layout.ts';
import { isNumeric, isUnknown, type PivotNode, type PivotTable, pathKey } from './pivot-table.ts';

/** One row on the screen. */
export interface VisibleRow {
  node: PivotNode;
  /** 1 for the widest dimension. */
  level: number;
  /** null where it has nothing inside. */
  expanded: boolean | null;
  /** Its place among its siblings, from 1, and how many they are. */
  place: number;
  siblings: number;
}

/** What rows are sorted by: their names, their totals, their change, or a column by its key. */
export interface PivotSort {
  by: 'label' | 'total' | 'change' | { column: string };
  descending: boolean;
}

/** The sort of an address (`-total`, `label`, `-c_2026_11_16`); null where it says nothing that this table has. */
export function readSort(words: readonly string[], table: PivotTable): PivotSort | null {
  for (const word of words) {
    const descending = word.startsWith('-');
    const name = word.replace(/^-/, '');
    if (name === 'label' || name === 'total' || name === 'change') return { by: name, descending };
    const column = table.columns.find(({ key }) => columnWord(key) === name);
    if (column) return { by: { column: column.key }, descending };
  }
  return null;
}

/** The word of an address for a sort. */
export function sortWord({ by, descending }: PivotSort): string {
  return `${descending ? '-' : ''}${typeof by === 'string' ? by : columnWord(by.column)}`;
}

/** A column's key as the address may spell it: lower-case letters, digits and _. */
function columnWord(key: string): string {
  return `c_${key.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}`.slice(0, 60);
}

/** A heading's next sort: numbers fall first, names rise first; the second time it is turned round. */
export function nextSort(current: PivotSort | null, by: PivotSort['by']): PivotSort {
  const same = current !== null && JSON.stringify(current.by) === JSON.stringify(by);
  return { by, descending: same ? !current.descending : by !== 'label' };
}

/** The rows to show: parents above their children, each group sorted in itself. */
export function visibleRows(
  table: PivotTable,
  expanded: ReadonlySet<string>,
  sort: PivotSort | null,
  locale: string,
): VisibleRow[] {
  const compareText = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' }).compare;
  const rows: VisibleRow[] = [];
  const add = (nodes: readonly PivotNode[], level: number): void => {
    const sorted = sortNodes(nodes, table, sort, compareText);
    sorted.forEach((node, index) => {
      const open = node.children.length === 0 ? null : expanded.has(node.key);
      rows.push({ node, level, expanded: open, place: index + 1, siblings: sorted.length });
      if (open) add(node.children, level + 1);
    });
  };
  add(table.total.children, 1);
  return rows;
}

/** What has no number, and samples too small to be ranked, stay last either way. */
function sortNodes(
  nodes: readonly PivotNode[],
  table: PivotTable,
  sort: PivotSort | null,
  compareText: (a: string, b: string) => number,
): PivotNode[] {
  const depth = (nodes[0]?.path.length ?? 1) - 1;
  const wanted = sort ?? naturalSort(nodes, table.layout.rows[depth] ?? '');
  const direction = wanted.descending ? -1 : 1;
  const byLabel = (a: PivotNode, b: PivotNode): number =>
    Number(isUnknown(a.value)) - Number(isUnknown(b.value)) || compareLabels(a, b, compareText);
  const { by } = wanted;
  if (by === 'label') {
    return nodes.toSorted(
      (a, b) => Number(isUnknown(a.value)) - Number(isUnknown(b.value)) || direction * compareLabels(a, b, compareText),
    );
  }
  const place = typeof by === 'string' ? -1 : table.columns.findIndex(({ key }) => key === by.column);
  const amount = (node: PivotNode): number | null => {
    if (by === 'change') return node.changeAmount;
    const cell = by === 'total' ? node.total : node.cells[place];
    return cell === undefined || cell.small ? null : cell.amount;
  };
  return nodes.toSorted((a, b) => {
    const [left, right] = [amount(a), amount(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || byLabel(a, b);
    return direction * (left - right) || byLabel(a, b);
  });
}

/** Times, hours and weekdays in their order, other values by their totals. */
function naturalSort(nodes: readonly PivotNode[], name: string): PivotSort {
  const ordered = grainOf(name) !== null || nodes.every(({ value }) => isUnknown(value) || isNumeric(value));
  return ordered ? { by: 'label', descending: false } : { by: 'total', descending: true };
}

function compareLabels(a: PivotNode, b: PivotNode, compareText: (a: string, b: string) => number): number {
  if (isNumeric(a.value) && isNumeric(b.value)) return Number(a.value) - Number(b.value);
  const times = /^\d{4}-\d{2}-\d{2}/;
  if (times.test(String(a.value)) && times.test(String(b.value))) {
    return String(a.value) < String(b.value) ? -1 : 1;
  }
  return compareText(a.label, b.label);
}

/** Every row that has something inside at this level and above, or at all levels. */
export function expandableKeys(table: PivotTable, level: number = Number.POSITIVE_INFINITY): string[] {
  const keys: string[] = [];
  const walk = (nodes: readonly PivotNode[], depth: number): void => {
    for (const node of nodes) {
      if (node.children.length === 0 || depth > level) continue;
      keys.push(node.key);
      walk(node.children, depth + 1);
    }
  };
  walk(table.total.children, 1);
  return keys;
}

/** Opens or closes one row, or with `whole` every row of its level. */
export function toggleRow(
  table: PivotTable,
  expanded: ReadonlySet<string>,
  row: VisibleRow,
  open: boolean,
  whole: boolean,
): Set<string> {
  const next = new Set(expanded);
  const keys = whole ? expandableKeys(table, row.level).filter((key) => depthOf(key) === row.level) : [row.node.key];
  for (const key of keys) {
    if (open) next.add(key);
    else next.delete(key);
  }
  return next;
}

function depthOf(key: string): number {
  const path: unknown = JSON.parse(key);
  return Array.isArray(path) ? path.length : 0;
}

/** The key of the row that holds this one; null at the widest level. */
export function parentKey(node: PivotNode): string | null {
  return node.path.length < 2 ? null : pathKey(node.path.slice(0, -1));
}
