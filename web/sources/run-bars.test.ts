import { expect, test } from 'vitest';
import type { RunInfo } from '../../src/contract/api.ts';
import { runBars } from './run-bars.ts';
import { durationWords, runSentence } from './run-words.ts';

const now = '2026-11-20T06:10:00Z';

function run(id: number, patch: Partial<RunInfo> = {}): RunInfo {
  return {
    id,
    source: 'crm',
    trigger: 'schedule',
    state: 'ok',
    started_at: '2026-11-20T06:00:00Z',
    ended_at: '2026-11-20T06:00:10Z',
    rows: 100,
    pages: 1,
    bytes: 1000,
    error: null,
    notices: [],
    ...patch,
  };
}

test('bars stand oldest first, as parts of the tallest, and what is small stays visible', () => {
  const { bars, mostRows, mostSeconds } = runBars(
    [run(3, { rows: 1_000 }), run(2, { rows: 1 }), run(1, { rows: 0, ended_at: '2026-11-20T06:00:05Z' })],
    now,
  );
  expect(bars.map((bar) => [bar.run.id, bar.rowsHeight, bar.secondsHeight])).toEqual([
    [1, 0, 0.5],
    [2, 0.04, 1],
    [3, 1, 1],
  ]);
  expect([mostRows, mostSeconds]).toEqual([1_000, 10]);
});

test('only the newest are drawn, and no run at all is no bar', () => {
  const many = Array.from({ length: 40 }, (_, index) => run(40 - index));
  expect(runBars(many, now).bars.map((bar) => bar.run.id)).toEqual(
    Array.from({ length: 30 }, (_, index) => index + 11),
  );
  expect(runBars([], now)).toEqual({ bars: [], mostRows: 0, mostSeconds: 0 });
});

test('a run that is under way has lasted until now', () => {
  expect(runBars([run(1, { state: 'running', ended_at: null })], now).bars[0]?.seconds).toBe(600);
});

test('a run in one sentence', () => {
  const at = { now, locale: 'en-GB', timeZone: 'UTC' };
  expect(runSentence(run(1), at)).toBe('Fri 20 Nov 2026, 06:00: complete, 100 rows in 10 s');
  expect(runSentence(run(1, { state: 'running', ended_at: null, rows: 1 }), at)).toBe(
    'Fri 20 Nov 2026, 06:00: running for 10 m, 1 row so far',
  );
  expect(runSentence(run(1, { state: 'failed', rows: 0, error: 'The password is wrong.' }), at)).toBe(
    'Fri 20 Nov 2026, 06:00: failed, 0 rows in 10 s. The password is wrong.',
  );
});

test('lengths', () => {
  expect([0.42, 9.96, 12.4, 134].map((seconds) => durationWords(seconds, 'en-GB'))).toEqual([
    '0.4 s',
    '10.0 s',
    '12 s',
    '2 m 14 s',
  ]);
});
