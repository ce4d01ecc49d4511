import { commas, identifier, joined, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { Group } from '../resolved.ts';
import { type Key, keyAlias, keyIdentifiers, readKeys } from './keys.ts';
import type { LeafRow, RawRow, Scope } from './statement.ts';

/** How a statement groups, what it selects to tell its ways to group apart, and how a row's keys are read. */
export interface Grouping {
  /** `GROUP BY …` on a line of its own; nothing where all rows are one. */
  clause: SqlNode;
  marker: SqlNode[];
  read(row: RawRow): Omit<LeafRow, 'values'>;
}

export function groupingOf(keys: readonly Key[], { sets, totals }: Pick<Scope, 'sets' | 'totals'>): Grouping {
  if (sets !== undefined) return groupingBySets(keys, sets);
  if (totals && keys.length > 0) return groupingWithTotals(keys);
  return {
    clause: keys.length === 0 ? sql`` : sql`\nGROUP BY ${commas(keyIdentifiers(keys))}`,
    marker: [],
    read: (row) => ({ keys: readKeys(keys, row), total: false }),
  };
}

function groupingWithTotals(keys: readonly Key[]): Grouping {
  return {
    clause: sql`\nGROUP BY GROUPING SETS ((${commas(keyIdentifiers(keys))}), ())`,
    marker: [sql`grouping(${identifier(keyAlias(0))}) = 0 AS cell`],
    read: (row) => {
      const total = Number(row['cell']) === 0;
      return { keys: total ? [] : readKeys(keys, row), total };
    },
  };
}

/** The engine's `grouping(k0, k1, …)` has a bit per key, the last key's lowest, set where the key is not grouped by. */
function groupingBySets(keys: readonly Key[], sets: readonly (readonly Group[])[]): Grouping {
  if (keys.length === 0) return { clause: sql``, marker: [], read: () => ({ keys: [], total: false, set: 0 }) };
  const places = sets.map((set) =>
    keys.flatMap((key, index) => (set.some((group) => group.name === key.name) ? [index] : [])),
  );
  const maskOf = (own: readonly number[]) =>
    keys.reduce((mask, _, index) => mask * 2 + (own.includes(index) ? 0 : 1), 0);
  const byMask = new Map(places.map((own, set) => [maskOf(own), { own, set }]));
  const clauses = places.map((own) => sql`(${commas(own.map((index) => identifier(keyAlias(index))))})`);
  return {
    clause: sql`\nGROUP BY GROUPING SETS (${joined(', ', clauses)})`,
    marker: [sql`grouping(${commas(keyIdentifiers(keys))}) AS grouped`],
    read: (row) => {
      const found = byMask.get(Number(row['grouped']));
      if (found === undefined) throw new Error(`no way to group has the mask ${String(row['grouped'])}`);
      const all = readKeys(keys, row);
      return { keys: found.own.map((index) => all[index] ?? null), total: false, set: found.set };
    },
  };
}
