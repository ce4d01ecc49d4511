// Late events on a store that is kept: npm run bench:late -- --keep FOLDER [--events 10000] [--days 400]
import { parseArgs } from 'node:util';
import type { RollupInfo } from '../src/contract/api.ts';
import type { MetricQuery } from '../src/contract/query.ts';
import type { QueryResult } from '../src/contract/result.ts';
import { until } from '../test/support/server.ts';
import { waitUntilProjected } from './freshness.ts';
import { startKeptServer } from './kept-server.ts';
import { lateMessage } from './payloads.ts';

const { values } = parseArgs({
  options: {
    keep: { type: 'string' },
    events: { type: 'string', default: '10000' },
    days: { type: 'string', default: '400' },
  },
});
const { keep } = values;
if (keep === undefined) {
  console.error(
    'Say which store: node bench/make-store.ts --size 20m --keep FOLDER makes one; then --keep FOLDER here.',
  );
  process.exit(2);
}
const [events, days] = [Number(values.events), Number(values.days)];
const PER_REQUEST = 100;

const { server } = await startKeptServer(keep);
try {
  await waitUntilProjected(server.url);
  await settled();
  const campaign = `late-${Date.now()}`;
  const now = Date.now();
  const times = Array.from(
    { length: events },
    (_, index) => now - Math.floor(((index + 1) / events) * days * 86_400_000),
  );
  const begun = performance.now();
  for (let first = 0; first < events; first += PER_REQUEST) {
    const message = lateMessage(campaign, first, times.slice(first, first + PER_REQUEST), campaign);
    const response = await fetch(server.url + message.path, {
      method: 'POST',
      headers: message.headers,
      body: message.body,
    });
    if (response.status !== 200) throw new Error(`answered with ${response.status}`);
  }
  const acknowledged = performance.now();
  await until(async () => ((await counted(campaign)) === events ? true : undefined), 'all are counted', 120_000);
  const visible = performance.now();
  const hours = (await rollups()).reduce((sum, { pending_hours }) => sum + pending_hours, 0);
  console.log(
    `${events} events over ${days} days: acknowledged in ${seconds(acknowledged - begun)}, in an answer ${seconds(visible - acknowledged)} after the last acknowledgement; ${hours} hours of roll-ups wait then`,
  );
  await settled();
  console.log(`roll-ups are current ${seconds(performance.now() - acknowledged)} after the last acknowledgement`);
  for (const { name, last } of await rollups())
    if (last !== null) console.log(`  ${name}: the last time ${last.hours} hours in ${last.milliseconds} ms`);
} finally {
  await server.stop();
}

async function counted(campaign: string): Promise<number> {
  const query: MetricQuery = {
    metrics: ['messages_sent'],
    time: { range: ['2020-01-01', '2100-01-01'] },
    filters: [{ dimension: 'campaign', op: 'in', values: [campaign] }],
  };
  const response = await fetch(`${server.url}/api/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(query),
  });
  const result = (await response.json()) as QueryResult;
  return Number(result.rows[0]?.['messages_sent'] ?? 0);
}

async function rollups(): Promise<RollupInfo[]> {
  const response = await fetch(`${server.url}/api/v1/rollups`);
  return ((await response.json()) as { rollups: RollupInfo[] }).rollups;
}

function settled(): Promise<true> {
  return until(
    async () => ((await rollups()).every(({ state }) => state === 'current') ? true : undefined),
    'the roll-ups are current',
    600_000,
  );
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
