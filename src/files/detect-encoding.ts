import { isAscii, isUtf8 } from 'node:buffer';
import type { FileFormat } from '../contract/mapping.ts';

export type Encoding = NonNullable<FileFormat['encoding']>;

/** A byte order mark, or the pattern of high bytes that UTF-16 makes of Latin and Cyrillic text. */
function fromStart(head: Buffer): Encoding | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const sample = head.subarray(0, 4096);
  const high = [0, 0];
  let zeros = 0;
  for (let index = 0; index < sample.length; index++) {
    const byte = sample[index];
    if (byte === 0) zeros++;
    if (byte === 0 || byte === 4) high[index % 2] = (high[index % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = high.map((count) => count / (sample.length / 2));
  if (zeros === 0) return undefined;
  if (odd > 0.6 && even < 0.05) return 'utf-16le';
  return even > 0.6 && odd < 0.05 ? 'utf-16be' : undefined;
}

/** True where the bytes begin as UTF-16 does, with or without a byte order mark. */
export function startsAsUtf16(head: Buffer): boolean {
  return fromStart(head)?.startsWith('utf-16') === true;
}

/** Guesses the encoding of a text, chunk by chunk; the more it has seen, the surer. */
export class EncodingGuess {
  #fromStart: Encoding | undefined;
  #isFirst = true;
  #carry: Buffer = Buffer.alloc(0);
  /** Bytes above 127 that are no part of a valid UTF-8 sequence, and valid sequences, once something was invalid. */
  #invalid = 0;
  #valid = 0;
  /** Letters beyond ASCII in a single-byte reading, and those of them that have another one beside. */
  #letters = 0;
  #joined = 0;

  add(chunk: Buffer): void {
    if (this.#isFirst) {
      this.#fromStart = fromStart(chunk);
      this.#isFirst = false;
    }
    if (this.#fromStart !== undefined) return;
    const bytes = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    const whole = bytes.subarray(0, bytes.length - openTail(bytes));
    this.#carry = Buffer.from(bytes.subarray(whole.length));
    if (isAscii(whole)) return;
    if (isUtf8(whole)) {
      if (this.#valid < 1_000_000) this.#valid += countLeads(whole);
      return;
    }
    this.#countBytes(whole);
  }

  result(): Encoding {
    if (this.#fromStart !== undefined) return this.#fromStart;
    if (this.#carry.length > 0) this.#countBytes(this.#carry);
    // A few damaged rows in a UTF-8 file do not make it another encoding.
    if (this.#invalid === 0 || this.#valid > this.#invalid * 10) return 'utf-8';
    return this.#joined > this.#letters / 2 ? 'windows-1251' : 'windows-1252';
  }

  #countBytes(bytes: Buffer): void {
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index] ?? 0;
      if (byte < 0x80) continue;
      const length = sequenceLength(bytes, index);
      if (length > 0) {
        this.#valid++;
        index += length - 1;
        continue;
      }
      this.#invalid++;
      if (!isLetter(byte)) continue;
      this.#letters++;
      if (isLetter(bytes[index - 1] ?? 0) || isLetter(bytes[index + 1] ?? 0)) this.#joined++;
    }
  }
}

/** Letters of both code pages lie here: Cyrillic words are runs of them, accents of Latin words stand alone. */
function isLetter(byte: number): boolean {
  return byte >= 0xc0 || byte === 0xa8 || byte === 0xb8;
}

function countLeads(bytes: Buffer): number {
  let leads = 0;
  for (let index = 0; index < bytes.length && leads < 100_000; index++) if ((bytes[index] ?? 0) >= 0xc2) leads++;
  return leads;
}

/** Bytes at the end that begin a sequence and do not finish it. */
function openTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return expectedLength(byte) > back ? back : 0;
  }
  return 0;
}

function expectedLength(lead: number): number {
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  if (lead >= 0xe0) return lead < 0xf0 ? 3 : 0;
  return lead >= 0xc2 ? 2 : 0;
}

function sequenceLength(bytes: Buffer, at: number): number {
  const length = expectedLength(bytes[at] ?? 0);
  if (length === 0 || at + length > bytes.length) return 0;
  return isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

/** The text of a stream of bytes, without byte order mark and NULs; what cannot be decoded becomes U+FFFD. */
export async function* decodeText(bytes: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield text.includes('\0') ? text.replaceAll('\0', '') : text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest.replaceAll('\0', '');
}
