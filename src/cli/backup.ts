import { join, resolve } from 'node:path';
import packageFile from '../../package.json' with { type: 'json' };
import { backUp } from '../backup/backup.ts';
import { wallClock } from '../clock.ts';
import { parseConfig } from '../config.ts';
import { TurnoutError } from '../contract/errors.ts';

/** `turnout backup FOLDER`: copies journal, control database, secrets and workspace files, also while the server runs. */
export async function backup([target]: string[]): Promise<number> {
  if (target === undefined) throw new TurnoutError('invalid_request', 'Say where to put it: turnout backup FOLDER');
  const { data, workspace } = parseConfig(process.env);
  const folders = { data: join(data, 'main'), workspace, backup: resolve(target) };
  const manifest = await backUp(folders, packageFile.version, wallClock());
  const megabytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0) / 1_048_576;
  process.stdout.write(
    `Backed up ${manifest.seq} entries, ${manifest.files.length} files, ${megabytes.toFixed(1)} MB to ${folders.backup}. It holds contact data and secrets: keep it safe.\n`,
  );
  return 0;
}
