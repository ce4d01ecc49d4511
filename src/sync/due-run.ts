import type { Schedule } from './schedule.ts';

/** What decides whether a source is to be read now. Instants are UTC milliseconds. */
export interface SourceTimes {
  paused: boolean;
  /** A person has to change something first. */
  blocked: boolean;
  running: boolean;
  /** The latest time of the schedule that has been dealt with. */
  slot: number;
  /** When it is tried again after a failure. */
  nextAttemptAt: number | null;
}

export interface DueRun {
  trigger: 'schedule' | 'catch_up' | 'retry';
  /** The time of the schedule that it is for. */
  slot: number;
}

/** Later than this after its time a run is called catch-up. */
const ON_TIME_MS = 5 * 60_000;

/** The run that is due at `now`; one alone however many times of the schedule were missed. */
export function dueRun(times: SourceTimes, schedule: Schedule, now: number): DueRun | null {
  if (times.paused || times.blocked || times.running) return null;
  const slot = schedule.latest(now);
  if (slot !== null && slot > times.slot) return { trigger: now - slot <= ON_TIME_MS ? 'schedule' : 'catch_up', slot };
  if (times.nextAttemptAt !== null && times.nextAttemptAt <= now) return { trigger: 'retry', slot: times.slot };
  return null;
}

/** Next time of the schedule or next try, whichever is first; null while nothing will happen by itself. */
export function nextRunAt(times: SourceTimes, schedule: Schedule, now: number): number | null {
  if (times.paused || times.blocked) return null;
  const next = schedule.next(Math.max(now, times.slot));
  if (times.nextAttemptAt === null) return next;
  return next === null ? times.nextAttemptAt : Math.min(next, times.nextAttemptAt);
}
