import type { ComparedRows, QueryResult, Row } from '../contract/result.ts';
import { type Bucket, type InstantRange, listBuckets } from './buckets.ts';
import type { Scope } from './compile/statement.ts';
import type { Top } from './compile/top.ts';
import { completeRange } from './day-counts.ts';
import { averagedByEngine, type Evaluated, evaluateTable, MAX_ROWS, tooManyRows } from './evaluate.ts';
import { fetchLeafTables, type LeafTable } from './leaf-table.ts';
import { settledEndsOf } from './maturity.ts';
import { describeMaturity } from './maturity-notes.ts';
import { describeComparison, describeNotes, fetchCurrencyNotes } from './notes.ts';
import { orderRows } from './order-rows.ts';
import { ownTurn } from './own-turn.ts';
import { settleBlocks } from './plan/blocks.ts';
import type { Rollups } from './plan/choose-rollup.ts';
import { type Plan, planQuery } from './plan/plan.ts';
import { rollupsOf } from './plan/rollups-of.ts';
import type { QueryContext } from './query-context.ts';
import type { ResolvedMetricQuery } from './resolved.ts';
import {
  shapeColumns,
  shapeCompared,
  shapeMaturity,
  shapeParameters,
  shapeRange,
  shapeRow,
  shapeSampleColumns,
  timesOf,
} from './shape.ts';
import type { Trace } from './trace.ts';
import { type View, viewsOf } from './views.ts';

/** plan → compile → run → evaluate → order → shape, for the range and for the one it is compared with. */
export async function answerMetrics(
  query: ResolvedMetricQuery,
  trace: Trace,
  context: QueryContext,
): Promise<QueryResult> {
  const { clock, range, compare, timezone, model, metrics } = query;
  const plan = planQuery(query);
  const parts = partsOf(query, plan);
  const rollups = rollupsOf(query.model, context);
  const [main, other, currencyNotes] = await Promise.all([
    answerRange(parts, 'range', { rollups, trace }),
    compare === undefined ? undefined : answerRange(parts, 'compare', { rollups, trace }),
    fetchCurrencyNotes(plan, { ...scopeOf(query, plan, range, bucketsOf(query, range)), rollups }, trace.run),
  ]);
  await ownTurn();
  const times = timesOf(main.buckets);
  const answers = main.views.map((each, set) => {
    const { view } = each;
    const rows = orderRows(each.evaluated.rows, { ...query, groups: [...view.groups] });
    const found = other?.views[set];
    const shape = (row: Row): Row => (query.sets === undefined ? row : { ...allKeys(query), ...row, __set: set });
    return {
      rows: rows.map((row) => shape(shapeRow(row, view, query, plan, times))),
      compared:
        found === undefined || other === undefined
          ? undefined
          : shapeCompared(rows, found.evaluated, { view, query, plan }, main.buckets, other.buckets),
      shape,
    };
  });
  const rows = answers.flatMap((answer) => answer.rows);
  if (query.limit === undefined && rows.length > MAX_ROWS) throw tooManyRows(rows.length);
  const compared: ComparedRows | undefined =
    other === undefined || compare === undefined
      ? undefined
      : {
          range: shapeRange(compare, clock.zone),
          ...answers[0]?.compared,
          rows: answers.flatMap(({ compared: own, shape }) => (own?.rows ?? []).map((row) => row && shape(row))),
        };
  const samples = shapeSampleColumns(plan);
  const notes = [
    ...describeNotes(
      query,
      plan,
      main.views.flatMap(({ table }) => table.incomplete),
    ),
    ...describeMaturity(query),
    ...currencyNotes,
    ...describeComparison(compare, context.data.first, clock),
  ];
  const [first] = main.views;
  const totals = first?.evaluated.totals;
  return {
    columns: shapeColumns(query, plan),
    rows,
    ...(totals === undefined || first === undefined
      ? {}
      : { totals: shapeRow({ ...totals, keys: [] }, first.view, query, plan, times) }),
    ...(compared === undefined ? {} : { compare: compared }),
    meta: {
      ...trace.meta(context, clock.zone, timezone, plansOf([main, other]), notes),
      ...(range === undefined ? {} : { range: shapeRange(range, clock.zone) }),
      ...(Object.keys(samples).length === 0 ? {} : { sample_columns: samples }),
      ...shapeMaturity(metrics, clock),
      ...shapeParameters(metrics, model, query.parameters),
    },
  };
}

/** Ways to group that one plan answers together. */
interface Part {
  query: ResolvedMetricQuery;
  plan: Plan;
}

/**
 * One plan for all ways to group; but where rows that are grouped by currency stand beside others, a sum means something else in each,
 * and each is answered as a query of its own.
 */
function partsOf(query: ResolvedMetricQuery, plan: Plan): Part[] {
  if (query.sets === undefined || !plan.metrics.some((metric) => metric.mixesCurrencies)) return [{ query, plan }];
  return query.sets.map((groups) => {
    const { sets: _, ...alone } = query;
    const own = { ...alone, groups };
    return { query: own, plan: planQuery(own) };
  });
}

interface RangeAnswer {
  buckets: readonly Bucket[];
  views: { view: View; table: LeafTable; evaluated: Evaluated }[];
}

/** What was read, each once. */
function plansOf(answers: readonly (RangeAnswer | undefined)[]): string[] {
  return [...new Set(answers.flatMap((answer) => answer?.views.flatMap(({ table }) => table.plan) ?? []))];
}

interface Reading {
  rollups: Rollups;
  trace: Trace;
}

async function answerRange(parts: readonly Part[], which: 'range' | 'compare', reading: Reading): Promise<RangeAnswer> {
  const answers = await Promise.all(parts.map((part) => answerPart(part, which, reading)));
  return {
    buckets: answers.find((answer) => answer.buckets.length > 0)?.buckets ?? [],
    views: answers.flatMap((answer) => answer.views),
  };
}

async function answerPart(
  { query, plan }: Part,
  which: 'range' | 'compare',
  { rollups, trace }: Reading,
): Promise<RangeAnswer> {
  const range = query[which];
  const buckets = bucketsOf(query, range);
  const ends = settledEndsOf(query, which);
  const tables = await fetchLeafTables(
    settleBlocks(plan.blocks, ends),
    { ...scopeOf(query, plan, range, buckets), rollups },
    trace.run,
  );
  await ownTurn();
  const views = viewsOf(query).flatMap((view, index) => {
    const table = tables[index];
    if (table === undefined) return [];
    return [{ view, table, evaluated: evaluateTable({ table, plan, query, view, range, buckets, ends }) }];
  });
  return { buckets, views };
}

function bucketsOf({ groups, clock }: ResolvedMetricQuery, range: InstantRange | undefined): readonly Bucket[] {
  const time = groups.find((group) => group.kind === 'time');
  return time === undefined || range === undefined ? [] : listBuckets(time.grain, range, clock.zone, clock.weekStart);
}

function scopeOf(
  query: ResolvedMetricQuery,
  plan: Plan,
  range: InstantRange | undefined,
  buckets: readonly Bucket[],
): Omit<Scope, 'rollups'> {
  const { sets, filters, clock, totals, perDay } = query;
  const groups = query.groups.filter((group) => sets?.some((set) => set.includes(group)) !== false);
  const [view] = viewsOf(query);
  const counted =
    perDay && range !== undefined ? (completeRange(range, clock) ?? { ...range, end: range.start }) : range;
  return {
    groups,
    ...(sets === undefined ? {} : { sets }),
    ...(counted === undefined ? {} : { range: counted }),
    ...(groups.some((group) => group.kind === 'time') ? { buckets } : {}),
    filters,
    clock,
    totals,
    perDay: perDay ? (view !== undefined && averagedByEngine(plan, view) ? 'engine' : 'afterwards') : 'no',
    ...topOf(query, plan),
  };
}

/** Cells of the dimensions that a row's way to group leaves out. */
function allKeys({ groups }: ResolvedMetricQuery): Row {
  return Object.fromEntries(groups.map((group) => [group.name, null]));
}

/**
 * The engine can order and cut by itself where one scan gives every value and no gaps are filled. Rows to compare with are looked
 * up by the rows that remain, so they must all be there.
 */
function topOf(query: ResolvedMetricQuery, plan: Plan): { top?: Top } {
  const { groups, limit, orderBy, perDay, compare, sets } = query;
  const [block, ...more] = plan.blocks;
  const [view] = viewsOf(query);
  const alone = block?.kind === 'simple' && more.length === 0 && groups.length > 0 && sets === undefined;
  const gapless = groups.every((group) => group.kind === 'dimension' && !group.dimension.fromChannels);
  if (!alone || view === undefined || !gapless || limit === undefined || perDay || compare !== undefined) return {};
  return {
    top: {
      limit,
      order: orderBy.map(({ name, descending }) => {
        const formula = plan.metrics.find(({ metric }) => metric.name === name)?.[view.counted].formula;
        const index = groups.findIndex((group) => group.name === name);
        return { descending, by: formula === undefined ? { kind: 'key', index } : { kind: 'formula', formula } };
      }),
    },
  };
}
