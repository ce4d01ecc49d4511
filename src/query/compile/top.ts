import { assertNever } from '../../contract/errors.ts';
import { commas, identifier, nested, number, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { Formula, Leaf } from '../plan/formula.ts';

/** The first rows of an order, where the engine can find them by itself and the rest need not leave it. */
export interface Top {
  limit: number;
  order: { by: { kind: 'key'; index: number } | { kind: 'formula'; formula: Formula }; descending: boolean }[];
}

/** Puts the order of `orderRows` and the limit on a finished statement; the totals row comes on top of the limit. */
export function compileTop(
  statement: SqlNode,
  { order, limit }: Top,
  keys: readonly SqlNode[],
  columnOf: (leaf: Leaf) => SqlNode,
  totals: boolean,
): SqlNode {
  const asked = order.map(({ by, descending }) => {
    const value = by.kind === 'key' ? (keys[by.index] ?? number(0)) : compileFormula(by.formula, columnOf);
    return sql`${value} ${descending ? sql`DESC` : sql`ASC`} NULLS LAST`;
  });
  const ties = keys.map((key) => sql`${key} ASC NULLS LAST`);
  const totalsFirst = totals ? [sql`${identifier('cell')} ASC`] : [];
  return sql`SELECT *
FROM ${nested(statement)}
ORDER BY ${commas([...totalsFirst, ...asked, ...ties])}
LIMIT ${number(totals ? limit + 1 : limit)}`;
}

/** As `evaluateFormula`, in doubles, for rows that are not split by channel. */
function compileFormula(formula: Formula, columnOf: (leaf: Leaf) => SqlNode): SqlNode {
  switch (formula.kind) {
    case 'leaf':
      // A sum over rows of which none has a value is NULL in the engine and 0 in the answer.
      return formula.leaf.absent === 0
        ? sql`ifNull(toFloat64(${columnOf(formula.leaf)}), 0)`
        : sql`toFloat64(${columnOf(formula.leaf)})`;
    case 'number':
      return sql`toFloat64(${number(formula.value)})`;
    case 'negate':
      return sql`(-${compileFormula(formula.part, columnOf)})`;
    case 'channels':
      return compileFormula(formula.part, columnOf);
    case 'nothing':
      return sql`CAST(NULL, 'Nullable(Float64)')`;
    case 'binary': {
      const left = compileFormula(formula.left, columnOf);
      const right = compileFormula(formula.right, columnOf);
      switch (formula.op) {
        case '+':
          return sql`(${left} + ${right})`;
        case '-':
          return sql`(${left} - ${right})`;
        case '*':
          return sql`(${left} * ${right})`;
        case '/':
          return sql`(${left} / nullIf(${right}, 0))`;
        default:
          return assertNever(formula.op);
      }
    }
    default:
      return assertNever(formula);
  }
}
