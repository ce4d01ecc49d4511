import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeFrame, sealFrame } from './frame.ts';
import { openJournal } from './journal.ts';
import { listUnusedNumbers } from './unused-numbers.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnout-unused-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = { source: 'a', receivedAt: 1, target: '', headers: {}, body: Buffer.from('x'.repeat(300)) };

async function append(entries: number): Promise<number[]> {
  const journal = await openJournal({ folder, flushMs: 1, watermarkBytes: 0, ballastBytes: 0 });
  const numbers: number[] = [];
  for (let index = 0; index < entries; index++) numbers.push(await journal.append(entry));
  await journal.close();
  return numbers;
}

/** A frame that the power failed in the middle of. */
function tear(seq: number): void {
  const last = readdirSync(folder)
    .filter((name) => name.endsWith('.seg'))
    .sort()
    .at(-1);
  appendFileSync(join(folder, last ?? ''), sealFrame(encodeFrame(entry), seq).subarray(0, 250));
}

test('what restarts leave has no gap', async () => {
  await append(3);
  await append(2);
  expect(await listUnusedNumbers(folder, 5)).toEqual([]);
});

test('numbers behind a torn tail are exactly those that no entry has', async () => {
  const numbers = await append(3);
  tear(4);
  numbers.push(...(await append(2)));
  tear((numbers.at(-1) ?? 0) + 1);
  numbers.push(...(await append(1)));
  const through = numbers.at(-1) ?? 0;
  const missing = Array.from({ length: through }, (_, index) => index + 1).filter((seq) => !numbers.includes(seq));
  expect(missing.length).toBeGreaterThan(2);
  const listed = async (limit: number) =>
    (await listUnusedNumbers(folder, limit)).flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, index) => first + index),
    );
  expect(await listed(through)).toEqual(missing);
  expect(await listed(5)).toEqual(missing.filter((seq) => seq <= 5));
});
