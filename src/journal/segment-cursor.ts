import type { JournalEntry } from './entry.ts';
import type { FileLayer, OpenFile } from './file-layer.ts';
import { type DecodedFrame, decodeFrame, FRAME_MARKER, MAX_FRAME_BYTES } from './frame.ts';
import { openSegment } from './packed-segment.ts';
import { decodeSegmentHeader, SEGMENT_HEADER_BYTES, type SegmentFile, type SegmentHeader } from './segment.ts';

export type Step =
  | { kind: 'entry'; entry: JournalEntry /** Where its frame starts. */; offset: number; size: number }
  /** The segment ends exactly here; in the file only zeros may follow, which were reserved. */
  | { kind: 'end' }
  /** The bytes at `offset` are no readable frame: a torn tail, damage, or a frame that is just being written. */
  | { kind: 'unreadable'; offset: number };

/** Reads the frames of one segment in order and keeps its place, also while the file grows. */
export class SegmentCursor {
  readonly segment: SegmentFile;
  /** `undefined` where the header is damaged or not written yet. */
  readonly header: SegmentHeader | undefined;
  /** Offset of the next frame. */
  position: number;
  /** Sequence number of the last entry that was read; frames must rise above it. */
  lastSeq: number;

  readonly #file: OpenFile;
  readonly #windowBytes: number;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #seqBefore = 0;

  private constructor(segment: SegmentFile, file: OpenFile, header: SegmentHeader | undefined, windowBytes: number) {
    this.segment = segment;
    this.#file = file;
    this.header = header;
    this.position = header === undefined ? 0 : SEGMENT_HEADER_BYTES;
    this.lastSeq = segment.firstSeq - 1;
    this.#windowBytes = windowBytes;
  }

  /** @param windowBytes how much is read at a time */
  static async open(fs: FileLayer, segment: SegmentFile, windowBytes = 256 * 1024): Promise<SegmentCursor> {
    const file = await openSegment(fs, segment);
    try {
      const bytes = await readFully(file, 0, SEGMENT_HEADER_BYTES);
      const header = decodeSegmentHeader(bytes);
      return new SegmentCursor(segment, file, header?.firstSeq === segment.firstSeq ? header : undefined, windowBytes);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async next(): Promise<Step> {
    const decoded = await this.#decodeAt(this.position);
    if (decoded.kind === 'entry' && decoded.entry.seq > this.lastSeq) {
      const offset = this.position;
      this.#seqBefore = this.lastSeq;
      this.position += decoded.size;
      this.lastSeq = decoded.entry.seq;
      return { kind: 'entry', entry: decoded.entry, offset, size: decoded.size };
    }
    if (this.position >= (await this.size())) return { kind: 'end' };
    return { kind: 'unreadable', offset: this.position };
  }

  /** Goes back to the frame that `next` just gave. */
  stepBack(step: Extract<Step, { kind: 'entry' }>): void {
    this.position = step.offset;
    this.lastSeq = this.#seqBefore;
  }

  /** Forgets what was read ahead: bytes that were not durable then may have been cut since. */
  forgetAhead(): void {
    this.#window = Buffer.alloc(0);
  }

  /** After an unreadable place: moves to the next readable frame. False when there is none up to the end of the file. */
  async skipDamage(): Promise<boolean> {
    const end = await this.size();
    const own = await this.#endOfOwnLength(this.position);
    if (own !== undefined && (await this.#isFrame(own))) {
      this.position = own;
      return true;
    }
    let offset = this.position + 1;
    while (offset < end) {
      const window = await this.#bytesAt(offset, FRAME_MARKER.length);
      if (window.length < FRAME_MARKER.length) return false;
      const found = window.indexOf(FRAME_MARKER);
      if (found < 0) {
        offset += window.length - FRAME_MARKER.length + 1;
        continue;
      }
      offset += found;
      if (await this.#isFrame(offset)) {
        this.position = offset;
        return true;
      }
      offset++;
    }
    return false;
  }

  /** Up to the last byte that is not zero: what was reserved, and not needed, is no part of a segment. */
  async size(): Promise<number> {
    for (let end = await this.#file.size(); end > 0; ) {
      const start = Math.max(0, end - this.#windowBytes);
      const bytes = await readFully(this.#file, start, end - start);
      const last = bytes.findLastIndex((byte) => byte !== 0);
      if (last >= 0) return start + last + 1;
      end = start;
    }
    return 0;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Where the unreadable frame would end if its length is still right: surer than searching, for a body may hold anything. */
  async #endOfOwnLength(offset: number): Promise<number | undefined> {
    const head = await this.#bytesAt(offset, 8);
    if (head.length < 8 || !head.subarray(0, FRAME_MARKER.length).equals(FRAME_MARKER)) return undefined;
    const length = head.readUInt32LE(4);
    return length > MAX_FRAME_BYTES ? undefined : offset + 12 + length;
  }

  async #isFrame(offset: number): Promise<boolean> {
    const decoded = await this.#decodeAt(offset);
    return decoded.kind === 'entry' && decoded.entry.seq > this.lastSeq;
  }

  async #decodeAt(offset: number): Promise<DecodedFrame> {
    let needed = FRAME_MARKER.length;
    for (;;) {
      const bytes = await this.#bytesAt(offset, needed);
      const decoded = decodeFrame(bytes);
      if (decoded.kind !== 'incomplete' || bytes.length < needed) return decoded;
      if (offset + decoded.needed > (await this.#file.size())) return decoded;
      needed = decoded.needed;
    }
  }

  /** At least `needed` bytes from `offset`, or all up to the end of the file. */
  async #bytesAt(offset: number, needed: number): Promise<Buffer> {
    const start = offset - this.#windowStart;
    if (start >= 0 && start + needed <= this.#window.length) return this.#window.subarray(start);
    this.#window = await readFully(this.#file, offset, Math.max(needed, this.#windowBytes));
    this.#windowStart = offset;
    return this.#window;
  }
}

async function readFully(file: OpenFile, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(Math.min(length, Math.max(0, (await file.size()) - position)));
  let done = 0;
  while (done < bytes.length) {
    const count = await file.read(done === 0 ? bytes : bytes.subarray(done), position + done);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}
