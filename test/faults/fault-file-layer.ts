import { basename, dirname } from 'node:path';
import type { FileLayer, OpenFile, OpenMode } from '../../src/journal/file-layer.ts';

export const LOSSES = ['drop', 'tear', 'reorder'] as const;
/** What a power loss does to everything since the last fsync: all lost; kept up to a byte; each 512-byte sector and each name kept or lost by itself. */
export type Loss = (typeof LOSSES)[number];

const SECTOR = 512;

type FileChange = { kind: 'write'; position: number; bytes: Buffer } | { kind: 'truncate'; size: number };
interface Inode {
  durable: Buffer;
  /** What processes read. */
  current: Buffer;
  unsynced: FileChange[];
}
type NameChange = { name: string; inode: Inode | undefined /** Also gone with a rename. */; from?: string };
interface Folder {
  durable: Map<string, Inode>;
  current: Map<string, Inode>;
  unsynced: NameChange[];
}

/** Nothing works after it: the process is dead. It has no errno, so nobody can take it for a failed call. */
export class PowerLoss extends Error {}

export interface Faults {
  /** Power is lost at this operation (1 = the first that changes something), before it takes effect on the disk. */
  loseAt?: number;
  /** The n-th fdatasync or directory fsync fails with EIO, once, and the dirty pages are gone, as the kernel does. */
  failFsyncAt?: number;
  /** Called between the write and the fsync of a file. */
  beforeFsync?: () => Promise<void>;
  /** Every open for writing fails with this errno. */
  failOpen?: string;
  /** Bytes of the disk; writes past it are cut short, then fail with ENOSPC. */
  capacity?: number;
  /** Every write takes at most so many bytes. */
  shortWrite?: number;
}

/** A disk in memory that can lose, tear and reorder what was not fsynced, and fail at will. */
export class FaultFileLayer implements FileLayer {
  faults: Faults = {};
  /** Operations that change something, so far. */
  operations = 0;
  fsyncs = 0;

  #folders = new Map<string, Folder>();
  #dead = false;

  get dead(): boolean {
    return this.#dead;
  }

  async makeFolder(folder: string): Promise<void> {
    if (!this.#folders.has(folder)) this.#folders.set(folder, { durable: new Map(), current: new Map(), unsynced: [] });
  }

  async list(folder: string): Promise<string[]> {
    this.#checkPower();
    return [...this.#folder(folder).current.keys()];
  }

  async open(path: string, mode: OpenMode): Promise<OpenFile> {
    this.#checkPower();
    const folder = this.#folder(dirname(path));
    const name = basename(path);
    const existing = folder.current.get(name);
    if (mode !== 'read' && this.faults.failOpen !== undefined) throw errno(this.faults.failOpen);
    if (mode === 'read' || mode === 'update') {
      if (existing === undefined) throw errno('ENOENT');
      return this.#file(existing, mode);
    }
    if (mode === 'create' && existing !== undefined) throw errno('EEXIST');
    this.#operate();
    if (existing !== undefined) {
      truncate(existing, 0);
      return this.#file(existing, mode);
    }
    const inode: Inode = { durable: Buffer.alloc(0), current: Buffer.alloc(0), unsynced: [] };
    this.#rename(folder, { name, inode });
    return this.#file(inode, mode);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#operate();
    const folder = this.#folder(dirname(from));
    this.#rename(folder, { name: basename(to), inode: found(folder, from), from: basename(from) });
  }

  async link(from: string, to: string): Promise<void> {
    this.#operate();
    const folder = this.#folder(dirname(from));
    if (folder.current.has(basename(to))) throw errno('EEXIST');
    this.#rename(folder, { name: basename(to), inode: found(folder, from) });
  }

  async remove(path: string): Promise<void> {
    this.#operate();
    const folder = this.#folder(dirname(path));
    found(folder, path);
    this.#rename(folder, { name: basename(path), inode: undefined });
  }

  async fsyncDirectory(path: string): Promise<void> {
    this.#operate();
    const folder = this.#folder(path);
    if (this.#fsyncFails()) throw errno('EIO');
    folder.durable = new Map(folder.current);
    folder.unsynced = [];
  }

  async freeBytes(): Promise<number> {
    this.#checkPower();
    return this.faults.capacity === undefined ? Number.MAX_SAFE_INTEGER : this.faults.capacity - this.usedBytes();
  }

  /** The disk as the next start finds it, without faults. */
  afterPowerLoss(loss: Loss, random: () => number): FaultFileLayer {
    const next = new FaultFileLayer();
    const inodes = new Map<Inode, Inode>();
    const survive = (inode: Inode): Inode => {
      const known = inodes.get(inode);
      if (known !== undefined) return known;
      const bytes = survivingBytes(inode, loss, random);
      const survivor: Inode = { durable: bytes, current: Buffer.from(bytes), unsynced: [] };
      inodes.set(inode, survivor);
      return survivor;
    };
    for (const [path, folder] of this.#folders) {
      const names = new Map(folder.durable);
      const kept = loss === 'tear' ? Math.floor(random() * (folder.unsynced.length + 1)) : 0;
      folder.unsynced.forEach((change, index) => {
        if (loss === 'drop' || (loss === 'tear' ? index >= kept : random() < 0.5)) return;
        applyName(names, change);
      });
      const durable = new Map([...names].map(([name, inode]) => [name, survive(inode)]));
      next.#folders.set(path, { durable, current: new Map(durable), unsynced: [] });
    }
    return next;
  }

  /** The process is gone, the machine is not: what was written is there, durable or not. */
  afterKill(): FaultFileLayer {
    const next = new FaultFileLayer();
    next.#folders = this.#folders;
    return next;
  }

  /** Damages a file for good: the bytes at `position` become others. */
  damage(path: string, position: number, length: number): void {
    const inode = found(this.#folder(dirname(path)), path);
    for (const image of [inode.current, inode.durable])
      for (let at = position; at < Math.min(position + length, image.length); at++) image[at] = (image[at] ?? 0) ^ 0xa5;
  }

  #file(inode: Inode, mode: OpenMode): OpenFile {
    return {
      write: async (bytes, position) => {
        if (mode === 'read') throw errno('EBADF');
        this.#operate();
        const grows = Math.max(0, position + bytes.length - inode.current.length);
        const room = this.faults.capacity === undefined ? grows : this.faults.capacity - this.usedBytes();
        const cut = Math.min(bytes.length, this.faults.shortWrite ?? bytes.length, bytes.length - grows + room);
        if (cut <= 0) throw errno('ENOSPC');
        const kept = Buffer.from(bytes.subarray(0, cut));
        inode.unsynced.push({ kind: 'write', position, bytes: kept });
        inode.current = written(inode.current, position, kept);
        return cut;
      },
      read: async (into, position) => {
        this.#checkPower();
        return inode.current.copy(into, 0, position);
      },
      size: async () => {
        this.#checkPower();
        return inode.current.length;
      },
      fdatasync: async () => {
        await this.faults.beforeFsync?.();
        this.#operate();
        if (this.#fsyncFails()) {
          inode.unsynced = [];
          throw errno('EIO');
        }
        inode.durable = Buffer.from(inode.current);
        inode.unsynced = [];
      },
      truncate: async (size) => {
        this.#operate();
        truncate(inode, size);
      },
      close: async () => {},
    };
  }

  #operate(): void {
    this.#checkPower();
    this.operations++;
    if (this.operations !== this.faults.loseAt) return;
    this.#dead = true;
    throw new PowerLoss(`power lost at operation ${this.operations}`);
  }

  #checkPower(): void {
    if (this.#dead) throw new PowerLoss('the power is off');
  }

  #fsyncFails(): boolean {
    this.fsyncs++;
    return this.fsyncs === this.faults.failFsyncAt;
  }

  #rename(folder: Folder, change: NameChange): void {
    applyName(folder.current, change);
    folder.unsynced.push(change);
  }

  #folder(path: string): Folder {
    const folder = this.#folders.get(path);
    if (folder === undefined) throw errno('ENOENT');
    return folder;
  }

  usedBytes(): number {
    const inodes = new Set([...this.#folders.values()].flatMap((folder) => [...folder.current.values()]));
    return [...inodes].reduce((sum, inode) => sum + inode.current.length, 0);
  }
}

function survivingBytes(inode: Inode, loss: Loss, random: () => number): Buffer {
  let bytes = inode.durable;
  if (loss === 'drop') return Buffer.from(bytes);
  if (loss === 'tear') {
    const kept = Math.floor(random() * (inode.unsynced.length + 1));
    inode.unsynced.forEach((change, index) => {
      if (index < kept) bytes = applied(bytes, change);
      else if (index === kept && change.kind === 'write')
        bytes = written(bytes, change.position, change.bytes.subarray(0, Math.floor(random() * change.bytes.length)));
    });
    return Buffer.from(bytes);
  }
  for (const change of inode.unsynced) {
    if (change.kind === 'truncate') {
      if (random() < 0.5) bytes = applied(bytes, change);
      continue;
    }
    for (let start = 0; start < change.bytes.length; ) {
      const end = Math.min(change.bytes.length, start + SECTOR - ((change.position + start) % SECTOR));
      if (random() < 0.5) bytes = written(bytes, change.position + start, change.bytes.subarray(start, end));
      start = end;
    }
  }
  return Buffer.from(bytes);
}

function applied(bytes: Buffer, change: FileChange): Buffer {
  if (change.kind === 'write') return written(bytes, change.position, change.bytes);
  return change.size <= bytes.length
    ? bytes.subarray(0, change.size)
    : Buffer.concat([bytes, Buffer.alloc(change.size - bytes.length)]);
}

function written(bytes: Buffer, position: number, part: Buffer): Buffer {
  const result = Buffer.alloc(Math.max(bytes.length, position + part.length));
  bytes.copy(result);
  part.copy(result, position);
  return result;
}

function truncate(inode: Inode, size: number): void {
  const change: FileChange = { kind: 'truncate', size };
  inode.unsynced.push(change);
  inode.current = Buffer.from(applied(inode.current, change));
}

function applyName(names: Map<string, Inode>, change: NameChange): void {
  if (change.from !== undefined) names.delete(change.from);
  if (change.inode === undefined) names.delete(change.name);
  else names.set(change.name, change.inode);
}

function found(folder: Folder, path: string): Inode {
  const inode = folder.current.get(basename(path));
  if (inode === undefined) throw errno('ENOENT');
  return inode;
}

function errno(code: string): Error {
  return Object.assign(new Error(`${code}: made by the fault layer`), { code });
}
