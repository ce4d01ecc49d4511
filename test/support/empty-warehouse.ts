import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openWarehouse } from '../../src/warehouse/open.ts';
import { SILENT_LOG, temporaryFolder } from './temporary-folder.ts';

/** Absent where the tests are not the embedded engine's, or no unit tests. */
export type EmptyWarehouse = string | undefined;

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of an embedded warehouse with all tables and no rows, made once: a copy opens in half the time. */
    emptyWarehouse: EmptyWarehouse;
  }
}

/** Global set-up of the unit tests. */
export default async function setup(project: TestProject): Promise<(() => void) | undefined> {
  if ((process.env['TURNOUT_TEST_ENGINE'] ?? 'embedded') !== 'embedded') return undefined;
  const { folder, remove } = temporaryFolder();
  const place = join(folder, 'warehouse');
  await (await openWarehouse({ folder: place, log: SILENT_LOG, poolSize: 1 })).close();
  project.provide('emptyWarehouse', place);
  return remove;
}
