import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PullError, type PulledPage, type StreamReport } from '../contract/pull.ts';
import { describeLength } from './lengths.ts';
import {
  BudgetReached,
  type OpenReader,
  type Reader,
  type ReaderJob,
  type ReaderSource,
  type StreamRequest,
} from './reader.ts';
import type { ReaderNews, ReaderOrder, ReaderSetup } from './reader-messages.ts';

export interface ReaderProcessOptions {
  /** `egress.allow` of the workspace. */
  egressAllow: readonly string[];
  /** Address of the module that exports `PULL_CONNECTORS`; those that ship with Turnout where absent. */
  connectors?: string;
  /** Folder of the workspace's files, for sources that read files. */
  folder?: string;
  /** Old-space limit of the process. */
  memoryMb?: number;
  /** A job that says nothing for so long is ended. */
  quietMs?: number;
}

const CHILD = fileURLToPath(new URL('./reader-child.ts', import.meta.url));
const CONNECTORS = new URL('../connectors/registry.ts', import.meta.url).href;
const MEMORY_MB = 512;
const QUIET_MS = 10 * 60_000;
const STOP_WITHIN_MS = 1_000;
const ERROR_OUTPUT = 4_000;
/** What a process needs of the environment; secrets of other sources stay out. */
const ENVIRONMENT = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'SYSTEMROOT', 'TEMP', 'NODE_EXTRA_CA_CERTS'];

/** Readers that fork a process of their own for each run: parsing delays no intake, and its crash ends nothing but the run's stream. */
export function openReaderProcesses(options: ReaderProcessOptions): OpenReader {
  return (source) => new ReaderProcess(source, options);
}

class ReaderProcess implements Reader {
  readonly #source: ReaderSource;
  readonly #options: ReaderProcessOptions;
  readonly #setup: ReaderSetup;
  #child: ChildProcess | undefined;
  #errorOutput = '';

  constructor(source: ReaderSource, options: ReaderProcessOptions) {
    this.#source = source;
    this.#options = options;
    this.#setup = {
      connectors: options.connectors ?? CONNECTORS,
      egressAllow: options.egressAllow,
      ...(options.folder === undefined ? {} : { folder: options.folder }),
    };
  }

  async *read(request: StreamRequest, job: ReaderJob): AsyncGenerator<PulledPage> {
    const order = { type: 'read', source: this.#source, request, limits: job.limits, setup: this.#setup } as const;
    const talk = this.#start(order, job);
    let ended = false;
    try {
      for (;;) {
        const news = await talk.next();
        ended = news.type !== 'page';
        if (news.type === 'done') return;
        if (news.type !== 'page') throw unexpected(news);
        yield news.page;
        talk.say({ type: 'kept' });
      }
    } finally {
      talk.end();
      // Left before its end: the connector may hold a connection.
      if (!ended) await this.close();
    }
  }

  async check(job: ReaderJob): Promise<StreamReport[]> {
    const news = await this.#ask({ type: 'check', source: this.#source, limits: job.limits, setup: this.#setup }, job);
    if (news.type !== 'checked') throw unexpected(news);
    return news.streams;
  }

  async count(request: StreamRequest, job: ReaderJob): Promise<number | null> {
    const order = { type: 'count', source: this.#source, request, limits: job.limits, setup: this.#setup } as const;
    const news = await this.#ask(order, job);
    if (news.type !== 'counted') throw unexpected(news);
    return news.rows;
  }

  async close(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    // A connector may still close its connection.
    if (child.connected) child.send({ type: 'stop' } satisfies ReaderOrder, () => {});
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await gone;
    clearTimeout(impatience);
  }

  async #ask(order: ReaderOrder, job: ReaderJob): Promise<ReaderNews> {
    const talk = this.#start(order, job);
    try {
      return await talk.next();
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      talk.end();
    }
  }

  #start(order: ReaderOrder, job: ReaderJob): Talk {
    const child = this.#child ?? this.#fork();
    const talk = new Talk(child, job, this.#options.quietMs ?? QUIET_MS, (code, signal) =>
      describeExit(code, signal, this.#errorOutput, this.#options.memoryMb ?? MEMORY_MB),
    );
    talk.say(order);
    return talk;
  }

  #fork(): ChildProcess {
    const child = fork(CHILD, [], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${this.#options.memoryMb ?? MEMORY_MB}`],
      env: Object.fromEntries(ENVIRONMENT.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : []))),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#errorOutput = '';
    child.stderr?.on('data', (bytes: Buffer) => {
      this.#errorOutput = (this.#errorOutput + bytes.toString()).slice(-ERROR_OUTPUT);
    });
    child.on('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    this.#child = child;
    return child;
  }
}

/** One job's conversation with the process: news in order, and an error when the process is gone, silent, stopped or out of time. */
class Talk {
  readonly #child: ChildProcess;
  readonly #job: ReaderJob;
  readonly #quietMs: number;
  readonly #news: ReaderNews[] = [];
  readonly #over: NodeJS.Timeout;
  readonly #onMessage = (news: ReaderNews) => this.#hear(news);
  readonly #onExit: (code: number | null, signal: NodeJS.Signals | null) => void;
  readonly #onAbort = () => this.#break(new PullError('retry', 'The run was stopped.'));
  #quiet: NodeJS.Timeout | undefined;
  #broken: Error | undefined;
  #wake: () => void = () => {};

  constructor(
    child: ChildProcess,
    job: ReaderJob,
    quietMs: number,
    describe: (code: number | null, signal: NodeJS.Signals | null) => string,
  ) {
    this.#child = child;
    this.#job = job;
    this.#quietMs = quietMs;
    this.#onExit = (code, signal) => this.#break(new PullError('retry', describe(code, signal)));
    child.on('message', this.#onMessage);
    child.on('close', this.#onExit);
    child.on('error', this.#onError);
    job.signal.addEventListener('abort', this.#onAbort);
    this.#over = setTimeout(() => this.#break(new BudgetReached('minutes')), job.limits.milliseconds);
    this.#listenForSilence();
    if (job.signal.aborted) this.#onAbort();
  }

  readonly #onError = (error: Error) =>
    this.#break(new PullError('retry', `The process that reads could not be started: ${error.message}.`));

  say(order: ReaderOrder): void {
    if (this.#child.connected) this.#child.send(order, () => {});
  }

  /** Pages that came before a break are still handed out, in order. */
  async next(): Promise<ReaderNews> {
    while (this.#news.length === 0 && this.#broken === undefined)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const news = this.#news.shift();
    if (news !== undefined && !this.#job.signal.aborted) return news;
    throw this.#broken ?? new PullError('retry', 'The run was stopped.');
  }

  end(): void {
    clearTimeout(this.#over);
    clearTimeout(this.#quiet);
    this.#child.off('message', this.#onMessage);
    this.#child.off('close', this.#onExit);
    this.#child.off('error', this.#onError);
    this.#child.on('error', () => {});
    this.#job.signal.removeEventListener('abort', this.#onAbort);
  }

  #hear(news: ReaderNews): void {
    this.#listenForSilence();
    if (news.type === 'log' || news.type === 'notice') this.#job.listener[news.type](news.sentence);
    else if (news.type === 'request') this.#job.listener.request();
    else {
      this.#news.push(news);
      this.#wake();
    }
  }

  #listenForSilence(): void {
    clearTimeout(this.#quiet);
    const length = this.#quietMs < 60_000 ? 'less than a minute' : describeLength(this.#quietMs);
    this.#quiet = setTimeout(
      () => this.#break(new PullError('retry', `Nothing came from the service for ${length}.`)),
      this.#quietMs,
    );
  }

  #break(error: Error): void {
    this.#broken ??= error;
    this.#child.kill('SIGKILL');
    this.#wake();
  }
}

function unexpected(news: ReaderNews): Error {
  if (news.type === 'failed') return new PullError(news.kind, news.message, news.retryAfterMs);
  if (news.type === 'budget') return new BudgetReached(news.bound);
  return new Error(`the reading process said ${news.type} out of turn`);
}

function describeExit(code: number | null, signal: NodeJS.Signals | null, output: string, memoryMb: number): string {
  if (/heap out of memory|Allocation failed/.test(output))
    return `Reading needed more than ${memoryMb} MB of memory and was ended. Nothing that was kept is lost; ask for less at once.`;
  const last = output
    .trim()
    .split('\n')
    .findLast((line) => /\S/.test(line) && !/^\s+at |^Node\.js/.test(line));
  const how = signal === null ? `with code ${code}` : `by ${signal}`;
  return `The process that reads ended ${how}${last === undefined ? '.' : `: ${last.trim().slice(0, 300)}`}`;
}
