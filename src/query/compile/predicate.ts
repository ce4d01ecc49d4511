import { assertNever } from '../../contract/errors.ts';
import type { Predicate } from '../../contract/model.ts';
import { allOf, anyOf, boolean, list, number, sql, string } from '../../sql/build.ts';
import type { Fragment, Literal, SqlNode } from '../../sql/nodes.ts';

const OPERATORS = {
  '=': sql`=`,
  '!=': sql`!=`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
} as const satisfies Record<string, Fragment>;

/** The model's filter language as a condition that is 0 or 1, never NULL: what is not known does not match. */
export function compilePredicate(predicate: Predicate, column: (name: string) => SqlNode): SqlNode {
  switch (predicate.kind) {
    case 'and':
      return allOf(predicate.parts.map((part) => compilePredicate(part, column)));
    case 'or':
      return anyOf(predicate.parts.map((part) => compilePredicate(part, column)));
    case 'not':
      return sql`NOT (${compilePredicate(predicate.part, column)})`;
    case 'flag':
      return sql`ifNull(${column(predicate.column)} = 1, 0)`;
    case 'compare':
      return sql`ifNull(${column(predicate.column)} ${OPERATORS[predicate.op]} ${literal(predicate.value)}, 0)`;
    case 'in': {
      if (predicate.values.length === 0) return number(predicate.negated ? 1 : 0);
      const values = list(predicate.values.map(literal));
      return sql`ifNull(${column(predicate.column)} ${predicate.negated ? sql`NOT IN` : sql`IN`} ${values}, 0)`;
    }
    case 'null':
      return sql`${column(predicate.column)} ${predicate.negated ? sql`IS NOT NULL` : sql`IS NULL`}`;
    default:
      return assertNever(predicate);
  }
}

function literal(value: string | number | boolean | { parameter: string }): Literal {
  if (typeof value === 'object') throw new Error(`the parameter ${value.parameter} has no value yet`);
  if (typeof value === 'boolean') return boolean(value);
  return typeof value === 'number' ? number(value) : string(value);
}
