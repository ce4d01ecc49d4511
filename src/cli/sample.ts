import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseConfig } from '../config.ts';
import { lockDirectory } from '../store/directory-lock.ts';

/** `turnout sample`: forgets the sample's data; the next start makes it anew from the packs. */
export async function sample(): Promise<number> {
  const { data } = parseConfig(process.env);
  const folder = join(data, 'sample');
  await mkdir(folder, { recursive: true });
  const lock = lockDirectory(folder);
  await rm(folder, { recursive: true, force: true });
  lock.release();
  process.stdout.write('The sample will be made anew at the next start.\n');
  return 0;
}
