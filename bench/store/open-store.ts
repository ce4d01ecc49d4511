import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openJournal } from '../../src/journal/journal.ts';
import { participationHash } from '../../src/projector/participation-rules.ts';
import { PROGRESS_NAME, saveParticipationRules } from '../../src/projector/progress.ts';
import { encodeTable, type TableRow } from '../../src/projector/rows.ts';
import { settingsHash } from '../../src/projector/settings-hash.ts';
import { type EmbeddedWarehouse, openWarehouse } from '../../src/warehouse/open.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';
import type { WorkspaceFiles } from '../../src/workspace-files.ts';
import { type Calendar, calendarUntil, DAYS, SEED, yesterday } from './calendar.ts';
import { generateFacts } from './generate.ts';
import { nextNumbers } from './people-numbers.ts';
import { type StoreSize, sizeText, storeSize } from './size.ts';
import { openWorkspace } from './workspace.ts';

/** Raised when the generator makes other data: stores of before are made anew. */
const GENERATOR = 2;

export interface BenchStore {
  size: StoreSize;
  calendar: Calendar;
  /** TURNOUT_DATA and TURNOUT_WORKSPACE of a server on it. */
  data: string;
  workspace: string;
  files: WorkspaceFiles;
  /** Seconds that the facts took; null where they were there already. */
  generatedIn: number | null;
}

/**
 * Makes the store of a size below `folder`, or finds it there: journal, facts and progress as a server leaves them. Its last day is
 * yesterday at the time of making. Facts are written by the engine itself, not through the journal: this is no measure of loading.
 */
export async function makeStore(folder: string, messages: number): Promise<BenchStore> {
  const size = storeSize(messages);
  const note = join(folder, 'store.json');
  const made = { generator: GENERATOR, seed: SEED, ...size };
  const found = readNote(note);
  const isThere = found !== null && JSON.stringify({ ...found, until: undefined }) === JSON.stringify(made);
  const until = isThere ? found.until : yesterday();
  const calendar = calendarUntil(until);
  const workspace = join(folder, 'workspace');
  const files = await openWorkspace(workspace, calendar.now);
  const store = { size, calendar, data: join(folder, 'data'), workspace, files };
  if (isThere) return { ...store, generatedIn: null };
  rmSync(store.data, { recursive: true, force: true });
  rmSync(note, { force: true });
  mkdirSync(join(store.data, 'main'), { recursive: true });
  const opened = await openStore(store);
  try {
    console.log(`generating ${sizeText(messages)} messages below ${folder}`);
    const started = performance.now();
    await generateFacts(opened.warehouse, size, calendar);
    await pretendToHaveProjected(opened.warehouse, store);
    const generatedIn = (performance.now() - started) / 1000;
    writeFileSync(note, `${JSON.stringify({ ...made, until })}\n`);
    return { ...store, generatedIn };
  } finally {
    await opened.close();
  }
}

function readNote(path: string): { until: string } | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { until: string }) : null;
}

/** The store's engine, as the server starts it. One process at a time may have it open. */
export function openStore({ data }: Pick<BenchStore, 'data'>): Promise<EmbeddedWarehouse> {
  const log = { info: () => {}, warn: (fields: object, text: string) => console.error(text, fields) };
  return openWarehouse({ folder: join(data, 'main', 'warehouse'), log });
}

/** One entry in the journal that says nothing, and a projector that is done with it. */
async function pretendToHaveProjected(
  warehouse: Warehouse,
  { data, files, size, calendar }: Pick<BenchStore, 'data' | 'files' | 'size' | 'calendar'>,
): Promise<void> {
  const receivedAt = calendar.dayStart(DAYS);
  const body = Buffer.from('{"object":"whatsapp_business_account","entry":[]}');
  const journal = await openJournal({ folder: join(data, 'main', 'journal') });
  const seq = await journal.append({ source: 'wa', receivedAt, target: '/hooks/wa', headers: {}, body });
  await journal.close();
  const entry: TableRow<'entries'> = {
    seq,
    source: 'wa',
    day: new Date(receivedAt).toISOString().slice(0, 10),
    received_at: receivedAt,
    records: 0,
    bytes: body.length,
    control: '',
  };
  const entries = encodeTable('entries', [entry]);
  await warehouse.insert('entries', entries.columns, entries.lines);
  const { projector } = files;
  const progress = encodeTable('progress', [
    { name: PROGRESS_NAME, seq, ...nextNumbers(size), model: settingsHash(projector) },
  ]);
  await warehouse.insert('progress', progress.columns, progress.lines);
  if (projector.webinars !== undefined)
    await saveParticipationRules(warehouse, participationHash(projector.webinars), seq);
}
