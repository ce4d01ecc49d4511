import type { RunInfo, RunTrigger } from '../../src/contract/api.ts';
import { formatInstant, formatValue } from '../format/index.ts';

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

export const RUN_STATES: Record<RunInfo['state'], { tone: 'good' | 'warn' | 'bad' | 'muted'; word: string }> = {
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

export function rowsWords(rows: number, locale: string): string {
  return `${formatValue(rows, { locale }, 'table')} ${rows === 1 ? 'row' : 'rows'}`;
}

/** "1.4 MB". */
export function bytesWords(bytes: number, locale: string): string {
  const units = ['B', 'kB', 'MB', 'GB'] as const;
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** power;
  const digits = power === 0 || amount >= 100 ? 0 : 1;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(amount)} ${units[power]}`;
}

/** A run in one sentence, for its bar and for screen readers. */
export function runSentence(run: RunInfo, at: { now: string; locale: string; timeZone: string }): string {
  const { locale, timeZone } = at;
  const took = durationWords(runSeconds(run, at.now), locale);
  const happened =
    run.state === 'running'
      ? `running for ${took}, ${rowsWords(run.rows, locale)} so far`
      : `${RUN_STATES[run.state].word}, ${rowsWords(run.rows, locale)} in ${took}`;
  return `${formatInstant(run.started_at, locale, timeZone)}: ${happened}${run.error ? `. ${run.error}` : ''}`;
}
