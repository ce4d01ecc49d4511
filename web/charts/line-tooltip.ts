import type { Formats } from '../tile/formats.ts';
import type { TooltipContent } from './chart-tooltip.tsx';
import type { SeriesSet } from './series.ts';

/** All lines at one bucket: sorted by value, each with its comparison and change; `active` is the line under the cursor. */
export function lineTooltip(
  set: SeriesSet,
  index: number,
  shown: ReadonlySet<string> | null,
  active: string | null,
  formats: Formats,
): TooltipContent {
  const compared = set.comparedTimes?.[index] ?? null;
  const rows = set.series
    .filter((line) => shown === null || shown.has(line.key))
    .toSorted((a, b) => (b.values[index] ?? -1) - (a.values[index] ?? -1))
    .map((line) => {
      const value = line.values[index] ?? null;
      const before = line.compared?.[index] ?? null;
      return {
        key: line.key,
        label: line.label,
        color: line.color,
        value: formats.value(value, line.column, 'table'),
        before: before === null ? undefined : formats.value(before, line.column, 'table'),
        change: formats.change(value, before, line.column),
        strong: line.key === active,
      };
    });
  return {
    heading: formats.bucket(set.times[index] ?? '', set.grain),
    comparedHeading: compared === null ? undefined : formats.bucket(compared, set.grain),
    rows,
    note: noteOf(set, index),
  };
}

function noteOf(set: SeriesSet, index: number): string | undefined {
  if (set.partial[index]) return 'so far: this span is not complete';
  return set.maturing[index] ? 'still maturing: these numbers can change' : undefined;
}

/** The line nearest to a value at one bucket, for the pointer. */
export function nearestLine(
  set: SeriesSet,
  index: number,
  value: number,
  shown: ReadonlySet<string> | null,
): string | null {
  let best: { key: string; distance: number } | null = null;
  for (const line of set.series) {
    const at = line.values[index];
    if (at === null || at === undefined || (shown !== null && !shown.has(line.key))) continue;
    const distance = Math.abs(at - value);
    if (!best || distance < best.distance) best = { key: line.key, distance };
  }
  return best?.key ?? null;
}
