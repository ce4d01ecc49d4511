import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSide } from './data-side.ts';
import type { WorkspaceServices } from './http/services.ts';
import type { Journal, NewEntry } from './journal/entry.ts';
import { openJournal } from './journal/journal.ts';
import { openControlDatabase } from './store/database.ts';
import { lockDirectory } from './store/directory-lock.ts';
import { loadSetting, saveSetting } from './store/settings.ts';
import type { ControlDatabase } from './store/tables.ts';
import { readWorkspaceFiles, type WorkspaceFilesOptions } from './workspace-files.ts';
import { composeServices } from './workspace-services.ts';

export interface RuntimeOptions extends WorkspaceFilesOptions {
  /** Folder of this workspace's data: lock, journal, warehouse, control database. */
  folder: string;
  /** The sample's entries, put into the journal once. */
  sample?: () => Iterable<NewEntry>;
}

/** One open workspace: journal, engine, projector and what the routes need of them. */
export interface Runtime {
  services: WorkspaceServices;
  control: ControlDatabase;
  isSample: boolean;
  /** Resolves when numbers can be asked for, or after so many milliseconds. */
  numbersOpened(limitMs: number): Promise<void>;
  close(): Promise<void>;
}

/** @throws TurnoutError with every mistake of the workspace's files, or when another server has the folder. */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { folder, log } = options;
  const { loaded, sources, unusable, clock, projector } = await readWorkspaceFiles(options);

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

    if (options.sample !== undefined && (await loadSetting(control, 'sample_loaded')) === null) {
      await appendAll(journal, options.sample());
      await saveSetting(control, 'sample_loaded', 'yes', clock());
    }

    const data = new DataSide({
      warehouseFolder: join(folder, 'warehouse'),
      projector: { ...projector, journalFolder: join(folder, 'journal') },
      durableSeq: () => journal.durableSeq,
      now: clock,
      log,
    });
    closers.push(() => data.close());
    closers.push(journal.onCommit((durableSeq) => data.notify(durableSeq)));
    // A first look at the sample should show it whole.
    if (options.sample !== undefined) await data.caughtUp();

    const services = composeServices({
      loaded,
      sources,
      unusable,
      clock,
      journal,
      data,
      sample: options.sample !== undefined,
      log,
    });
    return {
      services,
      control,
      isSample: options.sample !== undefined,
      numbersOpened: (limitMs) => data.opened(limitMs),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Few enough to stay far below what the journal lets wait. */
const APPEND_TOGETHER = 1_000;

async function appendAll(journal: Journal, entries: Iterable<NewEntry>): Promise<void> {
  let together: Promise<number>[] = [];
  for (const entry of entries) {
    together.push(journal.append(entry));
    if (together.length < APPEND_TOGETHER) continue;
    await Promise.all(together);
    together = [];
  }
  await Promise.all(together);
}
