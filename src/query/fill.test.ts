import { expect, test } from 'vitest';
import type { Dimension } from '../model/checked.ts';
import { listBuckets } from './buckets.ts';
import { fillKeys } from './fill.ts';
import type { Group } from './resolved.ts';

const path = 'dimensions.0';
const weekday: Group = { kind: 'weekday', name: 'weekday', path };
const hour: Group = { kind: 'hour_of_day', name: 'hour_of_day', path };
const channel: Group = { kind: 'dimension', name: 'channel', dimension: { name: 'channel' } as Dimension, path };
const days: Group = { kind: 'time', name: 'time', grain: 'day', path };
const twoDays = listBuckets('day', { start: Date.UTC(2024, 10, 15), end: Date.UTC(2024, 10, 17) }, 'UTC', 'monday');

test('weekday and hour of day make 168 cells, with or without rows', () => {
  const keys = fillKeys([weekday, hour], [], []);
  expect(keys).toHaveLength(168);
  expect(keys[0]).toEqual([1, 0]);
  expect(keys.at(-1)).toEqual([7, 23]);
});

test('without groups there is one row, with dimensions only those that occur', () => {
  expect(fillKeys([], [], [])).toEqual([[]]);
  expect(fillKeys([channel], [], [])).toEqual([]);
  expect(fillKeys([channel], [], [['sms'], [null]])).toEqual([['sms'], [null]]);
});

test('every value that occurs has every bucket', () => {
  expect(fillKeys([channel, days], twoDays, [['sms', '2024-11-16']])).toEqual([
    ['sms', '2024-11-15'],
    ['sms', '2024-11-16'],
  ]);
});

test('a day has one weekday', () => {
  expect(fillKeys([days, weekday], twoDays, [])).toEqual([
    ['2024-11-15', 5],
    ['2024-11-16', 6],
  ]);
});
