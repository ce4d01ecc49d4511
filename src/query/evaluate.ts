import { TurnoutError } from '../contract/errors.ts';
import type { Cell } from '../contract/result.ts';
import type { Bucket, InstantRange } from './buckets.ts';
import { completeRange, countDays } from './day-counts.ts';
import { countTimeKeys, fillKeys } from './fill.ts';
import { cellId, type LeafCell, type LeafTable } from './leaf-table.ts';
import { evaluateFormula, type Formula, type Leaf, type RowValues } from './plan/formula.ts';
import type { Plan, PlannedMetric } from './plan/plan.ts';
import type { ResolvedMetricQuery } from './resolved.ts';

/** One row before it has names: keys as the engine groups, values in the order of the metrics. */
export interface EvaluatedRow {
  keys: Cell[];
  values: (number | null)[];
  samples: (number | null)[];
}

export interface Evaluated {
  rows: EvaluatedRow[];
  totals: EvaluatedRow | undefined;
}

const MAX_ROWS = 50_000;

/** Leaf values → metric values, gaps filled: 0 where nothing was counted, null where there is nothing to speak of. */
export function evaluateTable(
  table: LeafTable,
  plan: Plan,
  query: ResolvedMetricQuery,
  range: InstantRange | undefined,
  buckets: readonly Bucket[],
): Evaluated {
  const { groups } = query;
  const time = groups.findIndex((group) => group.kind === 'time');
  const channel = groups.findIndex((group) => group.kind === 'dimension' && group.dimension.fromChannels);
  const bucketOf = (keys: readonly Cell[]) => (time < 0 ? undefined : String(keys[time]));
  const evaluate = averaging(table, plan, query, range, buckets);
  const observed = [...table.cells.values()].map((cell) => cell.keys.slice(0, groups.length));
  refuseTooMany(observed.length === 0 ? 1 : countCombinations(query, observed), countTimeKeys(groups, buckets), query);
  const rows = fillKeys(groups, buckets, observed).map((keys): EvaluatedRow => {
    const at = { keys, bucket: bucketOf(keys), channel: channel < 0 ? undefined : (keys[channel] ?? null) };
    return {
      keys,
      values: plan.metrics.map((metric) => evaluate.cell(metric.formula, at)),
      samples: plan.metrics.map((metric) => (metric.sample === undefined ? null : evaluate.cell(metric.sample, at))),
    };
  });
  if (!query.totals) return { rows, totals: undefined };
  const [only] = rows;
  if (groups.length === 0) return { rows, totals: only };
  const total = (formula: Formula | undefined, metric: PlannedMetric) =>
    formula === undefined || metric.mixesCurrencies ? null : evaluate.total(formula);
  return {
    rows,
    totals: {
      keys: [],
      values: plan.metrics.map((metric) => total(metric.formula, metric)),
      samples: plan.metrics.map((metric) => total(metric.sample, metric)),
    },
  };
}

interface Place {
  keys: readonly Cell[];
  bucket: string | undefined;
  channel: Cell | undefined;
}

interface Evaluation {
  cell(formula: Formula, at: Place): number | null;
  total(formula: Formula): number | null;
}

/** Values as they are, or averaged over the local days that belong to a cell. */
function averaging(
  table: LeafTable,
  plan: Plan,
  query: ResolvedMetricQuery,
  range: InstantRange | undefined,
  buckets: readonly Bucket[],
): Evaluation {
  const valuesOf = (cell: LeafCell | undefined, at: Omit<Place, 'keys'>): RowValues => ({
    leaf: (leaf: Leaf) => (table.hidden(leaf, at.bucket) ? null : (cell?.values[leaf.index] ?? leaf.absent)),
    channel: at.channel,
  });
  const nowhere = { bucket: undefined, channel: undefined };
  if (!query.perDay || range === undefined)
    return {
      cell: (formula, at) => evaluateFormula(formula, valuesOf(table.cells.get(cellId(at.keys)), at)),
      total: (formula) => evaluateFormula(formula, valuesOf(table.totals[0], nowhere)),
    };
  const complete = completeRange(range, query.clock);
  const days = countDays(complete, query.groups, buckets, query.filters, query.clock);
  const allDays = countDays(complete, [], [], query.filters, query.clock)([]);
  if (averagedByEngine(plan)) {
    const divide = (sum: number | null, count: number) => (sum === null || count === 0 ? null : sum / count);
    return {
      cell: (formula, at) =>
        divide(evaluateFormula(formula, valuesOf(table.cells.get(cellId(at.keys)), at)), days(at.keys)),
      total: (formula) => divide(evaluateFormula(formula, valuesOf(table.totals[0], nowhere)), allDays),
    };
  }
  const daily = Map.groupBy(table.cells.values(), (cell) => cellId(cell.keys.slice(0, -1)));
  const mean = (formula: Formula, cells: readonly LeafCell[], at: Omit<Place, 'keys'>, count: number) => {
    const values = cells.map((cell) => evaluateFormula(formula, valuesOf(cell, at)));
    // Days without rows count as 0 where the metric is 0 without rows, and not at all where it has no value then.
    const absent = evaluateFormula(formula, valuesOf(undefined, at));
    for (let missing = count - cells.length; missing > 0 && absent !== null; missing--) values.push(absent);
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  return {
    cell: (formula, at) => mean(formula, daily.get(cellId(at.keys)) ?? [], at, days(at.keys)),
    total: (formula) => mean(formula, table.totals, nowhere, allDays),
  };
}

/** Sums and counts of days add up in the engine; everything else needs each day's value. */
export function averagedByEngine(plan: Plan): boolean {
  return plan.metrics.every(({ formula }) => {
    const inner = formula.kind === 'channels' ? formula.part : formula;
    return inner.kind === 'nothing' || (inner.kind === 'leaf' && inner.leaf.absent === 0);
  });
}

function countCombinations(query: ResolvedMetricQuery, observed: readonly Cell[][]): number {
  const sparse = query.groups.flatMap((group, index) => (group.kind === 'dimension' ? [index] : []));
  if (sparse.length === query.groups.length) return observed.length;
  return new Set(observed.map((keys) => cellId(sparse.map((index) => keys[index] ?? null)))).size;
}

function refuseTooMany(combinations: number, times: number, query: ResolvedMetricQuery): void {
  const rows = combinations * times;
  const limit = query.limit === undefined ? MAX_ROWS : 4 * MAX_ROWS;
  if (rows <= limit) return;
  throw new TurnoutError('invalid_request', 'The answer has too many rows.', [
    {
      code: 'too_many_rows',
      path: 'dimensions',
      message: `The answer would have ${rows.toLocaleString('en')} rows; ${MAX_ROWS.toLocaleString('en')} are the limit.`,
      hint: 'Add a limit or a filter, group by fewer dimensions, or choose a coarser grain or a shorter time range.',
    },
  ]);
}
