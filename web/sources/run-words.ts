import type { RunInfo, RunTrigger } from '../../src/contract/api.ts';
import { formatInstant, formatRows, formatValue } from '../format/index.ts';
import type { StateLook } from '../theme/state-look.ts';

export const TRIGGER_WORDS: Record<RunTrigger, string> = {
  schedule: 'on schedule',
  catch_up: 'caught up after a pause',
  retry: 'tried again',
  manual: 'started by hand',
  backfill: 'read a range again',
  full: 'full refresh',
  import: 'file imported',
  watch: 'file found in the folder',
};

export const RUN_STATES: Record<RunInfo['state'], StateLook> = {
  running: { tone: 'good', word: 'running' },
  ok: { tone: 'good', word: 'complete' },
  failed: { tone: 'bad', word: 'failed' },
  stopped: { tone: 'warn', word: 'stopped' },
};

/** Seconds that a run took, or has taken so far. */
export function runSeconds(run: RunInfo, now: string): number {
  return Math.max(0, (Date.parse(run.ended_at ?? now) - Date.parse(run.started_at)) / 1000);
}

/** "0.4 s", "12 s", "2 m 14 s". */
export function durationWords(seconds: number, locale: string): string {
  if (seconds < 10) return `${formatValue(seconds, { format: '0.0', locale }, 'table')} s`;
  return formatValue(seconds, { format: 'duration', locale }, 'card');
}

/** A run in one sentence, for its bar and for screen readers. */
export function runSentence(run: RunInfo, at: { now: string; locale: string; timeZone: string }): string {
  const { locale, timeZone } = at;
  const took = durationWords(runSeconds(run, at.now), locale);
  const happened =
    run.state === 'running'
      ? `running for ${took}, ${formatRows(run.rows, locale)} so far`
      : `${RUN_STATES[run.state].word}, ${formatRows(run.rows, locale)} in ${took}`;
  return `${formatInstant(run.started_at, locale, timeZone)}: ${happened}${run.error ? `. ${run.error}` : ''}`;
}
