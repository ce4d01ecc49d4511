import { TurnoutError } from '../contract/errors.ts';
import { type ControlEntry, type Cursor, PullError, type PulledPage, type Stream } from '../contract/pull.ts';
import type { Journal } from '../journal/entry.ts';
import { loadStreamColumns, saveStreamColumns } from '../store/schema-changes.ts';
import { type StreamCursorRow, saveCompleteThrough } from '../store/stream-cursors.ts';
import type { ControlDatabase } from '../store/tables.ts';
import type { RunBudget } from './budget.ts';
import type { Failpoint } from './failpoint.ts';
import type { PageKeeper } from './page-keeper.ts';
import { BudgetReached, type Reader, type ReaderJob, type ReadRange } from './reader.ts';
import type { RunRecord } from './runs.ts';
import { type ColumnChange, ColumnWatch } from './schema-drift.ts';
import { missingRows } from './vanished-rows.ts';

/** What a run works with. */
export interface RunTools {
  control: ControlDatabase;
  journal: Pick<Journal, 'durableSeq'>;
  keeper: PageKeeper;
  reader: Reader;
  record: RunRecord;
  budget: RunBudget;
  /** UTC milliseconds. */
  clock: () => number;
  failpoint: Failpoint;
}

export interface RunPlan {
  source: string;
  streams: readonly Stream[];
  /** What is known of the streams, by name. */
  cursors: ReadonlyMap<string, StreamCursorRow>;
  /** Backfill: cursors stay where they are. */
  range?: ReadRange;
  /** Full refresh: from the beginning, and what is no longer there is deleted, however much it is. */
  anew: boolean;
  /** Aborted with the sentence that the run shall end with. */
  signal: AbortSignal;
}

export type RunEnd =
  /** `complete`: every stream was read to its end. */
  | { state: 'ok'; complete: boolean; error: null }
  | { state: 'failed'; kind: 'retry' | 'settings'; error: string; retryAfterMs: number }
  | { state: 'stopped'; error: string };

/** Reads the streams one after the other. One that fails does not keep the others from being read. Throws for our own mistakes only. */
export async function runStreams(plan: RunPlan, tools: RunTools): Promise<RunEnd> {
  const failures: { stream: string; error: PullError }[] = [];
  let complete = true;
  const { record } = tools;
  for (const stream of plan.streams) await record.stream(stream.name, 'waiting');
  for (const stream of longestWaitingFirst(plan)) {
    await record.stream(stream.name, 'running');
    try {
      complete = (await readStream(stream, plan, tools)) && complete;
      await record.stream(stream.name, 'ok');
    } catch (error) {
      if (plan.signal.aborted) {
        await record.stream(stream.name, 'waiting');
        return { state: 'stopped', error: String(plan.signal.reason) };
      }
      complete = false;
      if (error instanceof BudgetReached || error instanceof RowsReached) {
        record.notice(describeBudget(stream, plan, tools.budget.describe(error)));
        await record.stream(stream.name, 'waiting');
        break;
      }
      const failure = asPullError(error);
      failures.push({ stream: stream.name, error: failure });
      record.log('error', plan.streams.length > 1 ? `${stream.name}: ${failure.message}` : failure.message);
      await record.stream(stream.name, 'failed');
    }
  }
  return failures.length === 0 ? { state: 'ok', complete, error: null } : describeFailures(failures, plan.streams);
}

/** A run that was cut short by its budget leaves streams behind; the next one begins with them. */
function longestWaitingFirst(plan: RunPlan): Stream[] {
  const through = (stream: Stream) => plan.cursors.get(stream.name)?.complete_through ?? 0;
  return [...plan.streams].sort((a, b) => through(a) - through(b));
}

/** There is another page, and no budget for it. */
class RowsReached extends Error {}

/** True when everything there is has been read, and deletions have been told where they are to be. */
async function readStream(stream: Stream, plan: RunPlan, tools: RunTools): Promise<boolean> {
  const { control, keeper, record, budget, clock, failpoint } = tools;
  const { source } = plan;
  const startedAt = clock();
  const known = plan.cursors.get(stream.name);
  const whole = plan.range === undefined && (plan.anew || stream.mode === 'full');
  // Everything of this read lies after it.
  let firstSeq = tools.journal.durableSeq + 1;
  let pages = 0;
  let rows = 0;
  const from = plan.anew || known?.cursor == null ? null : (JSON.parse(known.cursor) as Cursor);
  let cursor: Cursor | undefined;
  let unchanged = false;
  const columns = new ColumnWatch(await loadStreamColumns(control, source, stream.name));
  const changes: ColumnChange[] = [];

  const keep = async (page: PulledPage): Promise<void> => {
    changes.push(...columns.page(page.columns ?? []));
    const moved = page.cursor !== undefined && JSON.stringify(page.cursor) !== JSON.stringify(cursor ?? from);
    cursor = page.cursor ?? cursor;
    // The cursor of a full read counts once the read has come to its end: it is in the frame that says so.
    const rides = page.cursor !== undefined && stream.mode === 'incremental' && plan.range === undefined;
    if (page.rows === 0 && !(rides && moved)) return;
    await failpoint('page received');
    const seq = await keeper.keep({
      source,
      stream: stream.name,
      run: record.id,
      rows: page.rows,
      contentType: page.contentType,
      body: page.body,
      ...(rides && page.cursor !== undefined ? { cursor: page.cursor } : {}),
    });
    if (pages === 0) firstSeq = seq;
    pages += 1;
    rows += page.rows;
  };

  const request = {
    stream,
    cursor: from,
    ...(plan.range === undefined ? {} : { range: plan.range }),
  };
  try {
    for await (const page of tools.reader.read(request, jobOf(plan, tools))) {
      if (budget.spent) throw new RowsReached();
      if (page.unchanged === true) unchanged = true;
      else await keep(page);
      budget.spendRows(page.rows);
      if (plan.signal.aborted) throw new PullError('retry', String(plan.signal.reason));
    }
  } catch (error) {
    await saveDrift(stream, plan, tools, columns, changes, false);
    throw error;
  }
  await failpoint('stream read');
  await saveDrift(stream, plan, tools, columns, changes, true);
  record.log('info', describeRead(stream, rows, pages, unchanged));
  if (plan.range !== undefined) return true;

  if (whole && !unchanged) {
    const missing = plan.anew ? null : missingRows(stream.name, rows, known?.full_rows ?? null);
    if (missing !== null) {
      record.notice(missing);
      return false;
    }
    const order: ControlEntry = { control: 'refresh', stream: stream.name, first_seq: firstSeq };
    await keeper.keep({
      source,
      stream: stream.name,
      run: record.id,
      rows,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(order)),
      control: 'refresh',
      ...(cursor === undefined ? {} : { cursor }),
    });
  }
  await saveCompleteThrough(control, { source, stream: stream.name, through: startedAt });
  await failpoint('stream complete');
  return true;
}

function jobOf(plan: RunPlan, { record, budget, clock }: RunTools): ReaderJob {
  return {
    limits: { now: clock(), requests: budget.requestsLeft, milliseconds: budget.millisecondsLeft },
    signal: plan.signal,
    listener: {
      log: (sentence) => record.log('info', sentence),
      notice: (sentence) => record.notice(sentence),
      request: () => budget.spendRequest(),
    },
  };
}

async function saveDrift(
  stream: Stream,
  plan: RunPlan,
  { control, record, clock }: RunTools,
  columns: ColumnWatch,
  changes: ColumnChange[],
  toTheEnd: boolean,
): Promise<void> {
  const all = toTheEnd ? [...changes, ...columns.end()] : changes;
  const place = { source: plan.source, stream: stream.name };
  const at = clock();
  const rows = all.map(({ change, column, detail }) => ({
    ...place,
    at,
    change,
    column_name: column,
    detail,
    acknowledged_at: null,
  }));
  await saveStreamColumns(control, place, columns.columns(toTheEnd), rows);
  for (const { detail } of all) record.notice(plan.streams.length > 1 ? `${stream.name}: ${detail}` : detail);
}

function describeRead(stream: Stream, rows: number, pages: number, unchanged: boolean): string {
  if (unchanged) return `${stream.name}: nothing has changed.`;
  if (pages === 0) return `${stream.name}: nothing new.`;
  return `${stream.name}: ${count(rows, 'row')} in ${count(pages, 'page')}.`;
}

function describeBudget(stream: Stream, plan: RunPlan, bound: string): string {
  if (stream.mode === 'full' || plan.anew)
    return `${bound} More is left of "${stream.name}", which is read from the beginning each time: raise the budget if this is said again.`;
  return `${bound} More is left of "${stream.name}"; the next run goes on from there.`;
}

function describeFailures(failures: { stream: string; error: PullError }[], streams: readonly Stream[]): RunEnd {
  const worst = failures.find(({ error }) => error.kind === 'settings') ?? failures[0];
  const message = worst?.error.message ?? '';
  const more = failures.length > 1 ? ` (${failures.length} of ${streams.length} streams failed.)` : '';
  return {
    state: 'failed',
    kind: failures.some(({ error }) => error.kind === 'retry') ? 'retry' : 'settings',
    error: streams.length > 1 ? `${worst?.stream}: ${message}${more}` : message,
    retryAfterMs: Math.max(0, ...failures.map(({ error }) => error.retryAfterMs ?? 0)),
  };
}

function asPullError(error: unknown): PullError {
  if (error instanceof PullError) return error;
  // The journal takes nothing for now, or never takes this page.
  if (error instanceof TurnoutError)
    return new PullError(error.code === 'unavailable' ? 'retry' : 'settings', error.message);
  throw error;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
