import { crc32c } from './crc32c.ts';
import type { JournalEntry, NewEntry } from './entry.ts';

/**
 * One entry on disk, little endian:
 *
 *     0  u32  marker        FF 54 4A FE: two of its bytes never occur in UTF-8, so text in a body cannot look like a frame
 *     4  u32  length        of everything after the crc
 *     8  u32  crc32c        of the length and everything after the crc
 *    12  u8   version       1
 *    13  u8   0
 *    14  u16  length of source
 *    16  u32  length of target
 *    20  u32  length of headers
 *    24  i64  seq
 *    32  i64  receivedAt    UTC milliseconds
 *    40       source, target, headers (JSON), body
 */
export const FRAME_MARKER = Buffer.from([0xff, 0x54, 0x4a, 0xfe]);
export const FRAME_HEAD_BYTES = 40;
/** A longer entry is refused, so a longer length is damage. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

const PREFIX_BYTES = 12;
const VERSION = 1;
const MARKER = FRAME_MARKER.readUInt32LE(0);

export type DecodedFrame =
  | { kind: 'entry'; entry: JournalEntry /** Bytes of the frame. */; size: number }
  /** `needed` bytes from the same start would tell more. */
  | { kind: 'incomplete'; needed: number }
  | { kind: 'bad' };

/** The frame of an entry that has no sequence number yet; `sealFrame` makes it valid. */
export function encodeFrame(entry: NewEntry): Buffer {
  const headers = JSON.stringify(entry.headers);
  const source = Buffer.byteLength(entry.source);
  const target = Buffer.byteLength(entry.target);
  const headersLength = Buffer.byteLength(headers);
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + source + target + headersLength + entry.body.length);
  frame.writeUInt32LE(MARKER, 0);
  frame.writeUInt32LE(frame.length - PREFIX_BYTES, 4);
  frame.writeUInt8(VERSION, 12);
  frame.writeUInt8(0, 13);
  frame.writeUInt16LE(source, 14);
  frame.writeUInt32LE(target, 16);
  frame.writeUInt32LE(headersLength, 20);
  frame.writeBigInt64LE(BigInt(entry.receivedAt), 32);
  let offset = FRAME_HEAD_BYTES;
  offset += frame.write(entry.source, offset);
  offset += frame.write(entry.target, offset);
  offset += frame.write(headers, offset);
  frame.set(entry.body, offset);
  return frame;
}

/** Writes the sequence number and the checksum into the frame. */
export function sealFrame(frame: Buffer, seq: number): Buffer {
  frame.writeBigInt64LE(BigInt(seq), 24);
  frame.writeUInt32LE(checksum(frame), 8);
  return frame;
}

/** Reads the frame at the start of `bytes`. Never throws; `entry.body` shares memory with `bytes`. */
export function decodeFrame(bytes: Buffer): DecodedFrame {
  const marker = FRAME_MARKER.subarray(0, bytes.length);
  if (!bytes.subarray(0, marker.length).equals(marker)) return { kind: 'bad' };
  if (bytes.length < PREFIX_BYTES) return { kind: 'incomplete', needed: FRAME_HEAD_BYTES };
  const size = PREFIX_BYTES + bytes.readUInt32LE(4);
  if (size < FRAME_HEAD_BYTES || size > MAX_FRAME_BYTES) return { kind: 'bad' };
  if (bytes.length < size) return { kind: 'incomplete', needed: size };
  const frame = bytes.subarray(0, size);
  if (checksum(frame) !== frame.readUInt32LE(8) || frame.readUInt8(12) !== VERSION) return { kind: 'bad' };
  const source = FRAME_HEAD_BYTES;
  const target = source + frame.readUInt16LE(14);
  const headers = target + frame.readUInt32LE(16);
  const body = headers + frame.readUInt32LE(20);
  const parsed = parseHeaders(frame.toString('utf8', headers, body));
  if (body > size || parsed === undefined) return { kind: 'bad' };
  const entry: JournalEntry = {
    seq: Number(frame.readBigInt64LE(24)),
    receivedAt: Number(frame.readBigInt64LE(32)),
    source: frame.toString('utf8', source, target),
    target: frame.toString('utf8', target, headers),
    headers: parsed,
    body: frame.subarray(body),
  };
  return { kind: 'entry', entry, size };
}

function checksum(frame: Buffer): number {
  return crc32c(frame.subarray(PREFIX_BYTES), crc32c(frame.subarray(4, 8)));
}

function parseHeaders(text: string): Record<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, string>)
      : undefined;
  } catch {
    return undefined;
  }
}
