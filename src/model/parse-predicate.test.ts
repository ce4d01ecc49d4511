import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Predicate } from '../contract/model.ts';
import { parsePredicate } from './parse-predicate.ts';

const read = (text: string) => {
  const parsed = parsePredicate(text);
  if (!parsed.ok) throw new Error(`${parsed.position}: ${parsed.message}`);
  return parsed.value;
};
const flag = (column: string): Predicate => ({ kind: 'flag', column });

describe('parsePredicate', () => {
  it('binds not before and before or', () => {
    expect(read('a and (b or not c)')).toEqual({
      kind: 'and',
      parts: [flag('a'), { kind: 'or', parts: [flag('b'), { kind: 'not', part: flag('c') }] }],
    });
    expect(read('a or b and not c')).toEqual({
      kind: 'or',
      parts: [flag('a'), { kind: 'and', parts: [flag('b'), { kind: 'not', part: flag('c') }] }],
    });
    expect(read('not not a')).toEqual({ kind: 'not', part: { kind: 'not', part: flag('a') } });
  });

  it.each([
    ["channel = 'sms'", { kind: 'compare', column: 'channel', op: '=', value: 'sms' }],
    ["channel != 'o''clock'", { kind: 'compare', column: 'channel', op: '!=', value: "o'clock" }],
    ['seconds>=-1.5', { kind: 'compare', column: 'seconds', op: '>=', value: -1.5 }],
    ['seconds <= 10', { kind: 'compare', column: 'seconds', op: '<=', value: 10 }],
    ['sent = true', { kind: 'compare', column: 'sent', op: '=', value: true }],
    ["channel in ('sms', 'email')", { kind: 'in', column: 'channel', values: ['sms', 'email'], negated: false }],
    ['seconds not in (1, 2)', { kind: 'in', column: 'seconds', values: [1, 2], negated: true }],
    ['read_at is null', { kind: 'null', column: 'read_at', negated: false }],
    ['read_at is not null', { kind: 'null', column: 'read_at', negated: true }],
  ] satisfies [string, Predicate][])('reads %s', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    ['', 0, 'Expected a column, found the end.'],
    ['a and', 5, 'Expected a column, found the end.'],
    ['a b', 2, 'Expected "and", "or" or the end, found "b".'],
    ['channel = sms', 10, 'Expected a text in single quotes or a number, found "sms".'],
    ['channel = "sms"', 10, "Text stands in single quotes: 'text'."],
    ["channel = 'sms", 10, 'The text that starts here has no closing quote.'],
    ['(a or b', 7, 'Expected ")", found the end.'],
    ['a in ()', 6, 'Expected a text in single quotes or a number, found ")".'],
    ['a in (true)', 6, 'A list holds texts or numbers, not true or false.'],
    ['a is 3', 5, 'Expected "null", found "3".'],
    ['a; drop table messages', 1, 'The character ";" has no meaning here.'],
    ['null', 0, 'Expected a column, found "null".'],
  ])('says where %j goes wrong', (text, position, message) => {
    expect(parsePredicate(text)).toEqual({ ok: false, position, message });
  });

  it('does not overflow on deep nesting', () => {
    expect(parsePredicate(`${'('.repeat(200)}a${')'.repeat(200)}`)).toMatchObject({ ok: false });
    expect(parsePredicate(`${'not '.repeat(120)}a`)).toMatchObject({ ok: false });
  });

  it('never throws, and reads back what it can read', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60, unit: fc.constantFrom(..."ab ()'=<>!,.1-andornotisull".split('')) }),
        (text) => {
          const parsed = parsePredicate(text);
          if (parsed.ok) expect(parsePredicate(write(parsed.value))).toEqual(parsed);
          else expect(parsed.position).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function write(predicate: Predicate): string {
  const value = (one: string | number | boolean) =>
    typeof one === 'string' ? `'${one.replaceAll("'", "''")}'` : String(one);
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.parts.map((part) => `(${write(part)})`).join(` ${predicate.kind} `);
    case 'not':
      return `not (${write(predicate.part)})`;
    case 'flag':
      return predicate.column;
    case 'compare':
      return `${predicate.column} ${predicate.op} ${typeof predicate.value === 'object' ? `$${predicate.value.parameter}` : value(predicate.value)}`;
    case 'in':
      return `${predicate.column} ${predicate.negated ? 'not in' : 'in'} (${predicate.values.map(value).join(',')})`;
    case 'null':
      return `${predicate.column} is ${predicate.negated ? 'not null' : 'null'}`;
  }
}
