import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source } from '../../src/connectors/sources.ts';
import { PAGE_HEADERS } from '../../src/contract/pull.ts';
import type { Journal, JournalEntry } from '../../src/journal/entry.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { openJournalReader } from '../../src/journal/reader.ts';
import { openControlDatabase } from '../../src/store/database.ts';
import type { ControlDatabase } from '../../src/store/tables.ts';
import { createSync, type Sync, type SyncOptions } from '../../src/sync/sync.ts';

/** Address of the connectors that reading processes of tests load. */
export const FAKE_CONNECTORS = new URL('./fake-table.ts', import.meta.url).href;

export interface SyncBench {
  folder: string;
  /** The service's file. */
  service: string;
  journal: Journal;
  control: ControlDatabase;
  sync: Sync;
  /** What the sync was opened with. */
  options: SyncOptions;
  /** Errors that the server's log would have since it was opened. */
  errors: object[];
  entries(): Promise<JournalEntry[]>;
  /** Opens everything again as a new process would; what was under way is left behind. */
  restart(options?: Partial<SyncOptions>): Promise<void>;
  close(): Promise<void>;
}

/** Journal, control database and sync of a workspace in a folder of its own; runs begin by `tick` and by hand. */
export async function openSyncBench(
  sources: (service: string) => Source[],
  options: Partial<SyncOptions> & { folder?: string } = {},
): Promise<SyncBench> {
  const { folder: given, ...rest } = options;
  const folder = given ?? mkdtempSync(join(tmpdir(), 'turnout-sync-'));
  const service = join(folder, 'service.json');
  const open = async (changes: Partial<SyncOptions>) => {
    const errors: object[] = [];
    const journal = await openJournal({
      folder: join(folder, 'journal'),
      checkBytesPerSecond: 0,
      watermarkBytes: 0,
      ballastBytes: 0,
    });
    const control = await openControlDatabase(join(folder, 'control.sqlite'));
    const options: SyncOptions = {
      control,
      journal,
      openJournalReader: () => openJournalReader(join(folder, 'journal')),
      sources: sources(service),
      timeZone: 'Europe/Berlin',
      clock: Date.now,
      env: {},
      egressAllow: [],
      log: { info: () => {}, error: (details) => errors.push(details) },
      schedule: false,
      reader: { connectors: FAKE_CONNECTORS },
      random: () => 0.5,
      ...changes,
    };
    return { journal, control, options, errors, sync: await createSync(options) };
  };
  let now = await open(rest);
  return {
    folder,
    service,
    get errors() {
      return now.errors;
    },
    get journal() {
      return now.journal;
    },
    get control() {
      return now.control;
    },
    get sync() {
      return now.sync;
    },
    get options() {
      return now.options;
    },
    async entries() {
      const reader = await openJournalReader(join(folder, 'journal'));
      try {
        return await reader.read(0, now.journal.durableSeq, 1_000_000, Number.POSITIVE_INFINITY);
      } finally {
        await reader.close();
      }
    },
    async restart(changes = {}) {
      await now.control.destroy();
      await now.journal.close();
      now = await open({ ...rest, ...changes });
    },
    async close() {
      await now.sync.close();
      await now.control.destroy();
      await now.journal.close();
      if (given === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Rows per key that the pages of the journal hold at their end, a slow and plain reading of what the projector does with them. */
export function foldPages<Row extends { id: number }>(entries: readonly JournalEntry[]): Map<string, Row> {
  const state = new Map<string, { seq: number; row: Row }>();
  for (const { seq, headers, body } of entries) {
    const stream = headers[PAGE_HEADERS.stream];
    if (headers[PAGE_HEADERS.control] === 'refresh') {
      const { first_seq } = JSON.parse(body.toString()) as { first_seq: number };
      for (const [key, held] of state) if (key.startsWith(`${stream}-`) && held.seq < first_seq) state.delete(key);
    } else if (stream !== undefined) {
      for (const row of JSON.parse(body.toString()) as Row[]) state.set(`${stream}-${row.id}`, { seq, row });
    }
  }
  return new Map([...state].map(([key, { row }]): [string, Row] => [key, row]).sort());
}
