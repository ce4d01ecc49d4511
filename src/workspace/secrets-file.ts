import { chmod, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** Secrets that people typed into the page, by the `${NAME}` that stands for them in source files. Readable by the owner alone. */
export type Secrets = Readonly<Record<string, string>>;

const FILE = 'source-secrets.json';

/** @param folder the workspace's data; {} where nothing was saved */
export async function loadSecrets(folder: string): Promise<Secrets> {
  try {
    return JSON.parse(await readFile(join(folder, FILE), 'utf8')) as Secrets;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

/** Whole or not at all. */
export async function saveSecrets(folder: string, secrets: Secrets): Promise<void> {
  const place = join(folder, FILE);
  const file = await open(`${place}.new`, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(secrets, null, 2));
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(`${place}.new`, 0o600);
  await rename(`${place}.new`, place);
}
