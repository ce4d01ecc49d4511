import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { fixedClock } from '../../src/clock.ts';
import { readWorkspaceFiles, type WorkspaceFiles } from '../../src/workspace-files.ts';
import { makeKeys, writeBenchWorkspace } from '../payloads.ts';
import { ZONE } from './calendar.ts';

/** The workspace of a store: both packs, the sources of `benchWorkspace`, no clock of its own. Made where it is missing. */
export async function openWorkspace(folder: string, now: number): Promise<WorkspaceFiles> {
  if (!existsSync(join(folder, 'turnout.yaml')))
    writeBenchWorkspace(folder, makeKeys(), [
      `time_zone: ${ZONE}`,
      'currency: IDR',
      'country: ID',
      'week_start: monday',
      'packs: [omnichannel, webinars]',
    ]);
  const clock = fixedClock(new Date(now).toISOString());
  return readWorkspaceFiles({ workspaceFolder: folder, env: {}, clock, log: pino({ level: 'warn' }) });
}
