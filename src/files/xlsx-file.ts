import { stat } from 'node:fs/promises';
import type { FileFormat } from '../contract/mapping.ts';
import { didYouMean } from '../contract/suggest.ts';
import type { TableCell, TablePage } from '../contract/table-page.ts';
import { previewOf } from './csv-file.ts';
import type { SheetRow } from './csv-scanner.ts';
import { checkFileSize, type FileLimits, unreadableFile } from './file-limits.ts';
import type { FileLook } from './file-look.ts';
import { isBlank } from './header-row.ts';
import { mainSection, sectionLabel } from './report-sections.ts';
import { readSharedStrings, type SharedStrings } from './shared-strings.ts';
import { TableShaper } from './table-shaper.ts';
import { readSheetRows } from './xlsx-sheet.ts';
import { readWorkbook, type Workbook, type WorkbookSheet } from './xlsx-workbook.ts';
import { ZipArchive } from './zip-archive.ts';

const LOOK_ROWS = 2000;
/** Sheets whose first rows are looked at to find the one that holds data. */
const LOOK_SHEETS = 30;

/** Looks at a workbook: its sheets, and the header and first rows of the one that holds data. */
export async function lookAtXlsx(path: string, chosen: FileFormat, limits: FileLimits): Promise<FileLook> {
  const open = await OpenWorkbook.open(path, limits);
  try {
    const sheet = chosen.sheet === undefined ? await open.dataSheet() : open.sheet(chosen.sheet);
    const rows = await open.firstRows(sheet, (chosen.header_row ?? 0) + LOOK_ROWS);
    const sections = sectionsOf(rows);
    const section = chosen.section ?? (chosen.header_row === undefined ? mainSection(sections) : undefined);
    const shaper = new TableShaper({ headerRow: chosen.header_row, section, place: sheet.name }, limits);
    const pages = [...shaper.add(rows), ...shaper.end()];
    const format: FileFormat = {
      kind: 'xlsx',
      sheet: sheet.name,
      ...(section === undefined ? { header_row: shaper.headerRow } : { section }),
    };
    return {
      format,
      guesses: describeGuesses(chosen, format, open.workbook, pages.length === 0),
      sheets: await open.describeSheets(),
      sections: sections.map(({ label }) => label),
      columns: [...shaper.columns],
      skippedRows: shaper.headerRow - 1,
      preview: previewOf(pages, shaper.columns, shaper.headerRow + 1),
    };
  } finally {
    open.close();
  }
}

/** Pages of a sheet. What the format leaves open is guessed. */
export async function* readXlsxFile(path: string, format: FileFormat, limits: FileLimits): AsyncGenerator<TablePage> {
  const open = await OpenWorkbook.open(path, limits);
  try {
    const sheet = format.sheet === undefined ? await open.dataSheet() : open.sheet(format.sheet);
    const shaper = new TableShaper(
      { headerRow: format.header_row, section: format.section, place: sheet.name },
      limits,
    );
    for await (const rows of open.rows(sheet)) {
      yield* shaper.add(rows);
      if (shaper.isDone) break;
    }
    yield* shaper.end();
  } finally {
    open.close();
  }
}

class OpenWorkbook {
  readonly #archive: ZipArchive;
  readonly #limits: FileLimits;
  readonly workbook: Workbook;
  #strings: SharedStrings | null | undefined;

  private constructor(archive: ZipArchive, workbook: Workbook, limits: FileLimits) {
    this.#archive = archive;
    this.workbook = workbook;
    this.#limits = limits;
  }

  static async open(path: string, limits: FileLimits): Promise<OpenWorkbook> {
    checkFileSize((await stat(path)).size, limits);
    const archive = await ZipArchive.open(path, limits);
    try {
      return new OpenWorkbook(archive, await readWorkbook(archive), limits);
    } catch (error) {
      archive.close();
      throw error;
    }
  }

  close(): void {
    this.#archive.close();
  }

  sheet(name: string): WorkbookSheet {
    const { sheets } = this.workbook;
    const found =
      sheets.find((sheet) => sheet.name === name) ??
      sheets.find((sheet) => sheet.name.trim().toLowerCase() === name.trim().toLowerCase());
    if (found !== undefined) return found;
    const names = sheets.map((sheet) => sheet.name);
    const hint =
      didYouMean(name, names) ??
      `It has ${names
        .slice(0, 10)
        .map((one) => `"${one}"`)
        .join(', ')}.`;
    throw unreadableFile(`There is no sheet "${name.slice(0, 100)}" in this workbook. ${hint}`);
  }

  /** The first sheet that holds a table: a visible one if there is any. */
  async dataSheet(): Promise<WorkbookSheet> {
    const { sheets } = this.workbook;
    const ordered = [...sheets.filter(({ hidden }) => !hidden), ...sheets.filter(({ hidden }) => hidden)].slice(
      0,
      LOOK_SHEETS,
    );
    for (const atLeast of [2, 1]) {
      for (const sheet of ordered) {
        const rows = await this.firstRows(sheet, 70);
        const filled = rows.filter(
          ({ cells }) => cells.filter((cell) => !isBlank(cell)).length >= Math.min(atLeast, 2),
        );
        if (filled.length >= atLeast) return sheet;
      }
    }
    throw unreadableFile('No sheet of this workbook holds anything.');
  }

  async firstRows(sheet: WorkbookSheet, count: number): Promise<SheetRow<TableCell>[]> {
    const found: SheetRow<TableCell>[] = [];
    for await (const rows of this.rows(sheet)) {
      found.push(...rows);
      if (found.length >= count) break;
    }
    return found;
  }

  async *rows(sheet: WorkbookSheet): AsyncGenerator<SheetRow<TableCell>[]> {
    const strings = await this.#sharedStrings();
    const { styles, is1904 } = this.workbook;
    yield* readSheetRows(this.#archive.read(sheet.part), { strings, styles, is1904, limits: this.#limits });
  }

  async describeSheets(): Promise<FileLook['sheets']> {
    const sheets: FileLook['sheets'] = [];
    for (const { name, part, hidden } of this.workbook.sheets) {
      sheets.push({ name, hidden, rows: sheets.length < LOOK_SHEETS ? await this.#rowCount(part) : null });
    }
    return sheets;
  }

  /** As the sheet itself says at its beginning; null where it does not. */
  async #rowCount(part: string): Promise<number | null> {
    for await (const chunk of this.#archive.read(part)) {
      const match = /<(?:\w+:)?dimension\s[^>]*ref="[A-Z]+(\d+):[A-Z]+(\d+)"/.exec(chunk.toString('latin1', 0, 4096));
      return match ? Number(match[2]) - Number(match[1]) + 1 : null;
    }
    return null;
  }

  async #sharedStrings(): Promise<SharedStrings | null> {
    if (this.#strings === undefined) {
      const part = this.workbook.sharedStrings;
      this.#strings = part === undefined ? null : await readSharedStrings(this.#archive.read(part), this.#limits.cell);
    }
    return this.#strings;
  }
}

function sectionsOf(rows: readonly SheetRow<TableCell>[]): { label: string; rows: number }[] {
  const sections: { label: string; rows: number }[] = [];
  for (const { cells } of rows) {
    const label = sectionLabel(cells);
    const open = sections.at(-1);
    if (label !== undefined) sections.push({ label, rows: 0 });
    else if (open !== undefined && !cells.every(isBlank)) open.rows++;
  }
  return sections.length > 1 ? sections : [];
}

function describeGuesses(chosen: FileFormat, format: FileFormat, workbook: Workbook, isHeaderOnly: boolean): string[] {
  const guesses: string[] = [];
  if (chosen.sheet === undefined && workbook.sheets.length > 1) {
    const hidden = workbook.sheets.find(({ name }) => name === format.sheet)?.hidden ? ', which is hidden,' : '';
    guesses.push(`The sheet "${format.sheet}"${hidden} is read: it is the first that holds a table.`);
  }
  if (workbook.is1904) guesses.push('Days are counted from 1904, as on older Macs.');
  if (format.section !== undefined && chosen.section === undefined) {
    guesses.push(`The sheet has several tables; "${format.section}" is read.`);
  } else if (format.header_row !== undefined && chosen.header_row === undefined) {
    guesses.push(`The header is in row ${format.header_row}.`);
  }
  if (isHeaderOnly) guesses.push('There are no rows below the header.');
  return guesses;
}
