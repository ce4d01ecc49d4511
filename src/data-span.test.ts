import { beforeEach, expect, test } from 'vitest';
import { hourOf } from './contract/changes.ts';
import { DataSpan } from './data-span.ts';

let asked: number;
let now: number;
let answer: { first: string; last: string } | Error;
let span: DataSpan;

beforeEach(() => {
  asked = 0;
  now = 0;
  answer = { first: '2026-01-10', last: '2026-03-20' };
  span = new DataSpan({
    load: async () => {
      asked += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    localDate: (instant) => new Date(instant).toISOString().slice(0, 10),
    steadyNow: () => now,
  });
});

const touch = (...times: string[]) =>
  span.applied([{ table: 'messages', hours: { at: times.map((time) => hourOf(Date.parse(time))) } }]);

test('changes inside of what is known cost nothing', async () => {
  expect(span.known).toEqual({ first: null, last: null });
  await Promise.all([span.current(), span.current()]);
  touch('2026-01-11T00:00Z', '2026-03-19T23:00Z');
  now += 100_000;
  expect(await span.current()).toEqual(answer);
  expect(asked).toBe(1);
});

test.each([['2026-01-09T23:00Z'], ['2026-03-21T00:00Z']])('something at %s is waited for', async (time) => {
  await span.current();
  answer = { first: '2026-01-09', last: '2026-03-21' };
  touch(time);
  expect(await span.current()).toEqual(answer);
  expect(asked).toBe(2);
});

test('the first and the last day are looked at behind, now and then', async () => {
  await span.current();
  answer = { first: '2026-01-10', last: '2026-03-18' };
  touch('2026-03-20T12:00Z');
  expect((await span.current()).last).toBe('2026-03-20');
  expect(asked).toBe(1);
  now += 16_000;
  await span.current();
  expect(asked).toBe(2);
  await expect.poll(() => span.known.last).toBe('2026-03-18');
});

test('a change that tells no hours, and a look that failed, are followed by another', async () => {
  await span.current();
  span.applied([{ table: 'people' }]);
  answer = new Error('away');
  await expect(span.current()).rejects.toThrow('away');
  answer = { first: '2026-01-10', last: '2026-03-20' };
  expect(await span.current()).toEqual(answer);
  expect(asked).toBe(3);
});

test('who asks after a change does not get what was being read before it', async () => {
  await span.current();
  span.applied(null);
  const before = span.current();
  answer = { first: '2026-01-10', last: '2026-04-01' };
  span.applied(null);
  expect(await span.current()).toEqual(answer);
  await before;
  expect(asked).toBe(3);
});
