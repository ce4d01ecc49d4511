import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../test/support/server.ts';

export interface Measured {
  rows: number;
  /** From the start of the process to its last row. */
  seconds: number;
  /** Highest resident memory of the process, bytes. */
  peakRss: number;
}

const PRELOAD = new URL('./report-memory.ts', import.meta.url).href;

/** Starts a program in a process of its own, lets `work` talk with it until it has its rows, and measures time and memory. */
export async function measureProcess(
  program: string,
  args: string[],
  work: (child: ChildProcess) => Promise<number>,
  execArgv: string[] = [],
): Promise<Measured> {
  const file = join(temporaryFolder('bench-memory'), 'peak');
  const started = performance.now();
  const child = fork(program, args, {
    serialization: 'advanced',
    execArgv: ['--import', PRELOAD, ...execArgv],
    env: { PATH: process.env['PATH'] ?? '', BENCH_MEMORY_FILE: file },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit');
  const failed = gone.then(([code]) => Promise.reject(new Error(`${program} ended with ${code} before its last row`)));
  const rows = await Promise.race([work(child), failed]);
  const seconds = (performance.now() - started) / 1000;
  failed.catch(() => undefined);
  if (child.connected) child.disconnect();
  await gone;
  return { rows, seconds, peakRss: Number(readFileSync(file, 'utf8')) * 1024 };
}
