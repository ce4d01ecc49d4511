import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FileFormat } from '../contract/mapping.ts';
import type { TablePage } from '../contract/table-page.ts';
import { type CsvDialect, guessDialect } from './csv-dialect.ts';
import { CsvScanner, type SheetRow } from './csv-scanner.ts';
import { decodeText, type Encoding, EncodingGuess } from './detect-encoding.ts';
import { checkFileSize, DEFAULT_LIMITS, type FileLimits, showCount, unreadableFile } from './file-limits.ts';
import type { FileLook } from './file-look.ts';
import { isBlank } from './header-row.ts';
import { mainSection, sectionLabel } from './report-sections.ts';
import { sniffType } from './sniff-type.ts';
import { TableShaper } from './table-shaper.ts';

const KB = 1024;
const CHUNK = 256 * KB;
/** Characters that the delimiter is guessed from. */
const SAMPLE = 64 * KB;
/** Rows in which sections are looked for. */
const LOOK_ROWS = 50_000;
const PREVIEW_ROWS = 50;

const ENCODING_NAMES: Record<Encoding, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (little-endian)',
  'utf-16be': 'UTF-16 (big-endian)',
  'windows-1251': 'windows-1251 (Cyrillic)',
  'windows-1252': 'windows-1252 (Western European)',
};
const DELIMITER_NAMES: Record<CsvDialect['delimiter'], string> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'vertical bars',
};

/** Looks at a CSV file: how it is written, its sections, its header and first rows. */
export async function lookAtCsv(path: string, chosen: FileFormat, limits: FileLimits): Promise<FileLook> {
  const encoding = chosen.encoding ?? (await guessFileEncoding(path, limits));
  const { dialect, sections, rows } = await scanBeginning(path, { ...chosen, encoding }, limits);
  const section = chosen.section ?? (chosen.header_row === undefined ? mainSection(sections) : undefined);
  const shaper = new TableShaper({ headerRow: chosen.header_row, section }, limits);
  const pages = [...shaper.add(rows), ...shaper.end()];
  const format: FileFormat = {
    kind: 'csv',
    encoding,
    delimiter: dialect.delimiter,
    quote: dialect.quote,
    ...(section === undefined ? { header_row: shaper.headerRow } : { section }),
  };
  return {
    format,
    guesses: describeGuesses(chosen, format, dialect, pages.length === 0),
    sheets: [],
    sections: sections.map(({ label }) => label),
    columns: [...shaper.columns],
    skippedRows: shaper.headerRow - 1,
    preview: previewOf(pages, shaper.columns, shaper.headerRow + 1),
  };
}

/** At most 50 rows of the first pages. */
export function previewOf(pages: readonly TablePage[], columns: readonly string[], firstRow: number): TablePage {
  const [page] = pages;
  if (page === undefined) return { columns: [...columns], first_row: firstRow, rows: [] };
  return {
    ...page,
    rows: page.rows.slice(0, PREVIEW_ROWS),
    ...(page.row_numbers === undefined ? {} : { row_numbers: page.row_numbers.slice(0, PREVIEW_ROWS) }),
  };
}

/** Pages of a CSV file. What the format leaves open is guessed. */
export async function* readCsvFile(path: string, format: FileFormat, limits: FileLimits): AsyncGenerator<TablePage> {
  const encoding = format.encoding ?? (await guessFileEncoding(path, limits));
  yield* readCsvPages(createReadStream(path, { highWaterMark: CHUNK }), { ...format, encoding }, limits);
}

/**
 * Pages of a CSV text as its bytes arrive: a published sheet, an upload, a file. What the format leaves open is guessed from the
 * beginning. Memory is bounded by a page and a row.
 * @throws TurnoutError('invalid_request') with a sentence for what is no table or passes a limit
 */
export async function* readCsvPages(
  bytes: AsyncIterable<Buffer>,
  format: FileFormat,
  limits: FileLimits = DEFAULT_LIMITS,
): AsyncGenerator<TablePage> {
  const source = await openBytes(bytes, limits);
  const encoding = format.encoding ?? guessEncoding(source.head);
  let scanner: OpenedScanner | undefined;
  let beginning = '';
  const shaper = new TableShaper({ headerRow: format.header_row, section: format.section }, limits);
  for await (const text of decodeText(source.all(), encoding)) {
    if (scanner !== undefined) yield* shaper.add(scanner.push(text));
    else {
      beginning += text;
      if (beginning.length < SAMPLE) continue;
      scanner = openScanner(beginning, false, format, limits);
      yield* shaper.add(scanner.pushed);
    }
    if (shaper.isDone) break;
  }
  if (scanner === undefined) {
    scanner = openScanner(beginning, true, format, limits);
    yield* shaper.add(scanner.pushed);
  }
  yield* shaper.add(scanner.end());
  yield* shaper.end();
}

class OpenedScanner extends CsvScanner {
  pushed: SheetRow<string>[] = [];
  dialect: CsvDialect | undefined;
}

function openScanner(beginning: string, isWhole: boolean, format: FileFormat, limits: FileLimits): OpenedScanner {
  const dialect = guessDialect(beginning.slice(0, SAMPLE), isWhole && beginning.length <= SAMPLE, format, limits);
  const scanner = new OpenedScanner(dialect.delimiter, dialect.quote, limits);
  scanner.dialect = dialect;
  scanner.pushed = scanner.push(beginning.slice(dialect.sepLine));
  return scanner;
}

/** Checks what begins to arrive, and counts what follows. */
async function openBytes(
  bytes: AsyncIterable<Buffer>,
  limits: FileLimits,
): Promise<{ head: Buffer; all(): AsyncGenerator<Buffer> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let size = 0;
  let isEnd = false;
  while (size < CHUNK && !isEnd) {
    const next = await iterator.next();
    if (next.done) isEnd = true;
    else {
      first.push(next.value);
      size += next.value.length;
    }
  }
  const head = Buffer.concat(first);
  if (sniffType(head) === 'zip') throw unreadableFile('This is a workbook or an archive, not a CSV text.');
  if (head.every((byte) => byte === 0 || byte === 9 || byte === 10 || byte === 13 || byte === 32)) {
    if (isEnd) throw unreadableFile('The file is empty.');
  }
  async function* all(): AsyncGenerator<Buffer> {
    try {
      yield head;
      while (!isEnd) {
        const next = await iterator.next();
        if (next.done) return;
        size += next.value.length;
        checkFileSize(size, limits);
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head, all };
}

function guessEncoding(head: Buffer): Encoding {
  const guess = new EncodingGuess();
  guess.add(head);
  return guess.result();
}

/** Reads the whole file: a single letter far down can settle the encoding. */
async function guessFileEncoding(path: string, limits: FileLimits): Promise<Encoding> {
  const { size } = await stat(path);
  checkFileSize(size, limits);
  const guess = new EncodingGuess();
  for await (const chunk of createReadStream(path, { highWaterMark: 4 * CHUNK })) guess.add(chunk as Buffer);
  return guess.result();
}

interface Beginning {
  dialect: CsvDialect;
  sections: { label: string; rows: number }[];
  /** As many as a header and the first rows need, or all of the sections. */
  rows: SheetRow<string>[];
}

async function scanBeginning(
  path: string,
  format: FileFormat & { encoding: Encoding },
  limits: FileLimits,
): Promise<Beginning> {
  const source = await openBytes(createReadStream(path, { highWaterMark: CHUNK }), limits);
  const sections: Beginning['sections'] = [];
  const rows: SheetRow<string>[] = [];
  const wanted = (format.header_row ?? 0) + 200;
  let scanner: OpenedScanner | undefined;
  let beginning = '';
  let seen = 0;
  const take = (found: readonly SheetRow<string>[]): void => {
    for (const row of found) {
      seen++;
      const label = sectionLabel(row.cells);
      if (label !== undefined) sections.push({ label, rows: 0 });
      const open = sections.at(-1);
      if (open !== undefined && label === undefined && !row.cells.every(isBlank)) open.rows++;
      // Of a long section the first rows are enough.
      if (rows.length < wanted || (open !== undefined && open.rows < wanted)) rows.push(row);
    }
  };
  for await (const text of decodeText(source.all(), format.encoding)) {
    if (scanner !== undefined) take(scanner.push(text));
    else {
      beginning += text;
      if (beginning.length < SAMPLE) continue;
      scanner = openScanner(beginning, false, format, limits);
      take(scanner.pushed);
    }
    if (seen > LOOK_ROWS) break;
  }
  if (scanner === undefined) {
    scanner = openScanner(beginning, true, format, limits);
    take(scanner.pushed);
  }
  if (seen <= LOOK_ROWS) take(scanner.end());
  if (scanner.dialect === undefined) throw unreadableFile('The file is empty.');
  return { dialect: scanner.dialect, sections: sections.length > 1 ? sections : [], rows };
}

function describeGuesses(chosen: FileFormat, format: FileFormat, dialect: CsvDialect, isHeaderOnly: boolean): string[] {
  const guesses: string[] = [];
  if (chosen.encoding === undefined && format.encoding !== undefined) {
    guesses.push(`The text is in ${ENCODING_NAMES[format.encoding]}.`);
  }
  if (chosen.delimiter === undefined) {
    guesses.push(
      dialect.sepLine > 0
        ? `Columns are separated by ${DELIMITER_NAMES[dialect.delimiter]}, as the first line says.`
        : `Columns are separated by ${DELIMITER_NAMES[dialect.delimiter]}.`,
    );
  }
  if (dialect.quote === "'" && chosen.quote === undefined) guesses.push("Texts are in single quotes (').");
  if (format.section !== undefined && chosen.section === undefined) {
    guesses.push(`The file has several tables; "${format.section}" is read.`);
  } else if (format.header_row !== undefined && chosen.header_row === undefined) {
    guesses.push(`The header is in row ${showCount(format.header_row)}.`);
  }
  if (isHeaderOnly) guesses.push('There are no rows below the header.');
  return guesses;
}
