import { expect, test } from 'vitest';
import type { HeatScope } from '../../src/contract/dashboard.ts';
import { fixedBreaks } from '../charts/heat-scale.ts';
import { pivotHeat } from './pivot-heat.ts';
import type { PivotLayout } from './pivot-layout.ts';
import { visibleRows } from './pivot-rows.ts';
import { answer, type Fact, pivotOf, WEEKS } from './test-pivots.ts';

const layout: PivotLayout = { metric: 'signups', rows: ['region', 'course'], column: 'week' };
const many = (count: number, parts: Partial<Fact>): Fact[] =>
  Array.from({ length: count }, (_, person) => ({
    region: 'North',
    course: 'a',
    language: 'en',
    week: WEEKS[0],
    person,
    done: person % 2 === 0,
    ...parts,
  }));
const facts = [
  ...many(1, {}),
  ...many(2, { week: WEEKS[1] }),
  ...many(40, { region: 'South' }),
  ...many(80, { region: 'South', week: WEEKS[1], course: 'b' }),
  ...many(200, { region: 'South', week: WEEKS[2] }),
];
const steps = (scope: HeatScope, open: string[] = [], metric = 'signups', meta = {}) => {
  const own = { ...layout, metric };
  const result = answer(facts, own);
  result.meta = { ...result.meta, ...meta };
  const table = pivotOf(result, own);
  const rows = visibleRows(table, new Set(open), { by: 'label', descending: false }, 'en');
  const heat = pivotHeat(table, rows, scope);
  return rows.map(({ node }, row) => [node.label, ...table.columns.map((_, column) => heat.step(row, column))]);
};

test('colours compare the whole table, each column, each row, or nothing', () => {
  expect(steps('table')).toEqual([
    ['North', 2, 3, null],
    ['South', 5, 6, 7],
  ]);
  expect(steps('measure')).toEqual(steps('table'));
  expect(steps('column')[0]).toEqual(['North', 2, 2, null]);
  expect(steps('row')[0]).toEqual(['North', 2, 7, null]);
  expect(
    steps('off')
      .flat()
      .filter((step) => typeof step === 'number'),
  ).toEqual([]);
});

test('an open row is a sub-total: its parts are coloured instead', () => {
  expect(steps('table', ['["South"]'])).toEqual([
    ['North', 2, 3, null],
    ['South', null, null, null],
    ['a', 5, null, 7],
    ['b', null, 6, null],
  ]);
});

test('a running week takes no part, neither in the colours nor in the breaks', () => {
  const running = steps('table', [], 'signups', { complete_through: '2024-11-14T00:00:00+07:00' });
  expect(running.map((row) => row[3])).toEqual([null, null]);
  expect(running[1]?.[2]).toBe(7);
});

test('cells that mature and small samples have no colour', () => {
  const rates = steps('table', [], 'rate', { matured_through: { rate: '2024-11-10T00:00:00+07:00' } });
  // North has one sign-up in the first week, fewer than the rate's min_sample of two.
  expect(rates).toEqual([
    ['North', null, null, null],
    ['South', 4, null, null],
  ]);
});

test('breaks of rates are round and equally far apart', () => {
  expect(fixedBreaks([0.31, 0.62], 5)).toEqual([0.4, 0.5, 0.6]);
  expect(fixedBreaks([0.05, 0.95, 1], 5)).toEqual([0.25, 0.5, 0.75, 1]);
  expect(fixedBreaks([0.3, 0.3, null, 0], 5)).toEqual([]);
});
