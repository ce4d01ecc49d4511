import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { TableSpec } from '../../src/contract/model.ts';
import { PAGE_HEADERS } from '../../src/contract/pull.ts';
import type { Journal } from '../../src/journal/entry.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { openJournalReader } from '../../src/journal/reader.ts';
import type { ProjectedSource } from '../../src/projector/prepare.ts';
import { createProjector, drain } from '../../src/projector/project.ts';
import { loadQuarantine } from '../../src/projector/quarantine.ts';
import { type TestEngine, temporaryFolder } from './engine.ts';
import { emptyTables, rowsOf } from './facts.ts';
import { expectRebuildEqual } from './ledger.ts';

type Sources = ReadonlyMap<string, ProjectedSource>;

/** A journal of pages as runs write them, and its projection into a real engine; empty before each test. */
export interface PageJournal {
  readonly durableSeq: number;
  /** @returns the entry's number */
  append(source: string, stream: string, body: Buffer | string, headers?: Record<string, string>): Promise<number>;
  /** Projects as a start of Turnout would: nothing is known but what the warehouse holds. @param batches all where absent */
  project(sources: Sources, batches?: number): Promise<void>;
  /** What became of the records of each entry. */
  outcomes(): Promise<Map<number, string[]>>;
  expectRebuildEqual(sources: Sources): Promise<void>;
}

/** Only at the top of a test file: it registers hooks. */
export function withPageJournal(
  engine: TestEngine,
  { receivedAt, tables = [] }: { receivedAt: string; tables?: readonly TableSpec[] },
): PageJournal {
  let journal: Journal;
  let folder: string;
  let remove: () => void;
  beforeEach(async () => {
    ({ folder, remove } = temporaryFolder());
    journal = await openJournal({ folder: join(folder, 'journal'), checkBytesPerSecond: 0 });
    await emptyTables(engine.warehouse);
  });
  afterEach(async () => {
    await journal.close();
    remove();
  });
  const rulesFor = (sources: Sources) => ({
    sources,
    workspace: { time_zone: 'Europe/Berlin', currency: 'USD', country: 'DE' },
    channels: [],
    rates: [],
    tables,
    log: { info() {}, warn() {}, error() {} },
  });
  return {
    get durableSeq() {
      return journal.durableSeq;
    },
    append: (source, stream, body, headers = {}) =>
      journal.append({
        source,
        receivedAt: Date.parse(receivedAt),
        target: `/pull/${stream}`,
        headers: { 'content-type': 'application/json', [PAGE_HEADERS.stream]: stream, ...headers },
        body: Buffer.from(body),
      }),
    async project(sources, batches) {
      const reader = await openJournalReader(join(folder, 'journal'));
      try {
        const projector = createProjector({ ...rulesFor(sources), warehouse: engine.warehouse, reader });
        if (batches === undefined) await drain(projector, journal.durableSeq);
        for (let batch = 0; batch < (batches ?? 0); batch += 1) await projector.runBatch(journal.durableSeq);
      } finally {
        await reader.close();
      }
    },
    async outcomes() {
      const receipts = await rowsOf<{ seq: number; outcome: string }>(engine.warehouse, 'receipts');
      const byEntry = Map.groupBy(receipts, ({ seq }) => Number(seq));
      return new Map([...byEntry].map(([seq, some]) => [seq, some.map(({ outcome }) => outcome)]));
    },
    expectRebuildEqual: (sources) => expectRebuildEqual(engine.warehouse, join(folder, 'journal'), rulesFor(sources)),
  };
}

/** What is quarantined is kept with a sentence and readable pieces of a bounded length, and nothing had to be tried three times. */
export async function expectReadableQuarantine({ warehouse }: TestEngine): Promise<void> {
  const { items } = await loadQuarantine(warehouse, { limit: 1000 });
  // Connectors take any bytes.
  expect(items.filter(({ rule }) => rule === 'poison').map(({ reason }) => reason)).toEqual([]);
  for (const { reason, raw } of items) {
    expect(reason).toMatch(/^\S.*[.?]$/s);
    expect(reason.length).toBeLessThan(1000);
    expect(raw.length).toBeLessThanOrEqual(64 * 1024 + 1);
    expect(raw.isWellFormed()).toBe(true);
  }
}
