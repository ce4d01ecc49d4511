import type { RunInfo } from '../../src/contract/api.ts';
import { runSeconds } from './run-words.ts';

/** The timeline of runs: oldest first, two bars each, as fractions of the tallest. Pure. */

export interface RunBar {
  run: RunInfo;
  seconds: number;
  /** 0–1; never invisible where there is something. */
  rowsHeight: number;
  secondsHeight: number;
}

export interface RunBars {
  bars: RunBar[];
  mostRows: number;
  mostSeconds: number;
}

/** A bar that stands for something is at least this high. */
const LEAST = 0.04;

/** `runs` newest first, as the API gives them; the `most` newest are drawn. */
export function runBars(runs: readonly RunInfo[], now: string, most = 30): RunBars {
  const shown = runs
    .slice(0, most)
    .toReversed()
    .map((run) => ({ run, seconds: runSeconds(run, now) }));
  const mostRows = Math.max(0, ...shown.map(({ run }) => run.rows));
  const mostSeconds = Math.max(0, ...shown.map(({ seconds }) => seconds));
  return {
    mostRows,
    mostSeconds,
    bars: shown.map(({ run, seconds }) => ({
      run,
      seconds,
      rowsHeight: heightOf(run.rows, mostRows),
      secondsHeight: heightOf(seconds, mostSeconds),
    })),
  };
}

function heightOf(value: number, largest: number): number {
  return value <= 0 || largest <= 0 ? 0 : Math.max(LEAST, value / largest);
}
