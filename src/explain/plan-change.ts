import { type Problem, TurnoutError } from '../contract/errors.ts';
import type { ChangeQuery, MetricQuery } from '../contract/query.ts';
import type { CheckedModel, Metric } from '../model/checked.ts';
import { isProportion } from '../model/proportion.ts';
import type { InstantRange } from '../query/buckets.ts';
import { checkMetricQuery } from '../query/checks/index.ts';
import { formatInstant } from '../query/format-instant.ts';
import { cutToMatured } from '../query/maturity.ts';
import { describeMaturity } from '../query/maturity-notes.ts';
import { describeComparison } from '../query/notes.ts';
import type { QueryContext } from '../query/query-context.ts';
import { resolveMetricQuery } from '../query/resolve.ts';
import type { ChangeKind } from './segment.ts';

const DEFAULT_LIMIT = 50;

/** A change query whose names and times are known, and the metric queries that it is made of. */
export interface PlannedChange {
  metric: Metric;
  kind: ChangeKind;
  dimensions: string[];
  limit: number;
  zone: string;
  range: InstantRange;
  compare: InstantRange;
  now: MetricQuery;
  before: MetricQuery;
  notes: string[];
}

/** @throws TurnoutError('invalid_request') with every problem at once */
export function planChange(query: ChangeQuery, model: CheckedModel, context: QueryContext): PlannedChange {
  const { change, dimensions, limit = DEFAULT_LIMIT, filters, timezone, parameters } = query;
  const asked = { ...query, compare: query.compare ?? 'previous_period' } as const;
  const { resolved, problems } = resolveChange(asked, model, context);
  const [metric] = resolved?.metrics ?? [];
  if (problems.length > 0 || metric === undefined || resolved?.range === undefined || resolved.compare === undefined)
    throw new TurnoutError('invalid_request', problems.map((problem) => problem.message).join(' '), problems);
  const { clock, range: whole, compare: wholeBefore } = resolved;
  const { maturesAfter } = metric;
  const { range = whole, compare = wholeBefore } =
    query.matured === true && maturesAfter !== undefined
      ? cutToMatured({ range: whole, compare: wholeBefore }, maturesAfter, {
          completeThrough: clock.dataThrough,
          zone: clock.zone,
        })
      : {};
  if (range.end <= range.start || compare.end <= compare.start) throw notSettled(metric);
  const ask = ({ start, end }: InstantRange): MetricQuery => ({
    metrics: [change, ...partsOf(metric)],
    dimensions,
    grouping_sets: [[], ...dimensions.map((_, depth) => dimensions.slice(0, depth + 1))],
    time: { range: [formatInstant(start, clock.zone), formatInstant(end, clock.zone)] },
    ...(filters === undefined ? {} : { filters }),
    ...(timezone === undefined ? {} : { timezone }),
    ...(parameters === undefined ? {} : { parameters }),
  });
  return {
    metric,
    kind: kindOf(metric, model),
    dimensions,
    limit,
    zone: clock.zone,
    range,
    compare,
    now: ask(range),
    before: ask(compare),
    notes: [...describeMaturity(resolved), ...describeComparison(compare, context.data.first, clock)],
  };
}

function kindOf(metric: Metric, model: CheckedModel): ChangeKind {
  if (isProportion(model, metric)) return 'share';
  return metric.type === 'ratio' ? 'rate' : 'sum';
}

function notSettled({ label }: Metric): TurnoutError {
  const message = `${label} of this period has not settled yet.`;
  return new TurnoutError('invalid_request', message, [
    {
      code: 'nothing_settled',
      path: 'time.range',
      message,
      hint: 'Choose an earlier period, or leave out matured.',
    },
  ]);
}

function resolveChange(query: ChangeQuery, model: CheckedModel, context: QueryContext) {
  const { change, dimensions, limit: _, time, ...shared } = query;
  const asked: MetricQuery = { ...shared, ...(time === undefined ? {} : { time }), metrics: [change], dimensions };
  const { query: resolved, problems } = resolveMetricQuery(asked, model, context);
  const found = [...problems, ...(resolved === undefined ? [] : checkMetricQuery(resolved))];
  // Without a range the engine complains about the comparison, which nobody need have asked for.
  const all = found.filter(({ code }) => code !== 'missing_range').map(renamed);
  if (time === undefined)
    all.push({
      code: 'missing_range',
      path: 'time',
      message: 'A change is one of a period.',
      hint: 'Add time.range, for example "28d".',
    });
  if (time?.grain !== undefined)
    all.push({
      code: 'grain_of_change',
      path: 'time.grain',
      message: 'A change is that of a whole period.',
      hint: 'Leave out time.grain.',
    });
  const metric = model.metrics.get(change);
  if (metric !== undefined && !canSplit(metric))
    all.push({
      code: 'not_splittable',
      path: 'change',
      message: `${metric.label} is neither counted, summed nor a ratio: its change is not made of the changes of segments.`,
      hint: 'Ask for a count, a sum or a ratio.',
    });
  return { resolved, problems: all };
}

/** The engine speaks of `metrics`, the reader wrote `change`. */
function renamed(problem: Problem): Problem {
  return problem.path === 'metrics.0' ? { ...problem, path: 'change' } : problem;
}

function canSplit(metric: Metric): boolean {
  if (metric.type === 'cumulative') return false;
  return metric.type !== 'simple' || ['count', 'count_distinct', 'sum'].includes(metric.agg);
}

/**
 * The numerator and denominator of a ratio, where they stand for themselves. One that counts some channels only narrows both, which
 * they do not by themselves: then they follow from the rate and its sample.
 */
export function partsOf(metric: Metric): string[] {
  if (metric.type !== 'ratio' || metric.channels !== undefined) return [];
  return [...new Set([metric.numerator, metric.denominator])];
}
