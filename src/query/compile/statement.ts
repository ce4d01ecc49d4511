import { comment, number, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import { renderSql } from '../../sql/render.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import type { Bucket, InstantRange } from '../buckets.ts';
import type { Rollups } from '../plan/choose-rollup.ts';
import type { StatementTraits } from '../query-context.ts';
import type { Clock, Group, ResolvedFilter } from '../resolved.ts';
import type { Top } from './top.ts';

/** What every block of a query is compiled for: one range, one set of groups. */
export interface Scope {
  groups: readonly Group[];
  /** Several ways to group, each a part of `groups`; rows say which one they are of. */
  sets?: readonly (readonly Group[])[];
  range?: InstantRange;
  /** The values of the time group, where there is one. */
  buckets?: readonly Bucket[];
  filters: readonly ResolvedFilter[];
  clock: Clock;
  totals: boolean;
  /** How values are averaged over local days: not at all, by the engine (what is absent counts as 0), or row by row afterwards. */
  perDay: 'no' | 'engine' | 'afterwards';
  /** Present where only the first rows of an order are needed and one statement decides them. */
  top?: Top;
  /** What may be read in place of the facts. */
  rollups: Rollups;
}

/** The scope of a block that counts settled cohorts only, as a whole. */
export function cutScope(scope: Scope, until: number | undefined): Scope {
  if (until === undefined) return scope;
  const range = scope.range ?? { start: Date.UTC(1970, 0, 2), end: until };
  return { ...scope, range: { start: range.start, end: Math.max(range.start, Math.min(range.end, until)) } };
}

export type RawRow = Record<string, unknown>;

/** Values of the leaves by `Leaf.index` for one row of the result; totals have no keys. */
export interface LeafRow {
  keys: (string | number | null)[];
  total: boolean;
  /** Index of the way to group; its keys are those of its groups. */
  set?: number;
  values: [index: number, value: number | null][];
}

export interface Statement {
  sql: RenderedSql;
  traits: StatementTraits;
  /** What it reads, for people. */
  plan: string;
  /** Turns the engine's rows into leaf values. */
  read(rows: RawRow[]): LeafRow[];
}

/** More cells than this are refused. */
export const MAX_CELLS = 200_000;

/** Renders a finished statement with its heading; one row more than `MAX_CELLS` shows that there are too many. */
export function finishStatement(heading: string, body: SqlNode): RenderedSql {
  return renderSql(sql`${comment(heading)}${body}\nLIMIT ${number(MAX_CELLS + 1)}`);
}

/** Renders a statement that has a limit of its own. */
export function finishLimited(heading: string, body: SqlNode): RenderedSql {
  return renderSql(sql`${comment(heading)}${body}`);
}

/** A number of the engine's JSON; what is no number is null. */
export function readNumber(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const read = Number(value);
  return Number.isFinite(read) ? read : null;
}

export function readKey(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'number' ? value : String(value);
}
