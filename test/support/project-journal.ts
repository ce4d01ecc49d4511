import { openJournalReader } from '../../src/journal/reader.ts';
import type { ProjectedSource } from '../../src/projector/prepare.ts';
import { createProjector, drain, type ProjectorOptions } from '../../src/projector/project.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';
import { type ExactLedger, expectExactLedger } from './ledger.ts';

/** Projects a journal on the disk to its end, as a start of Turnout would, and asserts that the ledger is exact (RELIABILITY P4). */
export async function projectJournal(
  warehouse: Warehouse,
  journal: { folder: string; durableSeq: number },
  sources: ReadonlyMap<string, ProjectedSource>,
  rules: Partial<Pick<ProjectorOptions, 'workspace' | 'channels' | 'rates' | 'tables' | 'webinars'>> = {},
): Promise<ExactLedger> {
  const reader = await openJournalReader(journal.folder);
  try {
    const projector = createProjector({
      warehouse,
      reader,
      sources,
      workspace: { time_zone: 'Europe/Berlin', currency: 'USD' },
      channels: [],
      rates: [],
      log: { info() {}, warn() {}, error() {} },
      ...rules,
    });
    await drain(projector, journal.durableSeq);
  } finally {
    await reader.close();
  }
  return expectExactLedger(warehouse, { durableSeq: journal.durableSeq });
}
