import type { Rollup } from '../model/checked.ts';
import type { InstantRange } from '../query/buckets.ts';
import { compileDays, compileHours, type RollupSpan } from '../query/rollup/build.ts';
import { ROLLUP_SPAN } from '../query/rollup/columns.ts';
import { compileIndex } from '../query/rollup/entity-index.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { daysSpan, hoursSpan, type LocalBuckets, type TouchedDay } from './local-buckets.ts';
import { type RollupStore, wholeRange } from './rollup-store.ts';

/** Days that are computed without looking how many rows they have. */
const FEW_DAYS = 2;
const FEWEST_ROWS = 50_000;

export interface RecomputerOptions {
  store: RollupStore;
  buckets: LocalBuckets;
  /** Gives the number under which the next rows are written: higher than any before. */
  nextVersion: () => bigint;
  /** Rows of the facts that one statement reads, as far as days can be told apart. */
  maxRows: number;
}

/** Computes buckets of roll-ups anew, in pieces of bounded memory. */
export class Recomputer {
  readonly #store: RollupStore;
  readonly #buckets: LocalBuckets;
  readonly #nextVersion: () => bigint;
  readonly #maxRows: number;
  /** Smaller after a failure, which may have been of memory. */
  #rows: number;

  constructor({ store, buckets, nextVersion, maxRows }: RecomputerOptions) {
    this.#store = store;
    this.#buckets = buckets;
    this.#nextVersion = nextVersion;
    this.#maxRows = maxRows;
    this.#rows = maxRows;
  }

  /**
   * Computes the local hours that UTC hours touch, then their days; the newest first.
   *
   * @param done told the hours that are computed whole, piece by piece
   */
  async computeHours(rollup: Rollup, hours: readonly number[], done: (hours: number[]) => void): Promise<void> {
    const days = this.#buckets.daysOf(hours).reverse();
    const left = new Map<number, number>();
    for (const { touched } of days) for (const hour of touched) left.set(hour, (left.get(hour) ?? 0) + 1);
    for (const piece of await this.#pieces(rollup, days)) {
      await this.#compute(rollup, hoursSpan(piece), daysSpan(piece), piece);
      const whole = piece.flatMap(({ touched }) => touched).filter((hour) => countDown(left, hour) === 0);
      done(whole);
    }
  }

  /** Computes every bucket of a range that begins and ends with local days. */
  async computeRange(rollup: Rollup, range: InstantRange): Promise<void> {
    await this.#compute(rollup, wholeRange(range), wholeRange(range), this.#buckets.unevenIn(range));
  }

  /**
   * Cuts what is not built yet into pieces: starts of ranges, falling, the last of them `ROLLUP_SPAN.start`, with the rows that are
   * read for each.
   */
  async planBuild(rollup: Rollup, before: number): Promise<{ start: number; facts: number }[]> {
    if (before <= ROLLUP_SPAN.start) return [];
    const range = { start: ROLLUP_SPAN.start, end: before };
    const days = (await this.#store.countDays(rollup, this.#buckets.zone, wholeRange(range))).reverse();
    const pieces: { start: number; facts: number }[] = [];
    let rows = 0;
    let start = before;
    for (const { day, facts } of days) {
      if (rows > 0 && rows + facts > this.#rows) {
        pieces.push({ start, facts: rows });
        rows = 0;
      }
      rows += facts;
      start = this.#startOfDay(day * 1000);
    }
    return [...pieces, { start: ROLLUP_SPAN.start, facts: rows }];
  }

  /** Days around an uneven change of the clocks are computed together. */
  #startOfDay(day: number): number {
    return this.#buckets.unevenIn({ start: day, end: day + 1 })[0]?.start ?? day;
  }

  async #compute(rollup: Rollup, hours: RollupSpan, days: RollupSpan, touched: readonly TouchedDay[]): Promise<void> {
    const uneven = touched.filter((day) => day.uneven);
    const { zone } = this.#buckets;
    await this.#run((version) => compileHours({ rollup, zone, span: hours, version }));
    await this.#run((version) => compileDays({ rollup, zone, span: days, version }, 'hours'));
    if (uneven.length > 0 && rollup.sets.some(({ grains }) => grains.length > 1))
      await this.#run((version) => compileDays({ rollup, zone, span: daysSpan(uneven), version }, 'facts'));
    for (const index of rollup.indexes)
      await this.#run((version) => compileIndex({ rollup, zone, span: hours, version }, index));
  }

  async #run(compile: (version: bigint) => RenderedSql | null): Promise<void> {
    const statement = compile(this.#nextVersion());
    if (statement === null) return;
    try {
      await this.#store.run(statement);
    } catch (error) {
      this.#rows = Math.max(FEWEST_ROWS, this.#rows / 2);
      throw error;
    }
    this.#rows = Math.min(this.#maxRows, this.#rows * 1.2);
  }

  /** Days put together up to so many rows. */
  async #pieces(rollup: Rollup, days: readonly TouchedDay[]): Promise<TouchedDay[][]> {
    if (days.length <= FEW_DAYS) return days.length === 0 ? [] : [days.toReversed()];
    const counted = await this.#store.countDays(rollup, this.#buckets.zone, daysSpan(days.toReversed()));
    const rowsOf = new Map(counted.map(({ day, facts }) => [day, facts]));
    const pieces: TouchedDay[][] = [];
    let rows = 0;
    for (const touched of days) {
      const own = touched.days.reduce((sum, day) => sum + (rowsOf.get(day) ?? 0), 0);
      const last = pieces.at(-1);
      if (last !== undefined && rows + own <= this.#rows) {
        last.unshift(touched);
        rows += own;
      } else {
        pieces.push([touched]);
        rows = own;
      }
    }
    return pieces;
  }
}

function countDown(left: Map<number, number>, hour: number): number {
  const now = (left.get(hour) ?? 1) - 1;
  left.set(hour, now);
  return now;
}
