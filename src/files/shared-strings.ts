import { showBytes, unreadableFile } from './file-limits.ts';
import { openXml, unescapeCharacters } from './read-xml.ts';

const MB = 1024 * 1024;
const BLOCK = MB;
/** Bytes that the texts of one workbook may hold; they lie in memory while the sheet is read. */
const MAX_BYTES = 96 * MB;
const MAX_COUNT = 4_000_000;

/** The table of texts that the cells of a workbook point into: UTF-8 in blocks outside the heap, decoded when asked for. */
export class SharedStrings {
  readonly #blocks: Buffer[] = [];
  #used = BLOCK;
  #starts = new Uint32Array(1024);
  #lengths = new Uint32Array(1024);
  #count = 0;

  add(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (bytes > BLOCK || this.#blocks.length * BLOCK + bytes > MAX_BYTES || this.#count >= MAX_COUNT) {
      throw unreadableFile(
        `The workbook holds more text than is read at once (${showBytes(MAX_BYTES)}): save the sheet as CSV and upload that.`,
      );
    }
    if (this.#used + bytes > BLOCK) {
      this.#blocks.push(Buffer.allocUnsafeSlow(BLOCK));
      this.#used = 0;
    }
    const block = this.#blocks.length - 1;
    this.#blocks[block]?.write(text, this.#used);
    if (this.#count === this.#starts.length) {
      this.#starts = grown(this.#starts);
      this.#lengths = grown(this.#lengths);
    }
    this.#starts[this.#count] = block * BLOCK + this.#used;
    this.#lengths[this.#count] = bytes;
    this.#used += bytes;
    this.#count++;
  }

  get(index: number): string | null {
    const start = this.#starts[index];
    const length = this.#lengths[index];
    if (start === undefined || length === undefined || index >= this.#count) return null;
    const from = start % BLOCK;
    return this.#blocks[Math.floor(start / BLOCK)]?.toString('utf8', from, from + length) ?? null;
  }
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** Reads `sharedStrings.xml`. Pieces of rich text are joined; phonetic hints are left out. */
export async function readSharedStrings(bytes: AsyncIterable<Buffer>, maxCharacters: number): Promise<SharedStrings> {
  const strings = new SharedStrings();
  let text = '';
  let isText = false;
  let phonetic = 0;
  const xml = openXml({
    open(name) {
      if (name === 'si') text = '';
      else if (name === 't') isText = true;
      else if (name === 'rPh') phonetic++;
    },
    close(name) {
      if (name === 'si') strings.add(unescapeCharacters(text));
      else if (name === 't') isText = false;
      else if (name === 'rPh') phonetic--;
    },
    text(piece) {
      if (!isText || phonetic > 0) return;
      text += piece;
      if (text.length > maxCharacters) throw tooLongCell(maxCharacters);
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of bytes) xml.write(decoder.decode(chunk, { stream: true }));
  xml.end();
  return strings;
}

export function tooLongCell(maxCharacters: number): Error {
  return unreadableFile(
    `A cell is longer than ${maxCharacters.toLocaleString('en-US')} characters. Shorten it, or leave its column out.`,
  );
}
