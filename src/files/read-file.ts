import { open } from 'node:fs/promises';
import type { FileFormat } from '../contract/mapping.ts';
import type { TablePage } from '../contract/table-page.ts';
import { lookAtCsv, readCsvFile } from './csv-file.ts';
import { type FileLimits, unreadableFile } from './file-limits.ts';
import type { FileLook } from './file-look.ts';
import { sniffType } from './sniff-type.ts';
import { lookAtXlsx, readXlsxFile } from './xlsx-file.ts';

/** Reading in this process: for children that may be ended at any time. Everyone else opens a `FileReader`. */

/** @throws TurnoutError('invalid_request') with a sentence */
export async function lookAtFile(path: string, chosen: FileFormat, limits: FileLimits): Promise<FileLook> {
  const kind = await kindOfFile(path, chosen);
  return kind === 'csv' ? lookAtCsv(path, chosen, limits) : lookAtXlsx(path, chosen, limits);
}

/** Pages in order. @throws TurnoutError('invalid_request') with a sentence */
export async function* readFilePages(path: string, format: FileFormat, limits: FileLimits): AsyncGenerator<TablePage> {
  const kind = await kindOfFile(path, format);
  yield* kind === 'csv' ? readCsvFile(path, format, limits) : readXlsxFile(path, format, limits);
}

/** What the file is by its first bytes; what was chosen has to agree. */
async function kindOfFile(path: string, chosen: FileFormat): Promise<'csv' | 'xlsx'> {
  const head = Buffer.alloc(4096);
  const file = await open(path, 'r');
  let kind: 'csv' | 'xlsx';
  try {
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    if (bytesRead === 0) throw unreadableFile('The file is empty.');
    kind = sniffType(head.subarray(0, bytesRead)) === 'zip' ? 'xlsx' : 'csv';
  } finally {
    await file.close();
  }
  if (chosen.kind === undefined || chosen.kind === kind) return kind;
  throw unreadableFile(
    kind === 'csv'
      ? 'This is a text file, not a workbook: choose CSV.'
      : 'This is a workbook, not a text file: choose XLSX.',
  );
}
