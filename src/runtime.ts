import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, fixedClock, wallClock } from './clock.ts';
import { parseSources, type Source } from './connectors/sources.ts';
import { TurnoutError } from './contract/errors.ts';
import type { WorkspaceServices } from './http/services.ts';
import type { NewEntry } from './journal/entry.ts';
import { openJournal } from './journal/journal.ts';
import type { Logger } from './logger.ts';
import { type LoadedWorkspace, loadWorkspace } from './model/load-workspace.ts';
import { type ProjectorHandle, startProjector } from './projector/runner.ts';
import { openControlDatabase } from './store/database.ts';
import { lockDirectory } from './store/directory-lock.ts';
import { loadSetting, saveSetting } from './store/settings.ts';
import type { ControlDatabase } from './store/tables.ts';
import { openWarehouse } from './warehouse/open.ts';
import { composeServices } from './workspace-services.ts';

export interface RuntimeOptions {
  /** Folder of this workspace's data: lock, journal, warehouse, control database. */
  folder: string;
  /** Folder of the files that people write; the packs' defaults where absent. */
  workspaceFolder: string;
  packsFolder: string;
  /** Environment for `${NAME}` in source files. */
  env: Readonly<Record<string, string | undefined>>;
  log: Logger;
  /** The sample's entries, put into the journal once. */
  sample?: () => Iterable<NewEntry>;
}

/** One open workspace: journal, engine, projector and what the routes need of them. */
export interface Runtime {
  services: WorkspaceServices;
  control: ControlDatabase;
  isSample: boolean;
  close(): Promise<void>;
}

/** @throws TurnoutError with every mistake of the workspace's files, or when another server has the folder. */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { folder, log } = options;
  const loaded = await loadWorkspaceOrFail(options);
  const sources = readSources(loaded, options);
  const clock: Clock = loaded.workspace.clock === undefined ? wallClock : fixedClock(loaded.workspace.clock);

  await mkdir(folder, { recursive: true });
  const closers: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const lock = lockDirectory(folder);
    closers.push(() => lock.release());
    const control = await openControlDatabase(join(folder, 'control.sqlite'));
    closers.push(() => control.destroy());
    const journal = await openJournal({ folder: join(folder, 'journal'), now: clock });
    closers.push(() => journal.close());
    const opened = await openWarehouse({ folder: join(folder, 'warehouse'), log });
    closers.push(() => opened.close());

    if (options.sample !== undefined && (await loadSetting(control, 'sample_loaded')) === null) {
      await Promise.all([...options.sample()].map((entry) => journal.append(entry)));
      await saveSetting(control, 'sample_loaded', 'yes', clock());
    }

    const projector = await startProjector({
      socketPath: opened.socketPath,
      journalFolder: join(folder, 'journal'),
      sources: sources.map(asProjectorSource),
      workspace: loaded.workspace,
      channels: loaded.model.channels,
      rates: loaded.rates,
      log,
    });
    closers.push(() => projector.close());
    closers.push(journal.onCommit((durableSeq) => projector.notify(durableSeq)));
    projector.notify(journal.durableSeq);
    if (options.sample !== undefined) await caughtUp(projector, journal.durableSeq);

    const services = composeServices({
      loaded,
      sources,
      clock,
      journal,
      projector,
      warehouse: opened,
      sample: options.sample !== undefined,
      log,
    });
    return { services, control, isSample: options.sample !== undefined, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The workspace with its model; every mistake is told at once. */
async function loadWorkspaceOrFail(
  options: RuntimeOptions,
): Promise<LoadedWorkspace & { model: NonNullable<LoadedWorkspace['model']> }> {
  const loaded = await loadWorkspace({ folder: options.workspaceFolder, packsFolder: options.packsFolder });
  const { model } = loaded;
  if (loaded.problems.length > 0 || model === null) {
    throw new TurnoutError(
      'invalid_request',
      `The workspace in ${options.workspaceFolder} has mistakes. Mend them and start again.`,
      loaded.problems,
    );
  }
  return { ...loaded, model };
}

/** Sources that can receive. One with a mistake is left out and said in the log: it must not keep the others from receiving. */
function readSources(loaded: LoadedWorkspace, options: RuntimeOptions): Source[] {
  const { sources, problems } = parseSources(loaded.sourceFiles, options.env);
  for (const problem of problems)
    options.log.error({ path: problem.path, hint: problem.hint }, `A source was left out: ${problem.message}`);
  return sources;
}

const asProjectorSource = ({ name, declaration, settings, defaults }: Source) => ({
  name,
  connector: declaration.connector,
  settings,
  defaults,
});

/** A first look at the sample should show it whole. */
async function caughtUp(projector: ProjectorHandle, seq: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = () => {
      const { state, seq: done } = projector.status();
      if (done < seq && state !== 'receive_only') return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = projector.onProgress(look);
    look();
  });
}
