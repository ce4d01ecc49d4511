import { describe, expect, it } from 'vitest';
import type { Arithmetic } from '../contract/model.ts';
import { metricsOf, parseArithmetic } from './parse-arithmetic.ts';

const value = (text: string, metrics: Record<string, number>): number => {
  const parsed = parseArithmetic(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return evaluate(parsed.value, metrics);
};

function evaluate(node: Arithmetic, metrics: Record<string, number>): number {
  switch (node.kind) {
    case 'metric':
      return metrics[node.name] ?? Number.NaN;
    case 'number':
      return node.value;
    case 'negate':
      return -evaluate(node.part, metrics);
    case 'binary': {
      const left = evaluate(node.left, metrics);
      const right = evaluate(node.right, metrics);
      return node.op === '+'
        ? left + right
        : node.op === '-'
          ? left - right
          : node.op === '*'
            ? left * right
            : left / right;
    }
  }
}

describe('parseArithmetic', () => {
  it.each([
    ['a + b * c', 7],
    ['(a + b) * c', 9],
    ['a - b - c', -4],
    ['c / b / a', 1.5],
    ['-a + b', 1],
    ['a*-b', -2],
    ['a-1', 0],
    ['100 * a / (b + 0.5)', 40],
  ])('%s', (text, expected) => {
    expect(value(text, { a: 1, b: 2, c: 3 })).toBe(expected);
  });

  it.each([
    ['', 0, 'Expected a metric, a number or "(", found the end.'],
    ['a +', 3, 'Expected a metric, a number or "(", found the end.'],
    ['a b', 2, 'Expected +, -, *, / or the end, found "b".'],
    ['(a', 2, 'Expected ")", found the end.'],
    ['a % b', 2, 'The character "%" has no meaning here.'],
  ])('says where %j goes wrong', (text, position, message) => {
    expect(parseArithmetic(text)).toEqual({ ok: false, position, message });
  });

  it('lists the metrics', () => {
    const parsed = parseArithmetic('a / (b + -a)');
    expect(parsed.ok && metricsOf(parsed.value)).toEqual(['a', 'b', 'a']);
  });
});
