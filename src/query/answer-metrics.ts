import type { ComparedRows, QueryResult } from '../contract/result.ts';
import { type Bucket, type InstantRange, listBuckets } from './buckets.ts';
import type { Scope } from './compile/statement.ts';
import { completeRange } from './day-counts.ts';
import { averagedByEngine, type Evaluated, evaluateTable } from './evaluate.ts';
import { fetchLeafTable, type LeafTable } from './leaf-table.ts';
import { describeNotes, fetchCurrencyNotes } from './notes.ts';
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
  const notes = [...describeNotes(query, plan, main.table), ...currencyNotes];
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
  };
}
