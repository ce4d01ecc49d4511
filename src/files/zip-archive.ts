import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { type FileLimits, showBytes, showCount, unreadableFile } from './file-limits.ts';

const MB = 1024 * 1024;
/** Below this a high ratio is only a repetitive sheet. */
const RATIO_FROM = 10 * MB;

/**
 * A zip file whose entries are read one at a time and never written anywhere. Sizes are checked as the directory states them and
 * again as bytes come out.
 */
export class ZipArchive {
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #limits: FileLimits;
  #unpacked = 0;

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>, limits: FileLimits) {
    this.#zip = zip;
    this.#entries = entries;
    this.#limits = limits;
  }

  /** @throws TurnoutError where the archive is damaged, encrypted or too large */
  static async open(path: string, limits: FileLimits): Promise<ZipArchive> {
    let zip: ZipFile;
    try {
      zip = await openPromise(path, { autoClose: false, lazyEntries: true, validateEntrySizes: true });
    } catch (error) {
      throw archiveError(error);
    }
    try {
      return new ZipArchive(zip, await readDirectory(zip, limits), limits);
    } catch (error) {
      zip.close();
      throw archiveError(error);
    }
  }

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Unpacked bytes of an entry as they come out. */
  async *read(name: string): AsyncGenerator<Buffer> {
    const entry = this.#entries.get(name);
    if (entry === undefined)
      throw unreadableFile(`The workbook is damaged: its part "${name.slice(0, 100)}" is missing.`);
    let stream: Readable;
    let bytes = 0;
    try {
      stream = await this.#zip.openReadStreamPromise(entry);
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        this.#unpacked += chunk.length;
        checkBytes(this.#unpacked, this.#limits);
        checkRatio(bytes, entry.compressedSize, this.#limits);
        yield chunk;
      }
    } catch (error) {
      throw archiveError(error);
    }
  }

  /** The text of a small entry. */
  async text(name: string, maxBytes = 32 * MB): Promise<string> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of this.read(name)) {
      bytes += chunk.length;
      if (bytes > maxBytes)
        throw unreadableFile(`A part of the workbook is larger than ${showBytes(maxBytes)}: save it as CSV.`);
      chunks.push(chunk);
    }
    return new TextDecoder().decode(Buffer.concat(chunks));
  }

  close(): void {
    this.#zip.close();
  }
}

async function readDirectory(zip: ZipFile, limits: FileLimits): Promise<Map<string, Entry>> {
  if (zip.entryCount > limits.entries) throw tooManyEntries(limits);
  const entries = new Map<string, Entry>();
  let unpacked = 0;
  for await (const entry of zip.eachEntry()) {
    if (entries.size >= limits.entries) throw tooManyEntries(limits);
    if (entry.isEncrypted()) throw unreadableFile('The archive is protected by a password: save it without one.');
    unpacked += entry.uncompressedSize;
    checkBytes(unpacked, limits);
    checkRatio(entry.uncompressedSize, entry.compressedSize, limits);
    entries.set(entry.fileName, entry);
  }
  return entries;
}

function checkBytes(unpacked: number, limits: FileLimits): void {
  if (unpacked <= limits.unpackedBytes) return;
  throw unreadableFile(
    `Unpacked, the file has more than ${showBytes(limits.unpackedBytes)}, which is the most that is read. Split it, or save the sheet as CSV.`,
  );
}

function checkRatio(unpacked: number, packed: number, limits: FileLimits): void {
  if (unpacked <= RATIO_FROM || unpacked <= packed * limits.ratio) return;
  throw unreadableFile(
    `The file unpacks to more than ${showCount(limits.ratio)} times its size, as archives do that are made to fill a disk. It is not read; save the sheet as CSV.`,
  );
}

function tooManyEntries(limits: FileLimits): Error {
  return unreadableFile(
    `The archive holds more than ${showCount(limits.entries)} files, which no workbook needs. It is not read.`,
  );
}

/** What yauzl and zlib say, as a sentence; errors for people pass. */
function archiveError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name === 'TurnoutError') return error;
  if (/relative path|absolute path|invalid characters in fileName/i.test(error.message)) {
    return unreadableFile('The archive holds a file name that leads out of it. It is not read.');
  }
  if (/too many bytes in the stream|not enough bytes in the stream/i.test(error.message)) {
    return unreadableFile('The archive holds more or less than it says it does. It is not read.');
  }
  return unreadableFile(
    'The workbook is damaged or was not transferred completely: open it in a spreadsheet, save it again and upload that.',
  );
}
