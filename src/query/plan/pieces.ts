import { HOUR_MS } from '../../contract/changes.ts';
import type { RollupGrain } from '../../model/checked.ts';
import type { InstantRange } from '../buckets.ts';
import type { KeptRollup } from '../query-context.ts';
import { ROLLUP_SPAN } from '../rollup/columns.ts';
import { keepsMinutes, type LocalDay, offsetsOf } from '../zone-offsets.ts';

/** Where each instant of a range is read from; together the whole range, nothing twice. UTC milliseconds, half-open, rising. */
export interface Pieces {
  /** Whole local days, but for some. */
  days?: InstantRange & { except: LocalDay[] };
  /** Whole local hours. */
  hours: InstantRange[];
  /** Everything else; unbounded where an edge is absent. */
  facts: Partial<InstantRange>[];
}

export interface CutOptions {
  range: Partial<InstantRange>;
  /** Instants at which what counts changes: no bucket may hold both sides. */
  splits: readonly number[];
  kept: Pick<KeptRollup, 'from' | 'pending'>;
  /** The zone whose days and hours are kept. */
  zone: string;
  grains: readonly RollupGrain[];
}

/** Whole days that are kept and have not changed, whole hours of the rest, facts of what remains. */
export function cutRange({ range, splits, kept, zone, grains }: CutOptions): Pieces {
  const first = Math.max(range.start ?? Number.NEGATIVE_INFINITY, kept.from, ROLLUP_SPAN.start);
  const nothingBefore = kept.from === Number.NEGATIVE_INFINITY;
  const inner = {
    // The day in which the span begins is whole where nothing lies before.
    start: nothingBefore && first === ROLLUP_SPAN.start ? offsetsOf(zone).dayOf(first).start : first,
    end: Math.min(range.end ?? Number.POSITIVE_INFINITY, ROLLUP_SPAN.end),
  };
  if (inner.end <= inner.start) return { hours: [], facts: [range] };
  const facts: Partial<InstantRange>[] = [];
  if (!nothingBefore && (range.start === undefined || range.start < inner.start))
    facts.push({ ...(range.start === undefined ? {} : { start: range.start }), end: inner.start });
  const pending = overlapping(kept.pending, inner);
  const days = grains.includes('day') ? cutDays(inner, pending, splits, zone) : { rest: [inner] };
  const hours: InstantRange[] = [];
  for (const piece of days.rest) {
    const cut = grains.includes('hour') ? cutHours(piece, pending, splits, zone) : { whole: [], rest: [piece] };
    hours.push(...cut.whole);
    facts.push(...cut.rest);
  }
  if (range.end === undefined || range.end > inner.end)
    facts.push({ start: inner.end, ...(range.end === undefined ? {} : { end: range.end }) });
  return { ...(days.span === undefined ? {} : { days: days.span }), hours, facts };
}

function cutDays(
  { start, end }: InstantRange,
  pending: readonly number[],
  splits: readonly number[],
  zone: string,
): { span?: InstantRange & { except: LocalDay[] }; rest: InstantRange[] } {
  const { dayOf, broken } = offsetsOf(zone);
  const whole = { start: atOrAfter(start, dayOf(start)), end: dayOf(end).start };
  if (whole.end <= whole.start) return { rest: [{ start, end }] };
  const except = new Map<number, LocalDay>();
  const add = (at: number) => {
    if (at < whole.start || at >= whole.end) return undefined;
    const day = dayOf(at);
    except.set(day.start, day);
    return day;
  };
  for (const hour of pending) {
    const day = add(Math.max(hour * HOUR_MS, whole.start));
    const last = (hour + 1) * HOUR_MS - 1;
    if (day === undefined || last >= day.end) add(last);
  }
  for (const split of splits) if (dayOf(split).start !== split) add(split);
  for (const stretch of broken) for (let at = stretch.start; at < stretch.end; at = dayOf(at).end) add(at);
  const left = [...except.values()].sort((a, b) => a.start - b.start);
  const rest = joinRuns([
    { start, end: whole.start },
    ...left.map((day) => ({ start: day.start, end: Math.min(day.end, whole.end) })),
    { start: whole.end, end },
  ]);
  return { span: { ...whole, except: left }, rest };
}

const atOrAfter = (instant: number, day: LocalDay): number => (instant === day.start ? instant : day.end);

function cutHours(
  piece: InstantRange,
  pending: readonly number[],
  splits: readonly number[],
  zone: string,
): { whole: InstantRange[]; rest: InstantRange[] } {
  if (!keepsMinutes(zone, piece)) return { whole: [], rest: [piece] };
  const [run] = offsetsOf(zone).runs(piece);
  const phase = modulo(-(run?.offset ?? 0), HOUR_MS);
  const floor = (instant: number) => instant - modulo(instant - phase, HOUR_MS);
  const start = floor(piece.start + HOUR_MS - 1);
  const end = floor(piece.end);
  if (end <= start) return { whole: [], rest: [piece] };
  const dirty = new Set<number>();
  const add = (hour: number) => {
    if (hour >= start && hour < end) dirty.add(hour);
  };
  for (const hour of overlapping(pending, piece)) {
    add(floor(hour * HOUR_MS));
    add(floor((hour + 1) * HOUR_MS - 1));
  }
  for (const split of splits) if (floor(split) !== split) add(floor(split));
  const left = [...dirty].sort((a, b) => a - b).map((hour) => ({ start: hour, end: hour + HOUR_MS }));
  const rest = joinRuns([{ start: piece.start, end: start }, ...left, { start: end, end: piece.end }]);
  return { whole: without({ start, end }, left), rest };
}

/** Hours since 1970, rising, of which some part lies in the range. */
function overlapping(hours: readonly number[], { start, end }: InstantRange): readonly number[] {
  return hours.slice(firstFrom(hours, Math.floor(start / HOUR_MS)), firstFrom(hours, Math.ceil(end / HOUR_MS)));
}

/** Place of the first number that is not below `least`. */
function firstFrom(rising: readonly number[], least: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Runs in order, empty ones left out, neighbours joined. */
function joinRuns(runs: readonly InstantRange[]): InstantRange[] {
  const joined: InstantRange[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (run.end <= run.start) continue;
    if (last !== undefined && last.end >= run.start) last.end = Math.max(last.end, run.end);
    else joined.push({ ...run });
  }
  return joined;
}

/** What a range has beside rising runs inside it. */
function without({ start, end }: InstantRange, runs: readonly InstantRange[]): InstantRange[] {
  const edges = [{ start, end: start }, ...runs, { start: end, end }];
  return edges.slice(1).flatMap((run, index) => {
    const from = edges[index]?.end ?? start;
    return run.start > from ? [{ start: from, end: run.start }] : [];
  });
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
