import type { Mark } from '../contract/result.ts';
import { lowerFirst } from '../model/labels.ts';
import { believedUpTo } from './chance.ts';
import { findStandOuts, median } from './stand-out.ts';

/** A metric whose rows are compared. */
export interface MarkedMetric {
  name: string;
  label: string;
  kind: 'count' | 'rate';
  /** Fewer things than this are never marked. */
  minSample: number;
}

/** What one row has of one metric: a count, or a share of `n` things. null: nothing known, or still changing. */
export type MarkedValue = { count: number } | { rate: number; n: number } | null;

export interface MarkedRow {
  /** Place in the answer; null for a row that is only there to be compared with. */
  row: number | null;
  /** Rows of a group are each other's peers. */
  group: string;
  /** When it was, in UTC milliseconds, where that is known of all rows: its peers are those around that time. */
  at?: number;
  /** In the order of the metrics. */
  values: MarkedValue[];
}

/** A mark must be big besides being no chance: this many times as much, or as little; this many points of a rate. */
const HIGH_FACTOR = 1.5;
const LOW_FACTOR = 2 / 3;
const POINTS = 0.05;
/** A difference that chance makes more often than this is "as usual". */
const USUAL = 0.01;

interface Finding {
  row: number;
  metric: MarkedMetric;
  /** Chance of a difference that large. */
  p: number;
  value: number;
  usual: number;
  big: boolean;
}

/**
 * Rows that stand out among their peers (`docs/decisions/0012-marks.md`). Chance is allowed for over all rows and metrics at once, and
 * what stands out must be big as well. Small samples are never marked.
 *
 * @param whose how the peers are called: "its series", "the others"
 */
export function findMarks(rows: readonly MarkedRow[], metrics: readonly MarkedMetric[], whose: string): Mark[] {
  const findings = metrics.flatMap((metric, index) => lookAt(rows, metric, index));
  const limit = believedUpTo(findings.map(({ p }) => p));
  const stands = (finding: Finding) => finding.big && finding.p <= limit;
  return [...Map.groupBy(findings, ({ row }) => row)]
    .filter(([, own]) => own.some(stands))
    .map(([row, own]) => {
      const marked = own.filter(stands);
      const usual = own.filter((finding) => !stands(finding) && (finding.p > USUAL || !finding.big));
      return {
        row,
        metrics: marked.map((finding) => ({
          metric: finding.metric.name,
          direction: finding.value > finding.usual ? ('high' as const) : ('low' as const),
          factor: finding.usual === 0 ? null : finding.value / finding.usual,
        })),
        text: [
          ...marked.map((finding) => describe(finding, whose)),
          ...usual.map(({ metric }) => `${lowerFirst(metric.label)} as usual`),
        ].join('; '),
      };
    })
    .toSorted((a, b) => a.row - b.row);
}

function lookAt(rows: readonly MarkedRow[], metric: MarkedMetric, index: number): Finding[] {
  const known = rows.flatMap(({ row, group, at, values }) => {
    const value = values[index] ?? null;
    // A peer of a handful of things says nothing of a rate.
    if (value === null || ('n' in value && value.n < metric.minSample)) return [];
    return [{ row, group, at, value, amount: 'count' in value ? value.count : value.rate }];
  });
  const usualCount = new Map(
    [...Map.groupBy(known, ({ group }) => group)].map(([group, own]) => [
      group,
      median(own.map(({ amount }) => amount).toSorted((a, b) => a - b)),
    ]),
  );
  const found = findStandOuts(
    known.map(({ group, at, value }) => ({
      group,
      ...(at === undefined ? {} : { at }),
      ...('count' in value ? scaleCount(value.count, usualCount.get(group) ?? 0) : scaleRate(value.rate, value.n)),
    })),
  );
  return known.flatMap(({ row, value, amount }, place): Finding[] => {
    const standing = found[place] ?? null;
    if (row === null || standing === null) return [];
    const usual = 'count' in value ? Math.max(0, Math.exp(standing.usual) - 0.5) : Math.sin(standing.usual) ** 2;
    if ('count' in value && Math.max(amount, usual) < metric.minSample) return [];
    const big =
      'count' in value
        ? amount >= usual * HIGH_FACTOR || amount <= usual * LOW_FACTOR
        : Math.abs(amount - usual) >= POINTS;
    return [{ row, metric, p: standing.p, value: amount, usual, big }];
  });
}

/** Counts differ by factors, and by chance as a count of the usual size does. */
function scaleCount(count: number, usual: number): { value: number; noise: number } {
  return { value: Math.log(count + 0.5), noise: 1 / (usual + 0.5) };
}

/** The angle whose squared sine is the share (Anscombe 1948): its spread by chance depends on `n` alone. */
function scaleRate(rate: number, n: number): { value: number; noise: number } {
  return { value: Math.asin(Math.sqrt((rate * n + 3 / 8) / (n + 3 / 4))), noise: 1 / (4 * n + 2) };
}

function describe({ metric, value, usual }: Finding, whose: string): string {
  const label = lowerFirst(metric.label);
  if (metric.kind === 'rate') {
    const points = Math.abs(value - usual) * 100;
    return `${label} ${points.toFixed(1)} points ${value > usual ? 'above' : 'below'} ${whose}`;
  }
  if (usual === 0) return `${label} far above ${whose}`;
  const factor = value / usual;
  return `${factor.toFixed(factor < 9.95 ? 1 : 0)} × the ${label} of ${whose}`;
}
