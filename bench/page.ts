// A filter changes, all tiles are painted anew, in a real browser: npm run bench:page -- [--data FOLDER] [--rounds 20] [--dashboards overview,channels] [--period 91d] [--json FILE]
// FOLDER is one that `npm run bench -- --keep FOLDER` has filled; without it the sample is made and used.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Catalog, RollupInfo } from '../src/contract/api.ts';
import type { Dashboard } from '../src/contract/dashboard.ts';
import type { Filter } from '../src/contract/query.ts';
import type { QueryResult } from '../src/contract/result.ts';
import { formatView } from '../src/contract/url.ts';
import { launchBrowser } from '../test/support/browser.ts';
import { fortyTiles, openForty } from '../test/support/forty-tiles.ts';
import { type MainThreadReport, watchMainThread } from '../test/support/main-thread.ts';
import { measureRepaint, openMeasured, type Repaint } from '../test/support/repaint.ts';
import { startServerProcess, temporaryFolder, until } from '../test/support/server.ts';
import { countingMetric } from '../web/filters/filter-values.ts';
import { viewDefaults } from '../web/filters/view-defaults.ts';
import { waitUntilProjected } from './freshness.ts';
import { describeMachine, percentile, sortedNumbers } from './measure.ts';
import { ms, title } from './text.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    rounds: { type: 'string', default: '20' },
    dashboards: { type: 'string', default: 'overview,channels' },
    period: { type: 'string' },
    json: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
/** Milliseconds within which 95 of 100 changes are to be painted. */
const GOALS = { cold: 900, warm: 400 } as const;
const FORTY_ROUNDS = 5;

if (!existsSync(new URL('../dist/web/index.html', import.meta.url))) {
  console.error('The page is not built yet: npx vite build, then again.');
  process.exit(2);
}
process.setMaxListeners(50);
const machine = describeMachine();
console.log(
  `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, load before: ${machine.loadBefore}`,
);
const sampleFolder = values.data === undefined ? temporaryFolder('bench-page') : '';
const browser = await launchBrowser();
const dashboards: Record<string, Awaited<ReturnType<typeof measureDashboard>>> = {};
for (const name of values.dashboards.split(',')) dashboards[name] = await measureDashboard(name);
const forty = await measureForty();
await browser.close();
if (values.json !== undefined)
  writeFileSync(
    values.json,
    `${JSON.stringify({ machine, data: values.data ?? 'sample', dashboards, forty }, null, 2)}\n`,
  );
process.exit(0);

/** A server of its own for each dashboard: nothing is kept of what another one asked. */
async function startServer() {
  const server = await startServerProcess({
    ...(values.data === undefined
      ? { data: sampleFolder, sample: true }
      : { data: join(values.data, 'data'), workspace: join(values.data, 'workspace') }),
    env: { TURNOUT_LOG: 'warn' },
  });
  await waitUntilProjected(server.url);
  await until(
    async () => {
      const { rollups } = await load<{ rollups: RollupInfo[] }>(server.url, '/api/v1/rollups');
      return rollups.every(({ state }) => state === 'current') ? true : undefined;
    },
    'all roll-ups are current',
    1_800_000,
  );
  return server;
}

async function measureDashboard(name: string) {
  const server = await startServer();
  try {
    const dashboard = await load<Dashboard>(server.url, `/api/v1/dashboards/${name}`);
    const states = await listStates(server.url, dashboard);
    title(`${dashboard.title}: ${states.length} states of its filters`);
    const base = `/d/${name}${addressOf(dashboard, [])}`;
    const first = await openMeasured(browser, server.url + base);
    const cold = await measureStates(first, name, states);
    await first.context().close();
    // Another reader: the browser knows nothing, the server has answered it all before.
    const second = await openMeasured(browser, server.url + base);
    const warm = await measureStates(second, name, states.toReversed());
    // In the same order again: it begins with another state than the one that is shown.
    const back = await measureStates(second, name, states.toReversed());
    await second.context().close();
    report('never asked before', cold, GOALS.cold);
    report('asked before by someone', warm, GOALS.warm);
    report('asked before by the same reader', back, GOALS.warm);
    return { cold, warm, back };
  } finally {
    await server.stop();
  }
}

async function measureStates(page: Awaited<ReturnType<typeof openMeasured>>, name: string, states: readonly string[]) {
  const repaints: Repaint[] = [];
  for (const state of states) repaints.push(await measureRepaint(page, `/d/${name}${state}`));
  return repaints;
}

function report(what: string, repaints: readonly Repaint[], goal: number): void {
  const painted = sortedNumbers(repaints.map((repaint) => repaint.painted));
  const answered = sortedNumbers(repaints.flatMap((repaint) => repaint.answered ?? []));
  const p95 = percentile(painted, 0.95);
  const waited = answered.length === 0 ? 'not asked again' : `answer p50 ${ms(percentile(answered, 0.5))}`;
  console.log(
    `  ${what.padEnd(32)} painted p50 ${ms(percentile(painted, 0.5))}, p95 ${ms(p95)}, slowest ${ms(painted.at(-1) ?? 0)} (${waited}; goal p95 ${goal} ms: ${p95 <= goal ? 'met' : 'missed'})`,
  );
}

/** Addresses of one value of each filter of the dashboard, and of pairs that occur together; in an order that mixes them. */
async function listStates(url: string, dashboard: Dashboard): Promise<string[]> {
  const catalog = await load<Catalog>(url, '/api/v1/metrics');
  const [one, other] = dashboard.filters.filter(({ hidden }) => !hidden).map(({ dimension }) => dimension);
  const metric = one === undefined ? null : countingMetric(one, dashboard, catalog);
  if (one === undefined || metric === null) throw new Error(`${dashboard.name} has no filter to change`);
  const dimensions = other === undefined ? [one] : [one, other];
  const answer = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-turnout': '1' },
    body: JSON.stringify({
      metrics: [metric],
      dimensions,
      order_by: [`-${metric}`],
      limit: 200,
      time: { range: 'all' },
    }),
  });
  const { rows } = (await answer.json()) as QueryResult;
  const only = (dimension: string, value: unknown): Filter => ({ dimension, op: 'in', values: [String(value)] });
  const combinations = rows.flatMap((row) => {
    const chosen = dimensions.filter((dimension) => row[dimension] !== null && row[dimension] !== '');
    return [
      ...chosen.map((dimension) => [only(dimension, row[dimension])]),
      chosen.map((dimension) => only(dimension, row[dimension])),
    ];
  });
  const addresses = [...new Set(combinations.map((filters) => addressOf(dashboard, filters)))];
  const states = addresses.filter((address) => address !== addressOf(dashboard, [])).slice(0, rounds);
  if (states.length < 2) throw new Error(`${dashboard.name} has too few values to filter by`);
  return states;
}

function addressOf(dashboard: Dashboard, filters: Filter[]): string {
  const standard = viewDefaults(dashboard);
  return formatView(
    { ...standard, filters, ...(values.period === undefined ? {} : { period: values.period }) },
    standard,
  );
}

/** Forty tiles of all kinds on one page: the longest that the page did not answer to a hand. */
async function measureForty() {
  const server = await startServer();
  try {
    const dashboard = await fortyTiles(server.url);
    title('Forty tiles on one page: the longest task of its main thread');
    const [filter] = await listStates(server.url, dashboard);
    const seen: Record<'loaded' | 'filtered' | 'taken back', MainThreadReport[]> = {
      loaded: [],
      filtered: [],
      'taken back': [],
    };
    for (let round = 0; round < FORTY_ROUNDS; round++) {
      let watched: Awaited<ReturnType<typeof watchMainThread>> | undefined;
      const { page, show } = await openForty(browser, server.url, dashboard, async (opened) => {
        watched = await watchMainThread(opened);
      });
      if (watched) seen.loaded.push(await watched.stop());
      for (const [what, address] of [
        ['filtered', filter ?? ''],
        ['taken back', ''],
      ] as const) {
        const watching = await watchMainThread(page);
        await show(address);
        seen[what].push(await watching.stop());
      }
      await page.context().close();
    }
    for (const [what, reports] of Object.entries(seen)) {
      const [used, clock] = (['longest', 'longestByClock'] as const).map((field) =>
        sortedNumbers(reports.map((one) => one[field])),
      );
      console.log(
        `  ${what.padEnd(12)} processor time: median ${ms(percentile(used ?? [], 0.5))}, worst ${ms(used?.at(-1) ?? 0)}; by the clock: median ${ms(percentile(clock ?? [], 0.5))}, worst ${ms(clock?.at(-1) ?? 0)}`,
      );
    }
    return seen;
  } finally {
    await server.stop();
  }
}

async function load<Answer>(url: string, path: string): Promise<Answer> {
  const response = await fetch(url + path);
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}
