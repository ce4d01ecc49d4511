import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { restore as restoreBackup } from '../backup/restore.ts';
import { wallClock } from '../clock.ts';
import { parseConfig } from '../config.ts';
import { TurnoutError } from '../contract/errors.ts';

/** `turnout restore FOLDER [--journal OLD/journal]`: puts a backup into an empty data folder. */
export async function restore(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: { journal: { type: 'string' } } });
  const [source] = positionals;
  if (source === undefined) throw new TurnoutError('invalid_request', 'Say which backup: turnout restore FOLDER');
  const { data, workspace } = parseConfig(process.env);
  const folders = { data: join(data, 'main'), workspace, backup: resolve(source) };
  const { manifest, seq } = await restoreBackup(folders, wallClock(), values.journal);
  process.stdout.write(
    `Restored the backup of ${manifest.made_at}: ${seq} entries${seq > manifest.seq ? `, ${seq - manifest.seq} of them newer` : ''}. The next start makes the numbers from them.\n`,
  );
  return 0;
}
