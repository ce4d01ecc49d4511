import type { SourceState } from '../contract/api.ts';
import type { SourceDeclaration } from '../contract/source.ts';
import { describeLength, parseLength } from './lengths.ts';
import { MAX_ATTEMPTS } from './retry.ts';
import { parseSchedule, type Schedule } from './schedule.ts';

/** What is known of a source that is read. Instants are UTC milliseconds. */
export interface SourceFacts {
  expect: SourceDeclaration['expect'];
  schedule: Schedule;
  timeZone: string;
  /** People bring files: nothing is read. */
  uploads: boolean;
  /** When it was first seen. */
  since: number;
  paused: boolean;
  blocked: boolean;
  running: boolean;
  /** Everything that the service had then is here; null before the first complete run. */
  completeThrough: number | null;
  /** Runs in a row that failed. */
  failures: number;
  /** Tries made for the present time of the schedule. */
  attempts: number;
  nextAttemptAt: number | null;
  lastError: string | null;
}

export interface Lateness {
  state: SourceState;
  /** What it means for the figures, whether or not a run is under way: null while it owes nothing. */
  owes: 'late' | 'failed' | null;
  /** A sentence. */
  detail: string;
  /** What it owes, in words; null where it owes nothing. */
  expected: string | null;
  /** When what it owes was due; null while it is not late. */
  lateSince: number | null;
}

/** Without `expect`, a time of the schedule is owed so long after it. */
const GRACE_MS = 2 * 3_600_000;

/**
 * State of a source in words. What it owes: `expect.by` a complete run that began today by that local time, `expect.max_age` data no
 * older than that; without both, the run of every time of its schedule, two hours after it at the latest. While tries are left a
 * source is late, not failed.
 */
export function describeLateness(facts: SourceFacts, now: number): Lateness {
  const due = dueAt(facts);
  const lateSince = due !== null && now > due ? due : null;
  const retrying = facts.nextAttemptAt !== null && facts.attempts > 0;
  const owes = facts.paused
    ? null
    : facts.failures > 0 && !retrying
      ? 'failed'
      : lateSince !== null || facts.failures > 0
        ? 'late'
        : null;
  return {
    state: stateOf(facts, owes),
    owes,
    detail: describe(facts, owes, lateSince, retrying, now),
    expected: describeExpected(facts),
    lateSince: facts.paused ? null : lateSince,
  };
}

function stateOf(facts: SourceFacts, owes: Lateness['owes']): SourceState {
  if (facts.running) return 'running';
  if (facts.paused) return 'paused';
  return owes ?? (facts.completeThrough === null ? 'waiting' : 'ok');
}

/** When the next thing that it owes is due, counted from what it has brought; null where it owes nothing. */
function dueAt(facts: SourceFacts): number | null {
  const has = facts.completeThrough ?? facts.since;
  const due: number[] = [];
  const { by, max_age } = facts.expect ?? {};
  if (by !== undefined) due.push(dueBy(by, facts));
  if (max_age !== undefined) due.push(has + parseLength(max_age));
  if (due.length > 0) return Math.min(...due);
  const next = facts.schedule.next(has);
  return next === null ? null : next + GRACE_MS;
}

/** The first time `by` of a day that has no complete run: the day after the last one's, or the one after the source was made. */
function dueBy(by: string, facts: SourceFacts): number {
  const daily = parseSchedule(`${Number(by.slice(3))} ${Number(by.slice(0, 2))} * * *`, facts.timeZone);
  if (facts.completeThrough === null) return daily.next(facts.since) ?? facts.since;
  const midnight = parseSchedule('0 0 * * *', facts.timeZone).next(facts.completeThrough) ?? facts.completeThrough;
  return daily.next(midnight - 1) ?? midnight;
}

function describeExpected(facts: SourceFacts): string | null {
  const { by, max_age } = facts.expect ?? {};
  const parts = [
    ...(by === undefined ? [] : [`by ${by}`]),
    ...(max_age === undefined ? [] : [`at most ${describeLength(parseLength(max_age))} old`]),
  ];
  if (parts.length > 0) return parts.join(', ');
  return facts.schedule.text === 'manual' ? null : `within ${describeLength(GRACE_MS)} of its schedule`;
}

function describe(
  facts: SourceFacts,
  owes: Lateness['owes'],
  lateSince: number | null,
  retrying: boolean,
  now: number,
): string {
  const age =
    facts.completeThrough === null
      ? 'Nothing complete has come yet.'
      : `${facts.uploads ? 'Last file' : 'Last complete run'} ${describeLength(now - facts.completeThrough)} ago.`;
  if (facts.running) return `A run is under way. ${age}`;
  if (facts.paused) return `Paused. ${age}`;
  const error = facts.lastError === null ? '' : ` ${facts.lastError}`;
  if (owes === null)
    return facts.completeThrough === null ? `Waits for its first ${facts.uploads ? 'file' : 'run'}.` : age;
  if (owes === 'failed') {
    const often = facts.failures > 1 ? `Failed ${facts.failures} times in a row.` : 'The last run failed.';
    return `${often}${error}`;
  }
  const words = [
    ...(lateSince === null ? [] : [`late ${describeLength(now - lateSince)}`]),
    ...(retrying ? [describeRetry(facts, now)] : []),
  ].join(', ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.${retrying ? error : ` ${age}`}`;
}

/** `retry 3/5 in 4 min`: the next try is the third of five. */
function describeRetry(facts: SourceFacts, now: number): string {
  const wait = (facts.nextAttemptAt ?? now) - now;
  return `retry ${facts.attempts + 1}/${MAX_ATTEMPTS} ${wait <= 0 ? 'now' : `in ${describeLength(wait)}`}`;
}
