import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCsvPages } from './csv-file.ts';
import { type FileReader, openFileReader } from './file-reader.ts';

let folder: string;
let path: string;
let reader: FileReader;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turnout-reader-'));
  path = join(folder, 'contacts');
  await writeFile(
    path,
    `email,visits\n${Array.from({ length: 5000 }, (_, index) => `person${index}@example.com,${index}\n`).join('')}`,
  );
  reader = openFileReader();
});
afterAll(async () => {
  await reader.close();
  await rm(folder, { recursive: true });
});

test('pages come in order, with the numbers of their rows', async () => {
  const pages = [];
  for await (const page of reader.pages(path, {})) pages.push(page);
  expect(pages.map(({ first_row, rows }) => [first_row, rows.length])).toEqual([
    [2, 1000],
    [1002, 1000],
    [2002, 1000],
    [3002, 1000],
    [4002, 1000],
  ]);
  expect(pages[4]?.rows.at(-1)).toEqual(['person4999@example.com', '4999']);
});

test('what is chosen stands over what is guessed', async () => {
  const look = await reader.look(path, { delimiter: ';', header_row: 3, encoding: 'windows-1252' });
  expect(look).toMatchObject({
    format: { delimiter: ';', header_row: 3, encoding: 'windows-1252' },
    columns: ['person1@example.com,1'],
    skippedRows: 2,
  });
  expect(look.guesses).toEqual([]);
});

test('several readings at once do not meet', async () => {
  const counts = await Promise.all(
    [1, 2, 3].map(async () => {
      let rows = 0;
      for await (const page of reader.pages(path, {})) rows += page.rows.length;
      return rows;
    }),
  );
  expect(counts).toEqual([5000, 5000, 5000]);
});

test('no page is lost when the last one and the end come in one turn', async () => {
  const short = join(folder, 'short-last-page');
  const rows = Array.from({ length: 5020 }, (_, index) => `person${index}@example.com,${index}\n`);
  await writeFile(short, `email,visits\n${rows.join('')}`);
  for (let reading = 0; reading < 8; reading++) {
    let count = 0;
    for await (const page of reader.pages(short, {})) count += page.rows.length;
    expect(count).toBe(5020);
  }
});

test('whoever stops half way leaves no process behind', async () => {
  for await (const page of reader.pages(path, {})) {
    expect(page.first_row).toBe(2);
    break;
  }
  expect(await reader.peakRss()).toBeGreaterThan(0);
  const closed = openFileReader();
  const reading = closed.pages(path, {})[Symbol.asyncIterator]();
  await reading.next();
  await closed.close();
  await expect(
    (async () => {
      while (!(await reading.next()).done);
    })(),
  ).rejects.toThrow(/reader stopped/);
});

test('a file that is not there is our own mistake, not the reader of the file', async () => {
  await expect(reader.look(join(folder, 'nothing'), {})).rejects.toThrow(/ENOENT/);
});

test('a CSV text is read as it arrives, in chunks of any size', async () => {
  const text = Buffer.from('\ufeffName;City\r\n"Lopez; Dana";Köln\r\nBen;"Bos\r\nton"\r\n');
  for (const size of [1, 2, 3, 5, 1000]) {
    async function* arriving(): AsyncGenerator<Buffer> {
      for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
    }
    const pages = [];
    for await (const page of readCsvPages(arriving(), {})) pages.push(page);
    expect(pages).toEqual([
      {
        columns: ['Name', 'City'],
        first_row: 2,
        rows: [
          ['Lopez; Dana', 'Köln'],
          ['Ben', 'Bos\r\nton'],
        ],
      },
    ]);
  }
});
