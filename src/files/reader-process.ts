import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { unreadableFile } from './file-limits.ts';
import type { FromChild, ToChild } from './reader-messages.ts';

const MB = 1024 * 1024;
/** The heap may take this share of the memory; buffers and the program itself need the rest. */
const HEAP_SHARE = 0.45;
const CHILD = fileURLToPath(new URL('./reader-child.ts', import.meta.url));

/** The server's end of a child that reads a file. It is ended when it takes too long or too much memory. */
export class ReaderChild {
  readonly #process: ChildProcess;
  readonly #memoryMb: number;
  readonly #exited: Promise<void>;
  readonly #answers: FromChild[] = [];
  #waiting: { resolve(said: FromChild): void; reject(error: Error): void } | undefined;
  /** Why nothing further will come. */
  #failure: Error | undefined;
  /** Milliseconds that the child may still take; time in which nobody waits for it does not count. */
  #timeLeft: number;
  readonly #timeLimit: number;
  peakRss = 0;

  constructor(milliseconds: number, memoryMb: number) {
    this.#timeLimit = milliseconds;
    this.#timeLeft = milliseconds;
    this.#memoryMb = memoryMb;
    this.#process = fork(CHILD, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // Nothing of the server's environment, its secrets least of all, is of use to a parser.
      env: {},
      execArgv: [
        `--max-old-space-size=${Math.floor(memoryMb * HEAP_SHARE)}`,
        '--max-semi-space-size=8',
        '--disable-proto=throw',
      ],
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#exited = promise;
    this.#process.on('message', (said: FromChild) => this.#take(said));
    this.#process.on('error', (error) => {
      this.#fail(error);
      if (this.#process.pid === undefined) resolve();
    });
    this.#process.on('exit', (code, signal) => {
      this.#fail(crash(code, signal, memoryMb));
      resolve();
    });
  }

  send(message: ToChild): void {
    // A child that is gone says so by its exit.
    if (this.#process.connected) this.#process.send(message, () => {});
  }

  /** The next answer. @throws TurnoutError with a sentence where the file cannot be read */
  async receive(): Promise<FromChild> {
    const said = this.#answers.shift() ?? (await this.#wait());
    if (said.is !== 'error') return said;
    throw said.sentence === null ? new Error(`the file reader failed: ${said.detail}`) : unreadableFile(said.sentence);
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }

  async #wait(): Promise<FromChild> {
    if (this.#failure !== undefined) throw this.#failure;
    const { promise, resolve, reject } = Promise.withResolvers<FromChild>();
    this.#waiting = { resolve, reject };
    const began = performance.now();
    const timer = setTimeout(() => {
      this.#fail(unreadableFile(`The file takes longer than ${describeTime(this.#timeLimit)} to read. Split it.`));
      this.#process.kill('SIGKILL');
    }, this.#timeLeft);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#timeLeft = Math.max(1, this.#timeLeft - (performance.now() - began));
      this.#waiting = undefined;
    }
  }

  #take(said: FromChild): void {
    this.peakRss = Math.max(this.peakRss, said.peakRss);
    if (said.peakRss > this.#memoryMb * MB) {
      this.#fail(tooMuchMemory(this.#memoryMb));
      this.#process.kill('SIGKILL');
      return;
    }
    const waiting = this.#waiting;
    // Two answers may come in one turn: the second is not for whoever was given the first.
    this.#waiting = undefined;
    if (waiting === undefined) this.#answers.push(said);
    else waiting.resolve(said);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#waiting?.reject(this.#failure);
  }
}

function crash(code: number | null, signal: NodeJS.Signals | null, memoryMb: number): Error {
  // V8 ends a process that reaches the cap of its heap by abort.
  if (signal === 'SIGABRT' || signal === 'SIGTRAP' || signal === 'SIGILL' || code === 134)
    return tooMuchMemory(memoryMb);
  return unreadableFile('The file could not be read: its reader stopped. Try again, or save the file as CSV.');
}

function tooMuchMemory(memoryMb: number): Error {
  return unreadableFile(
    `The file needs more memory than one file may take (${memoryMb} MB). Split it, or save the sheet as CSV.`,
  );
}

function describeTime(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds} ms`;
  return milliseconds < 120_000
    ? `${Math.round(milliseconds / 1000)} seconds`
    : `${Math.round(milliseconds / 60_000)} minutes`;
}
