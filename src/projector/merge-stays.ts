/** How long somebody was in the live room: joins as intervals of time. Pure; times are UTC milliseconds. */

export interface Join {
  joinedAt: number;
  /** null where nobody said. */
  leftAt: number | null;
  /** Seconds in the room, where the service says it itself. */
  seconds: number | null;
}

/** `from` is before `to`. */
export interface Interval {
  from: number;
  to: number;
}

/**
 * When a join ended: at `leftAt` or after `seconds`, whichever comes first; null where neither is known. A leave before the join ends
 * it at once.
 */
export function endOfJoin({ joinedAt, leftAt, seconds }: Join): number | null {
  if (leftAt === null && seconds === null) return null;
  const byLength = seconds === null ? Number.POSITIVE_INFINITY : joinedAt + Math.round(seconds * 1000);
  return Math.max(joinedAt, Math.min(leftAt ?? Number.POSITIVE_INFINITY, byLength));
}

/**
 * Joins as intervals that do not overlap, in order: two devices do not double the time, and a line that broke for at most `gapMs`
 * counts on. Joins without a length give no time and bridge nothing.
 */
export function mergeStays(joins: readonly Join[], gapMs: number): Interval[] {
  const intervals = joins
    .map((join): Interval => ({ from: join.joinedAt, to: endOfJoin(join) ?? join.joinedAt }))
    .filter(({ from, to }) => to > from)
    .sort((a, b) => a.from - b.from);
  const merged: Interval[] = [];
  for (const interval of intervals) {
    const last = merged.at(-1);
    if (last !== undefined && interval.from - last.to <= gapMs) last.to = Math.max(last.to, interval.to);
    else merged.push({ ...interval });
  }
  return merged;
}

/** Milliseconds. */
export const lengthOf = (intervals: readonly Interval[]): number =>
  intervals.reduce((sum, { from, to }) => sum + to - from, 0);
