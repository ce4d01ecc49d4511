import type { Group, ResolvedMetricQuery } from './resolved.ts';

/** Whether a value counts every cohort or those only that have settled. */
export type Counted = 'all' | 'settled';

/** One way in which an answer groups: all dimensions, or one of the grouping sets. */
export interface View {
  groups: readonly Group[];
  /**
   * Rows of a bucket of time show its value whether it has settled or not, because a reader sees which bucket it is; where no time is
   * shown, only what has settled is counted.
   */
  counted: Counted;
  /** What the totals count, where there are any. */
  totals?: Counted;
}

export function viewsOf({ groups, sets, totals, matured }: ResolvedMetricQuery): View[] {
  const counted = (shown: readonly Group[]): Counted =>
    matured && !shown.some((group) => group.kind === 'time') ? 'settled' : 'all';
  return (sets ?? [groups]).map((shown) => ({
    groups: shown,
    counted: counted(shown),
    ...(totals ? { totals: counted([]) } : {}),
  }));
}
