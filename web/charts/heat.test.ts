import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeHeat, toHeatMatrix, weekdayOrder } from './heat-matrix.ts';
import { heatStep, paletteStep, quantileBreaks, stepLabels } from './heat-scale.ts';
import { formats, metricColumn, queryResult } from './test-results.ts';

const cells = queryResult(
  [metricColumn('users', { label: 'Active users' })],
  [
    { weekday: 2, hour_of_day: 9, users: 9 },
    { weekday: 3, hour_of_day: 9, users: 8 },
    { weekday: 3, hour_of_day: 10, users: 7 },
    { weekday: 6, hour_of_day: 3, users: 0 },
    { weekday: 1, hour_of_day: 0, users: null },
  ],
  { totals: { users: 12 } },
);
const byWeekday = queryResult([metricColumn('users')], [{ weekday: 3, users: 10 }]);
const byHour = queryResult([metricColumn('users')], [{ hour_of_day: 9, users: 11 }]);
const input = {
  cells,
  byWeekday,
  byHour,
  metric: 'users',
  weekStart: 'monday' as const,
  formats,
  value: 'per_day' as const,
};

test('weeks start where the workspace says', () => {
  expect(weekdayOrder('monday')).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(weekdayOrder('sunday')).toEqual([7, 1, 2, 3, 4, 5, 6]);
  expect(weekdayOrder('saturday')).toEqual([6, 7, 1, 2, 3, 4, 5]);
});

test('zero is not "no data", totals come from the engine, the best three are ranked', () => {
  const matrix = toHeatMatrix(input);
  expect(matrix?.days.map((day) => day.label)).toEqual(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']);
  expect(matrix?.days[5]?.cells[3]?.value).toBe(0);
  expect(matrix?.days[0]?.cells[0]?.value).toBeNull();
  expect(matrix?.days[2]?.total).toBe(10);
  expect(matrix?.hourTotals[9]).toBe(11);
  expect(matrix?.total).toBe(12);
  expect(matrix?.days[1]?.cells[9]?.rank).toBe(1);
  expect(matrix?.days[2]?.cells[10]?.rank).toBe(3);
  expect(matrix?.column.format).toBe('#,##0.00');
  expect(toHeatMatrix({ ...input, value: 'total' })?.column.format).toBe('integer');
  expect(toHeatMatrix({ ...input, metric: 'nothing' })).toBeNull();
});

test('the sentence names the best three and the peak against the average slot', () => {
  const matrix = toHeatMatrix(input);
  expect(matrix && describeHeat(matrix, formats)).toBe(
    'Most: Tue 09–10, Wed 09–10 and Wed 10–11. The peak of 9.00 is 1.5× the average slot.',
  );
  const empty = toHeatMatrix({ ...input, cells: queryResult([metricColumn('users')], []) });
  expect(empty && describeHeat(empty, formats)).toBe('');
});

test('breaks are quantiles of what is above zero', () => {
  expect(quantileBreaks([0, 0, null])).toEqual([]);
  expect(quantileBreaks([5, 5, 5])).toEqual([]);
  expect(
    quantileBreaks(
      Array.from({ length: 101 }, (_, index) => index),
      4,
    ),
  ).toEqual([26, 51, 75]);
  expect(stepLabels([26, 51], String)).toEqual(['< 26', '26–51', '≥ 51']);
});

test('steps rise with the value, zero has none, and breaks rise', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 168 }), (values) => {
      const breaks = quantileBreaks(values);
      expect(breaks.length).toBeLessThanOrEqual(5);
      expect([...breaks].sort((a, b) => a - b)).toEqual(breaks);
      const steps = values.toSorted((a, b) => a - b).map((value) => heatStep(value, breaks));
      expect([...steps].sort((a, b) => a - b)).toEqual(steps);
      expect(heatStep(0, breaks)).toBe(0);
      for (const step of steps) expect(paletteStep(step, breaks.length + 1)).toBeLessThanOrEqual(7);
    }),
    { numRuns: 200 },
  );
});

test('the palest colour is left out, a single step is in the middle', () => {
  expect([1, 2, 3, 4, 5, 6].map((step) => paletteStep(step, 6))).toEqual([2, 3, 4, 5, 6, 7]);
  expect([1, 2, 3].map((step) => paletteStep(step, 3))).toEqual([2, 5, 7]);
  expect(paletteStep(1, 1)).toBe(4);
  expect(paletteStep(0, 6)).toBe(0);
});
