import { TurnoutError } from '../contract/errors.ts';

const MB = 1024 * 1024;

/** Bounds of one reading; each has a sentence of its own. */
export interface FileLimits {
  /** Bytes of the file as it came. */
  bytes: number;
  /** Bytes after unpacking. */
  unpackedBytes: number;
  /** Unpacked over packed. */
  ratio: number;
  /** Files in an archive. */
  entries: number;
  rows: number;
  columns: number;
  /** Characters of one cell. */
  cell: number;
  /** Milliseconds of one reading. */
  milliseconds: number;
}

export const DEFAULT_LIMITS: FileLimits = {
  bytes: 200 * MB,
  unpackedBytes: 1024 * MB,
  ratio: 200,
  entries: 2000,
  rows: 5_000_000,
  columns: 1000,
  cell: 100_000,
  milliseconds: 15 * 60_000,
};

/** Characters of one row; no limit of its own for people, since cells and columns have theirs. */
export const MAX_ROW_CHARACTERS = 2_000_000;

/** The error for a file that cannot be read: a sentence that says what to do. */
export function unreadableFile(sentence: string): TurnoutError {
  return new TurnoutError('invalid_request', sentence);
}

export function showCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `200 MB`. */
export function showBytes(bytes: number): string {
  return bytes >= 1024 * MB ? `${Math.round(bytes / (102.4 * MB)) / 10} GB` : `${Math.round(bytes / MB)} MB`;
}

export function checkFileSize(bytes: number, limits: FileLimits): void {
  if (bytes === 0) throw unreadableFile('The file is empty.');
  if (bytes > limits.bytes) {
    throw unreadableFile(
      `The file has ${showBytes(bytes)}; at most ${showBytes(limits.bytes)} can be read. Split it, or let Turnout read the database that it comes from.`,
    );
  }
}
