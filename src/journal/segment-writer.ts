import { type FileLayer, type OpenFile, writeAll } from './file-layer.ts';
import { encodeSegmentHeader, segmentPath } from './segment.ts';

/** A segment that is shorter than this share of a whole reserve has none: what is quiet never needs one. */
const RESERVE_FROM = 1 / 16;

interface Current {
  path: string;
  file: OpenFile;
  /** Where what is durable ends. */
  end: number;
  /** Where the file ends. */
  size: number;
}

/**
 * The segment that is being written. A segment whose write or fsync failed is finished: the kernel may have dropped its dirty pages, so a second fsync could succeed without them.
 *
 * Under load its file ends in a reserve of zeros, into which the next groups are written. An fsync of bytes that lie within a
 * file is done once they are on the disk. Where the file has grown, it waits for the file system's own journal too, and so for
 * everybody who is just changing anything on the same disk: for the engine, which runs at a low priority, up to 0.3 s.
 */
export class SegmentWriter {
  /** Durable bytes of all segments begun by this writer. */
  bytes = 0;
  /** Segments begun by this writer. */
  segments = 0;

  readonly #folder: string;
  readonly #fs: FileLayer;
  readonly #segmentBytes: number;
  readonly #zeros: Buffer;
  #current: Current | undefined;

  /** @param reserveBytes zeros written ahead at a time; more would make the one fsync slow that has to write them */
  constructor(folder: string, fs: FileLayer, segmentBytes: number, reserveBytes: number) {
    this.#folder = folder;
    this.#fs = fs;
    this.#segmentBytes = segmentBytes;
    this.#zeros = Buffer.alloc(reserveBytes);
  }

  /**
   * Writes a group of sealed frames and returns when it is durable: one write and one fdatasync; for a new segment also an fsync
   * of the folder.
   * @param firstSeq of the group
   * @param previousSeq highest durable sequence number
   */
  async write(frames: Buffer[], firstSeq: number, previousSeq: number): Promise<void> {
    const length = frames.reduce((sum, frame) => sum + frame.length, 0);
    if (this.#current !== undefined && this.#current.end + length > this.#segmentBytes) await this.close();
    const begun = this.#current ?? (await this.#begin(firstSeq));
    const isNew = begun.end === 0;
    if (isNew) frames = [encodeSegmentHeader({ firstSeq, previousSeq }), ...frames];
    try {
      const bytes = Buffer.concat(frames);
      const end = begun.end + bytes.length;
      await writeAll(begun.file, bytes, begun.end);
      if (end > begun.size) begun.size = await this.#reserve(begun.file, end);
      await begun.file.fdatasync();
      if (isNew) await this.#fs.fsyncDirectory(this.#folder);
      begun.end = end;
      this.bytes += bytes.length;
    } catch (error) {
      await this.#giveUp(begun);
      throw error;
    }
  }

  async close(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    if (current === undefined) return;
    // Readers pass over zeros at the end: it only takes room where it fails.
    if (current.size > current.end) await current.file.truncate(current.end).catch(() => {});
    await current.file.close();
  }

  async #begin(firstSeq: number): Promise<Current> {
    const path = segmentPath(this.#folder, firstSeq);
    this.#current = { path, file: await this.#fs.open(path, 'create'), end: 0, size: 0 };
    this.segments++;
    return this.#current;
  }

  /** @returns where the file ends then; at `end` where the disk has no room for more */
  async #reserve(file: OpenFile, end: number): Promise<number> {
    const length = Math.min(end, this.#zeros.length, this.#segmentBytes - end);
    if (end < this.#zeros.length * RESERVE_FROM || length <= 0) return end;
    try {
      await writeAll(file, this.#zeros.subarray(0, length), end);
      return end + length;
    } catch {
      // What the disk has taken of it others may need.
      await file.truncate(end).catch(() => {});
      return end;
    }
  }

  /** Takes away what was not acknowledged, so that no reader ever meets it. Where even that fails it stays as entries that nobody was promised. */
  async #giveUp(segment: Current): Promise<void> {
    this.#current = undefined;
    await segment.file.truncate(segment.end).catch(() => {});
    await segment.file.close().catch(() => {});
    if (segment.end > 0) return;
    this.segments--;
    await this.#fs.remove(segment.path).catch(() => {});
  }
}
