import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { TurnoutError } from '../contract/errors.ts';

const NEWLINE = 0x0a;
const PORTION = 1024 * 1024;
const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** The bytes of a file, unpacked where it begins like one packed by gzip or zstd. A portion holds until the next one is asked for. */
export async function openLines(path: string): Promise<AsyncIterable<Buffer>> {
  const head = await readHead(path);
  if (head.subarray(0, 2).equals(GZIP)) return unpackGzip(path);
  if (head.equals(ZSTD)) return unpackZstd(path);
  return readPortions(path);
}

/** One buffer for all portions: with a new one for each, most of the time went into giving them back. */
async function* readPortions(path: string): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(PORTION);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, PORTION, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function* unpackGzip(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path);
  const unpack = createGunzip({ chunkSize: PORTION });
  file.on('error', (error) => unpack.destroy(error));
  try {
    yield* file.pipe(unpack) as AsyncIterable<Buffer>;
  } catch (error) {
    throw damaged(path, error);
  } finally {
    file.destroy();
  }
}

/** Node unpacks one frame and leaves those after it: each is begun anew where the one before it ended. */
async function* unpackZstd(path: string): AsyncGenerator<Buffer> {
  const { size } = await stat(path);
  for (let start = 0; start < size; ) {
    const file = createReadStream(path, { start });
    const unpack = createZstdDecompress({ chunkSize: PORTION });
    file.on('error', (error) => unpack.destroy(error));
    // What comes after the frame is no frame to it.
    unpack.on('error', () => {});
    try {
      yield* file.pipe(unpack) as AsyncIterable<Buffer>;
    } catch (error) {
      throw damaged(path, error);
    } finally {
      file.destroy();
    }
    if (unpack.bytesWritten === 0) throw damaged(path, new Error('nothing can be unpacked'));
    start += unpack.bytesWritten;
  }
}

const damaged = (path: string, error: unknown): TurnoutError =>
  new TurnoutError(
    'invalid_request',
    `${path} cannot be unpacked (${error instanceof Error ? error.message : String(error)}). Nothing of it was loaded.`,
  );

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, 'r').catch(() => {
    throw new TurnoutError('not_found', `There is no file ${path} that can be read.`);
  });
  try {
    const head = Buffer.alloc(4);
    const { bytesRead } = await file.read(head, 0, 4, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Cuts a stream at the ends of lines. */
export class LinePieces {
  /** Lines that were handed out. */
  lines = 0;
  /** Nothing is left. */
  ended = false;
  readonly #portions: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(portions: AsyncIterable<Buffer>) {
    this.#portions = portions[Symbol.asyncIterator]();
  }

  /** True where there is something left. */
  async begin(): Promise<boolean> {
    while (this.#rest.length === 0 && !this.ended) await this.#more();
    return this.#rest.length > 0;
  }

  /** The next lines: as many, or so many bytes and what is left of a line then. A portion holds until the next one is asked for. */
  async *next(lines: number, bytes: number): AsyncGenerator<Buffer> {
    let left = lines;
    let room = bytes;
    while (await this.begin()) {
      const portion = this.#rest;
      let end = 0;
      while (left > 0 && room > 0) {
        const found = portion.indexOf(NEWLINE, end);
        if (found < 0) break;
        room -= found + 1 - end;
        end = found + 1;
        left -= 1;
        this.lines += 1;
      }
      const cut = left === 0 || room <= 0;
      this.#rest = cut ? portion.subarray(end) : Buffer.alloc(0);
      yield cut ? portion.subarray(0, end) : portion;
      if (cut) return;
      room -= portion.length - end;
    }
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#portions.next();
    if (done === true) this.ended = true;
    else this.#rest = value;
  }
}
