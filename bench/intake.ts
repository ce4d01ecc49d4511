// What intake sustains on this machine: node bench/intake.ts [--seconds 30] [--backlog 200000] [--json FILE]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startServerProcess, temporaryFolder } from '../test/support/server.ts';
import { measureDrain } from './drain.ts';
import { measureFreshness, waitUntilProjected } from './freshness.ts';
import { describeMachine, measureFsync } from './measure.ts';
import { benchWorkspace, makeKeys } from './payloads.ts';
import { highestHeld, type Load, runSteps, SenderProcess } from './steps.ts';
import { line, ms, perSecond, title } from './text.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    backlog: { type: 'string', default: '200000' },
    json: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const STEP_SECONDS = 5;
const SINGLE_RATES = [500, 1000, 2000, 3000, 4000, 5000, 6000];
const BATCH_RATES = [100, 200, 300, 400, 600];
const SUSTAINED_RATE = 2000;

const keys = makeKeys();
const workspace = benchWorkspace(keys);
const sender = new SenderProcess(keys);

async function benchServer(durable: boolean) {
  const name = durable ? 'durable' : 'without fsync';
  const preload = new URL('./without-fsync.ts', import.meta.url).href;
  const server = await startServerProcess({
    data: temporaryFolder('bench-data'),
    workspace,
    env: { TURNOUT_LOG: 'warn', ...(durable ? {} : { NODE_OPTIONS: `--import=${preload}` }) },
  });
  const load = (settings: Pick<Load, 'kind' | 'rate' | 'seconds' | 'eventsPerRequest'>) => ({
    ...settings,
    url: server.url,
  });
  try {
    await sender.run(load({ kind: 'whatsapp', rate: 200, seconds: 2, eventsPerRequest: 1 }));
    title(`Single signed WhatsApp events, ${name}`);
    const single = await runSteps(
      sender,
      SINGLE_RATES.map((rate) => load({ kind: 'whatsapp', rate, seconds: STEP_SECONDS, eventsPerRequest: 1 })),
    );

    title(`${SUSTAINED_RATE}/s for ${seconds} s, ${name}`);
    await waitUntilProjected(server.url);
    const stop = new AbortController();
    const freshness = durable ? measureFreshness(server.url, stop.signal) : undefined;
    const sustained = await sender.run(load({ kind: 'whatsapp', rate: SUSTAINED_RATE, seconds, eventsPerRequest: 1 }));
    stop.abort();
    line(sustained, 1);
    const fresh = await freshness;
    if (fresh !== undefined)
      console.log(
        `  acknowledged → counted, under this load: p50 ${ms(fresh.p50)}, p95 ${ms(fresh.p95)} (${fresh.samples} events)`,
      );

    title(`Batches of 100 SendGrid events, ${name}`);
    const batches = await runSteps(
      sender,
      BATCH_RATES.map((rate) => load({ kind: 'sendgrid', rate, seconds: STEP_SECONDS, eventsPerRequest: 100 })),
    );
    await waitUntilProjected(server.url);
    return {
      single,
      singleHeld: highestHeld(single),
      sustained,
      freshness: fresh,
      batches,
      batchesHeld: highestHeld(batches),
    };
  } finally {
    await server.stop();
  }
}

// Each server and each temporary folder of the bench cleans up when this process ends.
process.setMaxListeners(50);
const machine = describeMachine();
console.log(
  `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, ${machine.platform}, Node ${machine.node}, load before: ${machine.loadBefore}`,
);
const fsync = measureFsync(temporaryFolder('bench-fsync'));
console.log(`fdatasync of 4 KiB: median ${ms(fsync.median)}, p99 ${ms(fsync.p99)}`);

const durable = await benchServer(true);
const withoutFsync = await benchServer(false);
sender.stop();

title('Draining a backlog with a cold projector');
const drain = {
  batches: await measureDrain(workspace, Number(values.backlog), 100),
  single: await measureDrain(workspace, Number(values.backlog), 1),
};
console.log(`  entries of 100 events: ${perSecond(drain.batches.eventsPerSecond)} events/s`);
console.log(`  entries of 1 event:    ${perSecond(drain.single.eventsPerSecond)} events/s`);

title('In short');
console.log(`  single events held:     ${durable.singleHeld}/s durable, ${withoutFsync.singleHeld}/s without fsync`);
console.log(
  `  at ${SUSTAINED_RATE}/s: p99 ${ms(durable.sustained.p99)} durable, ${ms(withoutFsync.sustained.p99)} without fsync`,
);
console.log(
  `  events in batches held: ${durable.batchesHeld * 100}/s durable, ${withoutFsync.batchesHeld * 100}/s without fsync`,
);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ machine, fsync, durable, withoutFsync, drain }, null, 2)}\n`);
process.exit(0);
