import { resolve } from 'node:path';
import { type Clock, fixedClock, wallClock } from './clock.ts';
import { parseSources, type Source } from './connectors/sources.ts';
import { TurnoutError } from './contract/errors.ts';
import type { Logger } from './logger.ts';
import type { CheckedModel } from './model/checked.ts';
import { type LoadedWorkspace, loadWorkspace } from './model/load-workspace.ts';
import type { WorkerInput } from './projector/worker-messages.ts';

/** The packs that ship with Turnout. */
export const PACKS_FOLDER = resolve(import.meta.dirname, '..', 'packs');
/** The files of the sample workspace. */
export const SAMPLE_FOLDER = resolve(PACKS_FOLDER, 'sample');

export interface WorkspaceFilesOptions {
  /** Folder of the files that people write; the packs' defaults where it is missing. */
  workspaceFolder: string;
  /** Environment for `${NAME}` in source files. */
  env: Readonly<Record<string, string | undefined>>;
  /** Of workspaces without a fixed clock of their own; the wall clock where absent. */
  clock?: Clock;
  log: Logger;
}

/** What people wrote, checked. */
export interface WorkspaceFiles {
  loaded: LoadedWorkspace & { model: CheckedModel };
  sources: Source[];
  /** Names of sources with a mistake in their settings. */
  unusable: string[];
  clock: Clock;
  /** What the projector makes facts with. */
  projector: Pick<WorkerInput, 'sources' | 'workspace' | 'channels' | 'rates' | 'tables' | 'webinars'>;
}

/** @throws TurnoutError('invalid_request') with every mistake of workspace, model, dashboards and rates at once */
export async function readWorkspaceFiles(options: WorkspaceFilesOptions): Promise<WorkspaceFiles> {
  const loaded = await loadWorkspace({ folder: options.workspaceFolder, packsFolder: PACKS_FOLDER });
  const { workspace, model, rates } = loaded;
  if (loaded.problems.length > 0 || model === null) {
    throw new TurnoutError(
      'invalid_request',
      `The workspace in ${options.workspaceFolder} has mistakes. Mend them and start again.`,
      loaded.problems,
    );
  }
  const { sources, unusable } = readSources(loaded, options);
  return {
    loaded: { ...loaded, model },
    sources,
    unusable,
    clock: workspace.clock === undefined ? (options.clock ?? wallClock) : fixedClock(workspace.clock),
    projector: {
      sources: sources.map(({ name, declaration, settings, defaults }) => ({
        name,
        connector: declaration.connector,
        settings,
        defaults,
      })),
      workspace,
      channels: model.channels,
      rates,
      tables: loaded.tables,
      webinars: {
        identity: loaded.identity,
        sourceGroups: loaded.sourceGroups,
        gapSeconds: workspace.attendance.gap_seconds,
      },
    },
  };
}

/** Sources that can receive. One with a mistake is left out and said in the log: it must not keep the others from receiving. */
function readSources(
  loaded: LoadedWorkspace,
  options: WorkspaceFilesOptions,
): { sources: Source[]; unusable: string[] } {
  const { sources, unusable, problems } = parseSources(loaded.sourceFiles, options.env);
  for (const problem of problems)
    options.log.error({ path: problem.path, hint: problem.hint }, `A source was left out: ${problem.message}`);
  return { sources, unusable };
}
