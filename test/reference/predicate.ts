import type { Predicate } from '../../src/contract/model.ts';

/** A cell of a fact row: instants are UTC milliseconds, flags 0 or 1. */
export type FactCell = string | number | null;
export type FactRow = Record<string, FactCell>;

/** Values of the model's parameters, by name. */
export type Parameters = Readonly<Record<string, number>>;

/** The filter language over one row; a comparison with what is not known is never true. */
export function matches(predicate: Predicate | undefined, row: FactRow, parameters: Parameters = {}): boolean {
  if (predicate === undefined) return true;
  switch (predicate.kind) {
    case 'and':
      return predicate.parts.every((part) => matches(part, row, parameters));
    case 'or':
      return predicate.parts.some((part) => matches(part, row, parameters));
    case 'not':
      return !matches(predicate.part, row, parameters);
    case 'flag':
      return row[predicate.column] === 1;
    case 'null':
      return (row[predicate.column] === null) !== predicate.negated;
    case 'in': {
      const value = row[predicate.column];
      if (value === null || value === undefined) return false;
      return predicate.values.includes(value) !== predicate.negated;
    }
    case 'compare': {
      const value = row[predicate.column];
      if (value === null || value === undefined) return false;
      const other = constantOf(predicate.value, parameters);
      switch (predicate.op) {
        case '=':
          return value === other;
        case '!=':
          return value !== other;
        case '<':
          return value < other;
        case '<=':
          return value <= other;
        case '>':
          return value > other;
        case '>=':
          return value >= other;
      }
    }
  }
}

function constantOf(value: Extract<Predicate, { kind: 'compare' }>['value'], parameters: Parameters): string | number {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'object') return value;
  const given = parameters[value.parameter];
  if (given === undefined) throw new Error(`no value for ${value.parameter}`);
  return given * value.factor;
}
