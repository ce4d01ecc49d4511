import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { PageColumn } from '../contract/pull.ts';
import type { TableCell } from '../contract/table-page.ts';
import { columnLetters } from './google-sheets-range.ts';
import { isEmptyCell } from './mapping/cell-reader.ts';
import { inferType, tellingCells } from './mapping/infer-type.ts';
import { type HeaderPlace, type NumberedRow, readHeader } from './sheet-header.ts';

/** A whole sheet, packed into pages before any of them is handed on: only then it is known whether anything has changed. */

const PAGE_ROWS = 1000;
const PAGE_CHARACTERS = 700_000;
/** So many rows are looked at for a header that has moved. */
const HEADER_SEARCH = 25;
const SAMPLES = 300;
const NAMED_NOTICES = 3;
const FORMULA_ERRORS: ReadonlySet<string> = new Set(
  '#N/A #REF! #VALUE! #DIV/0! #NAME? #NUM! #NULL! #ERROR! #SPILL! #CALC! Loading...'.split(' '),
);

export interface SheetPages {
  columns: PageColumn[];
  /** Rows with anything in them below the header. */
  rows: number;
  /** Stands for the whole content. */
  hash: string;
  pages: { rows: number; body(): Buffer }[];
  notices: string[];
}

export interface SheetPacker {
  /** Rows in their order. Throws `PullError('settings')` for a header that is not as the mapping needs it. */
  add(rows: readonly NumberedRow[]): void;
  finish(): SheetPages;
}

/** `timeZone`: IANA, of times without one in this sheet. */
export function packSheet(at: HeaderPlace, timeZone: string | undefined): SheetPacker {
  const hash = createHash('sha256');
  const pages: SheetPages['pages'] = [];
  const errors = createNotices();
  const beyond = createNotices();
  let waiting: NumberedRow[] | undefined = [];
  let columns: string[] = [];
  let notices: string[] = [];
  let samples: TableCell[][] = [];
  let page: { numbers: number[]; rows: string[]; characters: number } = emptyPage();
  let total = 0;

  const close = (): void => {
    const contiguous = page.numbers.every((number, index) => number === (page.numbers[0] ?? 0) + index);
    const body = Buffer.from(
      `{${[
        `"columns":${JSON.stringify(columns)}`,
        `"first_row":${page.numbers[0] ?? at.headerRow + 1}`,
        `"place":${JSON.stringify(at.place)}`,
        ...(timeZone === undefined ? [] : [`"time_zone":${JSON.stringify(timeZone)}`]),
        ...(contiguous ? [] : [`"row_numbers":${JSON.stringify(page.numbers)}`]),
        `"rows":[${page.rows.join(',')}]`,
      ].join(',')}}`,
    );
    hash.update(body);
    const packed = deflateRawSync(body, { level: 1 });
    pages.push({ rows: page.rows.length, body: () => inflateRawSync(packed) });
    page = emptyPage();
  };

  const addRow = ({ number, cells }: NumberedRow): void => {
    if (number <= at.headerRow || cells.every((cell) => isEmptyCell(cell))) return;
    const row = columns.map((column, index): TableCell => {
      const cell = cells[index] ?? null;
      if (typeof cell !== 'string' || !FORMULA_ERRORS.has(cell)) return cell;
      errors.add(`Sheet "${at.place}", row ${number}, column "${column}": the formula gives ${cell}; read as empty.`);
      return null;
    });
    const outside = cells.findIndex((cell, index) => index >= columns.length && !isEmptyCell(cell));
    if (outside >= 0) {
      const letters = columnLetters(at.firstColumn + outside);
      beyond.add(
        `Sheet "${at.place}", row ${number} is longer than the header: column ${letters} has no name. What stands there is left out.`,
      );
    }
    if (row.every((cell) => isEmptyCell(cell))) return;
    for (const [index, cell] of row.entries()) {
      const seen = samples[index];
      if (seen !== undefined && seen.length < SAMPLES && !isEmptyCell(cell)) seen.push(cell);
    }
    const text = JSON.stringify(row);
    page.numbers.push(number);
    page.rows.push(text);
    page.characters += text.length;
    total += 1;
    if (page.rows.length >= PAGE_ROWS || page.characters >= PAGE_CHARACTERS) close();
  };

  const begin = (): void => {
    if (waiting === undefined) return;
    const rows = waiting;
    waiting = undefined;
    const header = readHeader(rows, at);
    columns = header.columns;
    notices = header.notices;
    samples = columns.map(() => []);
    for (const row of rows) addRow(row);
  };

  return {
    add(rows) {
      for (const row of rows) {
        if (waiting === undefined) addRow(row);
        else if (waiting.push(row) && row.number >= at.headerRow + HEADER_SEARCH) begin();
      }
    },
    finish() {
      begin();
      if (page.rows.length > 0 || pages.length === 0) close();
      return {
        columns: columns.map((name, index) => ({ name, type: inferType(tellingCells(samples[index] ?? [])) })),
        rows: total,
        hash: hash.digest('base64'),
        pages,
        notices: [...notices, ...errors.list('more formulas give errors'), ...beyond.list('more rows are too long')],
      };
    },
  };
}

function emptyPage(): { numbers: number[]; rows: string[]; characters: number } {
  return { numbers: [], rows: [], characters: 0 };
}

/** The first few in full, the rest as a number. */
function createNotices() {
  const first: string[] = [];
  let more = 0;
  return {
    add(sentence: string): void {
      if (first.length < NAMED_NOTICES) first.push(sentence);
      else more += 1;
    },
    list: (what: string): string[] => (more === 0 ? first : [...first, `${more} ${what}.`]),
  };
}
