import type { Funnel, FunnelStep } from '../../model/checked.ts';
import { commas, comment, identifier, indented, instant, lines, nested, number, sql } from '../../sql/build.ts';
import type { Identifier, SqlNode } from '../../sql/nodes.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import type { InstantRange } from '../buckets.ts';
import type { Rollups } from '../plan/choose-rollup.ts';
import { datasetNamed } from '../plan/planner.ts';
import { describeIndexed, describeTables } from '../plan/tables.ts';
import type { StatementTraits, TableRead } from '../query-context.ts';
import type { ResolvedFunnelQuery } from '../resolved.ts';
import { entityColumn } from './entity.ts';
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
import { chooseIndex, compileRowsByEntity, type IndexedRows, type RowsByEntity } from './indexed-rows.ts';
import { compilePersonNames } from './person.ts';
import { isHeavy, readsOf, readsOfPeople } from './reads.ts';
import type { RowExpression } from './row-source.ts';
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
 * @param rollups whose indexes later steps are looked up in, where there are some
 */
export function compileFunnel(
  query: ResolvedFunnelQuery,
  ranges: readonly InstantRange[] | undefined,
  rollups: Rollups,
): { sql: RenderedSql; traits: StatementTraits; plan: string[] } {
  const cohorts = cohortsOf(ranges);
  const looked = lookedUp(query, cohorts, rollups);
  const key = renderFunnel(query, cohorts, new Map());
  const datasets = query.funnel.steps.flatMap((step) =>
    looked.has(step) ? [] : datasetNamed(query.model, step.dataset),
  );
  const scans = scansOf(query, cohorts, looked);
  return {
    sql: looked.size === 0 ? key : renderFunnel(query, cohorts, looked),
    traits: {
      key,
      reads: readsOfFunnel(query, cohorts),
      scans,
      heavy: isHeavy(scans),
    },
    plan: [describeTables(datasets), ...[...looked.values()].map(describeIndexed)],
  };
}

/** The index of each step that is looked up in one. */
type LookedUp = ReadonlyMap<FunnelStep, IndexedRows>;

function renderFunnel(query: ResolvedFunnelQuery, cohorts: FunnelCohorts, looked: LookedUp): RenderedSql {
  const { funnel, dimension } = query;
  const key = cohortKeys(query, cohorts);
  const chains = funnel.steps
    .slice(1)
    .reduce<SqlNode>(
      (before, step, index) => addStep(query, cohorts, looked, { before, step, place: index + 2 }),
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
  return finishStatement(`funnel ${funnel.name}: ${funnel.steps.map((step) => step.name).join(' → ')}`, named);
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

function readsOfFunnel(query: ResolvedFunnelQuery, cohorts: FunnelCohorts): TableRead[] {
  const { filters, dimension } = query;
  return [...scansOf(query, cohorts, new Map()), ...readsOfPeople(filters, dimension?.ofPerson === true)];
}

/** Rows of the facts that are gone through: of steps that are looked up only what their index does not have. */
function scansOf(query: ResolvedFunnelQuery, cohorts: FunnelCohorts, looked: LookedUp): TableRead[] {
  const { funnel, model } = query;
  return funnel.steps.flatMap((step, index) => {
    const dataset = datasetNamed(model, step.dataset);
    if (index === 0) return readsOf(dataset, funnel.cohort ?? step.time, cohorts.hull ?? {});
    if (isOnEntry(query, step)) return [];
    const stretches = looked.get(step)?.pieces.facts ?? [rowsOfStep(query, cohorts, step).range];
    return stretches.flatMap((range) => readsOf(dataset, step.time, range));
  });
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

/** A step to be added, and the chains up to it. */
interface Adding {
  before: SqlNode;
  step: FunnelStep;
  /** From 1. */
  place: number;
}

function addStep(query: ResolvedFunnelQuery, cohorts: FunnelCohorts, looked: LookedUp, adding: Adding): SqlNode {
  return isOnEntry(query, adding.step)
    ? readStep(query.funnel, adding)
    : joinStep(query, cohorts, adding, looked.get(adding.step));
}

/** The step's time stands in the row of the first step. */
function readStep(funnel: Funnel, { before, step, place }: Adding): SqlNode {
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
  { before, step, place }: Adding,
  indexed: IndexedRows | undefined,
): SqlNode {
  const { funnel, model } = query;
  const dataset = datasetNamed(model, step.dataset);
  const anyOrder = funnel.order === 'any';
  const at = compileTime(dataset, step.time);
  const found = rowsOfStep(query, cohorts, step);
  const rows = compileRowsByEntity(
    {
      ...found,
      columns: new Map([...found.columns, ['found', () => sql`1`]]),
      where: [...found.where, ...afterFirstArrival(query, cohorts, { before, step, place }, at)],
    },
    step.entity === undefined
      ? arrivals(query, cohorts, before, place)
      : entrants(query, cohorts, step.entity, lastWritten(query, place)),
    indexed,
  );
  const previous = sql`before.${timeAlias(place - 1)}`;
  const window = windowMs(funnel);
  const from =
    step.anytime || (anyOrder && window === undefined)
      ? ALWAYS
      : anyOrder
        ? sql`before.t1 - ${number(window ?? 0)}`
        : previous;
  const entity = step.entity === undefined ? identifier('entity') : ownEntity(place);
  const foundAt = sql`step.at_ms`;
  const onward = anyOrder || step.anytime ? sql` AND ${previous} < ${NEVER}` : sql``;
  return sql`${comment(`step ${place}: ${step.name}`)}SELECT
  before.* EXCEPT earliest,
  if(step.found = 1${withinWindow(funnel, foundAt, false)}${onward}, ${timeInChain(step, foundAt, previous)}, ${NEVER}) AS ${timeAlias(place)}
FROM ${nested(sql`SELECT *, toInt64(${from}) AS earliest\nFROM ${nested(before)} AS before`)} AS before
ASOF LEFT JOIN ${nested(rows)} AS step
ON step.entity = before.${entity} AND step.at_ms >= before.earliest`;
}

/** Rows of a step that is joined, whoever they are of: `entity` and `at_ms`. */
function rowsOfStep(query: ResolvedFunnelQuery, { hull }: FunnelCohorts, step: FunnelStep): RowsByEntity {
  const { funnel, model } = query;
  const dataset = datasetNamed(model, step.dataset);
  const entity = step.entity ?? funnel.entity;
  const at = compileTime(dataset, step.time);
  const { start, until } = boundsOf(query, hull, step);
  const from = start === undefined ? {} : { start };
  return {
    dataset,
    entity: entityColumn(dataset, entity),
    time: step.time,
    range: { ...from, end: until },
    columns: new Map(stepColumns(dataset, entity, step)),
    where: [
      ...compileTimeBounds(dataset, step.time, from),
      (column) => sql`${at(column)} < ${instant(until)}`,
      ...stepConditions(query, dataset, step, entity),
    ],
  };
}

/** The steps that are looked up in an index. */
function lookedUp(query: ResolvedFunnelQuery, cohorts: FunnelCohorts, rollups: Rollups): LookedUp {
  const found = query.funnel.steps.slice(1).flatMap((step): [FunnelStep, IndexedRows][] => {
    if (isOnEntry(query, step)) return [];
    const indexed = chooseIndex(rowsOfStep(query, cohorts, step), rollups);
    return indexed === undefined ? [] : [[step, indexed]];
  });
  return new Map(found);
}

/** Those who came as far as the step before. Where finding them takes several joins already, all who entered. */
function arrivals(query: ResolvedFunnelQuery, cohorts: FunnelCohorts, before: SqlNode, place: number): SqlNode {
  const joined = query.funnel.steps.slice(1, place - 1).filter((step) => !isOnEntry(query, step));
  return joined.length > 1
    ? sql`SELECT entity FROM ${nested(entriesOf(query, cohorts))}`
    : sql`SELECT entity FROM ${nested(before)} WHERE ${timeAlias(place - 1)} < ${NEVER}`;
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
  { before, step, place }: Adding,
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
