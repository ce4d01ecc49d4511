import { chmod, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file for its owner alone, whole or not at all: beside it first, fsynced, then renamed. Folders are made where missing. */
export async function writeWhole(place: string, text: string): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  const draft = `${place}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  // A draft that was left behind keeps the mode that it had.
  await chmod(draft, 0o600);
  await rename(draft, place);
}
