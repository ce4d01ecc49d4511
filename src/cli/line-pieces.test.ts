import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/engine.ts';
import { LinePieces, openLines } from './line-pieces.ts';

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
});
afterEach(() => remove());

const LINES = Array.from({ length: 200_000 }, (_, index) => `{"n":${index}}\n`);

test.each([
  ['plain', Buffer.from(LINES.join(''))],
  ['gzip', gzipSync(LINES.join(''))],
  ['zstd', zstdCompressSync(LINES.join(''))],
  [
    'zstd of several frames',
    Buffer.concat([0, 50_000, 100_000, 150_000].map((at) => zstdCompressSync(LINES.slice(at, at + 50_000).join('')))),
  ],
])('%s is cut at the ends of lines and nothing is lost', async (_kind, bytes) => {
  const path = join(folder, 'file');
  writeFileSync(path, bytes);
  const cutter = new LinePieces(await openLines(path));
  const pieces: string[] = [];
  while (await cutter.begin()) {
    const portions: Buffer[] = [];
    for await (const portion of cutter.next(70_000, 800_000)) portions.push(Buffer.from(portion));
    pieces.push(Buffer.concat(portions).toString());
  }
  expect(pieces.join('') === LINES.join('')).toBe(true);
  expect(pieces.length).toBeGreaterThan(2);
  expect(pieces.every((piece) => piece.endsWith('\n') && piece.length <= 800_020)).toBe(true);
  expect(cutter.lines).toBe(200_000);
});

test('a packed file that breaks off is refused', async () => {
  const path = join(folder, 'file');
  writeFileSync(path, zstdCompressSync(LINES.join('')).subarray(0, 5_000));
  const read = async () => {
    for await (const _ of await openLines(path));
  };
  await expect(read()).rejects.toThrow(/cannot be unpacked/);
});
