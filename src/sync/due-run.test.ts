import { expect, test } from 'vitest';
import { dueRun, nextRunAt, type SourceTimes } from './due-run.ts';
import { MAX_ATTEMPTS, retryDelay } from './retry.ts';
import { parseSchedule } from './schedule.ts';

const schedule = parseSchedule('0 6 * * *', 'Europe/Berlin');
const at = (text: string) => Date.parse(text);
const times = (given: Partial<SourceTimes> = {}): SourceTimes => ({
  paused: false,
  blocked: false,
  running: false,
  slot: at('2026-11-20T05:00:00Z'),
  nextAttemptAt: null,
  ...given,
});

test('nothing before its time, a scheduled run at it, one catch-up however many were missed', () => {
  expect(dueRun(times(), schedule, at('2026-11-21T04:59:59Z'))).toBeNull();
  const slot = at('2026-11-21T05:00:00Z');
  expect(dueRun(times(), schedule, slot)).toEqual({ trigger: 'schedule', slot });
  expect(dueRun(times(), schedule, at('2026-11-21T05:04:00Z'))).toEqual({ trigger: 'schedule', slot });
  const last = at('2026-11-25T05:00:00Z');
  expect(dueRun(times(), schedule, at('2026-11-25T13:00:00Z'))).toEqual({ trigger: 'catch_up', slot: last });
  expect(dueRun(times({ slot: last }), schedule, at('2026-11-25T13:00:00Z'))).toBeNull();
});

test('a try again waits for its time, and a new time of the schedule comes before it', () => {
  const given = times({ slot: at('2026-11-21T05:00:00Z'), nextAttemptAt: at('2026-11-21T05:10:00Z') });
  expect(dueRun(given, schedule, at('2026-11-21T05:09:59Z'))).toBeNull();
  expect(dueRun(given, schedule, at('2026-11-21T05:10:00Z'))).toEqual({ trigger: 'retry', slot: given.slot });
  expect(dueRun(given, schedule, at('2026-11-22T05:00:00Z'))).toMatchObject({ trigger: 'schedule' });
  expect(nextRunAt(given, schedule, at('2026-11-21T05:01:00Z'))).toBe(at('2026-11-21T05:10:00Z'));
});

test.each(['paused', 'blocked', 'running'] as const)('nothing begins by itself while %s', (state) => {
  const given = times({ [state]: true, nextAttemptAt: 1 });
  expect(dueRun(given, schedule, at('2026-11-21T05:00:00Z'))).toBeNull();
});

test('the next run while nothing is wrong, paused and by hand', () => {
  const now = at('2026-11-20T12:00:00Z');
  expect(nextRunAt(times(), schedule, now)).toBe(at('2026-11-21T05:00:00Z'));
  expect(nextRunAt(times({ paused: true }), schedule, now)).toBeNull();
  expect(nextRunAt(times(), parseSchedule('manual', 'UTC'), now)).toBeNull();
});

test('tries are further and further apart, within bounds, and end', () => {
  const minutes = (random: number) => [1, 2, 3, 4].map((attempts) => (retryDelay(attempts, random) ?? 0) / 60_000);
  expect(minutes(0)).toEqual([0.5, 2, 8, 30]);
  expect(minutes(1)).toEqual([1, 4, 16, 60]);
  expect(retryDelay(MAX_ATTEMPTS, 0.5)).toBeNull();
  expect(retryDelay(1, 0, 300_000)).toBe(300_000);
});
