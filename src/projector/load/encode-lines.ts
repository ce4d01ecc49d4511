/**
 * Lines as rows of `line`, `raw` in the form TabSeparated. The first one is line 0 and a quotation mark: the embedded engine goes
 * through the text of an insert as if it were SQL, and inside a quoted text that takes a quarter of the time.
 */

const NEWLINE = 0x0a;
const TAB = 0x09;
const BACKSLASH = 0x5c;
const DIGIT_0 = 0x30;
const HEAD = Buffer.from("0\t'\n");
/** Digits of a line's number and a tab. */
const PREFIX_BYTES = 11;

/** Gathers lines in one buffer, which is used again for the next portion: what is handed on must not be in use any more by then. */
export class LineEncoder {
  /** Lines that were added, of all portions. */
  lines = 0;
  #body: Buffer;
  #end = 0;

  /** @param bytes of a portion; it grows where more is added */
  constructor(bytes: number) {
    this.#body = Buffer.allocUnsafeSlow(bytes);
  }

  /** Bytes that `take` would hand out. */
  get size(): number {
    return this.#end;
  }

  /** @param block whole lines, none of them empty */
  add(block: Buffer): void {
    const escaped = block.includes(BACKSLASH) || block.includes(TAB);
    if (this.#end === 0) this.#end = HEAD.copy(this.#body, 0);
    for (let start = 0; start < block.length; ) {
      const next = block.indexOf(NEWLINE, start) + 1;
      this.lines += 1;
      this.#makeRoom((next - start) * (escaped ? 2 : 1) + PREFIX_BYTES);
      const place = writeNumber(this.lines, this.#body, this.#end);
      if (escaped) this.#end = copyEscaped(block, start, next - 1, this.#body, place);
      else this.#end = place + block.copy(this.#body, place, start, next);
      start = next;
    }
  }

  /** What was added since the last time. It stays as it is until the next `add`. */
  take(): Buffer {
    const portion = this.#body.subarray(0, this.#end);
    this.#end = 0;
    return portion;
  }

  #makeRoom(bytes: number): void {
    if (this.#end + bytes <= this.#body.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.ceil(this.#body.length * 1.5) + bytes);
    this.#body.copy(larger, 0, 0, this.#end);
    this.#body = larger;
  }
}

/** Its digits and a tab; returns where they end. */
function writeNumber(value: number, to: Buffer, at: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits += 1;
  let rest = value;
  for (let place = at + digits - 1; place >= at; place -= 1) {
    to[place] = DIGIT_0 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  to[at + digits] = TAB;
  return at + digits + 1;
}

function copyEscaped(from: Buffer, start: number, end: number, to: Buffer, at: number): number {
  let place = at;
  for (let index = start; index < end; index += 1) {
    const byte = from[index] as number;
    if (byte === BACKSLASH || byte === TAB) {
      to[place] = BACKSLASH;
      place += 1;
    }
    to[place] = byte === TAB ? 0x74 : byte;
    place += 1;
  }
  to[place] = NEWLINE;
  return place + 1;
}
