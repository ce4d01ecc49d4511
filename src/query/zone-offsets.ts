import type { InstantRange } from './buckets.ts';
import { offsetAt, offsetChanges } from './local-time.ts';
import { ROLLUP_SPAN } from './rollup/columns.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A stretch of time in which the zone's offset stays. */
interface Run extends InstantRange {
  /** Milliseconds east of UTC. */
  offset: number;
}

/** A local day as the instants that it holds. */
export interface LocalDay extends InstantRange {
  /** Days since 1970-01-01. */
  number: number;
}

/** The offsets of a zone within `ROLLUP_SPAN`, looked up once, so that local days and hours are arithmetic. */
export interface ZoneOffsets {
  /** Milliseconds east of UTC; of any instant. */
  at(instant: number): number;
  /** Stretches of one offset that overlap a range, in order. */
  runs(range: InstantRange): Run[];
  /** The local day that an instant lies in. */
  dayOf(instant: number): LocalDay;
  /** Days around midnights that the clock went back over: their instants are no one stretch. */
  broken: readonly InstantRange[];
}

const known = new Map<string, ZoneOffsets>();

/** @param zone as the engine spells it */
export function offsetsOf(zone: string): ZoneOffsets {
  const found = known.get(zone) ?? readOffsets(zone);
  known.set(zone, found);
  return found;
}

function readOffsets(zone: string): ZoneOffsets {
  const span = { start: ROLLUP_SPAN.start - 2 * DAY, end: ROLLUP_SPAN.end + 2 * DAY };
  const edges = [span.start, ...offsetChanges(span.start, span.end, zone), span.end];
  const all = edges.slice(0, -1).map((start, index): Run => {
    return { start, end: edges[index + 1] ?? span.end, offset: offsetAt(start, zone) };
  });
  const dayOf = (instant: number) => localDay(all, instant);
  const broken = all.slice(1).flatMap((run, index): InstantRange[] => {
    const before = all[index];
    if (before === undefined || dayNumber(run.start, run) >= dayNumber(run.start - 1, before)) return [];
    // The clock went back over midnight: the later day had begun already.
    return [{ start: dayOf(dayOf(run.start - 1).start - 1).start, end: dayOf(run.start + DAY).end }];
  });
  const at = (instant: number) =>
    instant >= span.start && instant < span.end ? (all[indexAt(all, instant)]?.offset ?? 0) : offsetAt(instant, zone);
  return { at, runs: (range) => runsWithin(all, range), dayOf, broken };
}

function runsWithin(all: readonly Run[], { start, end }: InstantRange): Run[] {
  const runs: Run[] = [];
  for (let index = indexAt(all, start); index < all.length; index++) {
    const run = all[index];
    if (run === undefined || run.start >= end) break;
    if (run.end > start) runs.push({ ...run, start: Math.max(run.start, start), end: Math.min(run.end, end) });
  }
  return runs;
}

/** The run that holds an instant; the first or last one for what lies outside. */
function indexAt(all: readonly Run[], instant: number): number {
  let [low, high] = [0, all.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((all[middle]?.start ?? 0) <= instant) low = middle;
    else high = middle - 1;
  }
  return low;
}

const dayNumber = (instant: number, { offset }: Run): number => Math.floor((instant + offset) / DAY);

function localDay(all: readonly Run[], instant: number): LocalDay {
  const index = indexAt(all, instant);
  const run = all[index];
  if (run === undefined) throw new Error('a zone without an offset');
  const number = dayNumber(instant, run);
  return { number, start: startOf(all, index, number), end: endOf(all, index, number) };
}

/** The day may have begun under an earlier offset, or with a change of the clock that leapt over midnight. */
function startOf(all: readonly Run[], index: number, number: number): number {
  for (let at = index; ; at--) {
    const [run, before] = [all[at], all[at - 1]];
    if (run === undefined) throw new Error('a day outside of the span');
    const nominal = number * DAY - run.offset;
    if (nominal >= run.start || before === undefined) return nominal;
    if (dayNumber(run.start - 1, before) !== number) return run.start;
  }
}

function endOf(all: readonly Run[], index: number, number: number): number {
  for (let at = index; ; at++) {
    const [run, after] = [all[at], all[at + 1]];
    if (run === undefined) throw new Error('a day outside of the span');
    const nominal = (number + 1) * DAY - run.offset;
    if (nominal < run.end || after === undefined) return nominal;
    if (dayNumber(run.end, after) !== number) return run.end;
  }
}

/** Whether every local hour of one zone lies in one local hour of the other, all over a range. */
export function sharesHours(zone: string, other: string, range: InstantRange): boolean {
  return pairsOf(zone, other, range).every(([a, b]) => (a.offset - b.offset) % HOUR === 0);
}

/** Whether two zones have the same local days, all over a range. */
export function sharesDays(zone: string, other: string, range: InstantRange): boolean {
  return zone === other || pairsOf(zone, other, range).every(([a, b]) => a.offset === b.offset);
}

/** Whether local hours begin at the same minute, all over a range. */
export function keepsMinutes(zone: string, range: InstantRange): boolean {
  const [first, ...more] = offsetsOf(zone).runs(range);
  return first === undefined || more.every((run) => (run.offset - first.offset) % HOUR === 0);
}

function pairsOf(zone: string, other: string, range: InstantRange): [Run, Run][] {
  return offsetsOf(zone)
    .runs(range)
    .flatMap((run) =>
      offsetsOf(other)
        .runs(run)
        .map((each): [Run, Run] => [run, each]),
    );
}
