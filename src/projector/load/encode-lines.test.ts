import { expect, test } from 'vitest';
import { LineEncoder } from './encode-lines.ts';

const HEAD = "0\t'\n";

test('lines are numbered through all portions, each of which begins with the row that is left out', () => {
  const encoder = new LineEncoder(100);
  encoder.add(Buffer.from('a\nb\n'));
  encoder.add(Buffer.from('c\n'));
  expect(encoder.take().toString()).toBe(`${HEAD}1\ta\n2\tb\n3\tc\n`);
  expect(encoder.size).toBe(0);
  for (let line = 4; line < 99; line += 1) encoder.add(Buffer.from('x\n'));
  encoder.take();
  encoder.add(Buffer.from('d\n'.repeat(902)));
  const rows = encoder.take().toString().split('\n');
  expect([rows[1], rows[2], rows[901], rows[902]]).toStrictEqual(['99\td', '100\td', '999\td', '1000\td']);
  expect(encoder.lines).toBe(1000);
});

test('tabs and backslashes are escaped, and what does not fit makes room', () => {
  const encoder = new LineEncoder(8);
  encoder.add(Buffer.from(`{"a":"\\n\t"}\n${'é'.repeat(5000)}\n`));
  encoder.add(Buffer.from('plain\n'));
  expect(encoder.take().toString()).toBe(`${HEAD}1\t{"a":"\\\\n\\t"}\n2\t${'é'.repeat(5000)}\n3\tplain\n`);
});
