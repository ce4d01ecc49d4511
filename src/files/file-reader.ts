import type { FileFormat } from '../contract/mapping.ts';
import type { TablePage } from '../contract/table-page.ts';

/** The seam between whoever brings a file and the parser, which works in a child process with a cap on its memory. */

export interface FileLimits {
  /** Bytes of the file as it came. */
  bytes: number;
  /** Bytes after unpacking. */
  unpackedBytes: number;
  /** Unpacked over packed. */
  ratio: number;
  /** Files in an archive. */
  entries: number;
  rows: number;
  columns: number;
  /** Characters of one cell. */
  cell: number;
  /** Milliseconds of one reading. */
  milliseconds: number;
}

/** What a look at the first rows says. */
export interface FileLook {
  /** Complete: guessed where nothing was chosen. */
  format: FileFormat;
  /** One sentence per guess: "Columns are separated by ;". */
  guesses: string[];
  sheets: { name: string; rows: number | null; hidden: boolean }[];
  sections: string[];
  /** Header names, made unique: a second `Email` is `Email_2`. */
  columns: string[];
  /** Rows before the header. */
  skippedRows: number;
  /** At most 50 rows as they will be read, texts as texts. */
  preview: TablePage;
}

/** A child process that reads files. Everything rejects with `TurnoutError('invalid_request')` and a sentence for a file that cannot be read. */
export interface FileReader {
  look(path: string, chosen: FileFormat): Promise<FileLook>;
  /** Pages of at most 1,000 rows and about 1 MB, in order; memory is bounded however long the file is. */
  pages(path: string, format: FileFormat): AsyncIterable<TablePage>;
  /** Highest resident memory of the child so far, bytes. */
  peakRss(): Promise<number>;
  close(): Promise<void>;
}
