import { expect, test } from 'vitest';
import type { Cell } from '../contract/result.ts';
import type { EvaluatedRow } from './evaluate.ts';
import { orderRows } from './order-rows.ts';
import type { ResolvedMetricQuery } from './resolved.ts';

type Ordering = Pick<ResolvedMetricQuery, 'orderBy' | 'limit'>;

const order = (rows: [Cell, Cell, number | null][], { orderBy, ...limit }: Ordering) =>
  orderRows(
    rows.map(([name, time, value]): EvaluatedRow => ({ keys: [name, time], values: [value], samples: [null] })),
    {
      groups: [{ name: 'channel' }, { name: 'time', kind: 'time', grain: 'hour' }],
      metrics: [{ name: 'charges' }],
      orderBy,
      ...limit,
    } as ResolvedMetricQuery,
  ).map((row) => [...row.keys, ...row.values]);

test('without an order rows go by time, then by the other dimensions; hours go by number', () => {
  expect(
    order(
      [
        ['sms', '1000000000', 1],
        ['email', '999999999', 2],
        [null, '999999999', 3],
      ],
      { orderBy: [] },
    ),
  ).toEqual([
    ['email', '999999999', 2],
    [null, '999999999', 3],
    ['sms', '1000000000', 1],
  ]);
});

test('nulls come last in both directions, and ties never swap', () => {
  const rows: [Cell, Cell, number | null][] = [
    ['b', '1', 5],
    ['c', '1', null],
    ['a', '1', 5],
    ['d', '1', 9],
  ];
  const names = (ordering: Ordering) => order(rows, ordering).map(([name]) => name);
  expect(names({ orderBy: [{ name: 'charges', descending: true }] })).toEqual(['d', 'a', 'b', 'c']);
  expect(names({ orderBy: [{ name: 'charges', descending: false }] })).toEqual(['a', 'b', 'd', 'c']);
  expect(names({ orderBy: [{ name: 'channel', descending: true }], limit: 2 })).toEqual(['d', 'c']);
});
