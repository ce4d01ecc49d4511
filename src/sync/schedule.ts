import { Cron } from 'croner';
import { TurnoutError } from '../contract/errors.ts';

/** Every morning, in the workspace's zone. */
export const DEFAULT_SCHEDULE = '0 6 * * *';

/** When a source is read. Instants are UTC milliseconds. */
export interface Schedule {
  /** The cron line, or `manual`. */
  text: string;
  /** The first time after `instant`; null where there is none. */
  next(instant: number): number | null;
  /** The last time at or before `instant`; null where there is none. */
  latest(instant: number): number | null;
}

/**
 * Reads a cron line of five fields in a zone, or `manual`. A time that a day does not have (clocks go forward) is met at the first
 * moment after the gap, one that it has twice is met the first time; lines with `*` or steps in hour or minute go by real time.
 * @throws TurnoutError('invalid_request') with a sentence
 */
export function parseSchedule(text: string | undefined, timeZone: string): Schedule {
  const line = (text ?? DEFAULT_SCHEDULE).trim().replace(/\s+/g, ' ');
  if (line === 'manual') return { text: line, next: () => null, latest: () => null };
  const cron = parseCron(line, timeZone);
  return {
    text: line,
    next: (instant) => cron.nextRun(new Date(instant))?.getTime() ?? null,
    // `previousRuns` looks before its reference, in whole seconds.
    latest: (instant) => cron.previousRuns(1, new Date(Math.floor(instant / 1000) * 1000 + 1000))[0]?.getTime() ?? null,
  };
}

function parseCron(line: string, timeZone: string): Cron {
  const refuse = () =>
    new TurnoutError(
      'invalid_request',
      `The schedule "${line}" cannot be read. Write five fields such as "${DEFAULT_SCHEDULE}" (every day at 06:00), or manual.`,
    );
  if (line.split(' ').length !== 5) throw refuse();
  try {
    return new Cron(line, { timezone: timeZone, mode: '5-part', fixedTimeRule: 'no-wildcard', paused: true });
  } catch {
    throw refuse();
  }
}
