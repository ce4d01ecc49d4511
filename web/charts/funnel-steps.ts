import type { FunnelInfo } from '../../src/contract/api.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import type { Formats } from '../tile/formats.ts';
import { numberOf } from './series.ts';

export interface FunnelStep {
  name: string;
  label: string;
  reached: number;
  /** Shares 0–1; null where nobody entered. */
  fromStart: number | null;
  fromPrevious: number | null;
  /** Those of the previous step who did not get here. */
  lost: number;
  medianSeconds: number | null;
  p90Seconds: number | null;
  compared: { reached: number; fromStart: number | null; fromPrevious: number | null } | null;
}

export interface Takeaway {
  kind: 'loss' | 'change' | 'slowest';
  step: string;
  text: string;
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** Steps in the engine's order; shares are ratios of the counts shown, so that what is printed adds up. */
export function toFunnelSteps(result: QueryResult, segment?: { dimension: string; value: string }): FunnelStep[] {
  const rows = result.rows
    .map((row, index) => ({ row, before: result.compare?.rows[index] ?? null }))
    .filter(({ row }) => !segment || String(row[segment.dimension] ?? '') === segment.value);
  const first = numberOf(rows[0]?.row['reached']) ?? 0;
  const firstBefore = numberOf(rows[0]?.before?.['reached']);
  return rows.map(({ row, before }, index) => {
    const reached = numberOf(row['reached']) ?? 0;
    const previous = index === 0 ? reached : (numberOf(rows[index - 1]?.row['reached']) ?? 0);
    const reachedBefore = numberOf(before?.['reached']);
    const previousBefore = index === 0 ? reachedBefore : numberOf(rows[index - 1]?.before?.['reached']);
    return {
      name: String(row['step'] ?? index),
      label: String(row['label'] ?? row['step'] ?? ''),
      reached,
      fromStart: share(reached, first),
      fromPrevious: index === 0 ? null : share(reached, previous),
      lost: previous - reached,
      medianSeconds: numberOf(row['median_seconds']),
      p90Seconds: numberOf(row['p90_seconds']),
      compared:
        reachedBefore === null
          ? null
          : {
              reached: reachedBefore,
              fromStart: share(reachedBefore, firstBefore ?? 0),
              fromPrevious: index === 0 ? null : share(reachedBefore, previousBefore ?? 0),
            },
    };
  });
}

const PERCENT = { format: 'percent' } as const;

/** The pill's full sentence: `50 % continued to Activated (105), 50 % dropped off (105)`. */
export function stepSentence(step: FunnelStep, previous: FunnelStep, formats: Formats): string {
  const count = (value: number): string => formats.value(value, { format: 'integer' }, 'table');
  if (step.fromPrevious === null) return `Nobody reached ${previous.label}, so nobody could continue to ${step.label}.`;
  const kept = formats.value(step.fromPrevious, PERCENT, 'card');
  const lost = formats.value(1 - step.fromPrevious, PERCENT, 'card');
  return `${kept} continued from ${previous.label} to ${step.label} (${count(step.reached)}), ${lost} dropped off (${count(step.lost)})`;
}

/** The largest loss, the largest change of a step's conversion, the slowest step: what a reader should look at first. */
export function takeaways(steps: readonly FunnelStep[], formats: Formats): Takeaway[] {
  const pairs = steps.slice(1).map((step, index) => ({ step, previous: steps[index] ?? step }));
  const found: Takeaway[] = [];
  const byLoss = pairs.toSorted((a, b) => b.step.lost - a.step.lost)[0];
  if (byLoss && byLoss.step.lost > 0) {
    const lost = formats.value(byLoss.step.lost, { format: 'integer' }, 'table');
    found.push({
      kind: 'loss',
      step: byLoss.step.name,
      text: `Largest loss: ${lost} between ${byLoss.previous.label} and ${byLoss.step.label}`,
    });
  }
  const moved = pairs
    .map((pair) => ({
      ...pair,
      change:
        pair.step.fromPrevious !== null && pair.step.compared?.fromPrevious != null
          ? pair.step.fromPrevious - pair.step.compared.fromPrevious
          : 0,
    }))
    .toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change))[0];
  if (moved && Math.abs(moved.change) >= 0.0005) {
    const change = formats.change(moved.step.fromPrevious, moved.step.compared?.fromPrevious ?? null, {
      ...PERCENT,
      good: 'up',
    });
    found.push({
      kind: 'change',
      step: moved.step.name,
      text: `Largest change: ${moved.previous.label} to ${moved.step.label}, ${change?.text ?? ''}`,
    });
  }
  const slow = pairs
    .filter((pair) => (pair.step.medianSeconds ?? 0) > 0)
    .toSorted((a, b) => (b.step.medianSeconds ?? 0) - (a.step.medianSeconds ?? 0))[0];
  if (slow?.step.medianSeconds) {
    found.push({
      kind: 'slowest',
      step: slow.step.name,
      text: `Slowest: ${slow.previous.label} to ${slow.step.label}, ${formats.value(slow.step.medianSeconds, { format: 'duration' }, 'card')} (median)`,
    });
  }
  return found;
}

/** The definition in words; the funnel's own labels, nothing hidden. */
export function funnelDefinition(funnel: FunnelInfo): { lead: string; steps: string; tail: string } {
  const order = funnel.order === 'sequence' ? 'in this order' : 'in any order';
  const within = funnel.window ? `, within ${funnel.window}` : ', with no time limit';
  return {
    lead: 'People who were',
    steps: funnel.steps.map((step) => step.label).join(' → '),
    tail: `${order}${within}, each ${funnel.entity} counted once.`,
  };
}

/** The accessible name of the whole funnel. */
export function describeFunnel(title: string, steps: readonly FunnelStep[], formats: Formats): string {
  const parts = steps.map((step, index) => {
    const count = formats.value(step.reached, { format: 'integer' }, 'table');
    return index === 0 || step.fromStart === null
      ? `${step.label} ${count}`
      : `${step.label} ${count} (${formats.value(step.fromStart, PERCENT, 'table')} of the first step)`;
  });
  return `${title}, funnel: ${parts.join(', ')}.`;
}
