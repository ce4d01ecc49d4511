import type { FileFormat } from '../contract/mapping.ts';
import type { TablePage } from '../contract/table-page.ts';
import { DEFAULT_LIMITS, type FileLimits } from './file-limits.ts';
import type { FileLook } from './file-look.ts';
import { ReaderChild } from './reader-process.ts';

export type { FileLimits } from './file-limits.ts';
export type { FileLook } from './file-look.ts';

/** The seam between whoever brings a file and the parser, which works in a child process with a cap on its memory. */

/** A child process that reads files. Everything rejects with `TurnoutError('invalid_request')` and a sentence for a file that cannot be read. */
export interface FileReader {
  look(path: string, chosen: FileFormat): Promise<FileLook>;
  /** Pages of at most 1,000 rows and about 1 MB, in order; memory is bounded however long the file is. */
  pages(path: string, format: FileFormat): AsyncIterable<TablePage>;
  /** Highest resident memory of the child so far, bytes. */
  peakRss(): Promise<number>;
  close(): Promise<void>;
}

export interface FileReaderOptions {
  limits?: Partial<FileLimits>;
  /** Resident memory that the child may take; 300 where absent. */
  memoryMb?: number;
}

/** Pages asked for ahead, so that reading and keeping go on at the same time. */
const AHEAD = 2;

/** A reader with a child process of its own for every reading. */
export function openFileReader(options: FileReaderOptions = {}): FileReader {
  return new ForkedFileReader({ ...DEFAULT_LIMITS, ...options.limits }, options.memoryMb ?? 300);
}

class ForkedFileReader implements FileReader {
  readonly #limits: FileLimits;
  readonly #memoryMb: number;
  readonly #children = new Set<ReaderChild>();
  #peakRss = 0;

  constructor(limits: FileLimits, memoryMb: number) {
    this.#limits = limits;
    this.#memoryMb = memoryMb;
  }

  async look(path: string, chosen: FileFormat): Promise<FileLook> {
    const child = this.#fork();
    try {
      child.send({ do: 'look', path, chosen, limits: this.#limits });
      const said = await child.receive();
      if (said.is !== 'look') throw new Error(`the file reader answered "${said.is}" to a look`);
      return said.look;
    } finally {
      await this.#end(child);
    }
  }

  async *pages(path: string, format: FileFormat): AsyncGenerator<TablePage> {
    const child = this.#fork();
    try {
      child.send({ do: 'open', path, format, limits: this.#limits });
      for (let page = 0; page < AHEAD; page++) child.send({ do: 'next' });
      for (let received = 0; ; received++) {
        const said = await child.receive();
        if (said.is === 'end' && said.pages !== received)
          throw new Error(`the child sent ${said.pages} pages, ${received} came`);
        if (said.is !== 'page') return;
        child.send({ do: 'next' });
        yield said.page;
      }
    } finally {
      await this.#end(child);
    }
  }

  async peakRss(): Promise<number> {
    return Math.max(this.#peakRss, ...[...this.#children].map(({ peakRss }) => peakRss));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#children].map((child) => this.#end(child)));
  }

  #fork(): ReaderChild {
    const child = new ReaderChild(this.#limits.milliseconds, this.#memoryMb);
    this.#children.add(child);
    return child;
  }

  async #end(child: ReaderChild): Promise<void> {
    await child.kill();
    this.#peakRss = Math.max(this.#peakRss, child.peakRss);
    this.#children.delete(child);
  }
}
