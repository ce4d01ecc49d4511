import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from './write-whole.ts';

/** Secrets that people typed into the page, by the `${NAME}` that stands for them in source files. Readable by the owner alone. */
export type Secrets = Readonly<Record<string, string>>;

/** Its name in the workspace's data. */
export const SECRETS_FILE = 'source-secrets.json';

/** @param folder the workspace's data; {} where nothing was saved */
export async function loadSecrets(folder: string): Promise<Secrets> {
  try {
    return JSON.parse(await readFile(join(folder, SECRETS_FILE), 'utf8')) as Secrets;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

export async function saveSecrets(folder: string, secrets: Secrets): Promise<void> {
  await writeWhole(join(folder, SECRETS_FILE), JSON.stringify(secrets, null, 2));
}
