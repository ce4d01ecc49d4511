import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createImportCheck } from '../connectors/mapping/import-check.ts';
import type { ImportCheck } from '../contract/api.ts';
import { TurnoutError } from '../contract/errors.ts';
import type { FileFormat, RowMapping } from '../contract/mapping.ts';
import type { TableCell } from '../contract/table-page.ts';
import type { FileReader } from '../files/file-reader.ts';

export interface CheckFileOptions {
  path: string;
  format: FileFormat;
  mapping: RowMapping;
  /** Where the rejected rows are written, as CSV with the reason of each. */
  rejectedPath: string;
  context: { timeZone: string; country?: string };
  signal: AbortSignal;
}

/** What an import would make of a file: every row is read, nothing is kept but the rejected ones for download. */
export async function checkFile(reader: FileReader, options: CheckFileOptions): Promise<ImportCheck> {
  const { path, format, mapping, rejectedPath, context, signal } = options;
  const check = createImportCheck(mapping, context);
  const file = createWriteStream(rejectedPath, { mode: 0o600 });
  let header = false;
  try {
    for await (const page of reader.pages(path, format)) {
      if (signal.aborted) throw new TurnoutError('unavailable', 'Turnout is stopping.');
      let lines = header ? '' : toLine(['Row', 'Reason', 'Column', ...page.columns]);
      header = true;
      for (const rejected of check.add(page))
        lines += toLine([rejected.row_number, rejected.reason, rejected.column, ...rejected.cells]);
      if (lines !== '' && !file.write(lines)) await once(file, 'drain');
    }
  } finally {
    file.end();
    await finished(file);
  }
  return check.result();
}

/** RFC 4180; a cell that a spreadsheet would run as a formula gets an apostrophe, unless it is a plain number or phone number. */
function toLine(cells: readonly TableCell[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

function toCell(cell: TableCell): string {
  if (cell === null) return '';
  const text = String(cell);
  const safe = /^[=+\-@\t\r\0]/.test(text) && !/^[+-]?[\d\s().-]+$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
