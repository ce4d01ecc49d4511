import type { Parsed } from './parsed.ts';

export type Token =
  | { kind: 'word' | 'symbol' | 'string' | 'parameter'; value: string; position: number }
  | { kind: 'number'; value: number; position: number }
  | { kind: 'end'; position: number };

const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const PARAMETER = /\$[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /-?\d+(?:\.\d+)?/y;
const STRING = /'((?:[^']|'')*)'/y;
const SYMBOL = /!=|<=|>=|[=<>(),+\-*/]/y;

/** Splits a filter or an expression. Words keep their letters; `''` in a text is one quote; numbers take a minus only where `signed`; the value of `$name` is its name. */
export function tokenize(text: string, signed = true): Parsed<Token[]> {
  const tokens: Token[] = [];
  let position = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    return pattern.exec(text);
  };
  while (position < text.length) {
    if (/\s/.test(text.charAt(position))) {
      position += 1;
      continue;
    }
    const word = match(WORD);
    const parameter = match(PARAMETER);
    const string = match(STRING);
    const number = signed || text.charAt(position) !== '-' ? match(NUMBER) : null;
    const symbol = match(SYMBOL);
    const found = word ?? parameter ?? string ?? number ?? symbol;
    if (found === null) {
      const letter = text.charAt(position);
      const message =
        letter === "'"
          ? 'The text that starts here has no closing quote.'
          : letter === '"'
            ? "Text stands in single quotes: 'text'."
            : `The character "${letter}" has no meaning here.`;
      return { ok: false, position, message };
    }
    if (word !== null) tokens.push({ kind: 'word', value: word[0], position });
    else if (parameter !== null) tokens.push({ kind: 'parameter', value: parameter[0].slice(1), position });
    else if (string !== null) tokens.push({ kind: 'string', value: (string[1] ?? '').replaceAll("''", "'"), position });
    else if (number !== null) tokens.push({ kind: 'number', value: Number(number[0]), position });
    else tokens.push({ kind: 'symbol', value: found[0], position });
    position += found[0].length;
  }
  tokens.push({ kind: 'end', position });
  return { ok: true, value: tokens };
}
