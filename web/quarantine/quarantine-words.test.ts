import { expect, test } from 'vitest';
import { editableRaw, isCut, readMended, ruleLabel, shortRaw } from './quarantine-words.ts';

test('rules have words, and a rule that is not known yet is still readable', () => {
  expect(ruleLabel('conflict')).toBe('Contradicts what came before');
  expect(ruleLabel('too_late')).toBe('too late');
});

test('JSON is set out for mending, text stays as it came', () => {
  expect(editableRaw('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(editableRaw('a;b;c')).toBe('a;b;c');
});

test('what was mended is JSON, or text that does not look like it', () => {
  expect(readMended('{"a": 1}')).toEqual({ ok: true, record: { a: 1 } });
  expect(readMended('a;b;c')).toEqual({ ok: true, record: 'a;b;c' });
  expect(readMended('  ')).toEqual({ ok: false, message: 'There is nothing to try again.' });
  const broken = readMended('{"a": 1');
  expect(broken.ok ? '' : broken.message).toMatch(/^This is not JSON yet\. ./);
});

test('long pieces are shortened, and a piece that the API has cut is known', () => {
  expect(shortRaw('x'.repeat(1_000))).toHaveLength(602);
  expect(shortRaw('short')).toBe('short');
  expect([isCut('x'.repeat(65_535)), isCut('x'.repeat(65_536)), isCut('é'.repeat(32_768))]).toEqual([
    false,
    true,
    true,
  ]);
});
