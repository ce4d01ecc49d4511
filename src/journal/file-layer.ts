import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, rename, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** `create`: new file, must not exist; `replace`: new or emptied; `update`: existing, read and write; `read`: existing. */
export type OpenMode = 'create' | 'replace' | 'update' | 'read';

/** Everything the journal does with files, so that tests can lose writes, tear them and fail at will. */
export interface FileLayer {
  /** Creates the folder and its parents where missing. */
  makeFolder(folder: string): Promise<void>;
  /** Names in the folder, in no order. */
  list(folder: string): Promise<string[]>;
  open(path: string, mode: OpenMode): Promise<OpenFile>;
  /** Replaces `to` in one step. */
  rename(from: string, to: string): Promise<void>;
  /** A second name for the same file. */
  link(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes names that were created or renamed in the folder durable. */
  fsyncDirectory(folder: string): Promise<void>;
  /** Bytes that this process may still write. */
  freeBytes(folder: string): Promise<number>;
}

export interface OpenFile {
  /** May write less than all; returns how many bytes. */
  write(bytes: Buffer, position: number): Promise<number>;
  /** Returns how many bytes were read; 0 at the end. */
  read(into: Buffer, position: number): Promise<number>;
  size(): Promise<number>;
  fdatasync(): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

const FLAGS: Record<OpenMode, number> = {
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
  replace: constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC,
  update: constants.O_RDWR,
  read: constants.O_RDONLY,
};

/** The real disk. */
export const nodeFileLayer: FileLayer = {
  async makeFolder(folder) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  },
  list: (folder) => readdir(folder),
  async open(path, mode) {
    return nodeFile(await open(path, FLAGS[mode], 0o600));
  },
  rename,
  link,
  remove: unlink,
  async fsyncDirectory(folder) {
    const handle = await open(join(folder, '.'), constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  async freeBytes(folder) {
    const stats = await statfs(folder);
    return stats.bavail * stats.bsize;
  },
};

function nodeFile(handle: FileHandle): OpenFile {
  return {
    write: async (bytes, position) => (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
    read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
    size: async () => (await handle.stat()).size,
    fdatasync: () => handle.datasync(),
    truncate: (size) => handle.truncate(size),
    close: () => handle.close(),
  };
}

/** Writes all of `bytes`; a disk that takes nothing counts as full. */
export async function writeAll(file: OpenFile, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const written = await file.write(done === 0 ? bytes : bytes.subarray(done), position + done);
    if (written === 0) throw Object.assign(new Error('ENOSPC: the disk took no more bytes'), { code: 'ENOSPC' });
    done += written;
  }
}

/** The errno word of a failed call, e.g. `ENOSPC`; '' where there is none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
