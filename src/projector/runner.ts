import { Worker } from 'node:worker_threads';
import type { TableChange } from '../contract/changes.ts';
import type { BatchOutcome, ProjectorLog } from './project.ts';
import type { FromWorker, ToWorker, WorkerInput } from './worker-messages.ts';

export interface StartProjectorOptions extends Omit<WorkerInput, 'careful' | 'told'> {
  log: ProjectorLog;
  /** Milliseconds, rising; default the process's own steady clock. */
  steadyNow?: () => number;
  /** The worker's module; another one in tests. */
  workerFile?: URL;
}

export interface ProjectorStatus {
  /** Everything up to here is counted. */
  seq: number;
  /** Highest sequence number that is known to be durable. */
  durableSeq: number;
  /** Receipt time of the last counted entry, UTC milliseconds; 0 while there is none. */
  receivedAt: number;
  /** Hash of the rules by which participations stand; '' while that is not known. */
  rules: string;
  /** `unavailable`: the last batch failed and is tried again; `receive_only`: it crashed too often and waits for `retry()`. */
  state: 'ok' | 'catching_up' | 'receive_only' | 'unavailable';
  /** A sentence on what went wrong last; absent while all is well. */
  detail?: string;
  crashes: number;
}

export interface ProjectorHandle {
  /** Tells that the journal is durable up to here. */
  notify(durableSeq: number): void;
  status(): ProjectorStatus;
  /** Called after every batch and whenever the state changes. Returns the function that stops it. */
  onProgress(listener: (status: ProjectorStatus, outcome?: BatchOutcome) => void): () => void;
  /**
   * Called with what of the facts changed, before `status()` shows the sequence number and the rules by which it did: after
   * batches, after rules that changed (the number stays the same then), and after a crash with what may have been left. Nothing
   * is left out; some may be told twice. Returns the function that stops it.
   */
  onChanges(listener: (changes: readonly TableChange[], seq: number) => void): () => void;
  /** Starts again by hand after `receive_only`. */
  retry(): void;
  /** Lets the current batch end. */
  close(): Promise<void>;
}

const WORKER_FILE = new URL('./worker.ts', import.meta.url);
const MAX_CRASHES = 5;
const CRASH_WINDOW_MS = 300_000;
/** Milliseconds before the nth restart. */
const BACK_OFF_MS = [100, 500, 2000, 5000];
const CLOSE_LIMIT_MS = 20_000;

/** Starts the projector's thread and keeps it running. Resolves at once: receiving must not wait for it. */
export async function startProjector(options: StartProjectorOptions): Promise<ProjectorHandle> {
  const runner = new Runner(options);
  runner.start(false);
  return runner;
}

class Runner implements ProjectorHandle {
  readonly #options: StartProjectorOptions;
  readonly #steadyNow: () => number;
  readonly #listeners = new Set<(status: ProjectorStatus, outcome?: BatchOutcome) => void>();
  readonly #changeListeners = new Set<(changes: readonly TableChange[], seq: number) => void>();
  #worker: Worker | undefined;
  #restart: NodeJS.Timeout | undefined;
  #crashTimes: number[] = [];
  #crashes = 0;
  #seq = 0;
  #durableSeq = 0;
  #receivedAt = 0;
  #rules = '';
  /** Changes up to here were told. */
  #told: number | undefined;
  #detail: string | undefined;
  #receiveOnly = false;
  #closing = false;

  constructor(options: StartProjectorOptions) {
    this.#options = options;
    this.#steadyNow = options.steadyNow ?? (() => performance.now());
  }

  /** @param careful true after a crash */
  start(careful: boolean): void {
    const { warehouse, journalFolder, sources, workspace, channels, rates, tables, webinars, workerFile } =
      this.#options;
    const { time_zone, currency, country } = workspace;
    const input: WorkerInput = {
      warehouse,
      journalFolder,
      sources,
      workspace: { time_zone, currency, ...(country === undefined ? {} : { country }) },
      channels,
      rates,
      tables: tables ?? [],
      ...(webinars === undefined ? {} : { webinars }),
      careful,
      ...(this.#told === undefined ? {} : { told: this.#told }),
    };
    const worker = new Worker(workerFile ?? WORKER_FILE, { workerData: input, name: 'projector' });
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => this.#hear(message));
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      if (!this.#closing) this.#crashed(cause);
    });
    this.#tell({ kind: 'durable', seq: this.#durableSeq });
  }

  notify(durableSeq: number): void {
    if (durableSeq <= this.#durableSeq) return;
    this.#durableSeq = durableSeq;
    this.#tell({ kind: 'durable', seq: durableSeq });
  }

  status(): ProjectorStatus {
    return {
      seq: this.#seq,
      durableSeq: this.#durableSeq,
      receivedAt: this.#receivedAt,
      rules: this.#rules,
      state: this.#state(),
      crashes: this.#crashes,
      ...(this.#detail === undefined ? {} : { detail: this.#detail }),
    };
  }

  onProgress(listener: (status: ProjectorStatus, outcome?: BatchOutcome) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onChanges(listener: (changes: readonly TableChange[], seq: number) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  retry(): void {
    if (!this.#receiveOnly || this.#closing) return;
    this.#receiveOnly = false;
    this.#crashTimes = [];
    this.start(true);
    this.#announce();
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => resolve());
    });
    this.#tell({ kind: 'close' });
    const limit = setTimeout(() => void worker.terminate(), CLOSE_LIMIT_MS);
    await ended;
    clearTimeout(limit);
  }

  #state(): ProjectorStatus['state'] {
    if (this.#receiveOnly) return 'receive_only';
    if (this.#detail !== undefined) return 'unavailable';
    return this.#seq < this.#durableSeq ? 'catching_up' : 'ok';
  }

  #tell(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
        this.#tellChanges(message.changes, message.seq);
        this.#seq = message.seq;
        this.#receivedAt = message.receivedAt;
        this.#rules = message.rules;
        this.#detail = undefined;
        this.#announce();
        return;
      case 'rules':
        this.#tellChanges(message.changes, this.#seq);
        this.#rules = message.rules;
        this.#detail = undefined;
        this.#announce();
        return;
      case 'progress':
        this.#tellChanges(message.outcome.changes, message.outcome.seq);
        this.#seq = message.outcome.seq;
        this.#receivedAt = message.outcome.receivedAt;
        this.#detail = undefined;
        this.#announce(message.outcome);
        return;
      case 'failed':
        this.#detail = message.message;
        this.#options.log.warn({ detail: message.message }, 'a batch failed and is tried again');
        this.#announce();
        return;
      case 'log':
        this.#options.log[message.level](message.fields, message.text);
        return;
      case 'closed':
        return;
    }
  }

  #crashed(cause: unknown): void {
    const now = this.#steadyNow();
    this.#crashes += 1;
    this.#crashTimes = [...this.#crashTimes.filter((at) => now - at < CRASH_WINDOW_MS), now];
    const reason = cause instanceof Error ? cause.message : 'it ended without a reason';
    this.#detail = `The projector ended: ${reason}`;
    this.#options.log.error({ err: cause, crashes: this.#crashTimes.length }, 'the projector ended');
    if (this.#crashTimes.length >= MAX_CRASHES) {
      this.#receiveOnly = true;
      this.#detail = `Turnout only receives: the projector ended ${MAX_CRASHES} times within ${CRASH_WINDOW_MS / 1000} s. ${reason}`;
    } else {
      const wait = BACK_OFF_MS[this.#crashTimes.length - 1] ?? 0;
      this.#restart = setTimeout(() => this.start(true), wait);
    }
    this.#announce();
  }

  #tellChanges(changes: readonly TableChange[], seq: number): void {
    this.#told = seq;
    if (changes.length > 0) for (const listener of this.#changeListeners) listener(changes, seq);
  }

  #announce(outcome?: BatchOutcome): void {
    const status = this.status();
    for (const listener of this.#listeners) listener(status, outcome);
  }
}
