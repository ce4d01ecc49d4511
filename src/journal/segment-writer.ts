import { type FileLayer, type OpenFile, writeAll } from './file-layer.ts';
import { encodeSegmentHeader, segmentPath } from './segment.ts';

/** The segment that is being written. A segment whose write or fsync failed is finished: the kernel may have dropped its dirty pages, so a second fsync could succeed without them. */
export class SegmentWriter {
  /** Durable bytes of all segments begun by this writer. */
  bytes = 0;
  /** Segments begun by this writer. */
  segments = 0;

  readonly #folder: string;
  readonly #fs: FileLayer;
  readonly #segmentBytes: number;
  #current: { path: string; file: OpenFile; end: number } | undefined;

  constructor(folder: string, fs: FileLayer, segmentBytes: number) {
    this.#folder = folder;
    this.#fs = fs;
    this.#segmentBytes = segmentBytes;
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
      await writeAll(begun.file, bytes, begun.end);
      await begun.file.fdatasync();
      if (isNew) await this.#fs.fsyncDirectory(this.#folder);
      begun.end += bytes.length;
      this.bytes += bytes.length;
    } catch (error) {
      await this.#giveUp(begun);
      throw error;
    }
  }

  async close(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    await current?.file.close();
  }

  async #begin(firstSeq: number): Promise<{ path: string; file: OpenFile; end: number }> {
    const path = segmentPath(this.#folder, firstSeq);
    this.#current = { path, file: await this.#fs.open(path, 'create'), end: 0 };
    this.segments++;
    return this.#current;
  }

  /** Takes away what was not acknowledged, so that no reader ever meets it. Where even that fails it stays as entries that nobody was promised. */
  async #giveUp(segment: { path: string; file: OpenFile; end: number }): Promise<void> {
    this.#current = undefined;
    await segment.file.truncate(segment.end).catch(() => {});
    await segment.file.close().catch(() => {});
    if (segment.end > 0) return;
    this.segments--;
    await this.#fs.remove(segment.path).catch(() => {});
  }
}
