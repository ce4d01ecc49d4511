import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface GiveBackOptions {
  /** What else can be given back in such a moment; must not reject. */
  also?: () => Promise<void>;
  /** Milliseconds between two looks; default 5,000. */
  lookEveryMs?: number;
}

const LOOK_EVERY_MS = 5_000;
/** A process that used less of one core than this since the last look has time. */
const QUIET_SHARE = 0.2;
/** CPU milliseconds of work that must lie between two times: who did nothing holds nothing new. */
const WORK_BETWEEN_MS = 500;
/** Less is not worth the pause of a full collection. */
const WORTH_BYTES = 8 * 1024 * 1024;

/**
 * V8 leaves the heap of a thread that has nothing to do as large as its last work needed. In quiet moments this collects the
 * calling thread's heap whole (a pause of some 50 ms), so that the system gets back what is not in use. A call every second is
 * still quiet.
 *
 * @returns the function that ends it
 */
export function giveBackWhenQuiet({ also, lookEveryMs = LOOK_EVERY_MS }: GiveBackOptions = {}): () => void {
  let lookedAt = cpuMs();
  let gaveBackAt = 0;
  let held = 0;
  const timer = setInterval(() => {
    const now = cpuMs();
    const quiet = now - lookedAt < lookEveryMs * QUIET_SHARE;
    lookedAt = now;
    if (!quiet || now - gaveBackAt < WORK_BETWEEN_MS) return;
    if (heapBytes() > held + WORTH_BYTES) {
      collectGarbage();
      held = heapBytes();
    }
    // The collection is no work that another one should follow.
    gaveBackAt = cpuMs();
    void also?.();
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** What the calling thread's heap takes of the machine's memory, with the buffers that it holds. */
export function heapBytes(): number {
  const { total_physical_size, external_memory } = getHeapStatistics();
  return total_physical_size + external_memory;
}

/** Of all threads of the process, since it began. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

let gc: ((options: object) => void) | undefined;

function collectGarbage(): void {
  if (gc === undefined) {
    // V8 gives the function to contexts that are made after the flag was set.
    setFlagsFromString('--expose-gc');
    gc = runInNewContext('gc');
  }
  gc?.({ type: 'major', execution: 'sync' });
}
