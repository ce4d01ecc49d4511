import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TurnoutError } from '../contract/errors.ts';

export interface DirectoryLock {
  release(): void;
}

/**
 * Takes the data directory for this process. The lock is an exclusive SQLite transaction on the file `lock`, so the operating
 * system lets go of it however the process ends. Throws `TurnoutError('conflict')` when another process has it.
 * @param folder must exist
 */
export function lockDirectory(folder: string): DirectoryLock {
  const database = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new TurnoutError(
      'conflict',
      `Another Turnout is running on ${folder}. Stop it first, or give this one a directory of its own with TURNOUT_DATA.`,
    );
  }
  return {
    release() {
      if (database.isOpen) database.close();
    },
  };
}

/** SQLITE_BUSY (5), also in its extended forms. */
function isBusy(error: unknown): boolean {
  return (
    error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5
  );
}
