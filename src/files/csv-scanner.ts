import { type FileLimits, MAX_ROW_CHARACTERS, showCount, unreadableFile } from './file-limits.ts';

/** A row as it stands in a file: its number (1-based, blank rows counted) and its cells. */
export interface SheetRow<Cell> {
  number: number;
  cells: Cell[];
}

const LF = 10;
const CR = 13;
const SPACE = 32;

/**
 * Cuts text into records as it arrives: quotes, doubled quotes, line breaks in cells, CR, LF and CRLF mixed. A quote inside a
 * cell is a character; a quote that is never closed is one too, so that it costs its own row and not the rest of the file.
 */
export class CsvScanner {
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #quoteText: string;
  readonly #limits: FileLimits;
  #rest = '';
  #row = 1;
  #cells: string[] = [];

  constructor(delimiter: string, quote: string, limits: FileLimits) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#quote = quote.charCodeAt(0);
    this.#quoteText = quote;
    this.#limits = limits;
  }

  /** Rows that are complete with this piece of text. */
  push(text: string): SheetRow<string>[] {
    this.#rest = this.#rest === '' ? text : this.#rest + text;
    return this.#scan(false);
  }

  /** The last rows. */
  end(): SheetRow<string>[] {
    return this.#scan(true);
  }

  #scan(isLast: boolean): SheetRow<string>[] {
    const text = this.#rest;
    const rows: SheetRow<string>[] = [];
    let from = 0;
    while (from < text.length) {
      const next = this.#record(text, from, isLast);
      if (next < 0) break;
      rows.push({ number: this.#row++, cells: this.#cells });
      from = next;
    }
    this.#rest = from === 0 ? text : text.slice(from);
    if (this.#rest.length > MAX_ROW_CHARACTERS) {
      throw unreadableFile(
        `Row ${this.#row} is longer than ${showCount(MAX_ROW_CHARACTERS)} characters. Check the delimiter, or whether this is a table at all.`,
      );
    }
    return rows;
  }

  /** Reads one record into `#cells`. @returns where the next one begins; -1 where more text is needed */
  #record(text: string, start: number, isLast: boolean): number {
    const cells: string[] = [];
    this.#cells = cells;
    const length = text.length;
    let at = start;
    for (;;) {
      let end = -1;
      if (text.charCodeAt(at) === this.#quote) {
        end = this.#quoted(text, at, isLast, cells);
        if (end === NEED_MORE) return -1;
      }
      if (end < 0) {
        end = at;
        for (; end < length; end++) {
          const code = text.charCodeAt(end);
          if (code === this.#delimiter || code === LF || code === CR) break;
        }
        this.#checkCell(end - at);
        if (end >= length && !isLast) return -1;
        cells.push(text.slice(at, end));
      }
      if (cells.length > this.#limits.columns) {
        throw unreadableFile(
          `Row ${this.#row} has more than ${showCount(this.#limits.columns)} columns. Check the delimiter, or remove columns.`,
        );
      }
      if (end >= length) return isLast ? length : -1;
      const code = text.charCodeAt(end);
      if (code === this.#delimiter) {
        at = end + 1;
        if (at < length) continue;
        if (!isLast) return -1;
        cells.push('');
        return length;
      }
      if (code === LF) return end + 1;
      if (end + 1 >= length && !isLast) return -1;
      return text.charCodeAt(end + 1) === LF ? end + 2 : end + 1;
    }
  }

  /** Reads a quoted cell. @returns the place behind it; NEED_MORE; NO_QUOTE where the quote is an ordinary character */
  #quoted(text: string, at: number, isLast: boolean, cells: string[]): number {
    const { length } = text;
    let value = '';
    let from = at + 1;
    let quote = from;
    for (;;) {
      quote = text.indexOf(this.#quoteText, quote);
      if (quote < 0) {
        return isLast || length - at > this.#limits.cell ? NO_QUOTE : NEED_MORE;
      }
      if (quote + 1 >= length && !isLast) return NEED_MORE;
      if (text.charCodeAt(quote + 1) === this.#quote) {
        value += text.slice(from, quote + 1);
        quote += 2;
        from = quote;
        continue;
      }
      let behind = quote + 1;
      while (text.charCodeAt(behind) === SPACE) behind++;
      if (behind >= length && !isLast) return NEED_MORE;
      const code = text.charCodeAt(behind);
      if (behind >= length || code === this.#delimiter || code === LF || code === CR) {
        value += text.slice(from, quote);
        this.#checkCell(value.length);
        cells.push(value);
        return behind;
      }
      quote++;
    }
  }

  #checkCell(length: number): void {
    if (length <= this.#limits.cell) return;
    throw unreadableFile(
      `A cell in row ${this.#row} is longer than ${showCount(this.#limits.cell)} characters. Check the delimiter and the quotes, or whether this is a table at all.`,
    );
  }
}

const NEED_MORE = -1;
const NO_QUOTE = -2;
