import { assertNever, TurnoutError } from '../contract/errors.ts';
import { addDays } from '../contract/plain-date.ts';
import type { Cell } from '../contract/result.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { compileConversion } from './compile/conversion.ts';
import { compileCumulative } from './compile/cumulative.ts';
import { compileFirstDay } from './compile/first-day.ts';
import { compileSimple } from './compile/simple.ts';
import { cutScope, type LeafRow, MAX_CELLS, type Scope, type Statement } from './compile/statement.ts';
import { type Block, type CumulativeBlock, isStock } from './plan/blocks.ts';
import type { Leaf } from './plan/formula.ts';
import type { StatementTraits } from './query-context.ts';
import { windowEnds } from './window-ends.ts';

/** Leaf values of one cell by `Leaf.index`. */
type LeafValues = (number | null | undefined)[];

export interface LeafCell {
  keys: Cell[];
  values: LeafValues;
}

/** What the engine computed for one range. */
export interface LeafTable {
  cells: Map<string, LeafCell>;
  totals: LeafCell[];
  /** Leaves that have no value in a bucket (or overall): their window is incomplete or has not begun. */
  hidden(leaf: Leaf, bucket: string | undefined): boolean;
  /** Cumulative metrics of which windows were incomplete, with the first local day of their data. */
  incomplete: { label: string; firstDay: string }[];
  /** What was read for it, a sentence per statement. */
  plan: string[];
}

export type RunRows = (statement: RenderedSql, traits: StatementTraits) => Promise<Record<string, unknown>[]>;

function compileBlock(block: Block, scope: Scope): Statement[] {
  switch (block.kind) {
    case 'simple':
      return compileSimple(block, scope);
    case 'cumulative':
      return compileCumulative(block, scope);
    case 'conversion':
      return compileConversion(block, scope);
    default:
      return assertNever(block);
  }
}

/** One table for each way to group of the scope. */
export async function fetchLeafTables(blocks: readonly Block[], scope: Scope, run: RunRows): Promise<LeafTable[]> {
  const statements = blocks.flatMap((block) => compileBlock(block, scope));
  const [rows, firstDays] = await Promise.all([
    Promise.all(statements.map((statement) => fetchStatement(statement, run))),
    Promise.all(
      blocks.filter(isTrailing).map(async (block) => [block, await fetchFirstDay(block, scope, run)] as const),
    ),
  ]);
  const windows = hiddenWindows(blocks, scope, new Map(firstDays));
  const tables = (scope.sets ?? [scope.groups]).map(() => ({ cells: emptyCells(), dailyTotals: emptyCells() }));
  for (const row of rows.flat()) {
    const table = tables[row.set ?? 0];
    if (table !== undefined) addRow(row.total ? table.dailyTotals : table.cells, row);
  }
  const plan = [...new Set(statements.map((statement) => statement.plan))];
  return tables.map(({ cells, dailyTotals }) => ({ cells, totals: [...dailyTotals.values()], ...windows, plan }));
}

const emptyCells = (): Map<string, LeafCell> => new Map();

async function fetchStatement(statement: Statement, run: RunRows): Promise<LeafRow[]> {
  const rows = await run(statement.sql, statement.traits);
  if (rows.length > MAX_CELLS)
    throw new TurnoutError('invalid_request', 'The answer has too many cells.', [
      {
        code: 'too_many_rows',
        path: 'dimensions',
        message: `The answer would have more than ${MAX_CELLS.toLocaleString('en')} cells.`,
        hint: 'Group by fewer dimensions, choose a coarser grain or add a filter.',
      },
    ]);
  return statement.read(rows);
}

function addRow(cells: Map<string, LeafCell>, row: LeafRow): void {
  const id = cellId(row.keys);
  let cell = cells.get(id);
  if (cell === undefined) {
    cell = { keys: row.keys, values: [] };
    cells.set(id, cell);
  }
  for (const [index, value] of row.values) cell.values[index] = value;
}

export function cellId(keys: readonly Cell[]): string {
  return keys.map((key) => (key === null ? '\u0000' : String(key))).join('\u0001');
}

function isTrailing(block: Block): block is CumulativeBlock {
  return block.kind === 'cumulative' && !isStock(block);
}

async function fetchFirstDay(block: CumulativeBlock, scope: Scope, run: RunRows): Promise<string | null> {
  for (const { sql, traits } of compileFirstDay(block.dataset, block.time, scope)) {
    const [row] = await run(sql, traits);
    const day = row?.['first_day'];
    if (day !== null && day !== undefined) return String(day);
  }
  return null;
}

function hiddenWindows(
  blocks: readonly Block[],
  scope: Scope,
  firstDays: ReadonlyMap<CumulativeBlock, string | null>,
): Pick<LeafTable, 'hidden' | 'incomplete'> {
  const shown = new Map<number, Set<string | undefined>>();
  const incomplete: { label: string; firstDay: string }[] = [];
  for (const block of blocks) {
    if (block.kind !== 'cumulative') continue;
    const soFar = isStock(block);
    const { range } = cutScope(scope, block.until);
    const ends = windowEnds(scope.buckets, range, scope.clock, soFar);
    const overall = windowEnds(undefined, range, scope.clock, soFar);
    const firstDay = firstDays.get(block);
    for (const { leaf, label, days } of block.windows) {
      const whole = [...ends, ...overall].filter(
        (end) => days === undefined || (firstDay != null && addDays(end.day, 1 - days) >= firstDay),
      );
      shown.set(leaf.index, new Set(whole.map((end) => end.bucket)));
      if (whole.length < ends.length + overall.length && firstDay != null) incomplete.push({ label, firstDay });
    }
  }
  return {
    incomplete,
    hidden: (leaf, bucket) => shown.get(leaf.index)?.has(bucket) === false,
  };
}
