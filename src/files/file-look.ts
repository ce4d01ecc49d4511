import type { FileFormat } from '../contract/mapping.ts';
import type { TablePage } from '../contract/table-page.ts';

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
