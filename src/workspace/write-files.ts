import { readFile, rm } from 'node:fs/promises';
import { join, normalize, sep } from 'node:path';
import { TurnoutError } from '../contract/errors.ts';
import { writeWhole } from './write-whole.ts';

export interface WorkspaceFile {
  /** Relative to the workspace, with `/`: `tables/calls.yaml`. */
  path: string;
  text: string;
}

/**
 * Writes files into the workspace, each whole or not at all. Without `replace` a file that is there is an error: people's own
 * files are never overwritten.
 * @returns takes everything back, also what was replaced
 * @throws TurnoutError('conflict') for a file that exists; nothing is written then
 */
async function writeWorkspaceFiles(
  folder: string,
  files: readonly WorkspaceFile[],
  { replace = false } = {},
): Promise<() => Promise<void>> {
  const places = files.map((file) => ({ ...file, place: placeOf(folder, file.path) }));
  const before = await Promise.all(places.map(({ place }) => readOptional(place)));
  const taken = places.find((_, index) => !replace && before[index] !== null);
  if (taken !== undefined)
    throw new TurnoutError(
      'conflict',
      `The file ${taken.path} is there already. Choose another name, or change that file.`,
    );
  const takeBack = async () => {
    for (const [index, { place }] of places.entries()) {
      const text = before[index];
      if (text === null || text === undefined) await rm(place, { force: true });
      else await writeWhole(place, text);
    }
  };
  try {
    for (const { place, text } of places) await writeWhole(place, text);
  } catch (error) {
    await takeBack();
    const reason = error instanceof Error ? error.message : String(error);
    throw new TurnoutError('unavailable', `The workspace folder cannot be written: ${reason}. Check its permissions.`);
  }
  return takeBack;
}

function placeOf(folder: string, path: string): string {
  const place = normalize(path);
  if (place.startsWith('..') || place.startsWith(sep)) throw new Error(`not a path in the workspace: ${path}`);
  return join(folder, place);
}

async function readOptional(place: string): Promise<string | null> {
  try {
    return await readFile(place, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
}

export interface ChangeOptions {
  /** Folder of the files that people write. */
  workspaceFolder: string;
  /** Opens the workspace with its files as they are now. */
  reload(): Promise<void>;
}

/**
 * Writes files and opens the workspace with them; where that fails, or `check` throws, everything is as it was before. `undo`
 * takes back what the caller has changed besides.
 * @throws what `writeWorkspaceFiles`, `reload` or `check` throws
 */
export async function changeWorkspace(
  { workspaceFolder, reload }: ChangeOptions,
  files: readonly WorkspaceFile[],
  {
    replace = false,
    check = () => {},
    undo = async () => {},
  }: { replace?: boolean; check?: () => void; undo?: () => Promise<void> } = {},
): Promise<void> {
  const takeBack = await writeWorkspaceFiles(workspaceFolder, files, { replace }).catch(async (error: unknown) => {
    await undo();
    throw error;
  });
  try {
    await reload();
    check();
  } catch (error) {
    await takeBack();
    await undo();
    await reload();
    throw error;
  }
}
