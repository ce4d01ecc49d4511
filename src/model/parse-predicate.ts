import type { Predicate } from '../contract/model.ts';
import { type Parsed, ParseMistake, parsing } from './parsed.ts';
import { showToken, TokenReader } from './token-reader.ts';
import { tokenize } from './tokens.ts';

const KEYWORDS = new Set(['and', 'or', 'not', 'in', 'is', 'null', 'true', 'false']);
const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='] as const;
const MAX_DEPTH = 40;

/** How many of what the column holds one of a parameter is: 60 for a parameter in minutes over a column of seconds. */
type FactorOf = (parameter: string) => number;

/**
 * Parses the filter language: `delivered and (channel in ('sms', 'email') or seconds >= $short_visit)`. Columns, constants,
 * parameters and the words of docs/model.md, nothing else.
 */
export function parsePredicate(text: string, factorOf: FactorOf = () => 1): Parsed<Predicate> {
  const tokens = tokenize(text);
  if (!tokens.ok) return tokens;
  const reader = new TokenReader(tokens.value);
  return parsing(() => {
    const predicate = readEither(reader, 0, factorOf);
    reader.expectEnd('"and", "or"');
    return predicate;
  });
}

const readEither = (reader: TokenReader, depth: number, factorOf: FactorOf): Predicate =>
  readChain(reader, 'or', () => readChain(reader, 'and', () => readNegation(reader, depth, factorOf)));

function readChain(reader: TokenReader, word: 'and' | 'or', next: () => Predicate): Predicate {
  const first = next();
  const parts = [first];
  while (reader.take(word)) parts.push(next());
  return parts.length === 1 ? first : { kind: word, parts };
}

function readNegation(reader: TokenReader, depth: number, factorOf: FactorOf): Predicate {
  if (depth > MAX_DEPTH) throw new ParseMistake(reader.peek().position, 'The filter is nested too deeply.');
  if (reader.take('not')) return { kind: 'not', part: readNegation(reader, depth + 1, factorOf) };
  if (reader.take('(')) {
    const inner = readEither(reader, depth + 1, factorOf);
    reader.expect(')');
    return inner;
  }
  return readComparison(reader, factorOf);
}

function readComparison(reader: TokenReader, factorOf: FactorOf): Predicate {
  const column = readColumn(reader);
  const op = COMPARISONS.find((symbol) => reader.take(symbol));
  if (op !== undefined) {
    const token = reader.peek();
    if (token.kind !== 'parameter') return { kind: 'compare', column, op, value: readConstant(reader) };
    reader.next();
    return { kind: 'compare', column, op, value: { parameter: token.value, factor: factorOf(token.value) } };
  }
  if (reader.take('is')) {
    const negated = reader.take('not');
    reader.expect('null');
    return { kind: 'null', column, negated };
  }
  if (reader.take('in')) return { kind: 'in', column, values: readList(reader), negated: false };
  if (reader.take('not')) {
    reader.expect('in');
    return { kind: 'in', column, values: readList(reader), negated: true };
  }
  return { kind: 'flag', column };
}

function readList(reader: TokenReader): (string | number)[] {
  reader.expect('(');
  const values: (string | number)[] = [];
  do {
    const { position } = reader.peek();
    const value = readConstant(reader);
    if (typeof value === 'boolean')
      throw new ParseMistake(position, 'A list holds texts or numbers, not true or false.');
    values.push(value);
  } while (reader.take(','));
  reader.expect(')');
  return values;
}

function readConstant(reader: TokenReader): string | number | boolean {
  const token = reader.next();
  if (token.kind === 'string' || token.kind === 'number') return token.value;
  if (token.kind === 'word' && (token.value === 'true' || token.value === 'false')) return token.value === 'true';
  if (token.kind === 'parameter')
    throw new ParseMistake(token.position, `A parameter is compared with a column, as in seconds >= $${token.value}.`);
  throw new ParseMistake(token.position, `Expected a text in single quotes or a number, found ${showToken(token)}.`);
}

function readColumn(reader: TokenReader): string {
  const token = reader.next();
  if (token.kind === 'word' && !KEYWORDS.has(token.value)) return token.value;
  throw new ParseMistake(token.position, `Expected a column, found ${showToken(token)}.`);
}
