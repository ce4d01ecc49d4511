// Intake, projector and readers together on a store that is kept: npm run bench:mixed -- --keep FOLDER [--rate 3000] [--seconds 600] [--readers 20] [--json FILE]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { LedgerRow } from '../src/contract/api.ts';
import { measureFreshness, waitUntilProjected } from './freshness.ts';
import { startKeptServer } from './kept-server.ts';
import { watchMemory } from './memory.ts';
import { readKeys } from './payloads.ts';
import { runReaders } from './readers.ts';
import { SenderProcess } from './steps.ts';
import { line, ms, title } from './text.ts';

const { values } = parseArgs({
  options: {
    keep: { type: 'string' },
    rate: { type: 'string', default: '3000' },
    seconds: { type: 'string', default: '600' },
    readers: { type: 'string', default: '20' },
    json: { type: 'string' },
  },
});
const { keep } = values;
if (keep === undefined) {
  console.error('Say which store: npm run bench -- --size 20m --keep FOLDER makes one; then --keep FOLDER here.');
  process.exit(2);
}
const [rate, seconds, readers] = [Number(values.rate), Number(values.seconds), Number(values.readers)];

process.setMaxListeners(50);
const { machine, server } = await startKeptServer(keep);
const keys = readKeys(join(keep, 'workspace'));
const sender = new SenderProcess(keys);
try {
  await waitUntilProjected(server.url);
  const before = await loadLedger();
  title(`${rate} signed events/s for ${seconds} s, ${readers} readers`);
  const stop = new AbortController();
  const memory = watchMemory(server.pid, stop.signal);
  const freshness = measureFreshness(server.url, stop.signal);
  const reading = runReaders({ url: server.url, readers, signal: stop.signal, thinkMs: 5_000 });
  const sent = await sender.run({ url: server.url, kind: 'whatsapp', rate, seconds, eventsPerRequest: 1 });
  stop.abort();
  line(sent, 1);
  const fresh = await freshness;
  console.log(
    `  acknowledged → counted in an answer: p50 ${ms(fresh.p50)}, p95 ${ms(fresh.p95)}, slowest ${ms(fresh.slowest)} (${fresh.samples} events)`,
  );
  const pages = await reading;
  const errors = Object.entries(pages.errors).map(([what, count]) => `${count} × ${what}`);
  console.log(
    `  pages: ${pages.pages}, p50 ${ms(pages.p50)}, p95 ${ms(pages.p95)}, p99 ${ms(pages.p99)}, slowest ${ms(pages.slowest)}, ${errors.length === 0 ? 'no errors' : errors.join(', ')}`,
  );
  const used = await memory;
  console.log(
    `  resident memory, server and engine: ${used.map(({ second, megabytes }) => `${megabytes} MB after ${second} s`).join(', ')}`,
  );
  await waitUntilProjected(server.url);
  const after = await loadLedger();
  const received = totalOf(after, 'received') - totalOf(before, 'received');
  const exact = after.every(
    (row) => row.received === row.counted + row.duplicate + row.quarantined + row.expired + row.erased,
  );
  const counted = totalOf(after, 'counted') - totalOf(before, 'counted');
  const acknowledged = sent.accepted + fresh.samples;
  console.log(
    `  ledger: ${received} received, ${counted} counted, ${acknowledged} acknowledged; ${exact && counted === acknowledged ? 'exact' : 'NOT EXACT'}`,
  );
  if (values.json !== undefined)
    writeFileSync(
      values.json,
      `${JSON.stringify({ machine, sent, freshness: fresh, pages, memory: used, received, counted, acknowledged, exact }, null, 2)}\n`,
    );
} finally {
  sender.stop();
  await server.stop();
}
process.exit(0);

async function loadLedger(): Promise<LedgerRow[]> {
  return (await (await fetch(`${server.url}/api/v1/ledger`)).json()) as LedgerRow[];
}

function totalOf(rows: readonly LedgerRow[], column: 'received' | 'counted'): number {
  return rows.reduce((sum, row) => sum + row[column], 0);
}
