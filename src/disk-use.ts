import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { StorageGroup } from './contract/api.ts';

/** What files are, by their place in a workspace's data folder. */
export type FileGroup = Exclude<StorageGroup['name'], 'facts' | 'rollups' | 'events' | 'ledger'> | 'warehouse';

export interface FilesOf {
  bytes: number;
  files: number;
}

/** Bytes and files of a workspace's data folder, by what they are. Files that go while it looks count nothing. */
export async function diskUse(folder: string): Promise<Record<FileGroup, FilesOf>> {
  const use: Record<FileGroup, FilesOf> = {
    warehouse: nothing(),
    journal: nothing(),
    journal_compacted: nothing(),
    bulk: nothing(),
    uploads: nothing(),
    control: nothing(),
    set_aside: nothing(),
    other: nothing(),
  };
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    const group = use[groupOf(path.slice(folder.length + 1).split(sep))];
    group.bytes += bytes;
    group.files += 1;
  }
  return use;
}

const nothing = (): FilesOf => ({ bytes: 0, files: 0 });

function groupOf([top = '', name = '']: string[]): FileGroup {
  if (top === 'journal') {
    if (name === 'bulk') return 'bulk';
    if (/\.damaged-\d+$/.test(name)) return 'set_aside';
    return name.endsWith('.segz') ? 'journal_compacted' : 'journal';
  }
  if (top === 'warehouse') return 'warehouse';
  if (/^warehouse\.set-aside-\d+$/.test(top)) return 'set_aside';
  if (top === 'uploads') return 'uploads';
  return top.startsWith('control.sqlite') ? 'control' : 'other';
}
