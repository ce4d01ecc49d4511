import type { Filter } from '../../src/contract/query.ts';
import type { CheckedModel, Funnel, FunnelStep } from '../../src/model/checked.ts';
import { datasetOf, datasetRows, type Facts } from './dataset.ts';
import { partValue, passes } from './filters.ts';
import { type FactCell, type FactRow, matches, type Parameters } from './predicate.ts';

export interface FunnelQuestion {
  model: CheckedModel;
  facts: Facts;
  filters: readonly Filter[];
  /** [start, end) in UTC milliseconds for the first step; absent = everything. */
  range?: { start: number; end: number };
  zone: string;
  /** Later steps count up to here, inclusive. */
  now: number;
  /** Every parameter's value. */
  parameters: Parameters;
}

interface Event {
  entity: FactCell;
  at: number;
  row: FactRow;
}

/** A way through the funnel: when each step that was reached happened. */
type Chain = number[];

/** How many entities reached each step: every entity is tried with every one of its first steps. */
export function funnelReached(
  question: FunnelQuestion,
  name: string,
  segment?: { dimension: string; value: FactCell },
): number[] {
  const chains = deepestChains(question, name, segment);
  const steps = question.model.funnels.get(name)?.steps ?? [];
  return steps.map((_, index) => chains.filter((chain) => chain.length > index).length);
}

/** Seconds from the step before to each step that somebody reached, in no order; funnels in sequence only. */
export function funnelTimes(question: FunnelQuestion, name: string): number[][] {
  const chains = deepestChains(question, name);
  const steps = question.model.funnels.get(name)?.steps ?? [];
  return steps.map((_, index) =>
    index === 0
      ? []
      : chains.flatMap((chain) => {
          const [before, at] = [chain[index - 1], chain[index]];
          return before === undefined || at === undefined ? [] : [(at - before) / 1000];
        }),
  );
}

/** Each entity's deepest chain, the earliest of those that are equally deep. */
function deepestChains(
  question: FunnelQuestion,
  name: string,
  segment?: { dimension: string; value: FactCell },
): Chain[] {
  const { model, facts, range, zone } = question;
  const funnel = model.funnels.get(name);
  const [first, ...later] = funnel?.steps ?? [];
  if (funnel === undefined || first === undefined) throw new Error(`no funnel ${name}`);
  const dataset = datasetOf(model, first.dataset);
  const deepest = new Map<FactCell, Chain>();
  for (const start of stepEvents(question, funnel, first)) {
    const chosenBy = start.row[funnel.cohort ?? first.time];
    if (typeof chosenBy !== 'number') continue;
    if (range !== undefined && (chosenBy < range.start || chosenBy >= range.end)) continue;
    if (
      segment !== undefined &&
      partValue(model, facts, dataset, segment.dimension, start.row, chosenBy, zone) !== segment.value
    )
      continue;
    const events = later.map((step) => {
      const column = dataset.entities.get(step.entity ?? funnel.entity) ?? '';
      const who = start.row[column];
      return stepEvents(question, funnel, step).filter((event) => event.entity === who);
    });
    const chain = funnel.order === 'sequence' ? inSequence(funnel, start, events) : inAnyOrder(funnel, start, events);
    const before = deepest.get(start.entity);
    const better =
      before === undefined ||
      chain.length > before.length ||
      (chain.length === before.length && (chain[0] ?? 0) < (before[0] ?? 0));
    if (better) deepest.set(start.entity, chain);
  }
  return [...deepest.values()];
}

/**
 * Steps reached from one start, each at or after the one before (the earliest that fits), none past the window. A step that may
 * come at any time counts as at the time of the one before where it came earlier.
 */
function inSequence(funnel: Funnel, start: Event, later: readonly Event[][]): Chain {
  const chain = [start.at];
  for (const [index, events] of later.entries()) {
    const previous = chain.at(-1) ?? 0;
    const anytime = funnel.steps[index + 1]?.anytime === true;
    const times = events.flatMap(({ at }) => {
      if (!withinWindow(funnel, start.at, at, anytime)) return [];
      return anytime ? [Math.max(previous, at)] : at >= previous ? [at] : [];
    });
    if (times.length === 0) break;
    chain.push(Math.min(...times));
  }
  return chain;
}

/** Steps reached from one start, in whatever order, each no further from the start than the window. */
function inAnyOrder(funnel: Funnel, start: Event, later: readonly Event[][]): Chain {
  const chain = [start.at];
  for (const events of later) {
    const found = events.find((event) => withinWindow(funnel, start.at, event.at, false));
    if (found === undefined) break;
    chain.push(found.at);
  }
  return chain;
}

function withinWindow(funnel: Funnel, start: number, at: number, anytime: boolean): boolean {
  const distance = anytime ? at - start : Math.abs(at - start);
  return funnel.windowSeconds === undefined || distance <= funnel.windowSeconds * 1000;
}

function stepEvents(question: FunnelQuestion, funnel: Funnel, step: FunnelStep): Event[] {
  const { model, facts, filters, zone, now, parameters } = question;
  const isFirst = step === funnel.steps[0];
  const entityColumn = datasetOf(model, step.dataset).entities.get(step.entity ?? funnel.entity) ?? '';
  return datasetRows(model, facts, step.dataset).flatMap((row) => {
    const time = row[step.time];
    const entity = row[entityColumn] ?? null;
    if (typeof time !== 'number' || entity === null || entity === 0 || entity === '') return [];
    const at = time + lengthOf(step, parameters) * 1000;
    if (!isFirst && at > now) return [];
    if (!matches(step.filter, row, parameters)) return [];
    // Weekday and hour choose the cohort where a funnel has one, and say nothing of the steps after it.
    const byTime = funnel.cohort !== undefined && isFirst ? row[funnel.cohort] : time;
    const own = filters.filter((filter) => funnel.cohort === undefined || isFirst || !isOfTime(model, filter));
    if (typeof byTime !== 'number' || !passes(model, facts, step.dataset, own, row, byTime, zone)) return [];
    return [{ entity, at, row }];
  });
}

const isOfTime = (model: CheckedModel, { dimension }: Filter): boolean =>
  dimension === 'weekday' || dimension === 'hour_of_day' || model.dimensions.get(dimension)?.part !== undefined;

function lengthOf({ after }: FunnelStep, parameters: Parameters): number {
  if (after === undefined || typeof after === 'number') return after ?? 0;
  return (parameters[after.parameter] ?? 0) * after.factor;
}
