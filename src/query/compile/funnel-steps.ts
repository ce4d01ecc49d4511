import type { Dataset, FunnelStep } from '../../model/checked.ts';
import { allOf, anyOf, commas, comment, identifier, nested, number, sql } from '../../sql/build.ts';
import type { Identifier, SqlNode } from '../../sql/nodes.ts';
import type { InstantRange } from '../buckets.ts';
import { datasetNamed } from '../plan/planner.ts';
import type { ResolvedFilter, ResolvedFunnelQuery } from '../resolved.ts';
import { entityColumn, isKnown } from './entity.ts';
import { compileFilters } from './filter.ts';
import { compileDimension } from './keys.ts';
import { compilePredicate } from './predicate.ts';
import { compileRowSource, type RowExpression } from './row-source.ts';
import { compileTime, compileTimeBounds, compileWithin } from './time.ts';

/** Later than any event: the step was not reached. */
export const NEVER = number(Number.MAX_SAFE_INTEGER);
/** Earlier than any event. */
export const ALWAYS = number(Number.MIN_SAFE_INTEGER);

/** When a chain reached a step, milliseconds. */
export const timeAlias = (place: number): Identifier => identifier(`t${place}`);
/** When a step happened that is written in the row of the first one. */
export const onEntry = (place: number): Identifier => identifier(`at${place}`);
/** The entity by which a step is found that has one of its own. */
export const ownEntity = (place: number): Identifier => identifier(`entity${place}`);

/** Milliseconds by which a step is later than its time. */
export function afterMs(step: FunnelStep | undefined): number {
  if (typeof step?.after === 'object') throw new Error(`the parameter ${step.after.parameter} has no value yet`);
  return Math.round((step?.after ?? 0) * 1000);
}

/** Whose entrants are counted: those of a range, or of two at once that do not overlap; undefined where every time is asked for. */
export interface FunnelCohorts {
  /** Of the first one, and of the second. */
  ranges: readonly InstantRange[] | undefined;
  /** From the first start to the last end. */
  hull: InstantRange | undefined;
}

export function cohortsOf(ranges: readonly InstantRange[] | undefined): FunnelCohorts {
  const hull = ranges && {
    start: Math.min(...ranges.map(({ start }) => start)),
    end: Math.max(...ranges.map(({ end }) => end)),
  };
  return { ranges, hull };
}

/** What entrants are told apart by: which of two cohorts (`cohort`, from 0) and the dimension (`k0`). */
export function cohortKeys({ dimension }: ResolvedFunnelQuery, { ranges = [] }: FunnelCohorts): Identifier[] {
  return [...(ranges.length > 1 ? [COHORT] : []), ...(dimension === undefined ? [] : [identifier('k0')])];
}

export const COHORT = identifier('cohort');

/** Whether each row of the first step's dataset is an entity of its own, so that it enters once. */
export function countsRows({ funnel, model }: ResolvedFunnelQuery): boolean {
  const dataset = datasetNamed(model, firstOf(funnel.steps).dataset);
  return dataset.rowKey !== undefined && dataset.rowKey === dataset.entities.get(funnel.entity);
}

/** Whether a step is written in the row of the first one, so that nothing has to be looked up. */
export function isOnEntry(query: ResolvedFunnelQuery, step: FunnelStep): boolean {
  return step.entity === undefined && step.dataset === firstOf(query.funnel.steps).dataset && countsRows(query);
}

/** Everybody who enters: `entity`, `t1`, `cohort` and `k0` as of `cohortKeys`, and what later steps need of the row. */
export function entriesOf(query: ResolvedFunnelQuery, cohorts: FunnelCohorts): SqlNode {
  const { funnel, dimension, clock } = query;
  const first = firstOf(funnel.steps);
  const dataset = datasetNamed(query.model, first.dataset);
  const cohort = funnel.cohort ?? first.time;
  const [range, ...others] = cohorts.ranges ?? [];
  const key: [string, RowExpression][] = [
    ...(range === undefined || others.length === 0
      ? []
      : [[COHORT.name, isOutside(dataset, cohort, range)] satisfies [string, RowExpression]]),
    ...(dimension === undefined
      ? []
      : [['k0', compileDimension(dimension, dataset, cohort, clock.zone)] satisfies [string, RowExpression]]),
  ];
  const later = funnel.steps.slice(1).map((step, index) => ({ step, place: index + 2 }));
  const entities = later.flatMap(({ step, place }): [string, RowExpression][] => {
    const { entity } = step;
    return entity === undefined ? [] : [[ownEntity(place).name, (column) => column(entityColumn(dataset, entity))]];
  });
  const written = later.flatMap(({ step, place }): [string, RowExpression][] =>
    isOnEntry(query, step) ? [[onEntry(place).name, timeOnEntry(query, dataset, step)]] : [],
  );
  const rows = compileRowSource({
    dataset,
    columns: new Map([...stepColumns(dataset, funnel.entity, first), ...key, ...entities, ...written]),
    where: [
      ...compileTimeBounds(dataset, cohort, cohorts.hull ?? {}),
      ...(others.length === 0 ? [] : [isInside(dataset, cohort, cohorts)]),
      ...(cohort === first.time ? [] : compileTimeBounds(dataset, first.time, {})),
      ...stepConditions(query, dataset, first, funnel.entity),
    ],
  });
  const named = comment(`step 1: ${first.name}`);
  const grouped = commas([sql`entity`, ...[...key, ...entities].map(([alias]) => identifier(alias))]);
  if (countsRows(query)) return sql`${named}SELECT * EXCEPT at_ms, at_ms AS t1\nFROM ${nested(rows)}`;
  // Without a window the earliest occurrence is the best one; with a window any may be.
  if (funnel.windowSeconds !== undefined || funnel.order === 'any')
    return sql`${named}SELECT DISTINCT ${grouped}, at_ms AS t1\nFROM ${nested(rows)}`;
  return sql`${named}SELECT ${grouped}, min(at_ms) AS t1\nFROM ${nested(rows)}\nGROUP BY ${grouped}`;
}

function isInside(dataset: Dataset, time: string, { ranges = [] }: FunnelCohorts): RowExpression {
  const at = compileTime(dataset, time);
  return (column) => anyOf(ranges.map((range) => compileWithin(at(column), range)));
}

/** 1 for the second cohort. */
function isOutside(dataset: Dataset, time: string, range: InstantRange): RowExpression {
  const at = compileTime(dataset, time);
  return (column) => sql`NOT (${compileWithin(at(column), range)})`;
}

/**
 * Nobody came to a step that is written in the row of the first one before this time, milliseconds: the earliest of the period,
 * whatever else must hold, so that it is found by a look at two columns.
 */
export function earliestOnEntry(query: ResolvedFunnelQuery, cohorts: FunnelCohorts, step: FunnelStep): SqlNode {
  const { dataset, where } = rowsOfPeriod(query, cohorts, step);
  const rows = compileRowSource({ dataset, columns: new Map([['at_ms', compileMilliseconds(dataset, step)]]), where });
  return sql`SELECT min(at_ms) FROM ${nested(rows)}`;
}

/**
 * Whom the rows of the period name by another entity, whatever else must hold.
 *
 * @param step written in the row of the first one: only those who may have come to it
 */
export function entrants(
  query: ResolvedFunnelQuery,
  cohorts: FunnelCohorts,
  entity: string,
  step: FunnelStep | undefined,
): SqlNode {
  const { dataset, where } = rowsOfPeriod(query, cohorts, step);
  const name = entityColumn(dataset, entity);
  return compileRowSource({ dataset, columns: new Map([['named', (column) => column(name)]]), where });
}

/** The first step's rows of the period, those with a time for a step that is written in them. */
function rowsOfPeriod(
  { funnel, model }: ResolvedFunnelQuery,
  { hull }: FunnelCohorts,
  step: FunnelStep | undefined,
): { dataset: Dataset; where: RowExpression[] } {
  const first = firstOf(funnel.steps);
  const dataset = datasetNamed(model, first.dataset);
  return {
    dataset,
    where: [
      ...compileTimeBounds(dataset, funnel.cohort ?? first.time, hull ?? {}),
      ...(step === undefined ? [] : compileTimeBounds(dataset, step.time, {})),
    ],
  };
}

/** The step's time where its conditions hold and it is not in the future. */
function timeOnEntry(query: ResolvedFunnelQuery, dataset: Dataset, step: FunnelStep): RowExpression {
  const at = compileMilliseconds(dataset, step);
  const { filter } = step;
  const conditions: RowExpression[] = [
    ...compileTimeBounds(dataset, step.time, {}),
    (column) => sql`${at(column)} < ${number(query.clock.soon)}`,
    ...compileFilters(stepFilters(query, step).filter(isOfTime), dataset, step.time, query.clock),
    ...(filter === undefined ? [] : [(column: (name: string) => SqlNode) => compilePredicate(filter, column)]),
  ];
  return (column) => sql`if(${allOf(conditions.map((condition) => condition(column)))}, ${at(column)}, ${NEVER})`;
}

export function stepColumns(dataset: Dataset, entity: string, step: FunnelStep): [string, RowExpression][] {
  const name = entityColumn(dataset, entity);
  return [
    ['entity', (column) => column(name)],
    ['at_ms', compileMilliseconds(dataset, step)],
  ];
}

export function stepConditions(
  query: ResolvedFunnelQuery,
  dataset: Dataset,
  step: FunnelStep,
  entity: string,
): RowExpression[] {
  const { filter } = step;
  const time = step === query.funnel.steps[0] ? (query.funnel.cohort ?? step.time) : step.time;
  return [
    ...compileFilters(stepFilters(query, step), dataset, time, query.clock),
    ...(filter === undefined ? [] : [(column: (name: string) => SqlNode) => compilePredicate(filter, column)]),
    isKnown(dataset, entity),
  ];
}

/** A cohort is chosen by its time once; weekday and hour of the later steps are their own. */
function stepFilters({ funnel, filters }: ResolvedFunnelQuery, step: FunnelStep): ResolvedFilter[] {
  if (funnel.cohort === undefined || step === funnel.steps[0]) return [...filters];
  return filters.filter((filter) => !isOfTime(filter));
}

const isOfTime = ({ target }: ResolvedFilter): boolean => target.kind !== 'dimension';

function compileMilliseconds(dataset: Dataset, step: FunnelStep): RowExpression {
  const at = compileTime(dataset, step.time);
  const after = afterMs(step);
  return (column) =>
    after === 0
      ? sql`toUnixTimestamp64Milli(${at(column)})`
      : sql`toUnixTimestamp64Milli(${at(column)}) + ${number(after)}`;
}

function firstOf(steps: readonly FunnelStep[]): FunnelStep {
  const [first] = steps;
  if (first === undefined) throw new Error('a funnel without steps');
  return first;
}
