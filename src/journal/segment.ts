import { join } from 'node:path';
import { TurnoutError } from '../contract/errors.ts';
import { crc32c } from './crc32c.ts';
import type { FileLayer } from './file-layer.ts';

/**
 * A segment file `<first seq, 20 digits>.seg`, little endian:
 *
 *     0  8 bytes  TURNOUTJ
 *     8  u32      format version, 1
 *    12  u32      crc32c of the other numbers
 *    16  i64      first sequence number that may be in it
 *    24  i64      highest durable sequence number when it was begun: an earlier segment that ends below it has lost entries
 *    32  frames
 *
 * Zeros at the end of the file are room for the next frames, see segment-writer.ts.
 */
export const SEGMENT_HEADER_BYTES = 32;

const MAGIC = Buffer.from('TURNOUTJ');
const FORMAT_VERSION = 1;
const NAME = /^(\d{20})\.(segz?)$/;
const SET_ASIDE_NAME = /^(\d{20})\.damaged-(\d+)$/;

export interface SegmentFile {
  firstSeq: number;
  path: string;
  /** See packed-segment.ts. */
  packed?: true;
}

export interface SegmentHeader {
  firstSeq: number;
  previousSeq: number;
}

export function segmentPath(folder: string, firstSeq: number): string {
  return join(folder, `${String(firstSeq).padStart(20, '0')}.seg`);
}

/** The segments of a folder, oldest first. Of one that is just being packed, as it was before. */
export async function listSegments(fs: FileLayer, folder: string): Promise<SegmentFile[]> {
  const found = new Map<number, SegmentFile>();
  for (const name of (await fs.list(folder)).sort()) {
    const [, digits, kind] = NAME.exec(name) ?? [];
    const firstSeq = Number(digits);
    if (digits === undefined || found.has(firstSeq)) continue;
    found.set(firstSeq, { firstSeq, path: join(folder, name), ...(kind === 'segz' ? { packed: true } : {}) });
  }
  return [...found.values()];
}

/** Names of the damaged originals that were set aside, oldest first. */
export async function listSetAside(fs: FileLayer, folder: string): Promise<string[]> {
  return (await fs.list(folder)).filter((name) => SET_ASIDE_NAME.test(name)).sort();
}

/** A free name for a damaged original. */
export async function setAsidePath(fs: FileLayer, folder: string, firstSeq: number): Promise<string> {
  const taken = new Set(await listSetAside(fs, folder));
  const digits = String(firstSeq).padStart(20, '0');
  let number = 1;
  while (taken.has(`${digits}.damaged-${number}`)) number++;
  return join(folder, `${digits}.damaged-${number}`);
}

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  MAGIC.copy(bytes, 0);
  bytes.writeUInt32LE(FORMAT_VERSION, 8);
  bytes.writeBigInt64LE(BigInt(header.firstSeq), 16);
  bytes.writeBigInt64LE(BigInt(header.previousSeq), 24);
  bytes.writeUInt32LE(headerChecksum(bytes), 12);
  return bytes;
}

function headerChecksum(bytes: Buffer): number {
  return crc32c(bytes.subarray(16, SEGMENT_HEADER_BYTES), crc32c(bytes.subarray(8, 12)));
}

/** `undefined` where the bytes are no intact header. Throws `TurnoutError('conflict')` for a format this version cannot read. */
export function decodeSegmentHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < SEGMENT_HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  if (bytes.readUInt32LE(12) !== headerChecksum(bytes)) return undefined;
  if (bytes.readUInt32LE(8) !== FORMAT_VERSION)
    throw new TurnoutError(
      'conflict',
      `The journal was written in format ${bytes.readUInt32LE(8)} and this version of Turnout reads format ${FORMAT_VERSION}. Start the version that wrote it, or a newer one.`,
    );
  return { firstSeq: Number(bytes.readBigInt64LE(16)), previousSeq: Number(bytes.readBigInt64LE(24)) };
}
