import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TurnoutError } from '../contract/errors.ts';

const MB = 1024 * 1024;
/** Larger files are refused before they fill the disk. */
const MAX_BYTES = 200 * MB;

/**
 * Writes an upload to disk as it comes.
 * @returns its bytes
 * @throws TurnoutError('too_large' | 'invalid_request'); nothing is left behind then
 */
export async function receiveFile(body: Readable, path: string, maxBytes = MAX_BYTES): Promise<number> {
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes)
        done(
          new TurnoutError(
            'too_large',
            `A file may have ${maxBytes / MB} MB; this one is larger. Split it, or let Turnout read the folder or database that it comes from.`,
          ),
        );
      else done(null, chunk);
    },
  });
  try {
    await pipeline(body, counter, createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    await rm(path, { force: true });
    if (error instanceof TurnoutError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC')
      throw new TurnoutError('unavailable', 'The disk is full. Free some space and upload the file again.');
    throw new TurnoutError('invalid_request', 'The upload broke off. Nothing was kept: upload the file again.');
  }
  if (bytes === 0) {
    await rm(path, { force: true });
    throw new TurnoutError('invalid_request', 'The file is empty.');
  }
  return bytes;
}
