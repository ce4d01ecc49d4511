import type { TableCell } from '../contract/table-page.ts';
import type { SheetRow } from './csv-scanner.ts';
import { type FileLimits, showCount, unreadableFile } from './file-limits.ts';
import { openXml, unescapeCharacters } from './read-xml.ts';
import { type SharedStrings, tooLongCell } from './shared-strings.ts';
import { dateText, type NumberKind } from './xlsx-dates.ts';

export interface SheetContext {
  strings: SharedStrings | null;
  styles: readonly NumberKind[];
  is1904: boolean;
  limits: FileLimits;
}

/** A spreadsheet has no more. */
const LAST_ROW = 1_048_576;

/** Rows of a worksheet, in batches as its bytes arrive. Formulas are never computed: what was last shown is read. */
export async function* readSheetRows(
  bytes: AsyncIterable<Buffer>,
  context: SheetContext,
): AsyncGenerator<SheetRow<TableCell>[]> {
  const sheet = new SheetParser(context);
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    const rows = sheet.write(decoder.decode(chunk, { stream: true }));
    if (rows.length > 0) yield rows;
  }
  const last = sheet.end();
  if (last.length > 0) yield last;
}

class SheetParser {
  readonly #context: SheetContext;
  readonly #xml: ReturnType<typeof openXml>;
  #rows: SheetRow<TableCell>[] = [];
  #cells: TableCell[] = [];
  #row = 0;
  #column = -1;
  #type = 'n';
  #style = 0;
  #text = '';
  #isValue = false;
  #phonetic = 0;

  constructor(context: SheetContext) {
    this.#context = context;
    this.#xml = openXml({
      open: (name, attributes) => this.#open(name, attributes),
      close: (name) => this.#close(name),
      text: (text) => this.#collect(text),
    });
  }

  write(text: string): SheetRow<TableCell>[] {
    this.#xml.write(text);
    return this.#take();
  }

  end(): SheetRow<TableCell>[] {
    this.#xml.end();
    return this.#take();
  }

  #take(): SheetRow<TableCell>[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  #open(name: string, attributes: Readonly<Record<string, string>>): void {
    switch (name) {
      case 'c':
        this.#column = columnOf(attributes['r'], this.#column + 1);
        if (this.#column >= this.#context.limits.columns) {
          throw unreadableFile(
            `Row ${this.#row} has more than ${showCount(this.#context.limits.columns)} columns. Remove some and try again.`,
          );
        }
        this.#type = attributes['t'] ?? 'n';
        this.#style = Number(attributes['s'] ?? 0);
        this.#text = '';
        return;
      case 'v':
      case 't':
        this.#isValue = true;
        return;
      case 'rPh':
        this.#phonetic++;
        return;
      case 'row': {
        const number = Number(attributes['r'] ?? this.#row + 1);
        // Rows that go back or beyond the end of a sheet are numbered as they come.
        this.#row = number > this.#row && number <= LAST_ROW ? number : this.#row + 1;
        this.#cells = [];
        this.#column = -1;
      }
    }
  }

  #close(name: string): void {
    switch (name) {
      case 'v':
      case 't':
        this.#isValue = false;
        return;
      case 'c': {
        const value = this.#value();
        if (value === null) return;
        while (this.#cells.length < this.#column) this.#cells.push(null);
        this.#cells[this.#column] = value;
        return;
      }
      case 'rPh':
        this.#phonetic--;
        return;
      case 'row':
        if (this.#cells.length > 0) this.#rows.push({ number: this.#row, cells: this.#cells });
    }
  }

  #collect(text: string): void {
    if (!this.#isValue || this.#phonetic > 0) return;
    this.#text += text;
    if (this.#text.length > this.#context.limits.cell) throw tooLongCell(this.#context.limits.cell);
  }

  #value(): TableCell {
    const text = this.#text;
    if (text === '') return null;
    switch (this.#type) {
      case 's':
        return this.#context.strings?.get(Number(text)) ?? null;
      case 'inlineStr':
      case 'str':
        return unescapeCharacters(text);
      case 'b':
        return text === '1' || text === 'true';
      case 'e':
        return null;
      case 'd':
        return text.replace(/T00:00:00(?:\.0+)?$/, '');
      default:
        return this.#number(text);
    }
  }

  #number(text: string): TableCell {
    const value = Number(text);
    if (!Number.isFinite(value)) return text;
    const kind = this.#context.styles[this.#style] ?? 'number';
    return kind === 'number' ? value : dateText(value, kind, this.#context.is1904);
  }
}

/** `AB12` → 27; where the reference is left out, the next column. */
function columnOf(reference: string | undefined, next: number): number {
  if (reference === undefined) return next;
  let column = 0;
  for (let index = 0; index < reference.length; index++) {
    const letter = reference.charCodeAt(index) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column === 0 ? next : column - 1;
}
