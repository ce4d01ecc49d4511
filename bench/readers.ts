import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { ReadersJob, ReadersReport } from './reader-process.ts';

export type { ReadersReport } from './reader-process.ts';

const READER_PROCESS = new URL('./reader-process.ts', import.meta.url);

export interface ReadersOptions {
  url: string;
  /** People who read at the same time, each on a page of their own. */
  readers: number;
  /** Ends the reading; what is under way is not counted. */
  signal: AbortSignal;
  /** Milliseconds between two looks of one reader. */
  thinkMs: number;
}

/**
 * People read pages as browsers do until the signal ends it, in a process of their own: each opens dashboards one after the other,
 * now and then with a filter, and asks again whenever the server tells of newer numbers. Looks are due by the clock, however long
 * the answer before took: a slow server cannot hide behind slow readers.
 */
export async function runReaders({ url, readers, signal, thinkMs }: ReadersOptions): Promise<ReadersReport> {
  const child = fork(READER_PROCESS);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  try {
    const report = once(child, 'message');
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the readers ended with ${String(code)}`);
    });
    ended.catch(() => {});
    child.send({ url, readers, thinkMs } satisfies ReadersJob);
    const stop = () => child.send('stop');
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    const [message] = await Promise.race([report, ended]);
    return message as ReadersReport;
  } finally {
    process.off('exit', kill);
    kill();
  }
}
