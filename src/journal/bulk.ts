import { isUtf8 as isUtf8Lines } from 'node:buffer';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { TurnoutError } from '../contract/errors.ts';
import { errorCode, type FileLayer, nodeFileLayer, type OpenFile, writeAll } from './file-layer.ts';

/**
 * Files of history beside the segments: `bulk/<sha256>.ndjson.zst`, lines of JSON, made once and never changed. An order in the
 * journal names each; its hash is that of the lines, so what is read is what was ordered.
 */

const BULK_FOLDER = 'bulk';
const SUFFIX = '.ndjson.zst';
const DRAFT_SUFFIX = '.part';
/** Unpacked bytes that are packed together; a line that reaches out of them goes to the next ones. */
const BLOCK_BYTES = 4 * 1024 * 1024;
/** Node packs and unpacks in portions of 16 KB where it is told nothing, each a way to another thread and back. */
const PACKING = { chunkSize: 1024 * 1024, params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const UNPACKING = { chunkSize: BLOCK_BYTES + 64 * 1024 };
const NEWLINE = 0x0a;

/**
 * Before each frame stands one that says how long it is, of the kind that programs for zstd skip: Node reads a single frame only,
 * and says nothing of those after it (seen in 24.21).
 */
const SKIPPABLE = 0x184d2a50;
const FRAME_HEAD_BYTES = 12;
/** A block and a line that reaches out of it. */
const MOST_OF_FRAME = 64 * 1024 * 1024;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

export interface BulkPiece {
  /** Of the lines, hexadecimal. */
  sha256: string;
  /** Lines, without empty ones. */
  records: number;
  /** Unpacked. */
  bytes: number;
  /** Lines of the whole file that stand before it. */
  linesBefore: number;
}

export interface BulkLimits {
  /** Lines of a piece. */
  pieceLines: number;
  /** Bytes of a line. */
  lineBytes: number;
}

export const bulkFolder = (journalFolder: string): string => join(journalFolder, BULK_FOLDER);
export const bulkPath = (journalFolder: string, sha256: string): string =>
  join(bulkFolder(journalFolder), `${sha256}${SUFFIX}`);

/**
 * Keeps a file of lines in pieces; durable when it resolves. Its structure is checked on the way: what is no UTF-8 or has too long a
 * line is refused whole, and nothing is left. Lines lose a carriage return at their end, and empty ones go.
 * @param file unpacked bytes, in any portions
 * @throws TurnoutError('invalid_request' | 'unavailable')
 */
export async function keepBulk(
  journalFolder: string,
  file: AsyncIterable<Buffer>,
  limits: BulkLimits,
  fs: FileLayer = nodeFileLayer,
): Promise<BulkPiece[]> {
  const folder = bulkFolder(journalFolder);
  await fs.makeFolder(folder);
  await removeDrafts(fs, folder);
  const pieces: { draft: string; piece: BulkPiece }[] = [];
  let writer: PieceWriter | undefined;
  let line = 0;
  const end = async () => {
    if (writer === undefined) return;
    pieces.push(await writer.end());
    writer = undefined;
  };
  try {
    for await (const block of wholeLines(file, limits.lineBytes, () => line)) {
      let rest = block;
      let added = false;
      while (rest.length > 0) {
        const taken = takeLines(rest, limits.pieceLines - (writer?.lines ?? 0), line, limits.lineBytes);
        if (taken.records > 0) {
          writer ??= await PieceWriter.begin(fs, folder, pieces.length, line);
          await writer.add(taken.lines, taken.records);
          added = true;
        }
        line += taken.count;
        rest = rest.subarray(taken.end);
        if ((writer?.lines ?? 0) >= limits.pieceLines) await end();
      }
      // The buffer of the block before is filled again.
      if (!added) await writer?.written();
    }
    await end();
    if (pieces.length === 0) throw new TurnoutError('invalid_request', 'The file has no line. Nothing was loaded.');
    // The journal's folder holds the name of this one.
    await fs.fsyncDirectory(journalFolder);
    for (const { draft, piece } of pieces) await fs.rename(draft, bulkPath(journalFolder, piece.sha256));
    await fs.fsyncDirectory(folder);
  } catch (error) {
    await writer?.giveUp();
    await removeDrafts(fs, folder);
    if (errorCode(error) === 'ENOSPC')
      throw new TurnoutError('unavailable', 'The disk is full. Free some space and load the file again.');
    throw error;
  }
  return pieces.map(({ piece }) => piece);
}

/** The lines of a piece, whole lines at a time. Throws where it is missing or is not what was ordered. */
export async function* readBulk(
  journalFolder: string,
  { sha256, bytes }: { sha256: string; bytes: number },
  fs: FileLayer = nodeFileLayer,
): AsyncGenerator<Buffer> {
  const file = await fs.open(bulkPath(journalFolder, sha256), 'read');
  const hash = createHash('sha256');
  let read = 0;
  try {
    // Each frame holds whole lines.
    for await (const block of unpack(file)) {
      hash.update(block);
      read += block.length;
      if (read > bytes) break;
      yield block;
    }
  } catch (error) {
    if (errorCode(error).startsWith('E') && !errorCode(error).startsWith('ERR_')) throw error;
    throw new BulkDamage(sha256);
  } finally {
    await file.close();
  }
  if (read !== bytes || hash.digest('hex') !== sha256) throw new BulkDamage(sha256);
}

/** What lies there is not what was ordered. */
export class BulkDamage extends Error {
  constructor(sha256: string) {
    super(`The file journal/bulk/${sha256}${SUFFIX} is damaged. Restore it from a backup.`);
    this.name = 'BulkDamage';
  }
}

export const hasBulk = async (journalFolder: string, sha256: string, fs: FileLayer = nodeFileLayer): Promise<boolean> =>
  (await fs.list(bulkFolder(journalFolder)).catch((): string[] => [])).includes(`${sha256}${SUFFIX}`);

/** A piece that is being written, as frames of zstd one after the other. */
class PieceWriter {
  lines = 0;
  readonly #path: string;
  readonly #file: OpenFile;
  readonly #linesBefore: number;
  readonly #hash = createHash('sha256');
  #records = 0;
  #bytes = 0;
  #end = 0;
  /** The block before is packed and written while the next one is gathered. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, file: OpenFile, linesBefore: number) {
    this.#path = path;
    this.#file = file;
    this.#linesBefore = linesBefore;
  }

  static async begin(fs: FileLayer, folder: string, number: number, linesBefore: number): Promise<PieceWriter> {
    const path = join(folder, `${number}${DRAFT_SUFFIX}`);
    return new PieceWriter(path, await fs.open(path, 'replace'), linesBefore);
  }

  /** What was added before is not in use any more when it resolves. */
  async add(lines: Buffer, records: number): Promise<void> {
    this.lines += records;
    this.#records += records;
    this.#bytes += lines.length;
    if (lines.length === 0) return;
    this.#hash.update(lines);
    await this.#writing;
    this.#writing = this.#write(lines);
    this.#writing.catch(() => {});
  }

  /** Nothing that was added is in use any more. */
  written(): Promise<void> {
    return this.#writing;
  }

  async #write(lines: Buffer): Promise<void> {
    const packed = await compress(lines, PACKING);
    const head = Buffer.alloc(FRAME_HEAD_BYTES);
    head.writeUInt32LE(SKIPPABLE, 0);
    head.writeUInt32LE(4, 4);
    head.writeUInt32LE(packed.length, 8);
    const frame = Buffer.concat([head, packed]);
    await writeAll(this.#file, frame, this.#end);
    this.#end += frame.length;
  }

  async end(): Promise<{ draft: string; piece: BulkPiece }> {
    await this.#writing;
    await this.#file.fdatasync();
    await this.#file.close();
    const sha256 = this.#hash.digest('hex');
    const piece = { sha256, records: this.#records, bytes: this.#bytes, linesBefore: this.#linesBefore };
    return { draft: this.#path, piece };
  }

  async giveUp(): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#file.close().catch(() => {});
  }
}

/**
 * Portions that end with a newline; the last line gets one where it has none. They take turns in two buffers: whoever gets one has
 * done with the one before it.
 */
async function* wholeLines(
  portions: AsyncIterable<Buffer>,
  lineBytes: number,
  linesBefore: () => number,
): AsyncGenerator<Buffer> {
  const room = BLOCK_BYTES + lineBytes + 1;
  let [filling, other] = [Buffer.allocUnsafeSlow(room), Buffer.allocUnsafeSlow(room)];
  let size = 0;
  for await (const portion of portions)
    for (let taken = 0; taken < portion.length; ) {
      const count = portion.copy(filling, size, taken, taken + room - 1 - size);
      taken += count;
      size += count;
      if (size < BLOCK_BYTES) continue;
      const end = filling.subarray(0, size).lastIndexOf(NEWLINE) + 1;
      if (end === 0 && size < room - 1) continue;
      if (end === 0) throw tooLong(linesBefore() + 1, lineBytes);
      yield filling.subarray(0, end);
      filling.copy(other, 0, end, size);
      size -= end;
      [filling, other] = [other, filling];
    }
  if (size === 0) return;
  if (filling[size - 1] !== NEWLINE) {
    filling[size] = NEWLINE;
    size += 1;
  }
  yield filling.subarray(0, size);
}

interface Taken {
  /** Without empty ones and carriage returns. */
  lines: Buffer;
  records: number;
  /** Lines gone through, also empty ones. */
  count: number;
  /** Where the next line starts. */
  end: number;
}

/** Up to `limit` lines. */
function takeLines(block: Buffer, limit: number, linesBefore: number, lineBytes: number): Taken {
  let records = 0;
  let count = 0;
  let start = 0;
  let clean = true;
  while (start < block.length && records < limit) {
    const end = block.indexOf(NEWLINE, start);
    count += 1;
    if (end - start > lineBytes) throw tooLong(linesBefore + count, lineBytes);
    if (end === start || block[end - 1] === 0x0d) clean = false;
    if (!isBlank(block, start, end)) records += 1;
    else clean = false;
    start = end + 1;
  }
  const lines = block.subarray(0, start);
  if (!isUtf8Lines(lines)) throw notUtf8(lines, linesBefore);
  return { lines: clean ? lines : withoutBlanks(lines), records, count, end: start };
}

function isBlank(block: Buffer, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const byte = block[index];
    if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) return false;
  }
  return true;
}

function withoutBlanks(lines: Buffer): Buffer {
  const kept: Buffer[] = [];
  for (let start = 0; start < lines.length; ) {
    const end = lines.indexOf(NEWLINE, start);
    const last = lines[end - 1] === 0x0d ? end - 1 : end;
    if (!isBlank(lines, start, end)) kept.push(lines.subarray(start, last), Buffer.from('\n'));
    start = end + 1;
  }
  return Buffer.concat(kept);
}

/** The frames' contents; while one is worked on, the next is unpacked. */
async function* unpack(file: OpenFile): AsyncGenerator<Buffer> {
  const size = await file.size();
  let coming = unpackFrame(file, 0, size);
  try {
    for (;;) {
      const frame = await coming;
      if (frame === undefined) return;
      coming = unpackFrame(file, frame.end, size);
      coming.catch(() => {});
      yield frame.bytes;
    }
  } finally {
    // Nothing may be under way when the file is closed.
    await coming.catch(() => {});
  }
}

/** The frame that begins there; undefined at the end of the file. */
async function unpackFrame(
  file: OpenFile,
  start: number,
  size: number,
): Promise<{ bytes: Buffer; end: number } | undefined> {
  if (start >= size) return undefined;
  const head = await readExactly(file, start, FRAME_HEAD_BYTES);
  if (head.readUInt32LE(0) !== SKIPPABLE || head.readUInt32LE(4) !== 4) throw new Error('no frame begins here');
  const length = head.readUInt32LE(8);
  if (length > size) throw new Error('a frame is longer than its file');
  const packed = await readExactly(file, start + FRAME_HEAD_BYTES, length);
  const bytes = await decompress(packed, { ...UNPACKING, maxOutputLength: MOST_OF_FRAME });
  return { bytes, end: start + FRAME_HEAD_BYTES + length };
}

async function readExactly(file: OpenFile, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const count = await file.read(bytes.subarray(done), position + done);
    if (count === 0) throw new Error('the file ends within a frame');
    done += count;
  }
  return bytes;
}

async function removeDrafts(fs: FileLayer, folder: string): Promise<void> {
  for (const name of await fs.list(folder)) if (name.endsWith(DRAFT_SUFFIX)) await fs.remove(join(folder, name));
}

const tooLong = (line: number, lineBytes: number): TurnoutError =>
  new TurnoutError(
    'invalid_request',
    `Line ${line} is longer than ${lineBytes / 1024} KB, so it is no message. Nothing of the file was loaded.`,
  );

function notUtf8(lines: Buffer, linesBefore: number): TurnoutError {
  let line = linesBefore;
  for (let start = 0; start < lines.length; ) {
    const end = lines.indexOf(NEWLINE, start) + 1;
    line += 1;
    if (!isUtf8Lines(lines.subarray(start, end))) break;
    start = end;
  }
  return new TurnoutError('invalid_request', `Line ${line} is not UTF-8. Save the file as UTF-8; nothing was loaded.`);
}
