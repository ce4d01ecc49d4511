import { ParseMistake } from './parsed.ts';
import type { Token } from './tokens.ts';

/** Walks over tokens; `expect` leaves the parser with a sentence at the token's place. */
export class TokenReader {
  private place = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  peek(): Token {
    return this.tokens[this.place] ?? { kind: 'end', position: 0 };
  }

  next(): Token {
    const token = this.peek();
    this.place += 1;
    return token;
  }

  /** Takes the word or symbol if it is next. */
  take(text: string): boolean {
    const token = this.peek();
    const matches = (token.kind === 'word' || token.kind === 'symbol') && token.value === text;
    if (matches) this.place += 1;
    return matches;
  }

  expect(text: string): void {
    const token = this.peek();
    if (!this.take(text)) throw new ParseMistake(token.position, `Expected "${text}", found ${showToken(token)}.`);
  }

  expectEnd(instead: string): void {
    const token = this.peek();
    if (token.kind !== 'end')
      throw new ParseMistake(token.position, `Expected ${instead} or the end, found ${showToken(token)}.`);
  }
}

export function showToken(token: Token): string {
  if (token.kind === 'end') return 'the end';
  if (token.kind === 'parameter') return `"$${token.value}"`;
  return token.kind === 'string' ? `'${token.value}'` : `"${token.value}"`;
}
