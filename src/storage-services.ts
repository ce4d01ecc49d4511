import type { StorageGroup, StorageInfo, StorageTable } from './contract/api.ts';
import { diskUse, type FilesOf } from './disk-use.ts';
import type { JournalStatus } from './journal/entry.ts';
import { loadTableSizes } from './warehouse/table-sizes.ts';
import type { Warehouse } from './warehouse/warehouse.ts';

export interface StorageServicesOptions {
  /** The workspace's data folder. */
  folder: string;
  journal: { status(): JournalStatus };
  /** Throws while the engine is away. */
  warehouse: () => Warehouse;
  /** `journal:` of turnout.yaml, as it is now. */
  retention: () => { compact_after_days?: number | undefined; delete_after_days?: number | undefined };
  /** UTC milliseconds. */
  clock: () => number;
}

/** Looking at every file costs time: it is not done more often. */
const KEPT_MS = 30_000;
const MIB = 1024 * 1024;

const WORDS: Record<StorageGroup['name'], { label: string; detail: string }> = {
  facts: {
    label: 'Facts',
    detail: 'Messages, people and tables that numbers are computed from. Made anew from the journal at any time.',
  },
  rollups: {
    label: 'Roll-ups',
    detail: 'Sums by hour and day that are kept ready. They are made anew from the facts.',
  },
  events: {
    label: 'Events and versions',
    detail: 'What facts are made from: every event of a message, every state of a record.',
  },
  ledger: { label: 'Ledger', detail: 'A receipt for every record, by which each counts once, and the quarantine.' },
  journal: {
    label: 'Journal',
    detail:
      'Everything received, as it came: the record itself. Set journal.compact_after_days in turnout.yaml to pack what is old.',
  },
  journal_compacted: { label: 'Journal, compacted', detail: 'Old parts of the journal, packed without loss.' },
  bulk: {
    label: 'Files of history',
    detail: 'Copies of the files that were loaded with turnout load, packed. Facts are made anew from them.',
  },
  uploads: {
    label: 'Uploads',
    detail:
      'Files that people imported. Each is removed 30 days after it was uploaded; what it brought is in the journal.',
  },
  control: { label: 'Control database', detail: 'Runs, imports, settings and the audit.' },
  set_aside: { label: 'Set aside', detail: 'Damaged data that was kept when it was replaced. Nothing reads it.' },
  other: {
    label: 'Other',
    detail: 'The engine’s own files, and parts of tables that it has merged into others and removes within minutes.',
  },
};

/** What lies on the disk, measured at most every 30 s. */
export function createStorageServices(options: StorageServicesOptions): () => Promise<StorageInfo> {
  let known: { at: number; info: Promise<StorageInfo> } | undefined;
  return () => {
    const now = performance.now();
    if (known === undefined || now - known.at > KEPT_MS) {
      const info = measure(options);
      known = { at: now, info };
      info.catch(() => {
        known = undefined;
      });
    }
    return known.info;
  };
}

async function measure({ folder, journal, warehouse, retention, clock }: StorageServicesOptions): Promise<StorageInfo> {
  const { warehouse: engine, ...files } = await diskUse(folder);
  const tables = await (async () => loadTableSizes(warehouse()))().catch((): StorageTable[] => []);
  const messages = tables.find(({ name }) => name === 'messages')?.rows ?? 0;
  const perMessage = (bytes: number) => (messages === 0 ? null : bytes / messages);
  const inTables = (group: StorageTable['group']): FilesOf => {
    const own = tables.filter((table) => table.group === group);
    return {
      bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
      files: own.reduce((sum, { parts }) => sum + parts, 0),
    };
  };
  const named = {
    facts: inTables('facts'),
    rollups: inTables('rollups'),
    events: inTables('events'),
    ledger: inTables('ledger'),
  };
  const told = Object.values(named).reduce((sum, { bytes }) => sum + bytes, 0);
  const other = {
    bytes: files.other.bytes + Math.max(0, engine.bytes - told),
    files: files.other.files + engine.files,
  };
  const sizes: Record<StorageGroup['name'], FilesOf> = { ...files, ...named, other };
  const groups = Object.entries(sizes)
    .map(([name, { bytes, files: count }]) => ({
      name: name as StorageGroup['name'],
      ...WORDS[name as StorageGroup['name']],
      bytes,
      bytes_per_message: perMessage(bytes),
      files: count,
    }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
  const status = journal.status();
  const wish = retention();
  return {
    measured_at: new Date(clock()).toISOString(),
    bytes: groups.reduce((sum, { bytes }) => sum + bytes, 0),
    free_bytes: status.freeBytes,
    messages,
    facts_bytes_per_message: perMessage(named.facts.bytes + named.rollups.bytes),
    groups,
    tables,
    journal: {
      segments: status.segments,
      compacted_segments: status.compacted.segments,
      before_compaction_bytes: status.compacted.bytesBefore,
      bulk_files: files.bulk.files,
      compact_after_days: wish.compact_after_days ?? null,
      delete_after_days: wish.delete_after_days ?? null,
      deleted_through: status.deletedThrough,
    },
    advice: advise(sizes, status, wish.compact_after_days !== undefined),
  };
}

function advise(sizes: Record<StorageGroup['name'], FilesOf>, status: JournalStatus, compacts: boolean): string[] {
  const advice: string[] = [];
  const total = Object.values(sizes).reduce((sum, { bytes }) => sum + bytes, 0);
  if (!status.accepting) advice.push('The disk is nearly full and nothing is received. Free some space now.');
  else if (status.freeBytes < Math.max(total / 10, 1024 * MIB))
    advice.push('Less than a tenth of what Turnout holds is free on its disk. Make room before it is full.');
  if (sizes.set_aside.bytes > 0)
    advice.push(
      'Damaged data was set aside. Once the numbers are as they should be, move those files out of the data folder.',
    );
  if (!compacts && sizes.journal.bytes > 1024 * MIB)
    advice.push(
      'The journal is larger than 1 GB. With journal.compact_after_days: 30 in turnout.yaml old parts are packed without loss.',
    );
  if (status.deletedThrough > 0)
    advice.push(
      `Entries up to ${status.deletedThrough} of the journal were deleted as turnout.yaml says: numbers of them cannot be made anew. Keep backups of the whole data folder.`,
    );
  return advice;
}
