import { assertNever } from '../../contract/errors.ts';
import type { Cell } from '../../contract/result.ts';

/** One number per row that the engine computes. */
export interface Leaf {
  /** Place in a cell's values; unique in a plan. */
  index: number;
  /** The value where no row is. */
  absent: 0 | null;
}

/** How a metric's value follows from the leaves. */
export type Formula =
  | { kind: 'leaf'; leaf: Leaf }
  | { kind: 'number'; value: number }
  | { kind: 'binary'; op: '+' | '-' | '*' | '/'; left: Formula; right: Formula }
  | { kind: 'negate'; part: Formula }
  /** No value in rows of other channels. */
  | { kind: 'channels'; channels: readonly string[]; part: Formula }
  | { kind: 'nothing' };

/** What is known of a row when its formulas are computed. */
export interface RowValues {
  leaf(leaf: Leaf): number | null;
  /** The row's channel; undefined where rows are not grouped by channel. */
  channel: Cell | undefined;
}

/** Null stays null, and nothing can be divided by zero. */
export function evaluateFormula(formula: Formula, row: RowValues): number | null {
  switch (formula.kind) {
    case 'leaf':
      return row.leaf(formula.leaf);
    case 'number':
      return formula.value;
    case 'negate': {
      const value = evaluateFormula(formula.part, row);
      return value === null ? null : 0 - value;
    }
    case 'channels':
      if (row.channel !== undefined && !formula.channels.includes(String(row.channel))) return null;
      return evaluateFormula(formula.part, row);
    case 'nothing':
      return null;
    case 'binary': {
      const left = evaluateFormula(formula.left, row);
      const right = evaluateFormula(formula.right, row);
      return left === null || right === null ? null : calculate(formula.op, left, right);
    }
    default:
      return assertNever(formula);
  }
}

function calculate(op: '+' | '-' | '*' | '/', left: number, right: number): number | null {
  const value =
    op === '+'
      ? left + right
      : op === '-'
        ? left - right
        : op === '*'
          ? left * right
          : right === 0
            ? null
            : left / right;
  return value === null || !Number.isFinite(value) ? null : value;
}
