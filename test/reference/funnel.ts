import type { Filter } from '../../src/contract/query.ts';
import type { CheckedModel, Funnel } from '../../src/model/checked.ts';
import { datasetOf, datasetRows, dimensionValue, type Facts } from './dataset.ts';
import { passes } from './filters.ts';
import { type FactCell, type FactRow, matches } from './predicate.ts';

export interface FunnelQuestion {
  model: CheckedModel;
  facts: Facts;
  filters: readonly Filter[];
  /** [start, end) in UTC milliseconds for the first step; absent = everything. */
  range?: { start: number; end: number };
  zone: string;
  /** Later steps count up to here, inclusive. */
  now: number;
}

interface Event {
  entity: FactCell;
  at: number;
  row: FactRow;
}

/** How many entities reached each step: every entity is tried with every one of its first steps. */
export function funnelReached(
  question: FunnelQuestion,
  name: string,
  segment?: { dimension: string; value: FactCell },
): number[] {
  const funnel = question.model.funnels.get(name);
  if (funnel === undefined) throw new Error(`no funnel ${name}`);
  const events = funnel.steps.map((_, index) => stepEvents(question, funnel, index));
  const [first, ...later] = events;
  const deepest = new Map<FactCell, number>();
  for (const start of first ?? []) {
    if (question.range !== undefined && (start.at < question.range.start || start.at >= question.range.end)) continue;
    if (segment !== undefined) {
      const dataset = datasetOf(question.model, funnel.steps[0]?.dataset ?? '');
      const value = dimensionValue(question.model, question.facts, dataset, segment.dimension, start.row);
      if (value !== segment.value) continue;
    }
    const depth = funnel.order === 'sequence' ? inSequence(funnel, start, later) : inAnyOrder(funnel, start, later);
    deepest.set(start.entity, Math.max(depth, deepest.get(start.entity) ?? 0));
  }
  return funnel.steps.map((_, index) => [...deepest.values()].filter((depth) => depth > index).length);
}

/** Steps reached from one start, each at or after the one before (the earliest that fits), none past the window. */
function inSequence(funnel: Funnel, start: Event, later: readonly Event[][]): number {
  let at = start.at;
  let depth = 1;
  for (const events of later) {
    const times = events.filter((event) => event.entity === start.entity && event.at >= at).map((event) => event.at);
    const next = Math.min(...times);
    if (times.length === 0 || !withinWindow(funnel, start.at, next)) break;
    at = next;
    depth += 1;
  }
  return depth;
}

/** Steps reached from one start, in whatever order, each no further from the start than the window. */
function inAnyOrder(funnel: Funnel, start: Event, later: readonly Event[][]): number {
  let depth = 1;
  for (const events of later) {
    if (!events.some((event) => event.entity === start.entity && withinWindow(funnel, start.at, event.at))) break;
    depth += 1;
  }
  return depth;
}

function withinWindow(funnel: Funnel, start: number, at: number): boolean {
  return funnel.windowSeconds === undefined || Math.abs(at - start) <= funnel.windowSeconds * 1000;
}

function stepEvents(question: FunnelQuestion, funnel: Funnel, index: number): Event[] {
  const { model, facts, filters, zone, now } = question;
  const step = funnel.steps[index];
  if (step === undefined) return [];
  const entityColumn = datasetOf(model, step.dataset).entities.get(funnel.entity) ?? '';
  return datasetRows(model, facts, step.dataset).flatMap((row) => {
    const at = row[step.time];
    const entity = row[entityColumn] ?? null;
    if (typeof at !== 'number' || entity === null || entity === 0 || entity === '') return [];
    if (index > 0 && at > now) return [];
    if (!matches(step.filter, row) || !passes(model, facts, step.dataset, filters, row, at, zone)) return [];
    return [{ entity, at, row }];
  });
}
