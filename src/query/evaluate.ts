import { TurnoutError } from '../contract/errors.ts';
import type { Cell } from '../contract/result.ts';
import type { Bucket, InstantRange } from './buckets.ts';
import { completeRange, countDays } from './day-counts.ts';
import { countTimeKeys, fillKeys } from './fill.ts';
import { cellId, type LeafCell, type LeafTable } from './leaf-table.ts';
import { localDate } from './local-time.ts';
import type { SettledEnds } from './maturity.ts';
import { evaluateFormula, type Formula, type Leaf, type RowValues } from './plan/formula.ts';
import type { Plan, PlannedMetric, Valued } from './plan/plan.ts';
import type { ResolvedMetricQuery } from './resolved.ts';
import type { Counted, View } from './views.ts';

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

/** Rows that an answer may have. */
export const MAX_ROWS = 50_000;

/** What a view's values are computed from. */
export interface EvaluationInput {
  table: LeafTable;
  plan: Plan;
  query: ResolvedMetricQuery;
  view: View;
  range: InstantRange | undefined;
  buckets: readonly Bucket[];
  /** Where settled cohorts end, by the seconds that they take. */
  ends: SettledEnds;
}

/** Leaf values → metric values, gaps filled: 0 where nothing was counted, null where there is nothing to speak of. */
export function evaluateTable(input: EvaluationInput): Evaluated {
  const { table, plan, query, view, buckets } = input;
  const { groups } = view;
  const time = groups.findIndex((group) => group.kind === 'time');
  const channel = groups.findIndex((group) => group.kind === 'dimension' && group.dimension.fromChannels);
  const bucketOf = (keys: readonly Cell[]) => (time < 0 ? undefined : String(keys[time]));
  const evaluate = averaging(input);
  const observed = [...table.cells.values()].map((cell) => cell.keys.slice(0, groups.length));
  refuseTooMany(observed.length === 0 ? 1 : countCombinations(view, observed), countTimeKeys(groups, buckets), query);
  const cell = (metric: PlannedMetric, part: keyof Valued, at: Place) => {
    const formula = metric[view.counted][part];
    return formula === undefined ? null : evaluate.cell(formula, at, settledEnd(input, metric, view.counted));
  };
  const rows = fillKeys(groups, buckets, observed).map((keys): EvaluatedRow => {
    const at = { keys, bucket: bucketOf(keys), channel: channel < 0 ? undefined : (keys[channel] ?? null) };
    return {
      keys,
      values: plan.metrics.map((metric) => cell(metric, 'formula', at)),
      samples: plan.metrics.map((metric) => cell(metric, 'sample', at)),
    };
  });
  const { totals } = view;
  if (totals === undefined) return { rows, totals: undefined };
  const [only] = rows;
  if (groups.length === 0) return { rows, totals: only };
  const total = (metric: PlannedMetric, part: keyof Valued) => {
    const formula = metric[totals][part];
    return formula === undefined || metric.mixesCurrencies
      ? null
      : evaluate.total(formula, settledEnd(input, metric, totals));
  };
  return {
    rows,
    totals: {
      keys: [],
      values: plan.metrics.map((metric) => total(metric, 'formula')),
      samples: plan.metrics.map((metric) => total(metric, 'sample')),
    },
  };
}

function settledEnd({ ends }: EvaluationInput, { metric }: PlannedMetric, counted: Counted): number | undefined {
  return counted === 'all' || metric.maturesAfter === undefined ? undefined : ends.get(metric.maturesAfter);
}

interface Place {
  keys: readonly Cell[];
  bucket: string | undefined;
  channel: Cell | undefined;
}

/** `until`: where the settled cohorts end of which the value is, where it is of those only. */
interface Evaluation {
  cell(formula: Formula, at: Place, until: number | undefined): number | null;
  total(formula: Formula, until: number | undefined): number | null;
}

/** Values as they are, or averaged over the local days that belong to a cell. */
function averaging(input: EvaluationInput): Evaluation {
  const { table, plan, query, view, range } = input;
  const valuesOf = (cell: LeafCell | undefined, at: Omit<Place, 'keys'>): RowValues => ({
    leaf: (leaf: Leaf) => (table.hidden(leaf, at.bucket) ? null : (cell?.values[leaf.index] ?? leaf.absent)),
    channel: at.channel,
  });
  const nowhere = { bucket: undefined, channel: undefined };
  const cellAt = (at: Place) => table.cells.get(cellId(at.keys));
  // Where nothing has settled yet there is no value, not 0.
  const unsettled = (until: number | undefined) => until !== undefined && range !== undefined && until <= range.start;
  if (!query.perDay || range === undefined)
    return {
      cell: (formula, at, until) => (unsettled(until) ? null : evaluateFormula(formula, valuesOf(cellAt(at), at))),
      total: (formula, until) =>
        unsettled(until) ? null : evaluateFormula(formula, valuesOf(table.totals[0], nowhere)),
    };
  const { days, allDays } = dayCounts(input, range);
  if (averagedByEngine(plan, view)) {
    const divide = (sum: number | null, count: number) => (sum === null || count === 0 ? null : sum / count);
    return {
      cell: (formula, at, until) => divide(evaluateFormula(formula, valuesOf(cellAt(at), at)), days(until)(at.keys)),
      total: (formula, until) => divide(evaluateFormula(formula, valuesOf(table.totals[0], nowhere)), allDays(until)),
    };
  }
  const daily = Map.groupBy(table.cells.values(), (cell) => cellId(cell.keys.slice(0, -1)));
  const mean = (
    formula: Formula,
    all: readonly LeafCell[],
    at: Omit<Place, 'keys'>,
    count: number,
    until: number | undefined,
  ) => {
    const firstOpen = until === undefined ? undefined : localDate(until, query.clock.zone);
    const cells = firstOpen === undefined ? all : all.filter((cell) => String(cell.keys.at(-1)) < firstOpen);
    const values = cells.map((cell) => evaluateFormula(formula, valuesOf(cell, at)));
    // Days without rows count as 0 where the metric is 0 without rows, and not at all where it has no value then.
    const absent = evaluateFormula(formula, valuesOf(undefined, at));
    for (let missing = count - cells.length; missing > 0 && absent !== null; missing--) values.push(absent);
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  return {
    cell: (formula, at, until) => mean(formula, daily.get(cellId(at.keys)) ?? [], at, days(until)(at.keys), until),
    total: (formula, until) => mean(formula, table.totals, nowhere, allDays(until), until),
  };
}

/** Complete local days of a cell and of all, up to where settled cohorts end. */
function dayCounts({ query, view, buckets }: EvaluationInput, range: InstantRange) {
  const { clock, filters } = query;
  const count = (until: number | undefined) => {
    const settled = until === undefined ? range : { start: range.start, end: Math.min(range.end, until) };
    const complete = settled.end > settled.start ? completeRange(settled, clock) : null;
    return {
      cell: countDays(complete, view.groups, buckets, filters, clock),
      all: countDays(complete, [], [], filters, clock)([]),
    };
  };
  const known = new Map<number | undefined, ReturnType<typeof count>>();
  const of = (until: number | undefined) => {
    const counts = known.get(until) ?? count(until);
    known.set(until, counts);
    return counts;
  };
  return {
    days: (until: number | undefined) => of(until).cell,
    allDays: (until: number | undefined) => of(until).all,
  };
}

/** Sums and counts of days add up in the engine; everything else needs each day's value. */
export function averagedByEngine(plan: Plan, view: View): boolean {
  const shown = view.totals === undefined ? [view.counted] : [view.counted, view.totals];
  return plan.metrics.every((metric) =>
    shown.every((counted) => {
      const { formula } = metric[counted];
      const inner = formula.kind === 'channels' ? formula.part : formula;
      return inner.kind === 'nothing' || (inner.kind === 'leaf' && inner.leaf.absent === 0);
    }),
  );
}

function countCombinations({ groups }: View, observed: readonly Cell[][]): number {
  const sparse = groups.flatMap((group, index) => (group.kind === 'dimension' ? [index] : []));
  if (sparse.length === groups.length) return observed.length;
  return new Set(observed.map((keys) => cellId(sparse.map((index) => keys[index] ?? null)))).size;
}

function refuseTooMany(combinations: number, times: number, query: ResolvedMetricQuery): void {
  const rows = combinations * times;
  const limit = query.limit === undefined ? MAX_ROWS : 4 * MAX_ROWS;
  if (rows > limit) throw tooManyRows(rows);
}

export function tooManyRows(rows: number): TurnoutError {
  return new TurnoutError('invalid_request', 'The answer has too many rows.', [
    {
      code: 'too_many_rows',
      path: 'dimensions',
      message: `The answer would have ${rows.toLocaleString('en')} rows; ${MAX_ROWS.toLocaleString('en')} are the limit.`,
      hint: 'Add a limit or a filter, group by fewer dimensions, or choose a coarser grain or a shorter time range.',
    },
  ]);
}
