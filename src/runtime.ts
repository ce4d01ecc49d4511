import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSide } from './data-side.ts';
import { openFileReader } from './files/file-reader.ts';
import type { WorkspaceServices } from './http/services.ts';
import { createIdentityRuleServices } from './identity-rule-services.ts';
import { createImportWorkspace } from './import-services.ts';
import { createImports } from './imports/imports.ts';
import { IntakeCounters } from './intake/counters.ts';
import type { Journal, NewEntry } from './journal/entry.ts';
import { openJournal } from './journal/journal.ts';
import { openJournalReader } from './journal/reader.ts';
import { keepRetention } from './keep-retention.ts';
import { createLoadServices } from './load-services.ts';
import { keepRollups } from './rollup-services.ts';
import type { RollupKeeper } from './rollups/keeper.ts';
import { createSourceGroupServices } from './source-group-services.ts';
import { createSourceActions } from './source-services.ts';
import { createStorageServices } from './storage-services.ts';
import { openControlDatabase } from './store/database.ts';
import { lockDirectory } from './store/directory-lock.ts';
import { loadSetting, saveSetting } from './store/settings.ts';
import type { ControlDatabase } from './store/tables.ts';
import { PastRuns } from './sync/past-runs.ts';
import { createSync } from './sync/sync.ts';
import type { ServerConnection } from './warehouse/server-connection.ts';
import { loadSecrets } from './workspace/secrets-file.ts';
import { readWorkspaceFiles, type WorkspaceFilesOptions } from './workspace-files.ts';
import { composeServices } from './workspace-services.ts';

export interface RuntimeOptions extends WorkspaceFilesOptions {
  /** Folder of this workspace's data: lock, journal, warehouse, control database. */
  folder: string;
  /** Where the facts stand in place of the built-in engine. */
  clickhouse?: ServerConnection;
  /** The sample's entries, put into the journal once. */
  sample?: () => Iterable<NewEntry>;
}

/** One open workspace: journal, engine, projector, runs of its sources and what the routes need of them. */
export interface Runtime {
  /** Another object after the workspace's files have changed. */
  readonly services: WorkspaceServices;
  control: ControlDatabase;
  isSample: boolean;
  /** Resolves when numbers can be asked for, or after so many milliseconds. */
  numbersOpened(limitMs: number): Promise<void>;
  close(): Promise<void>;
}

/** @throws TurnoutError with every mistake of the workspace's files, or when another server has the folder. */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { folder, log } = options;
  const isSample = options.sample !== undefined;
  const readFiles = async () => {
    const env = { ...options.env, ...(await loadSecrets(folder)) };
    return { ...(await readWorkspaceFiles({ ...options, env })), env };
  };
  let files = await readFiles();
  const { clock } = files;

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
    const journalFolder = join(folder, 'journal');
    const journal = await openJournal({ folder: journalFolder, now: clock });
    closers.push(() => journal.close());

    if (options.sample !== undefined && (await loadSetting(control, 'sample_loaded')) === null) {
      const runs = new PastRuns();
      await appendAll(journal, runs.note(options.sample()));
      await runs.save(control, files.sources);
      await saveSetting(control, 'sample_loaded', 'yes', clock());
    }

    const data = new DataSide({
      warehouseFolder: join(folder, 'warehouse'),
      ...(options.clickhouse === undefined ? {} : { server: { connection: options.clickhouse, owner: folder } }),
      projector: { ...files.projector, journalFolder },
      durableSeq: () => journal.durableSeq,
      deletedThrough: () => journal.status().deletedThrough,
      now: clock,
      log,
    });
    closers.push(() => data.close());
    closers.push(journal.onCommit((durableSeq) => data.notify(durableSeq)));
    // A first look at the sample should show it whole.
    if (options.sample !== undefined) await data.caughtUp();

    const sync = await createSync({
      sources: files.sources,
      timeZone: files.loaded.workspace.time_zone,
      env: files.env,
      egressAllow: files.loaded.workspace.egress?.allow ?? [],
      control,
      journal,
      openJournalReader: () => openJournalReader(journalFolder),
      projectedSeq: () => data.status?.seq ?? 0,
      reader: { folder: options.workspaceFolder },
      clock,
      log,
    });
    closers.push(() => sync.close());

    let reloading: Promise<void> = Promise.resolve();
    /** One after the other; what people wrote wrongly leaves everything as it is. */
    const reload = (): Promise<void> => {
      const next = reloading.then(async () => {
        files = await readFiles();
        await data.reload({ ...files.projector, journalFolder });
        const { env, sources, loaded } = files;
        await sync.reload(sources, { env, egressAllow: loaded.workspace.egress?.allow ?? [] });
        services = compose();
      });
      reloading = next.catch(() => {});
      return next;
    };

    const counters = new IntakeCounters();
    const sourceActions = createSourceActions({
      sync,
      journal,
      control,
      clock,
      current: () => ({
        sources: files.sources,
        files: files.loaded.sourceFiles,
        allow: files.loaded.workspace.egress?.allow ?? [],
        loaded: files.loaded,
      }),
      workspaceFolder: options.workspaceFolder,
      dataFolder: folder,
      env: options.env,
      sample: isSample,
      reload,
    });
    const changing = {
      control,
      clock,
      current: () => files,
      workspaceFolder: options.workspaceFolder,
      sample: isSample,
      reload,
    };
    const sourceGroups = createSourceGroupServices({
      ...changing,
      run: async (statement, asked) => data.warehouse.query<Record<string, unknown>>(statement, asked),
    });
    const identityRules = createIdentityRuleServices(changing);
    const imports = createImports({
      control,
      folder: join(folder, 'uploads'),
      clock,
      openReader: () => openFileReader(),
      workspace: createImportWorkspace({
        sync,
        journal,
        data,
        control,
        clock,
        current: () => files,
        workspaceFolder: options.workspaceFolder,
        reload,
        undoRun: sourceActions.undoBatch,
      }),
      log,
    });
    closers.push(() => imports.close());
    const loads = createLoadServices({ ...changing, journal, journalFolder, data, sync });

    const stops: (() => void)[] = [];
    let rollups: RollupKeeper | undefined;
    closers.push(() => rollups?.close());
    const storage = createStorageServices({
      folder,
      journal,
      warehouse: () => data.warehouse,
      retention: () => files.loaded.workspace.journal,
      clock,
    });
    closers.push(keepRetention({ journal, data, retention: () => files.loaded.workspace.journal, clock }));

    const compose = (): WorkspaceServices => {
      for (const stop of stops.splice(0)) stop();
      const keeper = keepRollups({ ...files.loaded, data, clock, log, before: rollups });
      rollups = keeper;
      stops.push(data.onFactsChange((changes, seq) => keeper.applied(changes, seq)));
      return composeServices({
        ...files,
        clock,
        journal,
        data,
        sync,
        sourceActions,
        sourceGroups,
        identityRules,
        imports,
        loads,
        storage,
        counters,
        control,
        sample: isSample,
        rollups: keeper,
        closeWith: (stop) => stops.push(stop),
        log,
      });
    };
    let services = compose();
    return {
      get services() {
        return services;
      },
      control,
      isSample,
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
