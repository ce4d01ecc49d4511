import { expect, test } from 'vitest';
import type { BatchItem, QueryResult } from '../../src/contract/result.ts';
import { mergeAnswer } from './page-results.ts';

const queries = ['a', 'b'].map((key) => ({ key, query: { metrics: [key] } }));
const answered = (value: number) => ({ rows: [{ value }] }) as unknown as QueryResult;
const failed = (code: string): BatchItem => ({ error: { code, message: 'A sentence.', problems: [] } });

test('a part that could not be answered just now keeps its numbers and is asked for again', () => {
  const before = mergeAnswer(queries, { results: [answered(1), answered(2)], data_version: '1' }, undefined);
  expect(before.askAgainAfter).toBeUndefined();
  const batch = { results: [answered(3), failed('unavailable')], data_version: '2' };
  const after = mergeAnswer(queries, batch, before.results);
  expect([...after.results]).toEqual([
    ['a', answered(3)],
    ['b', answered(2)],
  ]);
  expect(after.askAgainAfter).toBeGreaterThan(1_000);
  expect(after.version).toBe('2');
});

test('where nothing was there before the tile says what happened; mistakes replace numbers and are not asked again', () => {
  const first = mergeAnswer(queries, { results: [failed('unavailable'), answered(2)], data_version: '1' }, undefined);
  expect(first.results.get('a')).toEqual(failed('unavailable'));
  expect(first.askAgainAfter).toBeDefined();
  const later = mergeAnswer(
    queries,
    { results: [failed('invalid_request'), answered(2)], data_version: '1' },
    first.results,
  );
  expect(later.results.get('a')).toEqual(failed('invalid_request'));
  expect(later.askAgainAfter).toBeUndefined();
});
