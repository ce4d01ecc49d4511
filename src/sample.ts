import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleEntries } from '../packs/sample/sample.ts';
import type { Logger } from './logger.ts';
import { openRuntime, type Runtime } from './runtime.ts';
import { openControlDatabase } from './store/database.ts';
import { loadSetting } from './store/settings.ts';
import { SAMPLE_FOLDER } from './workspace-files.ts';

/** Secrets of the sample's sources, made once per installation: the names that its source files read. */
export interface SampleSecrets {
  SAMPLE_APP_SECRET: string;
  SAMPLE_VERIFY_TOKEN: string;
  SAMPLE_AUTH_TOKEN: string;
  SAMPLE_TOKEN: string;
  SAMPLE_SENDGRID_PUBLIC_KEY: string;
  /** For whoever wants to play the sender. */
  SAMPLE_SENDGRID_PRIVATE_KEY: string;
}

/** The sample is shown until a source of one's own is connected or it is removed. */
export async function wantsSample(workspaceFolder: string, ownFolder: string): Promise<boolean> {
  if (await hasSources(workspaceFolder)) return false;
  const file = join(ownFolder, 'control.sqlite');
  if (!existsSync(file)) return true;
  const control = await openControlDatabase(file);
  try {
    return (await loadSetting(control, 'sample_removed')) === null;
  } finally {
    await control.destroy();
  }
}

async function hasSources(workspaceFolder: string): Promise<boolean> {
  const names = await readdir(join(workspaceFolder, 'sources')).catch(() => []);
  return names.some((name) => /\.ya?ml$/.test(name));
}

/** The sample workspace: its files, its own clock, its entries put into its own journal once. */
export async function openSampleRuntime(options: { folder: string; log: Logger }): Promise<Runtime> {
  const secrets = await loadSampleSecrets(options.folder);
  return openRuntime({
    ...options,
    workspaceFolder: SAMPLE_FOLDER,
    env: { ...secrets },
    sample: sampleEntries,
  });
}

export async function loadSampleSecrets(folder: string): Promise<SampleSecrets> {
  const file = join(folder, 'secrets.json');
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as SampleSecrets;
  const key = () => randomBytes(32).toString('base64url');
  const sendgrid = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secrets: SampleSecrets = {
    SAMPLE_APP_SECRET: key(),
    SAMPLE_VERIFY_TOKEN: key(),
    SAMPLE_AUTH_TOKEN: key(),
    SAMPLE_TOKEN: key(),
    SAMPLE_SENDGRID_PUBLIC_KEY: sendgrid.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    SAMPLE_SENDGRID_PRIVATE_KEY: sendgrid.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  };
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}
