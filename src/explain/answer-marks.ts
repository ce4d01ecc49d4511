import { type Problem, TurnoutError } from '../contract/errors.ts';
import type { MetricQuery } from '../contract/query.ts';
import type { Cell, QueryResult, ResultColumn, Row } from '../contract/result.ts';
import { didYouMean } from '../contract/suggest.ts';
import type { CheckedModel } from '../model/checked.ts';
import { lowerFirst } from '../model/labels.ts';
import { isProportion } from '../model/proportion.ts';
import { bucketEnd, listBuckets } from '../query/buckets.ts';
import { formatInstant } from '../query/format-instant.ts';
import { shiftInstant } from '../query/local-time.ts';
import { maturedThrough } from '../query/maturity.ts';
import { ownTurn } from '../query/own-turn.ts';
import type { QueryContext } from '../query/query-context.ts';
import { resolveMetricQuery } from '../query/resolve.ts';
import type { ResolvedMetricQuery } from '../query/resolved.ts';
import type { QueryEngine } from '../query/run-query.ts';
import { findMarks, type MarkedMetric, type MarkedRow, type MarkedValue } from './find-marks.ts';

/** Events of so many days before the range are peers of those in it. */
const HISTORY_DAYS = 182;
const MOST_PEERS = 20_000;

type Marks = NonNullable<MetricQuery['marks']>;

/** With the seconds that its cohorts take to settle. */
type MaturingMetric = MarkedMetric & { maturesAfter: number };

/**
 * A metric query's answer with the rows that stand out. Rows that are events (one of the dimensions is an instant) are also held
 * against the events of the half year before; other rows against each other. What is not complete or still maturing is left out.
 * @throws TurnoutError('invalid_request') with every problem of the marks at once; else as the engine does
 */
export async function answerMarks(
  query: MetricQuery,
  model: CheckedModel,
  context: QueryContext,
  engine: Pick<QueryEngine, 'run'>,
): Promise<QueryResult> {
  const { marks, ...asked } = query;
  if (marks === undefined) return engine.run(query, context);
  const problems = problemsOf(query, marks, model);
  if (problems.length > 0)
    throw new TurnoutError('invalid_request', problems.map((problem) => problem.message).join(' '), problems);
  const { query: resolved } = resolveMetricQuery(asked, model, context);
  const more = resolved === undefined ? null : peersQuery(asked, marks, resolved);
  const [result, peers] = await Promise.all([engine.run(asked, context), more && engine.run(more, context)]);
  if (resolved === undefined) return result;
  await ownTurn();
  const { metrics, left } = markedMetrics(marks, model, result.columns);
  const within = marks.within;
  const whose =
    within === undefined ? 'the others' : `its ${lowerFirst(model.dimensions.get(within)?.label ?? within)}`;
  const rows = markedRows(result, peers ?? result, metrics, within, timeOfRows(resolved), resolved.clock.dataThrough);
  return {
    ...result,
    marks: findMarks(rows, metrics, whose),
    meta: {
      ...result.meta,
      rows_read: result.meta.rows_read + (peers?.meta.rows_read ?? 0),
      cached: result.meta.cached && (peers?.meta.cached ?? true),
      notes: [
        ...result.meta.notes,
        ...left.map((label) => `${label} is neither a count nor a share of counted things: it is not marked.`),
      ],
    },
  };
}

function problemsOf({ metrics, grouping_sets }: MetricQuery, marks: Marks, model: CheckedModel): Problem[] {
  const problems = marks.metrics.flatMap((name, index): Problem[] =>
    metrics.includes(name)
      ? []
      : [
          {
            code: 'unknown_metric',
            path: `marks.metrics.${index}`,
            message: `"${name}" is not among the metrics of the query.`,
            hint: didYouMean(name, metrics) ?? 'Add it to metrics.',
          },
        ],
  );
  if (marks.within !== undefined && !model.dimensions.has(marks.within)) {
    const hint = didYouMean(marks.within, model.dimensions.keys());
    problems.push({
      code: 'unknown_dimension',
      path: 'marks.within',
      message: `There is no dimension "${marks.within}".`,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  if (grouping_sets !== undefined)
    problems.push({
      code: 'marks_of_sets',
      path: 'marks',
      message: 'Rows of several ways to group are not each other’s peers.',
      hint: 'Leave out marks or grouping_sets.',
    });
  return problems;
}

/** Counts and shares of counted things can be marked; of the others only their labels are given. */
function markedMetrics(
  marks: Marks,
  model: CheckedModel,
  columns: readonly ResultColumn[],
): { metrics: MaturingMetric[]; left: string[] } {
  const left: string[] = [];
  const metrics = marks.metrics.flatMap((name): MaturingMetric[] => {
    const metric = model.metrics.get(name);
    if (metric === undefined) return [];
    const label = columns.find((column) => column.name === name)?.label ?? metric.label;
    const counts = metric.type === 'simple' && (metric.agg === 'count' || metric.agg === 'count_distinct');
    if (counts || isProportion(model, metric)) {
      const { maturesAfter = 0, minSample } = metric;
      return [{ name, label, kind: counts ? 'count' : 'rate', minSample, maturesAfter }];
    }
    left.push(label);
    return [];
  });
  return { metrics, left };
}

/** The same rows and those of the time before, with what they are held against; null where the answer itself has it all. */
function peersQuery(asked: MetricQuery, marks: Marks, resolved: ResolvedMetricQuery): MetricQuery | null {
  const { groups, range, clock } = resolved;
  const { within } = marks;
  const known = within === undefined || groups.some(({ name }) => name === within);
  const instant = groups.find((group) => group.kind === 'dimension' && group.dimension.ofTime);
  const earlier = instant !== undefined && range !== undefined;
  if (known && !earlier) return null;
  const { metrics: _, order_by, limit, totals, compare, match_weekday, ...shared } = asked;
  return {
    ...shared,
    metrics: marks.metrics,
    dimensions: [...(asked.dimensions ?? []), ...(known || within === undefined ? [] : [within])],
    ...(earlier
      ? {
          time: {
            ...asked.time,
            range: [
              formatInstant(shiftInstant(range.start, clock.zone, { days: -HISTORY_DAYS }), clock.zone),
              formatInstant(range.end, clock.zone),
            ],
          },
          order_by: [`-${instant.name}`],
        }
      : {}),
    limit: MOST_PEERS,
  };
}

/** When a row was, and when what it counts was over; null where rows have no time. */
type TimeOf = ((row: Row) => { at: number; end: number } | null) | null;

/** By the row's own instant, else by its bucket of time. */
function timeOfRows({ groups, range, clock }: ResolvedMetricQuery): TimeOf {
  const instant = groups.find((group) => group.kind === 'dimension' && group.dimension.ofTime);
  if (instant !== undefined)
    return (row) => {
      const at = Date.parse(String(row[instant.name]));
      // An event counts from its first moment on.
      return Number.isNaN(at) ? null : { at, end: at + 1 };
    };
  const time = groups.find((group) => group.kind === 'time');
  if (time === undefined || range === undefined) return null;
  const ends = new Map(
    listBuckets(time.grain, range, clock.zone, clock.weekStart).map((bucket) => [
      bucket.time,
      bucketEnd(bucket, clock.zone),
    ]),
  );
  return (row) => {
    const end = ends.get(String(row['time']));
    // A bucket that the range cuts off is never over.
    return end === undefined ? null : { at: end, end: end > range.end ? Number.POSITIVE_INFINITY : end };
  };
}

function markedRows(
  result: QueryResult,
  peers: QueryResult,
  metrics: readonly MaturingMetric[],
  within: string | undefined,
  timeOf: TimeOf,
  dataThrough: number,
): MarkedRow[] {
  const keys = result.columns.filter(({ kind }) => kind !== 'metric').map(({ name }) => name);
  const idOf = (row: Row) => JSON.stringify(keys.map((name): Cell => row[name] ?? null));
  const places = new Map(result.rows.map((row, index) => [idOf(row), index]));
  return [...Map.groupBy(peers.rows, idOf)].flatMap(([id, rows]): MarkedRow[] => {
    const [row, ...others] = rows;
    // A row that belongs to several groups has no peers.
    if (row === undefined || others.length > 0) return [];
    const time = timeOf?.(row);
    return [
      {
        row: places.get(id) ?? null,
        ...(time ? { at: time.at } : {}),
        group: within === undefined ? '' : JSON.stringify(row[within] ?? null),
        values: metrics.map(({ name, kind, maturesAfter }): MarkedValue => {
          const value = row[name];
          const isSettled = timeOf === null || (time != null && time.end <= maturedThrough(maturesAfter, dataThrough));
          if (typeof value !== 'number' || !isSettled) return null;
          const n = row[`${name}__n`];
          if (kind === 'count') return { count: value };
          return typeof n === 'number' ? { rate: value, n } : null;
        }),
      },
    ];
  });
}
