import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { type Cursor, PullError } from '../contract/pull.ts';

/** A folder that files are dropped into, and which of them were read. */

export interface WatchedFile {
  name: string;
  path: string;
  size: number;
  /** UTC milliseconds. */
  modified: number;
}

/** A file whose last change is younger may still be written. */
export const SETTLED_MS = 5_000;
/** Files that the cursor names one by one; older ones are covered by a time. */
const NAMED_FILES = 500;
const DEFAULT_ENDINGS = ['.csv', '.tsv', '.txt', '.xlsx'];
const BEFORE = 'before';
const NAMED = 'file:';

/** True for a folder inside the workspace: relative, and never upwards. */
export function isInside(folder: string): boolean {
  const path = normalize(folder);
  return folder !== '' && !isAbsolute(folder) && !/^[a-z]:/i.test(folder) && path !== '..' && !/^\.\.[/\\]/.test(path);
}

/**
 * Files of a folder, the oldest first. Links in it are not followed; the folder itself may be one, since only somebody with
 * access to the disk can make it.
 * @throws PullError where the folder cannot be read
 */
export async function listFiles(
  workspace: string,
  folder: string,
  pattern: string | undefined,
): Promise<WatchedFile[]> {
  const files: WatchedFile[] = [];
  let names: string[];
  const path = join(workspace, folder);
  try {
    names = await readdir(await realpath(path));
  } catch {
    throw new PullError(
      'settings',
      `The folder "${folder}" does not exist in the workspace, or may not be read. Create it.`,
    );
  }
  for (const name of names) {
    if (name.startsWith('.') || name.startsWith('~$') || !matches(name, pattern)) continue;
    const file = await lstat(join(path, name)).catch(() => undefined);
    if (file?.isFile())
      files.push({ name, path: join(path, name), size: file.size, modified: Math.floor(file.mtimeMs) });
  }
  return files.sort((a, b) => a.modified - b.modified || (a.name < b.name ? -1 : 1));
}

function matches(name: string, pattern: string | undefined): boolean {
  const lower = name.toLowerCase();
  if (pattern === undefined) return DEFAULT_ENDINGS.some((ending) => lower.endsWith(ending));
  return fits(lower, pattern.toLowerCase());
}

/** `*` any characters, `?` one; in time bounded by the product of both lengths. */
function fits(text: string, pattern: string): boolean {
  let at = 0;
  let part = 0;
  let star = -1;
  let retry = 0;
  while (at < text.length) {
    if (pattern[part] === '*') {
      star = part++;
      retry = at;
    } else if (part < pattern.length && (pattern[part] === '?' || pattern[part] === text[at])) {
      part++;
      at++;
    } else if (star >= 0) {
      part = star + 1;
      at = ++retry;
    } else return false;
  }
  while (pattern[part] === '*') part++;
  return part === pattern.length;
}

/** Same name, size and time: nobody has touched it since it was read. */
export function wasRead(cursor: Cursor | null, file: WatchedFile): boolean {
  const entry = entryOf(cursor, file.name);
  if (entry === undefined) return file.modified <= Number(cursor?.[BEFORE] ?? -1);
  return entry.startsWith(`${file.size}:${file.modified}:`);
}

/** Same content under another time: it was copied or touched. */
export function hasSameContent(cursor: Cursor | null, file: WatchedFile, hash: string): boolean {
  return entryOf(cursor, file.name)?.endsWith(`:${hash}`) === true;
}

/**
 * The cursor once `file` was read too. Files that have left the folder are forgotten; of very many the oldest share one time.
 * @param present names of the files in the folder
 */
export function withFile(cursor: Cursor | null, file: WatchedFile, hash: string, present: ReadonlySet<string>): Cursor {
  const kept = Object.entries(cursor ?? {}).flatMap(([key, entry]): [string, string][] => {
    const name = key.slice(NAMED.length);
    const isKept = key.startsWith(NAMED) && name !== file.name && present.has(name) && typeof entry === 'string';
    return isKept ? [[key, entry]] : [];
  });
  kept.push([`${NAMED}${file.name}`, `${file.size}:${file.modified}:${hash}`]);
  let before = Number(cursor?.[BEFORE] ?? -1);
  if (kept.length > NAMED_FILES) {
    const modified = ([, entry]: readonly [string, string]): number => Number(entry.split(':')[1]);
    kept.sort((a, b) => modified(a) - modified(b));
    for (const old of kept.splice(0, kept.length - NAMED_FILES)) before = Math.max(before, modified(old));
  }
  return Object.fromEntries([...(before < 0 ? [] : [[BEFORE, before] as const]), ...kept]);
}

function entryOf(cursor: Cursor | null, name: string): string | undefined {
  const key = `${NAMED}${name}`;
  const entry = cursor !== null && Object.hasOwn(cursor, key) ? cursor[key] : undefined;
  return typeof entry === 'string' ? entry : undefined;
}

/** The first 16 characters of the content's SHA-256. */
export async function hashFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, signal }))
    hash.update(chunk as Buffer);
  return hash.digest('hex').slice(0, 16);
}
