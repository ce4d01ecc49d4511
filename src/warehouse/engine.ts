import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Session } from 'chdb';
import { damageNote, type EngineNotice, type EngineOptions, writeEngineConfig } from './engine-config.ts';
import { createEngineServer } from './engine-server.ts';
import { giveBackWhenQuiet } from './give-back-memory.ts';
import { lowerPriority } from './lower-priority.ts';
import { SessionPool } from './session-pool.ts';
import { giveBackToSystem } from './system-memory.ts';

/**
 * Main of the engine child. One argument: `EngineOptions` as JSON. Prints one `EngineNotice` line on standard output once it is
 * ready or has failed. Ends with its parent: when standard input closes or the parent's process id changes.
 */
const EXIT_CANNOT_OPEN = 65;
/**
 * It holds for each of the engine's threads, of which ten may want to run at once: with 5 they still took most of two
 * cores, and an acknowledgement waited for seconds (`npm run bench:mixed`).
 */
const NICENESS = 12;
/** One for heavy questions, one for what the server itself looks through: nobody waits for a check of the ledger. */
const SLOW_READERS = 2;

const parent = process.ppid;
// The socket and the data are for this user alone.
process.umask(0o077);
process.stdin.resume();
process.stdin.on('end', endAtOnce).on('error', endAtOnce);
setInterval(() => process.ppid === parent || endAtOnce(), 1000).unref();
raiseOutOfMemoryScore();
lowerPriority(NICENESS);

const options: EngineOptions = JSON.parse(process.argv[2] ?? '{}');
try {
  const openedAt = performance.now();
  const sessions = openSessions(options);
  const server = createEngineServer({
    ...sessions,
    reportDamage: (message) => {
      notify({ damaged: message });
      try {
        writeFileSync(damageNote(options.folder), message);
      } catch {
        // A disk that cannot be written to is told by the next insert.
      }
    },
    giveUp: (reason) => {
      console.error(reason);
      endAtOnce();
    },
  });
  giveBackWhenQuiet({
    also: async () => {
      await purgeFreed(sessions.control);
      await giveBackToSystem();
    },
  });
  restoreFatalSignals();
  rmSync(options.socketPath, { force: true });
  server.listen(options.socketPath, () => notify({ ready: true, openMs: Math.round(performance.now() - openedAt) }));
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {
    setTimeout(endAtOnce, 5000).unref();
    server.close(() => endAtOnce());
    server.closeIdleConnections();
  });
} catch (error) {
  notify({ failed: error instanceof Error ? error.message : String(error) });
  process.exit(EXIT_CANNOT_OPEN);
}

function openSessions(options: EngineOptions): Record<'readers' | 'slowReaders' | 'writers' | 'control', SessionPool> {
  const data = join(options.folder, 'data');
  const work = join(options.folder, 'work');
  mkdirSync(data, { recursive: true });
  mkdirSync(work, { recursive: true });
  process.chdir(work);
  // The first session decides the configuration of the whole process.
  const configuration = { connectionArgs: [`--config-file=${writeEngineConfig(options)}`] };
  const readerArguments = ['--readonly=1', `--max_result_rows=${options.resultRows}`, '--result_overflow_mode=throw'];
  const slowArguments = [...readerArguments, `--max_threads=${options.slowThreads}`];
  return {
    control: new SessionPool(1, () => new Session(data, configuration)),
    readers: new SessionPool(options.readers, () => new Session(data, { connectionArgs: readerArguments })),
    slowReaders: new SessionPool(SLOW_READERS, () => new Session(data, { connectionArgs: slowArguments })),
    writers: new SessionPool(options.writers, () => new Session(data)),
  };
}

/** What the engine has freed, its allocator keeps for the next statement. */
async function purgeFreed(control: SessionPool): Promise<void> {
  try {
    await control.run((session) => session.execute('SYSTEM JEMALLOC PURGE'));
  } catch {
    // Only an engine that was built with this allocator has it.
  }
}

function notify(notice: EngineNotice): void {
  process.stdout.write(`${JSON.stringify(notice)}\n`);
}

/** No clean-up: the engine's own tear-down may wait for a statement that cannot be interrupted, and kill -9 is safe. */
function endAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}

/**
 * The engine's own handlers wait up to 300 s for a crash report that nobody writes in chDB; a crash must end the process at once.
 * Adding and removing a listener is Node's way back to the system's default action.
 */
function restoreFatalSignals(): void {
  const nothing = () => {};
  for (const signal of ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP'] as const)
    process.on(signal, nothing).off(signal, nothing);
}

/** Where memory runs out, Linux is to end this process and not the one that holds the journal. */
function raiseOutOfMemoryScore(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '500');
  } catch {
    // Only Linux has it.
  }
}
