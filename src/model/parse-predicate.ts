import type { Predicate } from '../contract/model.ts';
import { type Parsed, ParseMistake, parsing } from './parsed.ts';
import { showToken, TokenReader } from './token-reader.ts';
import { tokenize } from './tokens.ts';

const KEYWORDS = new Set(['and', 'or', 'not', 'in', 'is', 'null', 'true', 'false']);
const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='] as const;
const MAX_DEPTH = 40;

/** Parses the filter language: `delivered and (channel in ('sms', 'email') or not failed)`. Columns, constants and the words of docs/model.md, nothing else. */
export function parsePredicate(text: string): Parsed<Predicate> {
  const tokens = tokenize(text);
  if (!tokens.ok) return tokens;
  const reader = new TokenReader(tokens.value);
  return parsing(() => {
    const predicate = readEither(reader, 0);
    reader.expectEnd('"and", "or"');
    return predicate;
  });
}

const readEither = (reader: TokenReader, depth: number): Predicate =>
  readChain(reader, 'or', () => readChain(reader, 'and', () => readNegation(reader, depth)));

function readChain(reader: TokenReader, word: 'and' | 'or', next: () => Predicate): Predicate {
  const first = next();
  const parts = [first];
  while (reader.take(word)) parts.push(next());
  return parts.length === 1 ? first : { kind: word, parts };
}

function readNegation(reader: TokenReader, depth: number): Predicate {
  if (depth > MAX_DEPTH) throw new ParseMistake(reader.peek().position, 'The filter is nested too deeply.');
  if (reader.take('not')) return { kind: 'not', part: readNegation(reader, depth + 1) };
  if (reader.take('(')) {
    const inner = readEither(reader, depth + 1);
    reader.expect(')');
    return inner;
  }
  return readComparison(reader);
}

function readComparison(reader: TokenReader): Predicate {
  const column = readColumn(reader);
  const op = COMPARISONS.find((symbol) => reader.take(symbol));
  if (op !== undefined) return { kind: 'compare', column, op, value: readConstant(reader) };
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
  throw new ParseMistake(token.position, `Expected a text in single quotes or a number, found ${showToken(token)}.`);
}

function readColumn(reader: TokenReader): string {
  const token = reader.next();
  if (token.kind === 'word' && !KEYWORDS.has(token.value)) return token.value;
  throw new ParseMistake(token.position, `Expected a column, found ${showToken(token)}.`);
}
