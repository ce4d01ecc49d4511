import { expect, test } from 'vitest';
import type { BatchItem } from '../../src/contract/result.ts';
import { formats, metricColumn, queryResult, resultMeta } from '../charts/test-results.ts';
import { cellChange, cellValue, isNotApplicable } from './cell-value.ts';
import { gatherResults, ignoredDimensions, isStale, lateSentences } from './tile-data.ts';

const rate = metricColumn('open_rate', {
  format: 'percent',
  min_sample: 30,
  not_applicable: { dimension: 'channel', values: ['sms'] },
});
const meta = resultMeta({ sample_columns: { open_rate: 'open_rate__n' } });
const read = (row: Record<string, string | number | null>) => cellValue(row, rate, meta, [], formats);

test('value, small sample, zero denominator, no rows and n/a read differently', () => {
  expect(read({ open_rate: 0.342, open_rate__n: 100 })).toMatchObject({ text: '34.20%', small: false, sample: 100 });
  expect(read({ open_rate: 0.25, open_rate__n: 12 })).toMatchObject({ text: '25.00%', small: true });
  expect(read({ open_rate: null, open_rate__n: 0 })).toMatchObject({ text: 'n/a', amount: null });
  expect(read({ open_rate: null })).toMatchObject({ text: '—', amount: null });
  expect(read({ channel: 'sms', open_rate: null, open_rate__n: 5 })).toMatchObject({ text: 'n/a' });
});

test('n/a follows the page filter only when all chosen values lack the metric', () => {
  const chosen = (...values: string[]) => [{ dimension: 'channel', op: 'in' as const, values }];
  expect(isNotApplicable(rate, null, chosen('sms'))).toBe(true);
  expect(isNotApplicable(rate, null, chosen('sms', 'email'))).toBe(false);
  expect(isNotApplicable(rate, null, [])).toBe(false);
});

test('no change is shown for small samples or missing sides', () => {
  const large = read({ open_rate: 0.4, open_rate__n: 100 });
  const small = read({ open_rate: 0.3, open_rate__n: 3 });
  expect(cellChange(large, small, rate, formats)).toBeNull();
  expect(cellChange(large, null, rate, formats)).toBeNull();
  expect(cellChange(large, read({ open_rate: 0.35, open_rate__n: 90 }), rate, formats)?.text).toBe('+5.0 pp');
});

test('a tile waits for all of its parts and fails with the first that failed', () => {
  const good = queryResult([], []);
  const bad = { error: { code: 'timeout', message: 'too slow', problems: [] } };
  const keys = { a: 't/a', b: 't/b' };
  const gather = (...items: [string, BatchItem][]) => gatherResults(new Map(items), keys);
  expect(gather(['t/a', good]).kind).toBe('waiting');
  expect(gather(['t/a', good], ['t/b', bad])).toMatchObject({ kind: 'failed', error: { code: 'timeout' } });
  expect(gather(['t/a', good], ['t/b', good]).kind).toBe('ready');
});

test('ignored dimensions are named once', () => {
  const columns = [
    metricColumn('a', { ignores: ['channel'] }),
    metricColumn('b', { ignores: ['channel', 'category'] }),
  ];
  expect(ignoredDimensions(columns, (name) => name.toUpperCase())).toEqual(['CHANNEL', 'CATEGORY']);
});

test('stale is more than 26 hours behind what is shown, not behind the end of the year', () => {
  const now = '2024-11-16T08:00:00+07:00';
  expect(isStale(resultMeta({ complete_through: '2024-11-16T00:00:00+07:00' }), '2024-12-31', now)).toBe(false);
  expect(isStale(resultMeta({ complete_through: '2024-11-14T00:00:00+07:00' }), '2024-12-31', now)).toBe(true);
  expect(isStale(resultMeta({ complete_through: '2024-11-14T00:00:00+07:00' }), '2024-11-01', now)).toBe(false);
});

test('a source that owes marks a tile only where what is shown reaches into what it owes', () => {
  const now = '2024-11-16T08:00:00+07:00';
  const owing = { source: 'x', label: 'X', detail: 'Late 9 h.', complete_through: '2024-11-15T22:00:00Z' };
  const late = resultMeta({ complete_through: '2024-11-16T00:00:00+07:00', late: [owing] });
  expect(lateSentences(late, '2024-11-17', now, formats)).toEqual(['X: Late 9 h.']);
  expect(lateSentences(late, '2024-11-15', now, formats)).toEqual([]);
  expect(lateSentences({ ...late, late: [{ ...owing, complete_through: null }] }, '2024-01-01', now, formats)).toEqual([
    'X: Late 9 h.',
  ]);
  const old = resultMeta({ complete_through: '2024-11-14T00:00:00+07:00' });
  expect(lateSentences(old, '2024-12-31', now, formats)).toEqual([expect.stringMatching(/^Complete only up to /)]);
});
