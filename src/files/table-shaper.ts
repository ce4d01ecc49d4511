import type { TableCell, TablePage } from '../contract/table-page.ts';
import type { SheetRow } from './csv-scanner.ts';
import { type FileLimits, showCount, unreadableFile } from './file-limits.ts';
import { columnNames, findHeader, HEADER_SEARCH_ROWS, isBlank, isComment } from './header-row.ts';
import { FACT_ROWS, type ReportFact, reportFacts } from './report-facts.ts';
import { sectionLabel } from './report-sections.ts';

const PAGE_ROWS = 1000;
const PAGE_CHARACTERS = 500_000;

export interface TableShape {
  /** Row of the header, 1-based; found where neither it nor a section is given. */
  headerRow?: number | undefined;
  /** Label of the section whose table is meant. */
  section?: string | undefined;
  /** Name of the sheet. */
  place?: string | undefined;
}

/**
 * Makes pages of a table out of the rows of a file: finds the header, leaves out blank rows, remarks and repeated headers. What a
 * report says of its webinar before the section that is read becomes columns with the same value in every row.
 */
export class TableShaper {
  readonly #shape: TableShape;
  readonly #limits: FileLimits;
  #state: 'section' | 'header' | 'rows' | 'end';
  /** Rows before the header is known. */
  #before: SheetRow<TableCell>[] = [];
  #columns: string[] = [];
  /** Columns of the table itself: without the facts. */
  #width = 0;
  #facts: ReportFact[] = [];
  #header: TableCell[] = [];
  #headerNumber = 0;
  #count = 0;
  #last = 0;
  #rows: TableCell[][] = [];
  #numbers: number[] = [];
  #characters = 0;

  constructor(shape: TableShape, limits: FileLimits) {
    this.#shape = shape;
    this.#limits = limits;
    this.#state = shape.section === undefined ? 'header' : 'section';
  }

  /** Empty before the header was met. */
  get columns(): readonly string[] {
    return this.#columns;
  }

  /** 1-based; 0 before it was met. */
  get headerRow(): number {
    return this.#headerNumber;
  }

  /** True once nothing further of the file belongs to the table. */
  get isDone(): boolean {
    return this.#state === 'end';
  }

  /** Full pages that these rows complete. */
  add(rows: readonly SheetRow<TableCell>[]): TablePage[] {
    const pages: TablePage[] = [];
    for (const row of rows) this.#row(row, pages);
    return pages;
  }

  /** The last pages. @throws TurnoutError where no header or no section was found */
  end(): TablePage[] {
    const pages: TablePage[] = [];
    if (this.#state === 'header' && this.#shape.headerRow === undefined) this.#chooseHeader(pages);
    if (this.#state === 'section') throw unreadableFile(`There is no section "${this.#shape.section}" in this file.`);
    if (this.#state === 'header') {
      const { headerRow } = this.#shape;
      throw unreadableFile(
        headerRow === undefined
          ? 'The file holds no table: it is empty.'
          : `Row ${headerRow}, which should be the header, is empty or not in this file.`,
      );
    }
    this.#flush(pages);
    return pages;
  }

  #row(row: SheetRow<TableCell>, pages: TablePage[]): void {
    switch (this.#state) {
      case 'section':
        if (sectionLabel(row.cells)?.toLowerCase() === this.#shape.section?.toLowerCase()) {
          this.#facts = reportFacts(this.#before.map(({ cells }) => cells));
          this.#before = [];
          this.#state = 'header';
        } else if (this.#before.length < FACT_ROWS) this.#before.push(row);
        return;
      case 'header':
        this.#beforeHeader(row, pages);
        return;
      case 'rows':
        this.#dataRow(row, pages);
        return;
      case 'end':
    }
  }

  #beforeHeader(row: SheetRow<TableCell>, pages: TablePage[]): void {
    const { headerRow, section } = this.#shape;
    if (section !== undefined) {
      // The row below the label is the header.
      if (!row.cells.every(isBlank)) this.#setHeader(row, []);
      return;
    }
    if (headerRow !== undefined) {
      if (row.number < headerRow) this.#before = [row];
      else if (row.number === headerRow && !row.cells.every(isBlank))
        this.#setHeader(row, this.#before[0]?.number === headerRow - 1 ? this.#before[0].cells : []);
      return;
    }
    this.#before.push(row);
    if (this.#before.length > HEADER_SEARCH_ROWS + 1) this.#chooseHeader(pages);
  }

  #chooseHeader(pages: TablePage[]): void {
    const rows = this.#before;
    const index = findHeader(rows.map(({ cells }) => cells));
    const header = rows[index];
    if (header === undefined) return;
    this.#before = [];
    this.#setHeader(header, rows[index - 1]?.cells ?? []);
    for (const row of rows.slice(index + 1)) this.#row(row, pages);
  }

  #setHeader(row: SheetRow<TableCell>, above: readonly TableCell[]): void {
    const own = columnNames(row.cells, above);
    this.#width = own.length;
    this.#facts = this.#facts.filter(({ name }) => !own.includes(name));
    this.#columns = [...own, ...this.#facts.map(({ name }) => name)];
    if (this.#columns.length > this.#limits.columns) {
      throw unreadableFile(
        `The table has more than ${showCount(this.#limits.columns)} columns. Remove some and try again.`,
      );
    }
    this.#header = row.cells.map((cell) => (typeof cell === 'string' ? cell.trim() : cell));
    this.#headerNumber = row.number;
    this.#state = 'rows';
  }

  #dataRow({ number, cells }: SheetRow<TableCell>, pages: TablePage[]): void {
    const width = this.#width;
    let length = cells.length;
    while (length > 0 && isBlank(cells[length - 1])) length--;
    const inSection = this.#shape.section !== undefined;
    // Sheets leave blank rows out: then the number jumps.
    const isBehindGap = inSection && this.#last > 0 && number > this.#last + 1;
    this.#last = number;
    if (length === 0 || isBehindGap || (inSection && sectionLabel(cells) !== undefined)) {
      if (inSection) this.#state = 'end';
      return;
    }
    if (this.#isHeaderAgain(cells) || (width > 1 && isComment(cells))) return;
    if (++this.#count > this.#limits.rows) {
      throw unreadableFile(
        `The file has more than ${showCount(this.#limits.rows)} rows. Split it, or let Turnout read the database that it comes from.`,
      );
    }
    const row = cells.slice(0, width);
    while (row.length < width) row.push(null);
    for (const { value } of this.#facts) row.push(value);
    // What stands beyond the header is kept beyond the columns: whoever reads the row has to see that it does not fit.
    if (length > width) row.push(...cells.slice(width, length));
    for (const cell of row) this.#characters += typeof cell === 'string' ? cell.length + 3 : 6;
    this.#rows.push(row);
    this.#numbers.push(number);
    if (this.#rows.length >= PAGE_ROWS || this.#characters >= PAGE_CHARACTERS) this.#flush(pages);
  }

  #isHeaderAgain(cells: readonly TableCell[]): boolean {
    const [first] = this.#header;
    const [same] = cells;
    if (typeof same !== 'string' || typeof first !== 'string' || same.trim() !== first) return false;
    return this.#header.every((name, index) =>
      isBlank(name) ? isBlank(cells[index]) : typeof cells[index] === 'string' && String(cells[index]).trim() === name,
    );
  }

  #flush(pages: TablePage[]): void {
    const first = this.#numbers[0];
    if (first === undefined) return;
    const isDense = this.#numbers.every((number, index) => number === first + index);
    pages.push({
      columns: this.#columns,
      first_row: first,
      ...(this.#shape.place === undefined ? {} : { place: this.#shape.place }),
      rows: this.#rows,
      ...(isDense ? {} : { row_numbers: this.#numbers }),
    });
    this.#rows = [];
    this.#numbers = [];
    this.#characters = 0;
  }
}
