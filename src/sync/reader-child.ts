import { setTimeout as pause } from 'node:timers/promises';
import { type PullConnector, type PullEffects, PullError } from '../contract/pull.ts';
import { createEgressPolicy } from '../egress/policy.ts';
import { createPullEffects, RequestBudgetError } from '../egress/pull-effects.ts';
import { BudgetReached } from './reader.ts';
import { PAGES_AHEAD, type ReaderNews, type ReaderOrder } from './reader-messages.ts';

/** Entry of the process that reads a service for one run: it parses what comes and hands pages to the server, which keeps them. */

type Job = Exclude<ReaderOrder, { type: 'kept' | 'stop' }>;

let stop = new AbortController();
let busy = false;
let ahead = 0;
let kept: () => void = () => {};

process.on('message', (order: ReaderOrder) => {
  if (order.type === 'kept') {
    ahead -= 1;
    kept();
  } else if (order.type === 'stop') {
    if (!busy) process.exit(0);
    stop.abort();
    kept();
  } else {
    void runJob(order);
  }
});
process.on('disconnect', () => process.exit(0));

async function runJob(job: Job): Promise<void> {
  stop = new AbortController();
  busy = true;
  ahead = 0;
  try {
    const connector = await loadConnector(job);
    await doJob(job, connector, effectsFor(job));
  } catch (error) {
    tell(newsOf(error));
  }
  busy = false;
  if (stop.signal.aborted) process.exit(0);
}

async function doJob(job: Job, connector: PullConnector, effects: PullEffects): Promise<void> {
  const { settings } = job.source;
  if (job.type === 'check') return tell({ type: 'checked', streams: await connector.check(settings, effects) });
  const request = { settings, ...job.request };
  if (job.type === 'count') return tell({ type: 'counted', rows: (await connector.count?.(request, effects)) ?? null });
  for await (const page of connector.read(request, effects)) {
    tell({ type: 'page', page });
    ahead += 1;
    while (ahead >= PAGES_AHEAD && !stop.signal.aborted) await nextKept();
    if (stop.signal.aborted) return;
  }
  tell({ type: 'done' });
}

function nextKept(): Promise<void> {
  return new Promise((resolve) => {
    kept = resolve;
  });
}

async function loadConnector(job: Job): Promise<PullConnector> {
  const { PULL_CONNECTORS } = (await import(job.setup.connectors)) as {
    PULL_CONNECTORS: ReadonlyMap<string, PullConnector>;
  };
  const connector = PULL_CONNECTORS.get(job.source.connector);
  if (connector === undefined) throw new PullError('settings', `There is no connector "${job.source.connector}".`);
  return connector;
}

/** The workspace's clock, carried on from what the server said. */
function effectsFor(job: Job): PullEffects {
  const { now: startedAt, requests, milliseconds } = job.limits;
  const started = performance.now();
  const now = () => Math.floor(startedAt + performance.now() - started);
  const effects = createPullEffects({
    policy: createEgressPolicy({ allow: job.setup.egressAllow }),
    now,
    signal: stop.signal,
    random: Math.random,
    sleep: (wait, signal) => pause(wait, undefined, { signal }).catch(() => {}),
    requestBudget: requests,
    deadline: startedAt + milliseconds,
    // Somebody waits for the answer of a test or a count.
    ...(job.type === 'read' ? {} : { attempts: 2 }),
    log: (sentence) => tell({ type: 'log', sentence }),
    notice: (sentence) => tell({ type: 'notice', sentence }),
  });
  return {
    ...effects,
    ...(job.setup.folder === undefined ? {} : { folder: job.setup.folder }),
    async http(request) {
      tell({ type: 'request' });
      return effects.http(request);
    },
  };
}

function newsOf(error: unknown): ReaderNews {
  if (error instanceof RequestBudgetError) return { type: 'budget', bound: 'requests' };
  if (error instanceof BudgetReached) return { type: 'budget', bound: error.bound };
  if (error instanceof PullError) {
    const { kind, message, retryAfterMs } = error;
    return { type: 'failed', kind, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { type: 'failed', kind: 'retry', message: `Reading broke off with a mistake of Turnout's own: ${message}` };
}

function tell(news: ReaderNews): void {
  if (process.connected) process.send?.(news);
}
