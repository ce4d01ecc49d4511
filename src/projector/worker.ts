import { setTimeout as pause } from 'node:timers/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { CONNECTORS } from '../connectors/registry.ts';
import { openJournalReader } from '../journal/reader.ts';
import { connectWarehouse } from '../warehouse/client.ts';
import { giveBackWhenQuiet } from '../warehouse/give-back-memory.ts';
import { lowerPriority } from '../warehouse/lower-priority.ts';
import { gather, paceOf, waitForMerges } from './pace.ts';
import type { ProjectedSource } from './prepare.ts';
import { createProjector } from './project.ts';
import { mostParts, tidy } from './tidy.ts';
import type { FromWorker, ToWorker, WorkerInput, WorkerSource } from './worker-messages.ts';

/** The thread that projects: told how far the journal is durable, it works until it is there and tells how far it is. */

const RETRY_MS = 1000;
/** Batches after which it is tidied up, and the least time between two times. */
const TIDY_AFTER_BATCHES = 20;
const TIDY_EVERY_MS = 60_000;
/** Nothing to do for so long is a moment to tidy up thoroughly, after a rest of so many times what that took the last time. */
const QUIET_MS = 2_000;
const REST_AFTER_TIDYING = 20;
/** Least time between two looks at how the engine's merges follow. */
const LOOK_AT_PARTS_MS = 10_000;

const NICENESS = 5;

const port = parentPort;
// Elsewhere it would be the whole server's.
if (process.platform === 'linux') lowerPriority(NICENESS);
giveBackWhenQuiet();
if (port) void work(port, workerData as WorkerInput);

async function work(main: MessagePort, input: WorkerInput): Promise<void> {
  const warehouse = connectWarehouse(input.warehouse);
  const tell = (message: FromWorker) => main.postMessage(message);
  const say = (level: 'info' | 'warn' | 'error') => (fields: object, text: string) =>
    tell({ kind: 'log', level, fields, text });
  const reader = await openJournalReader(input.journalFolder, undefined, (damage) =>
    say('error')({ ...damage }, 'the journal has bytes that cannot be read'),
  );
  const projector = createProjector({
    warehouse,
    reader,
    journalFolder: input.journalFolder,
    sources: projectedSources(input.sources),
    workspace: input.workspace,
    channels: input.channels,
    rates: input.rates,
    tables: input.tables ?? [],
    ...(input.webinars === undefined ? {} : { webinars: input.webinars }),
    careful: input.careful,
    ...(input.told === undefined ? {} : { told: input.told }),
    log: { info: say('info'), warn: say('warn'), error: say('error') },
  });

  let durable = 0;
  let closing = false;
  let wake = () => {};
  main.on('message', (message: ToWorker) => {
    if (message.kind === 'durable') durable = Math.max(durable, message.seq);
    else closing = true;
    wake();
  });
  const news = () => new Promise<void>((resolve) => (wake = resolve));

  let done = 0;
  let batches = TIDY_AFTER_BATCHES;
  let tidyAt = 0;
  let thoroughAt = 0;
  let tidying: Promise<void> | undefined;
  /** Beside the batches: in a stream without an end there is no better moment. */
  const tidyUp = (thorough: boolean) => {
    if (tidying !== undefined || (!thorough && (batches < TIDY_AFTER_BATCHES || performance.now() < tidyAt))) return;
    const startedAt = performance.now();
    batches = 0;
    tidyAt = startedAt + TIDY_EVERY_MS;
    tidying = tidy(warehouse, thorough)
      .catch(() => {})
      .finally(() => {
        tidying = undefined;
        if (thorough) thoroughAt = performance.now() + REST_AFTER_TIDYING * (performance.now() - startedAt);
      });
  };
  let lookAt = 0;
  const letMerge = async () => {
    if (performance.now() < lookAt) return;
    const parts = await mostParts(warehouse);
    lookAt = performance.now() + LOOK_AT_PARTS_MS;
    const wait = waitForMerges(parts);
    if (wait === 0) return;
    say('warn')({ parts, wait }, 'the engine has many parts to merge; the next batch waits for it');
    lookAt = 0;
    await pause(wait);
  };
  await untilDone(
    async () => {
      done = await projector.seq();
      const receivedAt = await projector.receivedAt();
      const rules = await projector.rules();
      tell({ kind: 'ready', seq: done, receivedAt, rules, changes: projector.takeChanges() });
    },
    tell,
    () => closing,
  );
  await untilDone(
    async () => tell({ kind: 'rules', rules: await projector.applyRules(), changes: projector.takeChanges() }),
    tell,
    () => closing,
  );
  while (!closing) {
    tidyUp(false);
    if (durable <= done) {
      const told = news();
      if (batches > 0) {
        const wait = Math.max(QUIET_MS, thoroughAt - performance.now());
        const quiet = await Promise.race([told.then(() => false), pause(wait, true, { ref: false })]);
        if (!quiet) continue;
        // What came since the last time would slow every page down until the stream goes on.
        await Promise.race([told, tidying]);
        tidyUp(true);
      }
      await told;
      continue;
    }
    await letMerge();
    const startedAt = performance.now();
    const aim = durable;
    let pace = 0;
    try {
      const outcome = await projector.runBatch(aim);
      if (outcome) {
        batches += 1;
        done = outcome.seq;
        const { counted, duplicate, quarantined } = outcome;
        pace = paceOf({ records: counted + duplicate + quarantined, tookMs: performance.now() - startedAt });
        tell({ kind: 'progress', outcome });
      }
    } catch (error) {
      tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
      await pause(RETRY_MS);
      continue;
    }
    // Without a backlog the next events are gathered for a while.
    if (done >= aim && !closing) await gather(startedAt, pace, () => durable);
  }
  await tidying;
  await reader.close();
  await warehouse.close();
  tell({ kind: 'closed' });
  main.close();
}

/** Tries until it works or the worker is closed. */
async function untilDone(work: () => Promise<void>, tell: (message: FromWorker) => void, closing: () => boolean) {
  while (!closing()) {
    try {
      return await work();
    } catch (error) {
      tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
      await pause(RETRY_MS);
    }
  }
}

function projectedSources(sources: readonly WorkerSource[]): Map<string, ProjectedSource> {
  const projected = new Map<string, ProjectedSource>();
  for (const { name, connector: word, settings, defaults } of sources) {
    const connector = CONNECTORS.get(word);
    if (connector) projected.set(name, { connector, settings, defaults });
  }
  return projected;
}
