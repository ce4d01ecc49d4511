import type { Comment, Fragment, Identifier, Indented, Joined, Literal, SqlNode } from './nodes.ts';

/** Makes a fragment: the text is our own code's, every gap is a node. A plain string in a gap is a type error. */
export function sql(text: TemplateStringsArray, ...gaps: SqlNode[]): Fragment {
  return { kind: 'fragment', text: [...text], gaps };
}

export const identifier = (name: string): Identifier => ({ kind: 'identifier', name });
export const string = (value: string): Literal => ({ kind: 'string', value });
export const number = (value: number): Literal => ({ kind: 'number', value });
export const uint64 = (value: bigint): Literal => ({ kind: 'uint64', value });
export const boolean = (value: boolean): Literal => ({ kind: 'boolean', value });
export const date = (value: string): Literal => ({ kind: 'date', value });
/** @param value UTC milliseconds */
export const instant = (value: number): Literal => ({ kind: 'instant', value });
export const zone = (name: string): Literal => ({ kind: 'zone', value: name });
export const plain = (value: string): Literal => ({ kind: 'plain', value });
export const list = (items: readonly Literal[]): Literal => ({ kind: 'list', items });

export const joined = (separator: Joined['separator'], parts: readonly SqlNode[]): Joined => ({
  kind: 'joined',
  separator,
  parts,
});
export const comment = (text: string): Comment => ({ kind: 'comment', text });
export const indented = (part: SqlNode): Indented => ({ kind: 'indented', part });
/** A subquery in parentheses, set in. */
export const nested = (part: SqlNode): Fragment => sql`(\n  ${indented(part)}\n)`;
/** One part a line. */
export const lines = (parts: readonly SqlNode[]): Joined => joined(',\n', parts);
export const commas = (parts: readonly SqlNode[]): Joined => joined(', ', parts);
/** `1` where there are no parts. */
export const allOf = (parts: readonly SqlNode[]): SqlNode =>
  parts.length === 0 ? number(1) : joined(' AND ', parts.map(inParens));
/** `0` where there are no parts. */
export const anyOf = (parts: readonly SqlNode[]): SqlNode =>
  parts.length === 0 ? number(0) : joined(' OR ', parts.map(inParens));
/**
 * Whether a value is among the rows of a sub-query. On a cluster an `IN` without GLOBAL is refused when the sub-query reads two tables
 * that span it (code 36); elsewhere the word changes nothing.
 */
export const amongRows = (value: SqlNode, rows: SqlNode): Fragment => sql`${value} GLOBAL IN (${rows})`;
export const inParens = (part: SqlNode): Fragment => sql`(${part})`;
