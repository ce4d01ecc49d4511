import type { DimensionInfo } from '../../src/contract/api.ts';
import type { QueryResult, Row } from '../../src/contract/result.ts';
import { UNASSIGNED } from '../../src/contract/words.ts';

import { labelOf, numberOf } from '../charts/series.ts';

/** One segment of a change, as the answer lists them: parents before their children. */
export interface ChangeNode {
  key: string;
  /** null at the first level. */
  parent: string | null;
  /** From 1. */
  level: number;
  label: string;
  /** The values down to this level; empty where it stands for several ("Other"). */
  path: { dimension: string; value: string }[];
  row: Row;
  hasChildren: boolean;
  state: 'new' | 'gone' | 'other' | '';
  /** No rule of the source groups fits. */
  unassigned: boolean;
  /** Too few things for a rate to be believed. */
  small: boolean;
}

/** A node and whether its children are shown; null where it has none. */
export interface ShownNode {
  node: ChangeNode;
  expanded: boolean | null;
}

const STATES = ['new', 'gone', 'other', ''] as const;

export function toChangeTree(
  result: QueryResult,
  by: readonly string[],
  dimensions: readonly DimensionInfo[],
): ChangeNode[] {
  const minSample = result.columns.find(({ name }) => name === 'value')?.min_sample ?? 0;
  const open: (string | null)[] = [null];
  const nodes = result.rows.map((row, index): ChangeNode => {
    const level = Number(row['level']);
    const state = STATES.find((known) => known === row['state']) ?? '';
    const names = by.slice(0, level);
    const own = row[by[level - 1] ?? ''];
    const path = names.map((dimension) => ({ dimension, value: String(row[dimension] ?? '') }));
    const key = `${names.map((name) => JSON.stringify(row[name] ?? null)).join('/')}${state === 'other' ? `#${index}` : ''}`;
    const parent = open[level - 1] ?? null;
    open[level] = key;
    const sample = numberOf(row['denominator']);
    return {
      key,
      parent,
      level,
      label:
        state === 'other'
          ? 'Other'
          : labelOf(
              dimensions.find(({ name }) => name === by[level - 1]),
              own,
            ),
      path: state === 'other' ? [] : path,
      row,
      hasChildren: false,
      state,
      unassigned: own === UNASSIGNED,
      small: sample !== null && Math.max(sample, numberOf(row['denominator_before']) ?? 0) < minSample,
    };
  });
  // What lies below "Other" is the same once more.
  const others = new Set(nodes.filter(({ state }) => state === 'other').map(({ key }) => key));
  const shown = nodes.filter(({ parent }) => parent === null || !others.has(parent));
  const parents = new Set(shown.map(({ parent }) => parent));
  return shown.map((node) => ({ ...node, hasChildren: parents.has(node.key) }));
}

/** Nodes whose parents are all open, in order. */
export function shownNodes(nodes: readonly ChangeNode[], expanded: ReadonlySet<string>): ShownNode[] {
  const visible = new Set<string | null>([null]);
  return nodes.flatMap((node): ShownNode[] => {
    if (!visible.has(node.parent)) return [];
    const isOpen = node.hasChildren && expanded.has(node.key);
    if (isOpen) visible.add(node.key);
    return [{ node, expanded: node.hasChildren ? isOpen : null }];
  });
}

/** Opens or closes a node, or every node of its level. */
export function toggleNode(
  nodes: readonly ChangeNode[],
  expanded: ReadonlySet<string>,
  node: ChangeNode,
  open: boolean,
  whole: boolean,
): Set<string> {
  const next = new Set(expanded);
  for (const each of whole ? nodes.filter(({ level }) => level === node.level) : [node]) {
    if (!each.hasChildren) continue;
    if (open) next.add(each.key);
    else next.delete(each.key);
  }
  return next;
}

/** The largest contribution either way, for bars of one scale; 0 where there is none. */
export function largestContribution(nodes: readonly ChangeNode[]): number {
  return Math.max(0, ...nodes.map(({ row }) => Math.abs(numberOf(row['contribution']) ?? 0)));
}
