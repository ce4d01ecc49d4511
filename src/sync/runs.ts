import type { RunDetail, RunInfo, RunTrigger } from '../contract/api.ts';
import {
  addPageToRun,
  appendRunLog,
  insertRun,
  loadRun,
  loadRunLog,
  loadRunStreams,
  type RunRow,
  saveRunStream,
  updateRun,
} from '../store/runs.ts';
import type { ControlDatabase } from '../store/tables.ts';

export interface NewRun {
  source: string;
  trigger: RunTrigger;
  /** The time of the schedule that it is for, UTC milliseconds. */
  scheduledFor?: number;
  range?: { from: string; to: string };
  /** Name of the file whose rows it brings; it can then be taken back in one piece. */
  file?: string;
}

export type LogLevel = 'info' | 'warn' | 'error';

/** A run being written down. Sentences are masked; lines come in the order in which they were said. */
export interface RunRecord {
  readonly id: number;
  log(level: LogLevel, sentence: string): void;
  /** Something to look at although the run goes on; said once however often it is found. */
  notice(sentence: string): void;
  /** Counts a page that is in the journal as entry `seq`. For runs whose pages do not pass the page keeper (imports). */
  page(page: { stream: string; rows: number; bytes: number; seq: number }): Promise<void>;
  stream(stream: string, state: 'running' | 'ok' | 'failed' | 'waiting'): Promise<void>;
  /** Resolves when every line is written; nothing is written afterwards. */
  end(end: RunOutcome): Promise<void>;
}

export interface RunOutcome {
  state: 'ok' | 'failed' | 'stopped';
  error: string | null;
  /** What is to be written in the same step. */
  also?: (transaction: ControlDatabase) => Promise<void>;
}

export interface RecordingOptions {
  control: ControlDatabase;
  /** UTC milliseconds. */
  clock: () => number;
  mask?: (sentence: string) => string;
  /** Called after something that pages show has changed. */
  changed?: () => void;
}

/** Lines of one run; a connector that talks on and on does not fill the disk. */
const MAX_LINES = 1_000;
const MAX_NOTICES = 50;
const MAX_SENTENCE = 2_000;

/** Begins a run: the row is there when this resolves. */
export async function startRun(options: RecordingOptions, run: NewRun): Promise<RunRecord> {
  const id = await insertRun(options.control, newRunRow(run, options.clock()));
  options.changed?.();
  return recordRun(options, id);
}

export function newRunRow(run: NewRun, now: number): Parameters<typeof insertRun>[1] {
  return {
    source: run.source,
    trigger: run.trigger,
    state: 'running',
    scheduled_for: run.scheduledFor ?? null,
    started_at: now,
    ended_at: null,
    first_seq: null,
    last_seq: null,
    error: null,
    range_from: run.range?.from ?? null,
    range_to: run.range?.to ?? null,
    file: run.file ?? null,
  };
}

/** Goes on writing down a run whose row is there. */
export function recordRun(options: RecordingOptions, id: number): RunRecord {
  return new Recording(options, id);
}

class Recording implements RunRecord {
  readonly id: number;
  readonly #options: RecordingOptions;
  readonly #notices: string[] = [];
  #lines = 0;
  #written: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(options: RecordingOptions, id: number) {
    this.#options = options;
    this.id = id;
  }

  log(level: LogLevel, sentence: string): void {
    this.#lines += 1;
    if (this.#lines > MAX_LINES) return;
    const message = this.#lines === MAX_LINES ? 'More lines follow; they are not kept.' : this.#mask(sentence);
    const at = this.#options.clock();
    this.#write((control) => appendRunLog(control, { run: this.id, at, level, message }));
  }

  notice(sentence: string): void {
    const masked = this.#mask(sentence);
    if (this.#notices.includes(masked) || this.#notices.length >= MAX_NOTICES) return;
    this.#notices.push(masked);
    this.log('warn', masked);
    const notices = JSON.stringify(this.#notices);
    this.#write((control) => updateRun(control, this.id, { notices }));
  }

  async page(page: { stream: string; rows: number; bytes: number; seq: number }): Promise<void> {
    await this.#options.control.transaction().execute(async (transaction) => {
      await addPageToRun(transaction, { run: this.id, ...page });
    });
    this.#options.changed?.();
  }

  async stream(stream: string, state: 'running' | 'ok' | 'failed' | 'waiting'): Promise<void> {
    await saveRunStream(this.#options.control, { run: this.id, stream, state });
  }

  async end({ state, error, also }: RunOutcome): Promise<void> {
    const sentence = error === null ? null : this.#mask(error);
    if (sentence !== null) this.log('error', sentence);
    await this.#written;
    if (this.#failure !== undefined) throw this.#failure;
    await this.#options.control.transaction().execute(async (transaction) => {
      await updateRun(transaction, this.id, { state, error: sentence, ended_at: this.#options.clock() });
      await also?.(transaction);
    });
    this.#options.changed?.();
  }

  #mask(sentence: string): string {
    return (this.#options.mask ?? ((text: string) => text))(sentence).slice(0, MAX_SENTENCE);
  }

  #write(step: (control: ControlDatabase) => Promise<void>): void {
    this.#written = this.#written
      .then(() => step(this.#options.control))
      .catch((error: unknown) => {
        this.#failure ??= error;
      });
  }
}

/** A run as the API shows it. */
export function shapeRun(row: RunRow): RunInfo {
  return {
    id: row.id,
    source: row.source,
    trigger: row.trigger,
    state: row.state,
    started_at: instant(row.started_at),
    ended_at: row.ended_at === null ? null : instant(row.ended_at),
    rows: row.rows,
    pages: row.pages,
    bytes: row.bytes,
    error: row.error,
    notices: JSON.parse(row.notices) as string[],
    ...(row.range_from === null || row.range_to === null ? {} : { range: { from: row.range_from, to: row.range_to } }),
    ...(row.file === null ? {} : { batch: { file: row.file, undone: row.undone === 1 } }),
  };
}

/** With its log and streams; null where there is no such run. */
export async function loadRunDetail(control: ControlDatabase, id: number): Promise<RunDetail | null> {
  const row = await loadRun(control, id);
  if (row === undefined) return null;
  const streams = await loadRunStreams(control, id);
  const log = await loadRunLog(control, id);
  return {
    ...shapeRun(row),
    streams: streams.map(({ stream, rows, pages, state }) => ({ name: stream, rows, pages, state })),
    log: log.map(({ at, level, message }) => ({ at: instant(at), level, message })),
  };
}

const instant = (milliseconds: number): string => new Date(milliseconds).toISOString();
