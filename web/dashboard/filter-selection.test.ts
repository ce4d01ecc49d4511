import { expect, test } from 'vitest';
import type { Filter } from '../../src/contract/query.ts';
import { isSelected, rebaseFilters, selectedValues, toggleSelection } from './filter-selection.ts';

const sms: Filter = { dimension: 'channel', op: 'in', values: ['sms'] };
const category: Filter = { dimension: 'category', op: 'in', values: ['otp'] };

test('a click selects, another value replaces it, a second click clears', () => {
  const once = toggleSelection([category], [{ dimension: 'channel', value: 'sms' }]);
  expect(once).toEqual([category, sms]);
  expect(toggleSelection(once, [{ dimension: 'channel', value: 'email' }])[1]?.values).toEqual(['email']);
  expect(toggleSelection(once, [{ dimension: 'channel', value: 'sms' }])).toEqual([category]);
});

test('Ctrl-click adds and takes away', () => {
  const two = toggleSelection([sms], [{ dimension: 'channel', value: 'email' }], true);
  expect(two).toEqual([{ dimension: 'channel', op: 'in', values: ['sms', 'email'] }]);
  expect(toggleSelection(two, [{ dimension: 'channel', value: 'sms' }], true)[0]?.values).toEqual(['email']);
  expect(toggleSelection([sms], [{ dimension: 'channel', value: 'sms' }], true)).toEqual([]);
});

test('a slot is two filters by eq, selected only when both hold, also as read from an address', () => {
  const slot = [
    { dimension: 'weekday', value: 2 },
    { dimension: 'hour_of_day', value: 9 },
  ];
  const filters = toggleSelection([], slot);
  expect(filters.map((filter) => [filter.op, filter.values])).toEqual([
    ['eq', [2]],
    ['eq', [9]],
  ]);
  expect(isSelected(filters, slot)).toBe(true);
  expect(isSelected(filters.slice(0, 1), slot)).toBe(false);
  expect(isSelected([], [])).toBe(false);
  expect(toggleSelection(filters, slot)).toEqual([]);
  expect(isSelected([{ dimension: 'weekday', op: 'in', values: ['2'] }], slot.slice(0, 1))).toBe(true);
});

test('only inclusions select', () => {
  expect(selectedValues([sms, { ...category, op: 'not' }], 'category').size).toBe(0);
  expect([...selectedValues([sms], 'channel')]).toEqual(['sms']);
});

test('what a tile changed of its filters holds on a page that has moved on since', () => {
  const known = [category];
  const latest: Filter[] = [{ dimension: 'region', op: 'in', values: ['north'] }];
  // A click on a bar while the page was already rid of the category.
  expect(rebaseFilters([...known, sms], known, latest)).toEqual([...latest, sms]);
  // The tile takes its own filter back; another value was chosen meanwhile.
  expect(rebaseFilters([], [sms], [{ ...sms, values: ['email'] }, category])).toEqual([category]);
  expect(rebaseFilters(toggleSelection([sms], []), [sms], [sms, category])).toEqual([sms, category]);
});
