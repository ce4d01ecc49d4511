import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TurnoutError } from '../contract/errors.ts';
import { SECRETS_FILE } from '../workspace/secrets-file.ts';
import {
  type BackupFolders,
  type BackupManifest,
  copyInto,
  copyJournal,
  cutTail,
  listFiles,
  MANIFEST,
  measure,
} from './backup.ts';

const manifestFile = z.object({
  format: z.literal(1),
  version: z.string(),
  made_at: z.string(),
  seq: z.number().int(),
  files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })),
});

export interface Restored {
  manifest: BackupManifest;
  /** Entries that are there now; more than the backup's where a newer journal was given. */
  seq: number;
}

/**
 * Puts a backup in place: checked whole first, then moved in with one rename. The next start makes the numbers from the journal.
 * @param newerJournal folder of the lost machine's journal, where it could be saved: what came after the backup is in it
 * @throws TurnoutError('conflict') where there is data or another workspace file already; ('invalid_request') for a damaged backup
 */
export async function restore(folders: BackupFolders, now: number, newerJournal?: string): Promise<Restored> {
  const { data, workspace, backup } = folders;
  const manifest = await readManifest(backup);
  if (existsSync(join(data, 'journal')))
    throw new TurnoutError(
      'conflict',
      `There is data in ${data} already. Restore into an empty TURNOUT_DATA, or move it away.`,
    );
  await checkFiles(backup, manifest);
  await checkWorkspace(backup, workspace);

  const draft = `${data}.restoring`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(join(draft, 'journal'), { recursive: true });
  for (const { path } of manifest.files)
    if (!path.startsWith('workspace/') && !path.startsWith('journal/'))
      await copyInto(join(backup, path), join(draft, path));
  await copyJournal(newerJournal ?? join(backup, 'journal'), join(draft, 'journal'));
  const seq = await cutTail(join(draft, 'journal'), now);
  if (seq < manifest.seq) {
    await rm(draft, { recursive: true, force: true });
    throw new TurnoutError(
      'invalid_request',
      `The journal in ${newerJournal ?? backup} reaches to entry ${seq}, the backup to ${manifest.seq}. Restore without --journal.`,
    );
  }
  if (existsSync(join(draft, SECRETS_FILE))) await chmod(join(draft, SECRETS_FILE), 0o600);
  for (const path of await listFiles(join(backup, 'workspace')))
    await copyInto(join(backup, 'workspace', path), join(workspace, path));
  await rm(data, { recursive: true, force: true });
  await rename(draft, data);
  return { manifest, seq };
}

async function readManifest(backup: string): Promise<BackupManifest> {
  try {
    return manifestFile.parse(JSON.parse(await readFile(join(backup, MANIFEST), 'utf8')));
  } catch {
    throw new TurnoutError(
      'invalid_request',
      `${backup} is not a backup of Turnout: it has no ${MANIFEST} that can be read.`,
    );
  }
}

async function checkFiles(backup: string, manifest: BackupManifest): Promise<void> {
  for (const { path, sha256 } of manifest.files) {
    if (/(^|\/)\.\.(\/|$)|^\//.test(path))
      throw new TurnoutError('invalid_request', `The backup names a file outside of it: ${path}.`);
    const found = existsSync(join(backup, path)) ? (await measure(join(backup, path))).sha256 : undefined;
    if (found !== sha256)
      throw new TurnoutError(
        'invalid_request',
        `The backup is damaged: ${path} is ${found === undefined ? 'missing' : 'not as it was written'}. Take another one.`,
      );
  }
}

/** Files that people changed meanwhile are not overwritten. */
async function checkWorkspace(backup: string, workspace: string): Promise<void> {
  for (const path of await listFiles(join(backup, 'workspace'))) {
    if (!existsSync(join(workspace, path))) continue;
    const [mine, theirs] = await Promise.all([
      measure(join(workspace, path)),
      measure(join(backup, 'workspace', path)),
    ]);
    if (mine.sha256 !== theirs.sha256)
      throw new TurnoutError(
        'conflict',
        `${join(workspace, path)} is there with another content. Move the workspace folder away, or name another one with TURNOUT_WORKSPACE.`,
      );
  }
}
