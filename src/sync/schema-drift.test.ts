import { expect, test } from 'vitest';
import { ColumnWatch } from './schema-drift.ts';

const known = new Map([
  ['id', 'integer'],
  ['amount', 'integer'],
  ['region', 'text'],
]);

test('the first columns of a stream are no change', () => {
  const watch = new ColumnWatch(new Map());
  expect(watch.page([{ name: 'id', type: 'integer' }])).toEqual([]);
  expect(watch.end()).toEqual([]);
  expect([...watch.columns(true)]).toEqual([['id', 'integer']]);
});

test('new, retyped and removed columns are told once', () => {
  const watch = new ColumnWatch(known);
  const page = [
    { name: 'id', type: 'integer' },
    { name: 'amount', type: 'text' },
    { name: 'reason_code', type: 'text' },
  ];
  expect(watch.page(page).map(({ change, column }) => [change, column])).toEqual([
    ['type', 'amount'],
    ['new', 'reason_code'],
  ]);
  expect(watch.page(page)).toEqual([]);
  expect(watch.end()).toEqual([
    { change: 'removed', column: 'region', detail: 'The column "region" is no longer sent.' },
  ]);
  expect([...watch.columns(true).keys()]).toEqual(['id', 'amount', 'reason_code']);
});

test('a read that broke off removes nothing', () => {
  const watch = new ColumnWatch(known);
  watch.page([{ name: 'extra', type: 'text' }]);
  expect([...watch.columns(false).keys()]).toEqual(['id', 'amount', 'region', 'extra']);
});

test('pages that do not tell their columns change nothing', () => {
  const watch = new ColumnWatch(known);
  expect([watch.page([]), watch.end()]).toEqual([[], []]);
  expect(watch.columns(true)).toEqual(known);
});
