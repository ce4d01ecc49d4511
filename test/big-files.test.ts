import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFileReader } from '../src/files/file-reader.ts';
import { row, shared, writeLongWorkbook, writePieces } from './support/xlsx.ts';

/** However long a file is and whatever it does, the child that reads it stays within 300 MB. */

const MB = 1024 * 1024;
const CAP = 300 * MB;
const ROWS = 1_000_000;
/** Of the workbook: what is held of it are its strings, half a million however many rows. A million with TURNOUT_THOROUGH=1. */
const WORKBOOK_ROWS = process.env['TURNOUT_THOROUGH'] === '1' ? ROWS : ROWS / 2;
const STRINGS = 500_000;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turnout-big-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function readAll(path: string): Promise<{ rows: number; sum: number; last: unknown; peak: number }> {
  const reader = openFileReader();
  try {
    let rows = 0;
    let sum = 0;
    let last: unknown;
    const look = await reader.look(path, {});
    for await (const page of reader.pages(path, look.format)) {
      expect(page.rows.length).toBeLessThanOrEqual(1000);
      rows += page.rows.length;
      for (const cells of page.rows) sum += Number(cells[4]);
      last = page.rows.at(-1);
    }
    return { rows, sum, last, peak: await reader.peakRss() };
  } finally {
    await reader.close();
  }
}

const expectedSum = (rows: number): number => (rows / 10) * 45;

function* inPieces(line: (index: number) => string, rows = ROWS): Generator<string> {
  for (let from = 0; from < rows; from += 10_000) {
    let piece = '';
    for (let index = from; index < Math.min(rows, from + 10_000); index++) piece += line(index);
    yield piece;
  }
}

describe('long files', () => {
  test('a million rows of CSV', async () => {
    const path = join(folder, 'million.csv');
    await writePieces(path, [
      'Message ID;Phone;Sent at;Status;Cost\n',
      ...inPieces(
        (index) =>
          `m-${index};+1202555${String(index % 10_000).padStart(4, '0')};10.11.2026 10:15;Delivered;${index % 10}\n`,
      ),
    ]);
    const read = await readAll(path);
    expect(read).toMatchObject({
      rows: ROWS,
      sum: expectedSum(ROWS),
      last: [`m-${ROWS - 1}`, '+12025559999', '10.11.2026 10:15', 'Delivered', '9'],
    });
    expect(read.peak).toBeLessThanOrEqual(CAP);
  }, 120_000);

  test('half a million rows of XLSX, with as many shared strings', async () => {
    const path = join(folder, 'million.xlsx');
    const header = row(1, ['Message ID', 'Phone', 'Sent at', 'Status', 'Cost']);
    const strings = Array.from({ length: STRINGS }, (_, index) => `<si><t>message-${index}</t></si>`).join('');
    const rows = inPieces(
      (index) =>
        row(index + 2, [
          shared(index % STRINGS),
          12_025_550_000 + (index % 1000),
          46_336.5,
          '<c t="str"><v>ok</v></c>',
          index % 10,
        ]),
      WORKBOOK_ROWS,
    );
    await writeLongWorkbook(path, { strings }, [header, ...rows]);
    const read = await readAll(path);
    expect(read).toMatchObject({
      rows: WORKBOOK_ROWS,
      sum: expectedSum(WORKBOOK_ROWS),
      last: [`message-${STRINGS - 1}`, 12_025_550_999, 46_336.5, 'ok', 9],
    });
    expect(read.peak).toBeLessThanOrEqual(CAP);
  }, 300_000);
});

describe('files that are made to harm', () => {
  async function refusal(
    path: string,
    options: Parameters<typeof openFileReader>[0] = {},
  ): Promise<{ message: string; peak: number }> {
    const reader = openFileReader(options);
    try {
      const message = await readEverything(reader, path).then(
        () => 'read',
        (error: Error) => `${error.name}: ${error.message}`,
      );
      return { message, peak: await reader.peakRss() };
    } finally {
      await reader.close();
    }
  }

  async function readEverything(reader: ReturnType<typeof openFileReader>, path: string): Promise<void> {
    for await (const page of reader.pages(path, {})) expect(page.rows.length).toBeGreaterThan(0);
  }

  test.each([
    ['of one cell', 'x', /^TurnoutError: A cell in row 2 is longer than 100,000 characters\./],
    ['of many cells', 'x,', /^TurnoutError: Row 2 has more than 1,000 columns\./],
    ['of one quoted cell that never ends', '"', /^TurnoutError: (?:A cell in row 2|Row 2) is longer than/],
  ])(
    'a line of 100 MB %s',
    async (name, piece, sentence) => {
      const path = join(folder, `line-${name.replaceAll(' ', '-')}.csv`);
      const chunk = piece === '"' ? 'y'.repeat(MB) : piece.repeat(MB / piece.length);
      await writePieces(path, [
        `email,visits\n${piece === '"' ? '"' : ''}`,
        ...Array.from({ length: 100 }, () => chunk),
      ]);
      const { message, peak } = await refusal(path);
      expect(message).toMatch(sentence);
      expect(peak).toBeLessThanOrEqual(CAP);
    },
    60_000,
  );

  test('a workbook that unpacks without end', async () => {
    const path = join(folder, 'bomb.xlsx');
    const spaces = ' '.repeat(MB);
    await writeLongWorkbook(
      path,
      {},
      Array.from({ length: 600 }, () => spaces),
    );
    const { message, peak } = await refusal(path);
    expect(message).toMatch(/^TurnoutError: The file unpacks to more than 200 times its size/);
    expect(peak).toBeLessThanOrEqual(CAP);
  }, 60_000);

  test('a workbook that unpacks to more than a gigabyte', async () => {
    const path = join(folder, 'large.xlsx');
    const spaces = ' '.repeat(MB);
    await writeLongWorkbook(
      path,
      {},
      Array.from({ length: 60 }, () => spaces),
    );
    const { message } = await refusal(path, { limits: { unpackedBytes: 50 * MB, ratio: Number.POSITIVE_INFINITY } });
    expect(message).toMatch(/^TurnoutError: Unpacked, the file has more than 50 MB/);
  }, 60_000);

  test('more text than a workbook may hold', async () => {
    const path = join(folder, 'texts.xlsx');
    const strings = Array.from({ length: 40 }, (_, index) =>
      `<si><t>${String(index).padEnd(90_000, 'texts ')}</t></si>`.repeat(30),
    ).join('');
    await writeLongWorkbook(path, { strings }, [row(1, ['email']), row(2, [shared(7)])]);
    const { message, peak } = await refusal(path, { limits: { ratio: Number.POSITIVE_INFINITY } });
    expect(message).toMatch(/^TurnoutError: The workbook holds more text than is read at once \(96 MB\)/);
    expect(peak).toBeLessThanOrEqual(CAP);
  }, 60_000);

  test('each limit has its sentence', async () => {
    const path = join(folder, 'small.csv');
    await writePieces(path, ['email,visits\n', ...inPieces((index) => `person${index}@example.com,1\n`, 100_000)]);
    expect((await refusal(path, { limits: { rows: 5000 } })).message).toMatch(/more than 5,000 rows/);
    expect((await refusal(path, { limits: { bytes: MB } })).message).toMatch(
      /^TurnoutError: The file has 2 MB; at most 1 MB can be read\./,
    );
    expect((await refusal(path, { limits: { columns: 1 } })).message).toMatch(/more than 1 columns/);
    expect((await refusal(path, { limits: { milliseconds: 1 } })).message).toBe(
      'TurnoutError: The file takes longer than 1 ms to read. Split it.',
    );
    expect((await refusal(path, { memoryMb: 20 })).message).toMatch(
      /^TurnoutError: The file needs more memory than one file may take \(20 MB\)/,
    );
  }, 60_000);
});
