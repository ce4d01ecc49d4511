import { HOUR_MS } from '../contract/changes.ts';
import { addDays } from '../contract/plain-date.ts';
import { type InstantRange, listBuckets } from '../query/buckets.ts';
import { localDate, offsetAt, offsetChanges, startOfDay } from '../query/local-time.ts';
import type { RollupSpan } from '../query/rollup/build.ts';
import { ROLLUP_SPAN } from '../query/rollup/columns.ts';

/** What has to be computed anew together: the touched hours of a local day. */
export interface TouchedDay extends InstantRange {
  /** First instant of each local day in it, UTC seconds: one, or those around an uneven change of the clocks. */
  days: readonly number[];
  /** Local hours that were touched, rising and disjoint. */
  ranges: readonly InstantRange[];
  /** Their starts, UTC seconds. */
  hours: readonly number[];
  /** The UTC hours since 1970 that touched it; one at the edge of two days is in both. */
  touched: readonly number[];
  /** The clock moves by a part of an hour in it: the days cannot be put together from hours, and its hours only be computed all. */
  uneven: boolean;
}

/** Local hours and days of one zone, as the engine's buckets have them. */
export class LocalBuckets {
  readonly zone: string;
  /** Days around changes of the clocks by a part of an hour, rising. */
  readonly #uneven: readonly InstantRange[];

  constructor(zone: string) {
    this.zone = zone;
    this.#uneven = offsetChanges(ROLLUP_SPAN.start, ROLLUP_SPAN.end, zone)
      .filter((change) => (offsetAt(change, zone) - offsetAt(change - 1, zone)) % HOUR_MS !== 0)
      .map((change) => ({ start: this.#dayOf(change - 1).start, end: this.#dayOf(change).end }));
  }

  /** First instant of the local day that holds an instant. */
  startOfDay(at: number): number {
    return this.#dayOf(at).start;
  }

  /** The days around uneven changes of the clocks that overlap a range, whole. */
  unevenIn({ start, end }: InstantRange): TouchedDay[] {
    return this.#uneven
      .filter((days) => days.start < end && days.end > start)
      .map((days) => this.#unevenDays(days, []));
  }

  /** The local days of UTC hours since 1970 with what is to be computed in them; `hours` are rising. Hours outside of the span are left out. */
  daysOf(hours: Iterable<number>): TouchedDay[] {
    const found: { day: InstantRange; uneven: boolean; touched: number[]; starts: number[] }[] = [];
    for (const hour of hours) {
      const at = hour * HOUR_MS;
      if (at < ROLLUP_SPAN.start || at >= ROLLUP_SPAN.end) continue;
      for (const start of this.#localHours(at)) {
        let last = found.at(-1);
        // An hour at the edge of two days is in both.
        if (last === undefined || start >= last.day.end) {
          const uneven = this.#uneven.find((days) => start >= days.start && start < days.end);
          last = { day: uneven ?? this.#dayOf(start), uneven: uneven !== undefined, touched: [], starts: [] };
          found.push(last);
        }
        if (last.touched.at(-1) !== hour) last.touched.push(hour);
        if (last.starts.at(-1) !== start) last.starts.push(start);
      }
    }
    return found.map(({ day, uneven, touched, starts }) =>
      uneven
        ? this.#unevenDays(day, touched)
        : {
            ...day,
            days: [day.start / 1000],
            ranges: joinRanges(starts.map((start) => ({ start, end: start + HOUR_MS }))),
            hours: starts.map((start) => start / 1000),
            touched,
            uneven,
          },
    );
  }

  /** Starts of the local hours that overlap the UTC hour from `at`; near uneven changes of the clocks some of them. */
  #localHours(at: number): number[] {
    const starts = [at, at + HOUR_MS - 1].map((edge) => edge - modulo(edge + offsetAt(edge, this.zone), HOUR_MS));
    return [...new Set(starts)];
  }

  #dayOf(at: number): InstantRange {
    const date = localDate(at, this.zone);
    return { start: startOfDay(date, this.zone), end: startOfDay(addDays(date, 1), this.zone) };
  }

  #unevenDays(days: InstantRange, touched: readonly number[]): TouchedDay {
    const starts = (grain: 'hour' | 'day') => listBuckets(grain, days, this.zone, 'monday').map(({ key }) => key);
    return {
      ...days,
      days: starts('day').map((date) => startOfDay(date, this.zone) / 1000),
      ranges: [days],
      hours: [...new Set(starts('hour').map(Number))],
      touched,
      uneven: true,
    };
  }
}

/** The hours to compute of some days. */
export const hoursSpan = (days: readonly TouchedDay[]): RollupSpan => ({
  ranges: joinRanges(days.flatMap(({ ranges }) => ranges)),
  buckets: days.flatMap(({ hours }) => hours),
});

/** The days themselves, whole. */
export const daysSpan = (days: readonly TouchedDay[]): RollupSpan => ({
  ranges: joinRanges(days),
  buckets: days.flatMap((day) => day.days),
});

/** Rising ranges, those that touch as one. */
function joinRanges(ranges: readonly InstantRange[]): InstantRange[] {
  const joined: InstantRange[] = [];
  for (const { start, end } of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
