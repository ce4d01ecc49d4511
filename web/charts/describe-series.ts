import type { Formats } from '../tile/formats.ts';
import { type Series, type SeriesSet, unsettledBuckets } from './series.ts';

interface Extreme {
  value: number;
  index: number;
}

function extremes(line: Series, partial: readonly boolean[]): { low: Extreme; high: Extreme; last: Extreme } | null {
  let low: Extreme | null = null;
  let high: Extreme | null = null;
  let last: Extreme | null = null;
  line.values.forEach((value, index) => {
    if (value === null || partial[index]) return;
    if (!low || value < low.value) low = { value, index };
    if (!high || value > high.value) high = { value, index };
    last = { value, index };
  });
  return low && high && last ? { low, high, last } : null;
}

/** One sentence about a line: extremes with their dates, the last complete value and its change. */
export function describeLine(line: Series, set: SeriesSet, formats: Formats): string {
  const found = extremes(line, unsettledBuckets(set));
  if (!found) return `${line.label}: no data`;
  const say = (value: number): string => formats.value(value, line.column, 'table');
  const when = (index: number): string => formats.bucket(set.times[index] ?? '', set.grain);
  const { low, high, last } = found;
  const span =
    low.value === high.value
      ? `${say(low.value)} throughout`
      : `between ${say(low.value)} (${when(low.index)}) and ${say(high.value)} (${when(high.index)})`;
  const before = line.compared?.[last.index] ?? null;
  const change = before === null ? null : formats.change(last.value, before, line.column);
  const against = change ? `, ${change.words} against the comparison` : '';
  return `${line.label}: ${span}; last complete value ${say(last.value)} (${when(last.index)})${against}`;
}

/** The accessible name of a line chart: what, over which range, extremes and change of every line. */
export function describeSeries(title: string, set: SeriesSet, formats: Formats): string {
  const first = set.times[0];
  const last = set.times.at(-1);
  if (first === undefined || last === undefined || set.series.length === 0) return `${title}: no data.`;
  const range = `by ${set.grain} from ${formats.bucket(first, set.grain)} to ${formats.bucket(last, set.grain)}`;
  const lines = set.series.map((line) => describeLine(line, set, formats)).join('. ');
  const partial = set.partial.at(-1)
    ? ' The last point is not complete yet.'
    : set.maturing.at(-1)
      ? ' The last point is still maturing.'
      : '';
  return `${title}, line chart ${range}. ${lines}.${partial}`;
}
