import { duration } from '../contract/model.ts';
import type { Workspace } from '../contract/workspace.ts';

const SECONDS: Record<string, number> = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 };

/** Seconds of a duration such as `7 days`, or of the workspace windows `week` and `month`. */
export function durationSeconds(text: string, workspace: Workspace): number {
  if (text === 'week') return workspace.windows.week * 86_400;
  if (text === 'month') return workspace.windows.month * 86_400;
  const [count, unit] = text.split(' ');
  return Number(count) * (SECONDS[(unit ?? '').replace(/s$/, '')] ?? Number.NaN);
}

export const isDuration = (text: string): boolean => duration.safeParse(text).success;

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `7 days`, `90 minutes`: in the widest unit that needs no fraction. */
export function durationWords(seconds: number): string {
  const [unit, length] = UNITS.find(([, size]) => seconds % size === 0) ?? ['second', 1];
  const count = seconds / length;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
