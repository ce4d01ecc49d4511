import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MetricQuery } from '../../src/contract/query.ts';
import type { BatchResult } from '../../src/contract/result.ts';
import type { ServingStatus } from '../../src/query/statement-cache.ts';
import { type ServerProcess, startServerProcess, temporaryFolder, until } from '../support/server.ts';
import { whatsappNotification } from '../support/whatsapp.ts';
import { APP_SECRET, testWorkspace, WEBHOOK_TOKEN } from '../support/workspace.ts';

/** Pages beside slow questions, readers who leave, an engine that dies, and more questions than can be answered: the real server. */

const ROWS = 12_000;
const DAYS = 60;
const DAY_MS = 86_400_000;
const CLOCK = Date.parse('2026-06-30T12:00:00Z');

let server: ServerProcess;
const leaving: AbortController[] = [];

beforeAll(async () => {
  const workspace = testWorkspace({ clock: new Date(CLOCK).toISOString() });
  for (const folder of ['tables', 'metrics']) mkdirSync(join(workspace, folder));
  writeFileSync(
    join(workspace, 'tables', 'letters.yaml'),
    'version: 1\ntable: letters\ncolumns: [{ name: words, type: text }]\n',
  );
  writeFileSync(
    join(workspace, 'metrics', 'letters.yaml'),
    `version: 1
dataset: letters
table: letters
time: received_at
dimensions: [{ name: words }]
metrics: [{ name: letters, type: simple, agg: count }]
`,
  );
  server = await startServerProcess({ data: temporaryFolder('serving'), workspace });
  await postLetters();
  await postMessages();
  await until(
    async () => (Number((await askOne({ metrics: ['letters'] }))?.['letters']) === ROWS ? true : undefined),
    'all letters are counted',
    60_000,
  );
});

afterEach(async () => {
  for (const one of leaving.splice(0)) one.abort();
  await until(async () => ((await isIdle()) ? true : undefined), 'nothing runs any more');
});

afterAll(async () => {
  await server?.stop();
});

test('slow questions do not hold up pages', async () => {
  await pageTimes(3);
  const before = await pageTimes(12);
  const stop = new AbortController();
  leaving.push(stop);
  for (let number = 0; number < 3; number++) void keepAskingSlowly(stop.signal);
  await until(async () => ((await running()) >= 3 ? true : undefined), 'three slow questions run');
  const beside = await pageTimes(12);
  expect(await running(), 'slow questions still run').toBeGreaterThan(0);
  console.log(`a page of 12 tiles: p95 ${before} ms alone, ${beside} ms beside three slow questions at a time`);
  expect(beside).toBeLessThan(Math.max(1_000, before * 6));
});

test('who leaves frees the engine at once, unless somebody else waits for the same', async () => {
  const engine = engineOf(server.pid);
  const query = slowQuery();
  const first = askSlowly(query);
  const second = askSlowly(query);
  await until(
    async () => ((await running()) === 1 && (await load()).shared > 0 ? true : undefined),
    'two wait for one',
  );
  const givenUp = (await load()).given_up;
  first.abort();
  await until(async () => (engineTicks(engine) > 0 ? true : undefined), 'the engine works');
  expect(await running()).toBe(1);
  expect((await load()).given_up).toBe(givenUp);
  const left = performance.now();
  second.abort();
  await until(async () => ((await isIdle()) ? true : undefined), 'the statement is given up', 5_000);
  expect((await load()).given_up).toBe(givenUp + 1);
  await until(async () => ((await isQuiet(engine)) ? true : undefined), 'the engine has stopped working', 10_000);
  console.log(`the engine was quiet ${Math.round(performance.now() - left)} ms after the last reader left`);
  expect(engineOf(server.pid), 'the engine was not ended for it').toBe(engine);
});

test('the engine is killed in mid-page: what is kept is answered, the rest recovers', async () => {
  const known = await askPage(7);
  expect(known.failed).toEqual([]);
  for (let round = 0; round < 3; round++) {
    const engine = engineOf(server.pid);
    const underWay = askPage(100 + round);
    process.kill(engine, 'SIGKILL');
    const killedAt = performance.now();
    const kept = await askPage(7);
    expect(kept.failed, 'a page that is kept needs no engine').toEqual([]);
    expect(kept.ms).toBeLessThan(1_000);
    const broken = await underWay;
    expect(broken.failed.filter((code) => code !== 'unavailable')).toEqual([]);
    await until(
      async () => ((await askPage(200 + round)).failed.length === 0 ? true : undefined),
      'new pages are answered',
      10_000,
    );
    const recovered = performance.now() - killedAt;
    console.log(
      `kept page after ${Math.round(kept.ms)} ms, the page under way ${broken.failed.length === 0 ? 'was answered' : 'said so'} after ${Math.round(broken.ms)} ms, new pages after ${Math.round(recovered)} ms`,
    );
    expect(recovered).toBeLessThan(3_000);
  }
});

// What waits is bounded in src/query/statement-cache.test.ts as well; with TURNOUT_THOROUGH=1 by the real server.
test.runIf(process.env['TURNOUT_THOROUGH'] === '1')(
  'more questions than can be answered: some are told to come again, and the server stays well',
  async () => {
    const answers = Array.from({ length: 90 }, async () => {
      const leave = new AbortController();
      leaving.push(leave);
      return ask(slowQuery(), leave.signal).catch(() => undefined);
    });
    const refused = await Promise.any(
      answers.map(async (answer) => {
        const response = await answer;
        if (response?.status !== 503) throw new Error('not refused');
        return response;
      }),
    );
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(((await refused.json()) as { error: { message: string } }).error.message).toBe(
      'Turnout is answering as many questions as it can at once. Try again in a few seconds.',
    );
    expect((await load()).lanes.quick.requests).toBeLessThanOrEqual(60);
    for (const one of leaving.splice(0)) one.abort();
    await until(async () => ((await isIdle()) ? true : undefined), 'nothing runs or waits', 15_000);
    await until(
      async () => ((await askPage(300)).failed.length === 0 ? true : undefined),
      'pages are answered',
      10_000,
    );
  },
);

async function postLetters(): Promise<void> {
  const words = Array.from({ length: 80 }, (_, index) => `word${index}`).join(' ');
  for (let first = 0; first < ROWS; first += 4_000) {
    const lines = Array.from({ length: 4_000 }, (_, index) =>
      JSON.stringify({
        record: 'row',
        key: `l${first + index}`,
        table: 'letters',
        values: { words: `${first + index} ${words}` },
      }),
    );
    const response = await fetch(`${server.url}/hooks/platform`, {
      method: 'POST',
      headers: { authorization: `Bearer ${WEBHOOK_TOKEN}`, 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
    });
    expect(response.status).toBe(200);
  }
}

async function postMessages(): Promise<void> {
  for (let day = 0; day < DAYS; day++) {
    const timestamp = Math.floor((CLOCK - (day + 1) * DAY_MS) / 1000);
    const events = Array.from({ length: 50 }, (_, index) => ({
      id: `wamid.${day}.${index}`,
      status: 'delivered' as const,
      timestamp: timestamp + index,
    }));
    const { body, headers } = whatsappNotification(events, APP_SECRET);
    expect((await fetch(`${server.url}/hooks/wa`, { method: 'POST', headers, body })).status).toBe(200);
  }
}

function ask(body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(`${server.url}/api/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function askOne(query: MetricQuery): Promise<Record<string, unknown> | undefined> {
  const response = await ask(query);
  if (!response.ok) return undefined;
  return ((await response.json()) as { rows: Record<string, unknown>[] }).rows[0];
}

let asked = 0;

/** Searches every text for so many hundred words that it does not hold; the last one of each filter it does. */
function slowQuery(filters = 25): MetricQuery {
  const number = asked++;
  return {
    metrics: ['letters'],
    filters: Array.from({ length: filters }, (_, filter) => ({
      dimension: 'words',
      op: 'has' as const,
      values: [...Array.from({ length: 100 }, (_, value) => `missing ${number} ${filter} ${value}`), 'word7'],
    })),
  };
}

function askSlowly(query: MetricQuery = slowQuery()): AbortController {
  const leave = new AbortController();
  leaving.push(leave);
  ask(query, leave.signal).catch(() => {});
  return leave;
}

/** One after the other, each a new one. */
async function keepAskingSlowly(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await ask(slowQuery(), signal).catch(() => {});
}

/** Twelve tiles over a period that was not asked for before, so that none is kept. */
async function askPage(offset: number): Promise<{ ms: number; failed: string[] }> {
  const end = new Date(CLOCK - (offset % 7) * DAY_MS);
  const range: [string, string] = [new Date(CLOCK - 50 * DAY_MS - offset * 60_000).toISOString(), end.toISOString()];
  const metrics = ['messages_sent', 'messages_delivered', 'messages_failed', 'delivery_rate'];
  const queries = metrics.flatMap((metric): MetricQuery[] => [
    { metrics: [metric], time: { range, grain: 'day' } },
    { metrics: [metric], time: { range }, dimensions: ['channel'], totals: true },
    { metrics: [metric], time: { range }, dimensions: ['weekday', 'hour_of_day'] },
  ]);
  const started = performance.now();
  const response = await ask({ queries });
  const body = (await response.json()) as BatchResult | { error: { code: string } };
  const ms = performance.now() - started;
  if ('error' in body) return { ms, failed: [body.error.code] };
  return { ms, failed: body.results.flatMap((result) => ('error' in result ? [result.error.code] : [])) };
}

let pages = 1_000;

/** @returns p95 in milliseconds */
async function pageTimes(count: number): Promise<number> {
  const times: number[] = [];
  for (let page = 0; page < count; page++) {
    const { ms, failed } = await askPage(pages++);
    expect(failed).toEqual([]);
    times.push(ms);
  }
  times.sort((a, b) => a - b);
  return Math.round(times[Math.floor(count * 0.95)] ?? Number.NaN);
}

async function load(): Promise<ServingStatus> {
  return (await (await fetch(`${server.url}/api/v1/serving`)).json()) as ServingStatus;
}

async function running(): Promise<number> {
  const { quick, heavy } = (await load()).lanes;
  return quick.running + quick.overdue + heavy.running;
}

async function isIdle(): Promise<boolean> {
  const { quick, heavy } = (await load()).lanes;
  return (await running()) === 0 && quick.waiting + heavy.waiting === 0;
}

/** Process id of the engine child: the server's only child. 0 while it is away. */
function engineOf(pid: number): number {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return Number(child);
}

/** Hundredths of a second that the process has worked. */
function engineTicks(pid: number): number {
  if (!existsSync(`/proc/${pid}/stat`)) return 0;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

/** Whether it works less than a fifth of the time. */
async function isQuiet(pid: number): Promise<boolean> {
  const before = engineTicks(pid);
  const since = performance.now();
  await until(async () => (performance.now() - since > 500 ? true : undefined), 'half a second has passed');
  return engineTicks(pid) - before < 10;
}
