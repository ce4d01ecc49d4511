import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/engine.ts';
import { hasBulk, keepBulk, readBulk } from './bulk.ts';

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
});
afterEach(() => remove());

const keep = (portions: (string | Buffer)[], pieceLines = 3) =>
  keepBulk(folder, Readable.from(portions.map((one) => Buffer.from(one))), { pieceLines, lineBytes: 100 });

async function read(piece: { sha256: string; bytes: number }): Promise<string> {
  const blocks: Buffer[] = [];
  for await (const block of readBulk(folder, piece)) blocks.push(block);
  return Buffer.concat(blocks).toString();
}

test('lines are kept in pieces, whatever the portions they come in; empty ones and carriage returns go', async () => {
  const pieces = await keep(['{"a":1}\r\n{"a"', ':2}\n\n  \n{"a":3}\n{"a":4}', '\n{"a":5}']);
  expect(pieces.map(({ records, linesBefore }) => [records, linesBefore])).toStrictEqual([
    [3, 0],
    [2, 5],
  ]);
  expect(await Promise.all(pieces.map(read))).toStrictEqual(['{"a":1}\n{"a":2}\n{"a":3}\n', '{"a":4}\n{"a":5}\n']);
  expect(await hasBulk(folder, pieces[0]?.sha256 ?? '')).toBe(true);
  expect(await keep(['{"a":1}\n{"a":2}\n{"a":3}\n{"a":4}\n{"a":5}\n'])).toMatchObject(
    pieces.map(({ sha256 }) => ({ sha256 })),
  );
});

test('more than one packed block reads as it was', async () => {
  const line = `${'x'.repeat(90)}\n`;
  const [piece] = await keep([line.repeat(100_000)], 1_000_000);
  expect(await read(piece ?? { sha256: '', bytes: 0 })).toBe(line.repeat(100_000));
});

test('blocks of nothing but empty lines between others, and portions larger than a block, change nothing', async () => {
  const line = `${'x'.repeat(90)}\n`;
  const blank = '\n'.repeat(5_000_000);
  const [piece] = await keep([line.repeat(60_000), blank, line.repeat(100_000), blank, blank, 'end'], 1_000_000);
  expect(piece?.records).toBe(160_001);
  expect((await read(piece ?? { sha256: '', bytes: 0 })) === `${line.repeat(160_000)}end\n`).toBe(true);
});

test('a line that never ends is refused before it is held', async () => {
  await expect(keep(Array.from({ length: 100 }, () => 'x'.repeat(1 << 20)))).rejects.toThrow(/Line 1 is longer/);
  expect(readdirSync(join(folder, 'bulk'))).toStrictEqual([]);
});

test.each([
  ['a line that is too long', [`ok\n${'x'.repeat(101)}\n`], /Line 2 is longer/],
  ['bytes that are no UTF-8', [Buffer.from([0x61, 0x0a, 0x62, 0x0a, 0xff, 0x0a])], /Line 3 is not UTF-8/],
  ['nothing', ['\n \n'], /no line/],
])('%s: the file is refused whole', async (_what, portions, sentence) => {
  await expect(keep(portions, 1)).rejects.toThrow(sentence);
  expect(readdirSync(join(folder, 'bulk'))).toStrictEqual([]);
});
