import type { RunTrigger } from '../contract/api.ts';
import type { SyncSourceRow, updateSyncSource } from '../store/sync-sources.ts';
import { retryDelay } from './retry.ts';
import type { RunEnd } from './run.ts';

type Change = Parameters<typeof updateSyncSource>[2];

/** Begun by the schedule, not by a person. */
function isScheduled(trigger: RunTrigger): boolean {
  return trigger === 'schedule' || trigger === 'catch_up' || trigger === 'retry';
}

/**
 * What a run's end changes in its source; null where nothing. A backfill, and a person's run of some
 * streams, tell nothing about what comes by itself. A person's run
 * that failed leaves the tries of the schedule as they are.
 * @param ended how Turnout itself is: `closing` while it ends
 */
export function sourceChange(
  row: SyncSourceRow,
  wish: { trigger: RunTrigger; streams?: readonly string[] },
  end: RunEnd,
  at: { now: number; random: number; closing: boolean },
): Change | null {
  const { trigger } = wish;
  const partial = wish.streams !== undefined && !isScheduled(trigger);
  if (trigger === 'backfill' || (partial && end.state === 'ok')) return null;
  if (end.state === 'ok') return { failures: 0, attempts: 0, next_attempt_at: null, last_error: null, blocked: 0 };
  if (end.state === 'stopped') {
    if (!isScheduled(trigger)) return null;
    return { next_attempt_at: at.closing ? at.now : null };
  }
  const failed = { failures: row.failures + 1, last_error: end.error };
  if (end.kind === 'settings') return { ...failed, blocked: 1, attempts: 0, next_attempt_at: null };
  if (!isScheduled(trigger)) return failed;
  const attempts = row.attempts + 1;
  const delay = retryDelay(attempts, at.random, end.retryAfterMs);
  return { ...failed, attempts, next_attempt_at: delay === null ? null : at.now + delay };
}
