import type { Arithmetic } from '../contract/model.ts';
import { type Parsed, ParseMistake, parsing } from './parsed.ts';
import { showToken, TokenReader } from './token-reader.ts';
import { tokenize } from './tokens.ts';

const MAX_DEPTH = 40;

/** Parses the arithmetic of derived metrics: `(charges - refunds) / messages_sent`. */
export function parseArithmetic(text: string): Parsed<Arithmetic> {
  const tokens = tokenize(text, false);
  if (!tokens.ok) return tokens;
  const reader = new TokenReader(tokens.value);
  return parsing(() => {
    const expression = readSum(reader, 0);
    reader.expectEnd('+, -, *, /');
    return expression;
  });
}

function readSum(reader: TokenReader, depth: number): Arithmetic {
  return readLeftToRight(reader, ['+', '-'], () =>
    readLeftToRight(reader, ['*', '/'], () => readFactor(reader, depth)),
  );
}

function readLeftToRight(
  reader: TokenReader,
  operators: readonly ('+' | '-' | '*' | '/')[],
  next: () => Arithmetic,
): Arithmetic {
  let left = next();
  for (;;) {
    const op = operators.find((symbol) => reader.take(symbol));
    if (op === undefined) return left;
    left = { kind: 'binary', op, left, right: next() };
  }
}

function readFactor(reader: TokenReader, depth: number): Arithmetic {
  if (depth > MAX_DEPTH) throw new ParseMistake(reader.peek().position, 'The expression is nested too deeply.');
  if (reader.take('-')) return { kind: 'negate', part: readFactor(reader, depth + 1) };
  if (reader.take('(')) {
    const inner = readSum(reader, depth + 1);
    reader.expect(')');
    return inner;
  }
  const token = reader.next();
  if (token.kind === 'number') return { kind: 'number', value: token.value };
  if (token.kind === 'word') return { kind: 'metric', name: token.value };
  throw new ParseMistake(token.position, `Expected a metric, a number or "(", found ${showToken(token)}.`);
}

/** Every metric that an expression reads. */
export function metricsOf(expression: Arithmetic): string[] {
  switch (expression.kind) {
    case 'metric':
      return [expression.name];
    case 'number':
      return [];
    case 'negate':
      return metricsOf(expression.part);
    case 'binary':
      return [...metricsOf(expression.left), ...metricsOf(expression.right)];
  }
}
