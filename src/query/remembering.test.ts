import { expect, test } from 'vitest';
import { remembering } from './remembering.ts';

test('computes each answer once, the oldest are forgotten, and large ones are not kept', () => {
  const computed: string[] = [];
  const repeat = remembering(
    2,
    (text: string, times: number) => {
      computed.push(`${text}${times}`);
      return text.repeat(times);
    },
    (answer) => answer.length < 5,
  );
  expect([repeat('a', 1), repeat('a', 1), repeat('a', 2), repeat('a', 1)]).toEqual(['a', 'a', 'aa', 'a']);
  expect(computed).toEqual(['a1', 'a2']);
  repeat('b', 3);
  repeat('a', 1);
  expect(computed).toEqual(['a1', 'a2', 'b3', 'a1']);
  repeat('c', 9);
  repeat('c', 9);
  expect(computed.slice(4)).toEqual(['c9', 'c9']);
});
