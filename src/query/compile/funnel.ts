import type { Dataset, Funnel, FunnelStep } from '../../model/checked.ts';
import { commas, comment, identifier, indented, instant, lines, nested, number, sql } from '../../sql/build.ts';
import type { Identifier, SqlNode } from '../../sql/nodes.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import type { InstantRange } from '../buckets.ts';
import { datasetNamed } from '../plan/planner.ts';
import type { StatementTraits, TableRead } from '../query-context.ts';
import type { ResolvedFunnelQuery } from '../resolved.ts';
import { entityColumn } from './conversion.ts';
import {
  ALWAYS,
  afterMs,
  COHORT,
  cohortKeys,
  cohortsOf,
  countsRows,
  earliestOnEntry,
  entrants,
  entriesOf,
  type FunnelCohorts,
  isOnEntry,
  NEVER,
  onEntry,
  ownEntity,
  stepColumns,
  stepConditions,
  timeAlias,
} from './funnel-steps.ts';
import { compilePersonNames } from './person.ts';
import { isHeavy, readsOf, readsOfPeople } from './reads.ts';
import { compileRowSource, type RowExpression } from './row-source.ts';
import { finishStatement } from './statement.ts';
import { compileTime, compileTimeBounds } from './time.ts';

/**
 * Each occurrence of the first step in the range is tried: the nearest event of the second step at or after it, the nearest of the
 * third at or after that, and so on (ASOF joins), all within the window of the first. An entity counts by its deepest chain, the
 * earliest of those that are equally deep. Taking the nearest event is never worse than taking a later one. Steps that are written in
 * the row of the first one are read from it.
 *
 * One row per value of the dimension (`k0`) and, where two ranges are asked for, `cohort` (0 for the first): `reached1 …`, and from
 * the second step `times2 …` with median and 90th percentile in seconds.
 *
 * @param ranges of the first step's time; two must not overlap. Undefined: any time
 */
export function compileFunnel(
  query: ResolvedFunnelQuery,
  ranges: readonly InstantRange[] | undefined,
): { sql: RenderedSql; traits: StatementTraits } {
  const { funnel, dimension } = query;
  const cohorts = cohortsOf(ranges);
  const key = cohortKeys(query, cohorts);
  const chains = funnel.steps
    .slice(1)
    .reduce<SqlNode>(
      (before, step, index) => addStep(query, cohorts, before, step, index + 2),
      entriesOf(query, cohorts),
    );
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
FROM ${nested(deepestChains(query, key, chains))}${key.length === 0 ? sql`` : sql`\nGROUP BY ${commas(key)}`}`;
  const named = dimension?.ofPerson ? compilePersonNames(body, ['k0']) : body;
  const text = finishStatement(`funnel ${funnel.name}: ${funnel.steps.map((step) => step.name).join(' → ')}`, named);
  return {
    sql: text,
    traits: { key: text, reads: readsOfFunnel(query, cohorts), heavy: isHeavy([cohorts.hull ?? {}]) },
  };
}

/** Whether two cohorts are counted by one statement in less time: their later steps go through the same rows. */
export function isCheaperTogether(query: ResolvedFunnelQuery, a: InstantRange, b: InstantRange): boolean {
  const { funnel } = query;
  const overlap = a.start < b.end && b.start < a.end;
  const endless = funnel.windowSeconds === undefined || funnel.cohort !== undefined;
  return !overlap && endless && funnel.steps.some((step, index) => index > 0 && !isOnEntry(query, step));
}

/** The cohort that a row of `compileFunnel` is of, from 0. */
export const cohortOf = (row: Readonly<Record<string, unknown>>): number => Number(row[COHORT.name] ?? 0);

function readsOfFunnel(query: ResolvedFunnelQuery, { hull }: FunnelCohorts): TableRead[] {
  const { funnel, model, filters, dimension } = query;
  const steps = funnel.steps.flatMap((step, index) => {
    const dataset = datasetNamed(model, step.dataset);
    if (index === 0) return readsOf(dataset, funnel.cohort ?? step.time, hull ?? {});
    if (isOnEntry(query, step)) return [];
    const { start, until } = boundsOf(query, hull, step);
    return readsOf(dataset, step.time, { ...(start === undefined ? {} : { start }), end: until });
  });
  return [...steps, ...readsOfPeople(filters, dimension?.ofPerson === true)];
}

/** One chain of times per entity (and cohort, and value of the dimension). */
function deepestChains(query: ResolvedFunnelQuery, key: readonly Identifier[], chains: SqlNode): SqlNode {
  const { funnel } = query;
  const times = funnel.steps.map((_, index) => timeAlias(index + 1));
  if (countsRows(query))
    return sql`SELECT ${commas([...key, sql`tuple(${commas(times)}) AS chain`])}\nFROM ${nested(chains)}`;
  const depth = times
    .map((time) => sql`(${time} < ${NEVER})`)
    .reduce<SqlNode>((sum, part) => sql`${sum} + ${part}`, sql`0`);
  return sql`${comment('the deepest chain of each entity')}SELECT
  ${indented(lines([sql`entity`, ...key, sql`argMax(tuple(${commas(times)}), tuple(${depth}, -t1)) AS chain`]))}
FROM ${nested(chains)}
GROUP BY ${commas([sql`entity`, ...key])}`;
}

function addStep(
  query: ResolvedFunnelQuery,
  cohorts: FunnelCohorts,
  before: SqlNode,
  step: FunnelStep,
  place: number,
): SqlNode {
  return isOnEntry(query, step)
    ? readStep(query.funnel, before, step, place)
    : joinStep(query, cohorts, before, step, place);
}

/** The step's time stands in the row of the first step. */
function readStep(funnel: Funnel, before: SqlNode, step: FunnelStep, place: number): SqlNode {
  const at = sql`before.${onEntry(place)}`;
  const previous = sql`before.${timeAlias(place - 1)}`;
  const inOrder = funnel.order === 'any' || step.anytime ? sql`` : sql` AND ${at} >= ${previous}`;
  const within = withinWindow(funnel, at, true);
  return sql`${comment(`step ${place}: ${step.name}`)}SELECT
  before.*,
  if(${at} < ${NEVER} AND ${previous} < ${NEVER}${inOrder}${within}, ${timeInChain(step, at, previous)}, ${NEVER}) AS ${timeAlias(place)}
FROM ${nested(before)} AS before`;
}

function joinStep(
  query: ResolvedFunnelQuery,
  cohorts: FunnelCohorts,
  before: SqlNode,
  step: FunnelStep,
  place: number,
): SqlNode {
  const { funnel, model } = query;
  const dataset = datasetNamed(model, step.dataset);
  const anyOrder = funnel.order === 'any';
  const at = compileTime(dataset, step.time);
  const { start, until } = boundsOf(query, cohorts.hull, step);
  const rows = compileRowSource({
    dataset,
    columns: new Map([...stepColumns(dataset, step.entity ?? funnel.entity, step), ['found', () => sql`1`]]),
    where: [
      ...compileTimeBounds(dataset, step.time, start === undefined ? {} : { start }),
      (column) => sql`${at(column)} < ${instant(until)}`,
      ...afterFirstArrival(query, cohorts, before, step, place, at),
      step.entity === undefined
        ? amongArrivals(query, cohorts, before, dataset, place)
        : amongEntrants(query, cohorts, dataset, step.entity, place),
      ...stepConditions(query, dataset, step, step.entity ?? funnel.entity),
    ],
  });
  const previous = sql`before.${timeAlias(place - 1)}`;
  const window = windowMs(funnel);
  const from =
    step.anytime || (anyOrder && window === undefined)
      ? ALWAYS
      : anyOrder
        ? sql`before.t1 - ${number(window ?? 0)}`
        : previous;
  const entity = step.entity === undefined ? identifier('entity') : ownEntity(place);
  const found = sql`step.at_ms`;
  const onward = anyOrder || step.anytime ? sql` AND ${previous} < ${NEVER}` : sql``;
  return sql`${comment(`step ${place}: ${step.name}`)}SELECT
  before.* EXCEPT earliest,
  if(step.found = 1${withinWindow(funnel, found, false)}${onward}, ${timeInChain(step, found, previous)}, ${NEVER}) AS ${timeAlias(place)}
FROM ${nested(sql`SELECT *, toInt64(${from}) AS earliest\nFROM ${nested(before)} AS before`)} AS before
ASOF LEFT JOIN ${nested(rows)} AS step
ON step.entity = before.${entity} AND step.at_ms >= before.earliest`;
}

/**
 * Only those who came as far as the step before, so that no others are joined. Where finding them takes several joins already, all who
 * entered.
 */
function amongArrivals(
  query: ResolvedFunnelQuery,
  cohorts: FunnelCohorts,
  before: SqlNode,
  dataset: Dataset,
  place: number,
): RowExpression {
  const { funnel } = query;
  const name = entityColumn(dataset, funnel.entity);
  const joined = funnel.steps.slice(1, place - 1).filter((step) => !isOnEntry(query, step));
  const arrivals =
    joined.length > 1
      ? sql`SELECT entity FROM ${nested(entriesOf(query, cohorts))}`
      : sql`SELECT entity FROM ${nested(before)} WHERE ${timeAlias(place - 1)} < ${NEVER}`;
  return (column) => sql`${column(name)} IN (${arrivals})`;
}

/**
 * Of a step that is found by another entity, only those whom the first step's rows of the period name and who may have come as far as
 * the step before.
 */
function amongEntrants(
  query: ResolvedFunnelQuery,
  cohorts: FunnelCohorts,
  dataset: Dataset,
  entity: string,
  place: number,
): RowExpression {
  const name = entityColumn(dataset, entity);
  const last = lastWritten(query, place);
  return (column) => sql`${column(name)} IN (${entrants(query, cohorts, entity, last)})`;
}

/** The step before, where it is written in the row of the first one. */
function lastWritten(query: ResolvedFunnelQuery, place: number): FunnelStep | undefined {
  const last = query.funnel.steps[place - 2];
  return place > 2 && last !== undefined && isOnEntry(query, last) ? last : undefined;
}

/**
 * Of a step that is found by another entity, nothing from before anybody came as far as the step before: a small scan more saves the
 * join of a large table's whole past.
 */
function afterFirstArrival(
  query: ResolvedFunnelQuery,
  cohorts: FunnelCohorts,
  before: SqlNode,
  step: FunnelStep,
  place: number,
  at: RowExpression,
): RowExpression[] {
  const { funnel } = query;
  if (step.entity === undefined || step.anytime || funnel.order === 'any') return [];
  const last = lastWritten(query, place);
  const previous = timeAlias(place - 1);
  const first =
    last !== undefined
      ? sql`(${earliestOnEntry(query, cohorts, last)})`
      : sql`(SELECT min(${previous}) FROM ${nested(before)} AS before\nWHERE ${previous} < ${NEVER})`;
  return [(column) => sql`${at(column)} >= fromUnixTimestamp64Milli(${first} - ${number(afterMs(step))}, 'UTC')`];
}

/** A step that may come before the one before it counts as at the same time then. */
function timeInChain(step: FunnelStep, at: SqlNode, previous: SqlNode): SqlNode {
  return step.anytime ? sql`greatest(${at}, ${previous})` : at;
}

/** `both`: an event before the first step may be too far away as well. */
function withinWindow(funnel: Funnel, at: SqlNode, both: boolean): SqlNode {
  const window = windowMs(funnel);
  if (window === undefined) return sql``;
  const before = both && funnel.order === 'any' ? sql` AND ${at} >= before.t1 - ${number(window)}` : sql``;
  return sql` AND ${at} <= before.t1 + ${number(window)}${before}`;
}

/** Times of a joined step that can matter, of its time column: from `start` on, before `until`. */
function boundsOf(
  { funnel, clock }: ResolvedFunnelQuery,
  range: InstantRange | undefined,
  step: FunnelStep,
): { start: number | undefined; until: number } {
  const window = windowMs(funnel);
  const anyOrder = funnel.order === 'any';
  // Where the period is chosen by another time, the first step may lie anywhere.
  const entered = funnel.cohort === undefined ? range : undefined;
  const unbounded = entered === undefined || step.anytime || (anyOrder && window === undefined);
  const start = unbounded ? undefined : entered.start - (anyOrder ? (window ?? 0) : 0);
  const first = afterMs(funnel.steps[0]);
  const until =
    entered === undefined || window === undefined ? clock.soon : Math.min(entered.end + first + window, clock.soon);
  const after = afterMs(step);
  return { start: start === undefined ? undefined : start + first - after, until: until - after };
}

const windowMs = ({ windowSeconds }: Funnel): number | undefined =>
  windowSeconds === undefined ? undefined : windowSeconds * 1000;
