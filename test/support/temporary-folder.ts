import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const SILENT_LOG = { info: () => {}, warn: () => {} };

/** A fresh folder below the system's temporary folder, and what removes it. */
export function temporaryFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'turnout-test-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
