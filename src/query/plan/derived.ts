import { assertNever } from '../../contract/errors.ts';
import type { Arithmetic } from '../../contract/model.ts';
import type { Formula } from './formula.ts';
import type { Planner } from './planner.ts';

export function planDerived(planner: Planner, expr: Arithmetic, channels: readonly string[] | undefined): Formula {
  switch (expr.kind) {
    case 'metric':
      return planner.metric(expr.name, channels);
    case 'number':
      return expr;
    case 'negate':
      return { kind: 'negate', part: planDerived(planner, expr.part, channels) };
    case 'binary':
      return {
        kind: 'binary',
        op: expr.op,
        left: planDerived(planner, expr.left, channels),
        right: planDerived(planner, expr.right, channels),
      };
    default:
      return assertNever(expr);
  }
}
