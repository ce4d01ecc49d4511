import type { Dataset, Funnel } from '../../model/checked.ts';
import { commas, comment, identifier, indented, instant, lines, nested, number, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import type { InstantRange } from '../buckets.ts';
import { datasetNamed } from '../plan/planner.ts';
import type { ResolvedFunnelQuery } from '../resolved.ts';
import { entityColumn, isKnown } from './conversion.ts';
import { compileFilters } from './filter.ts';
import { compileDimension } from './keys.ts';
import { compilePersonNames } from './person.ts';
import { compilePredicate } from './predicate.ts';
import { compileRowSource, type RowExpression } from './row-source.ts';
import { finishStatement } from './statement.ts';
import { compileTime, compileTimeBounds } from './time.ts';

type Step = Funnel['steps'][number];

/** Later than any event: the step was not reached. */
const NEVER = number(Number.MAX_SAFE_INTEGER);
/** Earlier than any event. */
const ALWAYS = number(Number.MIN_SAFE_INTEGER);

/**
 * Each occurrence of the first step in the range is tried: the nearest event of the second step at or after it, the nearest of the
 * third at or after that, and so on (ASOF joins), all within the window of the first. An entity counts by its deepest chain, the
 * earliest of those that are equally deep. Taking the nearest event is never worse than taking a later one.
 *
 * One row per value of the dimension (`k0`): `reached1 …`, and from the second step `times2 …` with median and 90th percentile in seconds.
 */
export function compileFunnel(query: ResolvedFunnelQuery, range: InstantRange | undefined): RenderedSql {
  const { funnel, dimension } = query;
  const key = dimension === undefined ? [] : [identifier('k0')];
  const chains = funnel.steps
    .slice(1)
    .reduce<SqlNode>((before, step, index) => joinStep(query, range, before, step, index + 2), firstStep(query, range));
  const times = funnel.steps.map((_, index) => identifier(`t${index + 1}`));
  const depth = times
    .map((time) => sql`(${time} < ${NEVER})`)
    .reduce<SqlNode>((sum, part) => sql`${sum} + ${part}`, sql`0`);
  const deepest = sql`${comment('the deepest chain of each entity')}SELECT
  ${indented(lines([sql`entity`, ...key, sql`argMax(tuple(${commas(times)}), tuple(${depth}, -t1)) AS chain`]))}
FROM ${nested(chains)}
GROUP BY ${commas([sql`entity`, ...key])}`;
  const at = (step: number) => sql`tupleElement(chain, ${number(step)})`;
  const counts = funnel.steps.flatMap((_, index): SqlNode[] => {
    const step = index + 1;
    const reached = sql`${at(step)} < ${NEVER}`;
    const count = sql`countIf(${reached}) AS ${identifier(`reached${step}`)}`;
    if (step === 1 || funnel.order === 'any') return [count];
    const seconds = sql`(${at(step)} - ${at(step - 1)}) / 1000`;
    return [count, sql`quantilesExactInclusiveIf(0.5, 0.9)(${seconds}, ${reached}) AS ${identifier(`times${step}`)}`];
  });
  const body = sql`SELECT
  ${indented(lines([...key, ...counts]))}
FROM ${nested(deepest)}${dimension === undefined ? sql`` : sql`\nGROUP BY k0`}`;
  const named = dimension?.ofPerson ? compilePersonNames(body, ['k0']) : body;
  return finishStatement(`funnel ${funnel.name}: ${funnel.steps.map((step) => step.name).join(' → ')}`, named);
}

/** Without a window the earliest occurrence is the best one; with a window any may be. */
function firstStep(query: ResolvedFunnelQuery, range: InstantRange | undefined): SqlNode {
  const { funnel, dimension } = query;
  const step = stepAt(funnel, 0);
  const dataset = datasetNamed(query.model, step.dataset);
  const key: [string, RowExpression][] =
    dimension === undefined
      ? []
      : [['k0', compileDimension(dimension, dataset, funnel.cohort ?? step.time, query.clock.zone)]];
  const rows = compileRowSource({
    dataset,
    columns: new Map([...stepColumns(dataset, funnel, step), ...key]),
    where: [...compileTimeBounds(dataset, step.time, range ?? {}), ...stepConditions(query, dataset, step)],
  });
  const grouped = commas([sql`entity`, ...(dimension === undefined ? [] : [sql`k0`])]);
  const named = comment(`step 1: ${step.name}`);
  if (funnel.windowSeconds !== undefined || funnel.order === 'any')
    return sql`${named}SELECT DISTINCT ${grouped}, at_ms AS t1\nFROM ${nested(rows)}`;
  return sql`${named}SELECT ${grouped}, min(at_ms) AS t1\nFROM ${nested(rows)}\nGROUP BY ${grouped}`;
}

function joinStep(
  query: ResolvedFunnelQuery,
  range: InstantRange | undefined,
  before: SqlNode,
  step: Step,
  place: number,
): SqlNode {
  const { funnel, clock, model } = query;
  const dataset = datasetNamed(model, step.dataset);
  const window = funnel.windowSeconds === undefined ? undefined : funnel.windowSeconds * 1000;
  const anyOrder = funnel.order === 'any';
  const at = compileTime(dataset, step.time);
  const start =
    range === undefined || (anyOrder && window === undefined)
      ? undefined
      : range.start - (anyOrder ? (window ?? 0) : 0);
  const until =
    range === undefined || window === undefined ? clock.now + 1 : Math.min(range.end + window, clock.now + 1);
  const rows = compileRowSource({
    dataset,
    columns: new Map([...stepColumns(dataset, funnel, step), ['found', () => sql`1`]]),
    where: [
      ...compileTimeBounds(dataset, step.time, start === undefined ? {} : { start }),
      (column) => sql`${at(column)} < ${instant(until)}`,
      ...stepConditions(query, dataset, step),
    ],
  });
  const previous = sql`before.${identifier(`t${place - 1}`)}`;
  const from = !anyOrder ? previous : window === undefined ? ALWAYS : sql`before.t1 - ${number(window)}`;
  const within = window === undefined ? sql`` : sql` AND step.at_ms <= before.t1 + ${number(window)}`;
  const onward = anyOrder ? sql` AND ${previous} < ${NEVER}` : sql``;
  return sql`${comment(`step ${place}: ${step.name}`)}SELECT
  before.* EXCEPT earliest,
  if(step.found = 1${within}${onward}, step.at_ms, ${NEVER}) AS ${identifier(`t${place}`)}
FROM ${nested(sql`SELECT *, toInt64(${from}) AS earliest\nFROM ${nested(before)} AS before`)} AS before
ASOF LEFT JOIN ${nested(rows)} AS step
ON step.entity = before.entity AND step.at_ms >= before.earliest`;
}

function stepAt(funnel: Funnel, index: number): Step {
  const step = funnel.steps[index];
  if (step === undefined) throw new Error(`${funnel.name} has no step ${index}`);
  return step;
}

function stepColumns(dataset: Dataset, funnel: Funnel, step: Step): [string, RowExpression][] {
  const entity = entityColumn(dataset, funnel.entity);
  const at = compileTime(dataset, step.time);
  return [
    ['entity', (column) => column(entity)],
    ['at_ms', (column) => sql`toUnixTimestamp64Milli(${at(column)})`],
  ];
}

function stepConditions(query: ResolvedFunnelQuery, dataset: Dataset, step: Step): RowExpression[] {
  const { filter } = step;
  return [
    ...compileFilters(query.filters, dataset, step.time, query.clock),
    ...(filter === undefined ? [] : [(column: (name: string) => SqlNode) => compilePredicate(filter, column)]),
    isKnown(dataset, query.funnel.entity),
  ];
}
