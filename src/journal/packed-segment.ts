import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { crc32c } from './crc32c.ts';
import { errorCode, type FileLayer, type OpenFile, writeAll } from './file-layer.ts';
import type { SegmentFile } from './segment.ts';

/**
 * A segment that was packed, `<first seq>.segz`, little endian:
 *
 *     0  8 bytes  TURNOUTZ
 *     8  u32      format version, 1
 *    12  u32      bytes of a block before packing; the last one may be shorter
 *    16  i64      bytes of the segment before packing
 *    24  u32      blocks
 *    28  u32      crc32c of the numbers before it and of the table
 *    32  table    of each block: u32 packed bytes, u32 crc32c of its bytes before
 *        blocks   each a frame of zstd
 *
 * Whoever reads it sees the segment as it was, byte for byte.
 */
const MAGIC = Buffer.from('TURNOUTZ');
const HEADER_BYTES = 32;
const TABLE_ROW_BYTES = 8;
const BLOCK_BYTES = 1024 * 1024;
const FORMAT_VERSION = 1;
/** A block in one go: Node takes portions of 16 KB where it is told nothing, each a way to another thread and back. */
const PACKING = { chunkSize: BLOCK_BYTES, params: { [constants.ZSTD_c_compressionLevel]: 3 } };

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Opens a segment for reading as it was before it may have been packed: what is listed can be packed a moment later. */
export async function openSegment(fs: FileLayer, { path }: Pick<SegmentFile, 'path'>): Promise<OpenFile> {
  const file = await fs.open(path, 'read').catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT' || !path.endsWith('.seg')) throw error;
    return fs.open(`${path}z`, 'read');
  });
  try {
    return (await PackedFile.open(file)) ?? file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Bytes before packing; undefined where the file is not packed. */
export async function bytesBeforePacking(fs: FileLayer, segment: SegmentFile): Promise<number | undefined> {
  const file = await fs.open(segment.path, 'read');
  try {
    return await (await PackedFile.open(file))?.size();
  } finally {
    await file.close();
  }
}

/**
 * Writes a packed copy; durable when it resolves.
 * @param pause called after each block with its bytes; may throw to end it
 */
export async function packSegment(
  fs: FileLayer,
  from: string,
  to: string,
  pause: (bytes: number) => Promise<void> | undefined,
): Promise<void> {
  const original = await fs.open(from, 'read');
  const copy = await fs.open(to, 'replace').catch(async (error: unknown) => {
    await original.close();
    throw error;
  });
  try {
    const size = await original.size();
    const blocks = Math.ceil(size / BLOCK_BYTES);
    const head = Buffer.alloc(HEADER_BYTES + blocks * TABLE_ROW_BYTES);
    let end = head.length;
    for (let index = 0; index < blocks; index += 1) {
      const block = await readBlock(original, index, size);
      const packed = await compress(block, PACKING);
      await writeAll(copy, packed, end);
      end += packed.length;
      head.writeUInt32LE(packed.length, HEADER_BYTES + index * TABLE_ROW_BYTES);
      head.writeUInt32LE(crc32c(block), HEADER_BYTES + index * TABLE_ROW_BYTES + 4);
      await pause(block.length);
    }
    MAGIC.copy(head, 0);
    head.writeUInt32LE(FORMAT_VERSION, 8);
    head.writeUInt32LE(BLOCK_BYTES, 12);
    head.writeBigInt64LE(BigInt(size), 16);
    head.writeUInt32LE(blocks, 24);
    head.writeUInt32LE(checksum(head), 28);
    await writeAll(copy, head, 0);
    await copy.fdatasync();
  } finally {
    await Promise.all([original.close(), copy.close()]);
  }
}

/** Whether a packed copy says exactly what the segment says. */
export async function isSameSegment(fs: FileLayer, segment: string, packed: string): Promise<boolean> {
  const [original, file] = [await fs.open(segment, 'read'), await fs.open(packed, 'read')];
  try {
    const copy = await PackedFile.open(file);
    const size = await original.size();
    if (copy === undefined || (await copy.size()) !== size) return false;
    for (let index = 0; index * BLOCK_BYTES < size; index += 1) {
      const block = await readBlock(original, index, size);
      const same = Buffer.alloc(block.length);
      if ((await copy.read(same, index * BLOCK_BYTES)) !== block.length || !same.equals(block)) return false;
    }
    return true;
  } finally {
    await Promise.all([original.close(), file.close()]);
  }
}

const checksum = (head: Buffer): number => crc32c(head.subarray(HEADER_BYTES), crc32c(head.subarray(8, 28)));

async function readBlock(file: OpenFile, index: number, size: number): Promise<Buffer> {
  const start = index * BLOCK_BYTES;
  const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, size - start));
  await readInto(file, block, start);
  return block;
}

async function readInto(file: OpenFile, into: Buffer, position: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const count = await file.read(into.subarray(done), position + done);
    if (count === 0) throw new Error('a segment ended while it was read');
    done += count;
  }
}

interface PackedBlock {
  start: number;
  length: number;
  checksum: number;
}

/** The segment inside a packed file; one unpacked block is held. */
class PackedFile implements OpenFile {
  readonly #file: OpenFile;
  readonly #size: number;
  readonly #blocks: readonly PackedBlock[];
  #held: { index: number; bytes: Buffer } | undefined;

  private constructor(file: OpenFile, size: number, blocks: readonly PackedBlock[]) {
    this.#file = file;
    this.#size = size;
    this.#blocks = blocks;
  }

  /** Undefined where the file is not packed. Throws where its head is damaged: then nothing in it can be found. */
  static async open(file: OpenFile): Promise<PackedFile | undefined> {
    const fileSize = await file.size();
    if (fileSize < HEADER_BYTES) return undefined;
    const fixed = Buffer.alloc(HEADER_BYTES);
    await readInto(file, fixed, 0);
    if (!fixed.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
    const count = fixed.readUInt32LE(24);
    const headBytes = HEADER_BYTES + count * TABLE_ROW_BYTES;
    if (headBytes > fileSize || fixed.readUInt32LE(8) !== FORMAT_VERSION || fixed.readUInt32LE(12) !== BLOCK_BYTES)
      return undefined;
    const head = Buffer.alloc(headBytes);
    await readInto(file, head, 0);
    if (checksum(head) !== head.readUInt32LE(28)) return undefined;
    let start = headBytes;
    const blocks = Array.from({ length: count }, (_, index) => {
      const length = head.readUInt32LE(HEADER_BYTES + index * TABLE_ROW_BYTES);
      const block = { start, length, checksum: head.readUInt32LE(HEADER_BYTES + index * TABLE_ROW_BYTES + 4) };
      start += length;
      return block;
    });
    return new PackedFile(file, Number(head.readBigInt64LE(16)), blocks);
  }

  async read(into: Buffer, position: number): Promise<number> {
    if (position >= this.#size) return 0;
    const index = Math.floor(position / BLOCK_BYTES);
    const bytes = await this.#block(index);
    return bytes.copy(into, 0, position - index * BLOCK_BYTES);
  }

  async size(): Promise<number> {
    return this.#size;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  write(): Promise<number> {
    throw new Error('a packed segment is never written');
  }

  async fdatasync(): Promise<void> {}

  truncate(): Promise<void> {
    throw new Error('a packed segment is never cut');
  }

  /** A damaged block reads as zeros: as bytes that are no frame. */
  async #block(index: number): Promise<Buffer> {
    if (this.#held?.index === index) return this.#held.bytes;
    const length = Math.min(BLOCK_BYTES, this.#size - index * BLOCK_BYTES);
    const bytes = (await this.#unpack(index, length)) ?? Buffer.alloc(length);
    this.#held = { index, bytes };
    return bytes;
  }

  async #unpack(index: number, length: number): Promise<Buffer | undefined> {
    const block = this.#blocks[index];
    if (block === undefined || block.start + block.length > (await this.#file.size())) return undefined;
    const packed = Buffer.allocUnsafe(block.length);
    await readInto(this.#file, packed, block.start);
    const bytes = await decompress(packed, { chunkSize: BLOCK_BYTES, maxOutputLength: BLOCK_BYTES }).catch(
      () => undefined,
    );
    return bytes?.length === length && crc32c(bytes) === block.checksum ? bytes : undefined;
  }
}
