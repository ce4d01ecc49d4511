import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerRow } from '../contract/api.ts';
import { TurnoutError } from '../contract/errors.ts';
import { openJournal } from '../journal/journal.ts';
import { openJournalReader } from '../journal/reader.ts';
import { openWarehouse } from '../warehouse/open.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { checkSums, countEntries } from './check-ledger.ts';
import { checksumFacts, type TableChecksum } from './checksum-facts.ts';
import { loadLedger } from './ledger.ts';
import { loadProgress } from './progress.ts';
import { type BatchOutcome, createProjector, drain, type ProjectorOptions } from './project.ts';

export interface RebuildOptions
  extends Pick<ProjectorOptions, 'sources' | 'workspace' | 'channels' | 'rates' | 'tables' | 'webinars' | 'log'> {
  /** Folder of the workspace's data, with `journal/` and `warehouse/`; no server may be using it. */
  dataFolder: string;
  /** Receipt times are checked by it when the journal is opened. */
  now: () => number;
  onBatch?: (outcome: BatchOutcome, durableSeq: number) => void;
}

export interface WarehouseSummary {
  /** Everything up to here is counted. */
  seq: number;
  entries: number;
  ledger: LedgerRow[];
  /** By the warehouse's name of the table. */
  facts: Record<string, TableChecksum>;
}

export interface RebuildResult {
  /** What stood there; undefined where nothing could be read. */
  before: WarehouseSummary | undefined;
  after: WarehouseSummary;
  /** True where both have counted the same entries and hold the same ledger and facts. */
  identical: boolean;
}

/**
 * Makes the warehouse anew from the journal, beside the one that stands there, and takes its place once its ledger adds up.
 * @throws TurnoutError('internal') where it does not; the old warehouse then stays
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildResult> {
  const { dataFolder } = options;
  const place = join(dataFolder, 'warehouse');
  const workshop = join(dataFolder, 'rebuild');
  rmSync(workshop, { recursive: true, force: true });
  const { durableSeq, deletedThrough } = await recoverJournal(options);
  if (deletedThrough > 0)
    throw new TurnoutError(
      'conflict',
      `The journal was deleted up to entry ${deletedThrough}, as journal.delete_after_days wishes: numbers of what came before cannot be made anew, so the warehouse stays as it is. A backup of the journal from before brings them back.`,
    );
  const before = existsSync(place) ? await summariseFolder(place, options) : undefined;
  const after = await buildFolder(join(workshop, 'warehouse'), durableSeq, options);
  if (before !== undefined && after.entries < before.entries)
    throw new TurnoutError(
      'internal',
      `The journal has only ${after.entries} of the ${before.entries} entries that the warehouse has counted, so the warehouse stays. See ${workshop}.`,
    );

  const replaced = join(workshop, 'replaced');
  mkdirSync(workshop, { recursive: true });
  if (existsSync(place)) renameSync(place, replaced);
  renameSync(join(workshop, 'warehouse'), place);
  rmSync(workshop, { recursive: true, force: true });
  return { before, after, identical: before !== undefined && JSON.stringify(before) === JSON.stringify(after) };
}

/** Opening the journal cuts a torn tail: what was never acknowledged is not projected. */
async function recoverJournal({
  dataFolder,
  now,
}: RebuildOptions): Promise<{ durableSeq: number; deletedThrough: number }> {
  const journal = await openJournal({ folder: join(dataFolder, 'journal'), now });
  const { durableSeq } = journal;
  const { deletedThrough } = journal.status();
  await journal.close();
  return { durableSeq, deletedThrough };
}

async function summariseFolder(folder: string, { log }: RebuildOptions): Promise<WarehouseSummary | undefined> {
  try {
    const opened = await openWarehouse({ folder, log });
    try {
      return opened.alarms.length > 0 ? undefined : await summarise(opened.warehouse);
    } finally {
      await opened.close();
    }
  } catch (error) {
    log.warn({ err: error }, 'the old warehouse cannot be read and is not compared');
    return undefined;
  }
}

async function buildFolder(folder: string, durableSeq: number, options: RebuildOptions): Promise<WarehouseSummary> {
  const { dataFolder, log, onBatch } = options;
  mkdirSync(folder, { recursive: true });
  const opened = await openWarehouse({ folder, log });
  const reader = await openJournalReader(join(dataFolder, 'journal'));
  try {
    const projector = createProjector({
      ...options,
      warehouse: opened.warehouse,
      reader,
      journalFolder: join(dataFolder, 'journal'),
    });
    await drain(projector, durableSeq, (outcome) => onBatch?.(outcome, durableSeq));
    const problems = await checkSums(opened.warehouse, durableSeq);
    if (problems.length > 0)
      throw new TurnoutError(
        'internal',
        `The ledger of the new warehouse does not add up, so the old one stays. ${problems.join(' ')}`,
      );
    return await summarise(opened.warehouse);
  } finally {
    await reader.close();
    await opened.close();
  }
}

async function summarise(warehouse: Warehouse): Promise<WarehouseSummary> {
  const { seq } = await loadProgress(warehouse);
  const [entries, ledger, facts] = await Promise.all([
    countEntries(warehouse, seq),
    loadLedger(warehouse),
    checksumFacts(warehouse),
  ]);
  return { seq, entries, ledger, facts };
}
