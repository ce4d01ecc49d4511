import { type Cursor, PAGE_HEADERS } from '../contract/pull.ts';
import type { JournalEntry, JournalReader } from '../journal/entry.ts';
import { loadHeldLeases, releaseAllLeases } from '../store/leases.ts';
import { appendRunLog, insertRun, loadRun, type RunRow, updateRun } from '../store/runs.ts';
import { saveSetting } from '../store/settings.ts';
import { loadSyncSource, updateSyncSource } from '../store/sync-sources.ts';
import type { ControlDatabase } from '../store/tables.ts';
import { indexEntry, loadIndexedSeq } from './page-keeper.ts';
import { MAX_ATTEMPTS } from './retry.ts';

export const ENDED_WITH_TURNOUT =
  'Turnout ended during this run. What was read is kept; the next run goes on from there.';

const BATCH = 500;

/**
 * Brings the control database up to date with the journal: reads the frames after the last one that was noted, and notes cursors and
 * counts of those that a run wrote. A crash between the two is mended by it, and so is a control database put back from a backup.
 * @returns the highest entry that is noted now
 */
export async function indexJournalTail(options: {
  control: ControlDatabase;
  reader: JournalReader;
  durableSeq: number;
  /** UTC milliseconds. */
  clock: () => number;
}): Promise<number> {
  const { control, reader, durableSeq, clock } = options;
  let indexed = await loadIndexedSeq(control);
  while (indexed < durableSeq) {
    const entries = await reader.read(indexed, durableSeq, BATCH);
    const last = entries.at(-1)?.seq ?? durableSeq;
    await control.transaction().execute(async (transaction) => {
      for (const entry of entries) await indexIfPulled(transaction, entry);
      await saveSetting(transaction, 'sync_indexed_seq', String(last), clock());
    });
    indexed = last;
  }
  return indexed;
}

async function indexIfPulled(control: ControlDatabase, entry: JournalEntry): Promise<void> {
  const { headers, source, seq } = entry;
  const run = Number(headers[PAGE_HEADERS.run]);
  const stream = headers[PAGE_HEADERS.stream];
  const order = headers[PAGE_HEADERS.control];
  if (!Number.isSafeInteger(run) || stream === undefined || (order !== undefined && order !== 'refresh')) return;
  if ((await loadRun(control, run)) === undefined) await insertRunOfFrame(control, run, entry);
  const cursor = headers[PAGE_HEADERS.cursor];
  await indexEntry(control, {
    source,
    stream,
    run,
    seq,
    rows: Number(headers[PAGE_HEADERS.rows] ?? 0),
    bytes: entry.body.length,
    ...(cursor === undefined ? {} : { cursor: JSON.parse(cursor) as Cursor }),
    ...(order === undefined ? {} : { control: order }),
  });
}

/** A run that only the journal knows: its number must not be given to another one. */
async function insertRunOfFrame(control: ControlDatabase, id: number, entry: JournalEntry): Promise<void> {
  await insertRun(control, {
    id,
    source: entry.source,
    trigger: 'manual',
    state: 'stopped',
    scheduled_for: null,
    started_at: entry.receivedAt,
    ended_at: entry.receivedAt,
    first_seq: null,
    last_seq: null,
    error: 'Only the journal knows this run: its record is lost.',
    range_from: null,
    range_to: null,
    file: null,
  });
}

/**
 * Ends the runs that a process left behind. One that the schedule had begun is tried again at once, but not more often than any
 * other failure of the same time of the schedule.
 * @param exclusive true where no other process can be using this database: leases that are held are left-overs then
 */
export async function endAbandonedRuns(
  control: ControlDatabase,
  abandoned: readonly RunRow[],
  now: number,
  exclusive: boolean,
): Promise<void> {
  if (exclusive) await releaseAllLeases(control);
  const held = await loadHeldLeases(control, now);
  for (const run of abandoned) {
    if (held.has(run.source)) continue;
    await control.transaction().execute((transaction) => endAbandonedRun(transaction, run, now));
  }
}

async function endAbandonedRun(control: ControlDatabase, run: RunRow, now: number): Promise<void> {
  await updateRun(control, run.id, { state: 'stopped', ended_at: now, error: ENDED_WITH_TURNOUT });
  await appendRunLog(control, { run: run.id, at: now, level: 'warn', message: ENDED_WITH_TURNOUT });
  await control
    .updateTable('run_streams')
    .set({ state: 'waiting' })
    .where('run', '=', run.id)
    .where('state', '=', 'running')
    .execute();
  if (run.scheduled_for === null) return;
  const row = await loadSyncSource(control, run.source);
  if (row === undefined) return;
  const attempts = row.attempts + 1;
  await updateSyncSource(control, run.source, { attempts, next_attempt_at: attempts < MAX_ATTEMPTS ? now : null });
}
