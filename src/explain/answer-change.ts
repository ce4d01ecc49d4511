import type { ChangeQuery } from '../contract/query.ts';
import type { Cell, QueryResult, ResultMeta, Row } from '../contract/result.ts';
import type { CheckedModel, Metric } from '../model/checked.ts';
import type { QueryContext } from '../query/query-context.ts';
import type { QueryEngine } from '../query/run-query.ts';
import { shapeRange } from '../query/shape.ts';
import { changeColumns } from './change-columns.ts';
import type { RateSegment } from './decompose-rate.ts';
import { type PlannedChange, partsOf, planChange } from './plan-change.ts';
import { type ChangeKind, newSegment, type Segment } from './segment.ts';
import { shapeChange } from './shape-change.ts';

/** Why a metric changed: asks for both ranges at every level, and splits the difference. Throws as `planChange` and the engine do. */
export async function answerChange(
  query: ChangeQuery,
  model: CheckedModel,
  context: QueryContext,
  engine: Pick<QueryEngine, 'run'>,
): Promise<QueryResult> {
  const plan = planChange(query, model, context);
  const { metric, kind, dimensions, limit, zone, range, compare } = plan;
  const [now, before] = await Promise.all([engine.run(plan.now, context), engine.run(plan.before, context)]);
  const levels = dimensions.map((_, depth) => joinLevel(metric, kind, dimensions.slice(0, depth + 1), now, before));
  const whole = joinLevel(metric, kind, [], now, before)[0]?.numbers ?? NONE;
  const shaped = shapeChange({ kind, dimensions, levels, whole, limit });
  const label = (name: string) => now.columns.find((column) => column.name === name)?.label ?? name;
  return {
    columns: changeColumns(plan, now),
    rows: shaped.rows,
    totals: shaped.totals,
    compare: { range: shapeRange(compare, zone), rows: shaped.rows.map(() => null) },
    meta: {
      ...mergeMeta(now.meta, before.meta),
      range: shapeRange(range, zone),
      ...(kind === 'sum' ? {} : { sample_columns: { value: 'denominator', before: 'denominator_before' } }),
      notes: [
        ...new Set([...now.meta.notes, ...before.meta.notes, ...plan.notes, ...describeSplit(plan, shaped, label)]),
      ],
    },
  };
}

const NONE: RateSegment = { numerator: 0, denominator: 0, numeratorBefore: 0, denominatorBefore: 0 };

/** The segments of one level over both answers; those that are empty in both are none. */
function joinLevel(
  metric: Metric,
  kind: ChangeKind,
  dimensions: readonly string[],
  now: QueryResult,
  before: QueryResult,
): Segment[] {
  const segments = new Map<string, Segment>();
  const collect = ({ rows }: QueryResult, write: (numbers: RateSegment, value: Counted) => RateSegment): void => {
    for (const row of rows.filter((each) => each['__set'] === dimensions.length)) {
      const keys = dimensions.map((name): Cell => row[name] ?? null);
      const value = countedOf(row, metric, kind);
      if (value.numerator === 0 && value.denominator === 0) continue;
      const fresh = newSegment(keys, NONE);
      const known = segments.get(fresh.id) ?? fresh;
      segments.set(fresh.id, { ...known, numbers: write(known.numbers, value) });
    }
  };
  collect(now, (numbers, value) => ({ ...numbers, ...value }));
  collect(before, (numbers, { numerator, denominator }) => ({
    ...numbers,
    numeratorBefore: numerator,
    denominatorBefore: denominator,
  }));
  return [...segments.values()];
}

type Counted = Pick<RateSegment, 'numerator' | 'denominator'>;

function countedOf(row: Row, metric: Metric, kind: ChangeKind): Counted {
  if (kind === 'sum') return { numerator: numberIn(row, metric.name), denominator: 0 };
  const [numerator, denominator = numerator] = partsOf(metric);
  if (numerator !== undefined && denominator !== undefined)
    return { numerator: numberIn(row, numerator), denominator: numberIn(row, denominator) };
  const sample = numberIn(row, `${metric.name}__n`);
  const found = numberIn(row, metric.name) * sample;
  return { numerator: kind === 'share' ? Math.round(found) : found, denominator: sample };
}

function numberIn(row: Row, name: string): number {
  const value = row[name];
  return typeof value === 'number' ? value : 0;
}

function describeSplit(
  { metric, kind, dimensions, limit }: PlannedChange,
  { merged, overlaps, totals }: ReturnType<typeof shapeChange>,
  labelOf: (name: string) => string,
): string[] {
  const notes: string[] = [];
  if (kind !== 'sum' && totals['change'] === null)
    notes.push('One of the two periods has nothing to compare: there is no change to split.');
  if (overlaps)
    notes.push(
      `${metric.label} counts some people in several segments: the parts need not add up to the change of the whole.`,
    );
  merged.forEach((count, depth) => {
    if (count > 0)
      notes.push(
        `${labelOf(dimensions[depth] ?? '')}: ${count} that contribute less than the first ${limit} are put together as Other.`,
      );
  });
  return notes;
}

/** Both answers are of one data version; what they cost adds up. */
function mergeMeta(now: ResultMeta, before: ResultMeta): ResultMeta {
  return {
    ...now,
    plan: [...new Set([...now.plan, ...before.plan])],
    rows_read: now.rows_read + before.rows_read,
    elapsed_ms: Math.max(now.elapsed_ms, before.elapsed_ms),
    cached: now.cached && before.cached,
  };
}
