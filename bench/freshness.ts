import type { Freshness } from '../src/contract/api.ts';
import type { MetricQuery } from '../src/contract/query.ts';
import type { QueryResult } from '../src/contract/result.ts';
import { until } from '../test/support/server.ts';
import { percentile, sortedNumbers } from './measure.ts';
import { whatsappMessage } from './payloads.ts';

const POLL_MS = 100;

export async function loadFreshness(url: string): Promise<Freshness> {
  return (await (await fetch(`${url}/api/v1/freshness`)).json()) as Freshness;
}

export async function waitUntilProjected(url: string): Promise<void> {
  await until(
    async () => ((await loadFreshness(url)).pending === 0 ? true : undefined),
    'everything acknowledged is counted',
    300_000,
  );
}

/** Posts marked events one after the other and asks, as a page does, until each is counted. Milliseconds from the acknowledgement on. */
export async function measureFreshness(
  url: string,
  signal: AbortSignal,
): Promise<{ p50: number; p95: number; slowest: number; samples: number }> {
  const times: number[] = [];
  for (let number = 0; !signal.aborted; number++) {
    const marker = `marked-${process.pid}-${number}`;
    const message = whatsappMessage(marker, 0, 1, marker);
    const response = await fetch(url + message.path, { method: 'POST', headers: message.headers, body: message.body });
    if (response.status !== 200) throw new Error(`the marked event was answered with ${response.status}`);
    const acknowledged = performance.now();
    while (!(await isCounted(url, marker))) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    times.push(performance.now() - acknowledged);
  }
  const sorted = sortedNumbers(times);
  return {
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    slowest: sorted.at(-1) ?? Number.NaN,
    samples: sorted.length,
  };
}

async function isCounted(url: string, campaign: string): Promise<boolean> {
  const query: MetricQuery = {
    metrics: ['messages_sent'],
    time: { range: ['2020-01-01', '2100-01-01'] },
    filters: [{ dimension: 'campaign', op: 'in', values: [campaign] }],
  };
  const response = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(query),
  });
  // While the engine starts nothing is counted yet.
  if (response.status === 503) return false;
  if (!response.ok) throw new Error(`the query was answered with ${response.status}: ${await response.text()}`);
  const result = (await response.json()) as QueryResult;
  return result.rows[0]?.['messages_sent'] === 1;
}
