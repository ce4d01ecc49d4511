import type { ComparedRows, QueryResult } from '../contract/result.ts';
import { type Bucket, type InstantRange, listBuckets } from './buckets.ts';
import type { Scope } from './compile/statement.ts';
import type { Top } from './compile/top.ts';
import { completeRange } from './day-counts.ts';
import { averagedByEngine, type Evaluated, evaluateTable } from './evaluate.ts';
import { fetchLeafTable, type LeafTable } from './leaf-table.ts';
import { describeComparison, describeNotes, fetchCurrencyNotes } from './notes.ts';
import { orderRows } from './order-rows.ts';
import { type Plan, planQuery } from './plan/plan.ts';
import { tablesOf } from './plan/tables.ts';
import type { QueryContext } from './query-context.ts';
import type { ResolvedMetricQuery } from './resolved.ts';
import { shapeColumns, shapeCompared, shapeRange, shapeRow, shapeSampleColumns, timesOf } from './shape.ts';
import type { Trace } from './trace.ts';

/** plan → compile → run → evaluate → order → shape, for the range and for the one it is compared with. */
export async function answerMetrics(
  query: ResolvedMetricQuery,
  trace: Trace,
  context: QueryContext,
): Promise<QueryResult> {
  const { clock, range, compare, timezone } = query;
  const plan = planQuery(query);
  const [main, other, currencyNotes] = await Promise.all([
    answerRange(query, plan, range, trace),
    compare === undefined ? undefined : answerRange(query, plan, compare, trace),
    fetchCurrencyNotes(plan, scopeOf(query, plan, range, bucketsOf(query, range)), trace.run),
  ]);
  const rows = orderRows(main.evaluated.rows, query);
  const times = timesOf(main.buckets);
  const compared: ComparedRows | undefined =
    other === undefined || compare === undefined
      ? undefined
      : {
          range: shapeRange(compare, clock.zone),
          ...shapeCompared(rows, other.evaluated, query, plan, main.buckets, other.buckets),
        };
  const samples = shapeSampleColumns(plan);
  const notes = [
    ...describeNotes(query, plan, main.table),
    ...currencyNotes,
    ...describeComparison(compare, context.data.first, clock),
  ];
  const { totals } = main.evaluated;
  return {
    columns: shapeColumns(query, plan),
    rows: rows.map((row) => shapeRow(row, query, plan, times)),
    ...(totals === undefined ? {} : { totals: shapeRow({ ...totals, keys: [] }, query, plan, times) }),
    ...(compared === undefined ? {} : { compare: compared }),
    meta: {
      ...trace.meta(context, clock.zone, timezone, tablesOf(plan.blocks), notes),
      ...(range === undefined ? {} : { range: shapeRange(range, clock.zone) }),
      ...(Object.keys(samples).length === 0 ? {} : { sample_columns: samples }),
    },
  };
}

interface RangeAnswer {
  table: LeafTable;
  evaluated: Evaluated;
  buckets: Bucket[];
}

async function answerRange(
  query: ResolvedMetricQuery,
  plan: Plan,
  range: InstantRange | undefined,
  trace: Trace,
): Promise<RangeAnswer> {
  const buckets = bucketsOf(query, range);
  const table = await fetchLeafTable(plan.blocks, scopeOf(query, plan, range, buckets), trace.run);
  return { table, buckets, evaluated: evaluateTable(table, plan, query, range, buckets) };
}

function bucketsOf({ groups, clock }: ResolvedMetricQuery, range: InstantRange | undefined): Bucket[] {
  const time = groups.find((group) => group.kind === 'time');
  return time === undefined || range === undefined ? [] : listBuckets(time.grain, range, clock.zone, clock.weekStart);
}

function scopeOf(
  query: ResolvedMetricQuery,
  plan: Plan,
  range: InstantRange | undefined,
  buckets: readonly Bucket[],
): Scope {
  const { groups, filters, clock, totals, perDay } = query;
  const counted =
    perDay && range !== undefined ? (completeRange(range, clock) ?? { ...range, end: range.start }) : range;
  return {
    groups,
    ...(counted === undefined ? {} : { range: counted }),
    ...(groups.some((group) => group.kind === 'time') ? { buckets } : {}),
    filters,
    clock,
    totals,
    perDay: perDay ? (averagedByEngine(plan) ? 'engine' : 'afterwards') : 'no',
    ...topOf(query, plan),
  };
}

/**
 * The engine can order and cut by itself where one scan gives every value and no gaps are filled. Rows to compare with are looked
 * up by the rows that remain, so they must all be there.
 */
function topOf({ groups, limit, orderBy, perDay, compare }: ResolvedMetricQuery, plan: Plan): { top?: Top } {
  const [block, ...more] = plan.blocks;
  const alone = block?.kind === 'simple' && more.length === 0 && groups.length > 0;
  const gapless = groups.every((group) => group.kind === 'dimension' && !group.dimension.fromChannels);
  if (!alone || !gapless || limit === undefined || perDay || compare !== undefined) return {};
  return {
    top: {
      limit,
      order: orderBy.map(({ name, descending }) => {
        const formula = plan.metrics.find(({ metric }) => metric.name === name)?.formula;
        const index = groups.findIndex((group) => group.name === name);
        return { descending, by: formula === undefined ? { kind: 'key', index } : { kind: 'formula', formula } };
      }),
    },
  };
}
