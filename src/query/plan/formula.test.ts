import { expect, test } from 'vitest';
import { evaluateFormula, type Formula, type RowValues } from './formula.ts';

const number = (value: number): Formula => ({ kind: 'number', value });
const leaf: Formula = { kind: 'leaf', leaf: { index: 0, absent: 0 } };
const binary = (op: '+' | '-' | '*' | '/', left: Formula, right: Formula): Formula => ({
  kind: 'binary',
  op,
  left,
  right,
});
const row = (value: number | null, channel?: string | null): RowValues => ({ leaf: () => value, channel });

test.each([
  ['adds', binary('+', number(2), number(3)), 5],
  ['subtracts', binary('-', number(2), number(3)), -1],
  ['multiplies', binary('*', number(2), number(3)), 6],
  ['divides', binary('/', number(3), number(2)), 1.5],
  ['cannot divide by zero', binary('/', number(3), number(0)), null],
  ['cannot divide zero by zero', binary('/', number(0), number(0)), null],
  ['negates without a negative zero', { kind: 'negate', part: number(0) }, 0],
  ['overflows to no value', binary('*', number(1e308), number(1e308)), null],
] satisfies [string, Formula, number | null][])('%s', (_, formula, expected) => {
  expect(evaluateFormula(formula, row(1))).toBe(expected);
});

test('a part without a value leaves the whole without one', () => {
  expect(evaluateFormula(binary('*', leaf, number(0)), row(null))).toBeNull();
  expect(evaluateFormula({ kind: 'negate', part: leaf }, row(null))).toBeNull();
});

test('in rows of other channels there is no value; where rows are not split by channel there is', () => {
  const formula: Formula = { kind: 'channels', channels: ['email'], part: leaf };
  expect(evaluateFormula(formula, row(4, 'email'))).toBe(4);
  expect(evaluateFormula(formula, row(4, 'sms'))).toBeNull();
  expect(evaluateFormula(formula, row(4, null))).toBeNull();
  expect(evaluateFormula(formula, row(4))).toBe(4);
});
