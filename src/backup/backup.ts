import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { backup as copyDatabase, DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';
import { TurnoutError } from '../contract/errors.ts';
import { bulkFolder } from '../journal/bulk.ts';
import { openJournal } from '../journal/journal.ts';
import { SECRETS_FILE } from '../workspace/secrets-file.ts';

export interface BackupFolders {
  /** A workspace's data: control.sqlite, journal/, … */
  data: string;
  /** The files that people write. */
  workspace: string;
  /** The backup; must not exist or be empty. */
  backup: string;
}

export interface BackupManifest {
  format: 1;
  version: string;
  made_at: string;
  /** Everything received up to this entry is in it. */
  seq: number;
  files: { path: string; bytes: number; sha256: string }[];
}

export const MANIFEST = 'manifest.json';

/**
 * Copies what cannot be made again: the journal, the control database, the secrets of sources and the workspace's files. A server
 * may be running. The control database comes first: where a source was left is in the journal too, so the journal may be ahead of
 * it and never behind. Numbers are made anew from the journal after a restore.
 * @throws TurnoutError('conflict' | 'not_found')
 */
export async function backUp(folders: BackupFolders, version: string, now: number): Promise<BackupManifest> {
  const { data, workspace, backup } = folders;
  if (!existsSync(join(data, 'journal')))
    throw new TurnoutError('not_found', `There is no data in ${data} to back up. Say with TURNOUT_DATA where it is.`);
  if (existsSync(backup) && (await readdir(backup)).length > 0)
    throw new TurnoutError('conflict', `The folder ${backup} is not empty. Give the backup a folder of its own.`);
  await mkdir(join(backup, 'journal'), { recursive: true, mode: 0o700 });
  await copyControl(join(data, 'control.sqlite'), join(backup, 'control.sqlite'));
  if (existsSync(join(data, SECRETS_FILE))) await copyFile(join(data, SECRETS_FILE), join(backup, SECRETS_FILE));
  await copyJournal(join(data, 'journal'), join(backup, 'journal'));
  const seq = await cutTail(join(backup, 'journal'), now);
  for (const path of await listFiles(workspace, (name) => /\.(ya?ml|sql|md)$/.test(name)))
    await copyInto(join(workspace, path), join(backup, 'workspace', path));
  const files = await Promise.all(
    (await listFiles(backup)).map(async (path) => ({ path, ...(await measure(join(backup, path))) })),
  );
  const manifest: BackupManifest = { format: 1, version, made_at: new Date(now).toISOString(), seq, files };
  await writeFile(join(backup, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

async function copyControl(from: string, to: string): Promise<void> {
  const database = new DatabaseSync(from, { readOnly: true, timeout: 10_000 });
  try {
    await copyDatabase(database, to);
  } finally {
    database.close();
  }
}

/**
 * In the order of their names: only the last segment may still grow, and a torn end of it is cut afterwards. One that is packed
 * meanwhile is copied so. Files of history come last: every one that a copied order names is there then.
 */
export async function copyJournal(from: string, to: string): Promise<void> {
  const names = (await readdir(from, { withFileTypes: true })).filter(
    (entry) => entry.isFile() && !/ballast|\.part$/.test(entry.name),
  );
  for (const { name } of names.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    await copyFile(join(from, name), join(to, name)).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' || !name.endsWith('.seg')) throw error;
      await copyFile(join(from, `${name}z`), join(to, `${name}z`));
    });
  for (const path of await listFiles(bulkFolder(from), (name) => !name.endsWith('.part')))
    await copyInto(join(bulkFolder(from), path), join(bulkFolder(to), path));
}

/** Brings the end of a copied journal in order. @returns its last entry */
export async function cutTail(folder: string, now: number): Promise<number> {
  const journal = await openJournal({
    folder,
    now: () => now,
    ballastBytes: 0,
    watermarkBytes: 0,
    checkBytesPerSecond: 0,
  });
  const { durableSeq } = journal;
  await journal.close();
  return durableSeq;
}

/** Paths below a folder, with `/`; [] where it does not exist. */
export async function listFiles(folder: string, wanted: (name: string) => boolean = () => true): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && wanted(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((path) => !/(^|\/)(node_modules|\.git)\//.test(path))
    .sort();
}

export async function measure(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { bytes: (await stat(path)).size, sha256: hash.digest('hex') };
}

export async function copyInto(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}
