// What moving a threshold costs: node bench/webinars.ts [--webinars 1000] [--people 500] [--rounds 11]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Catalog, WorkspaceInfo } from '../src/contract/api.ts';
import type { Dashboard } from '../src/contract/dashboard.ts';
import { resolvePeriod } from '../src/contract/period.ts';
import { resolveCompare } from '../src/contract/period-compare.ts';
import { addDays } from '../src/contract/plain-date.ts';
import type { BatchResult } from '../src/contract/result.ts';
import { openJournal } from '../src/journal/journal.ts';
import { startServerProcess, temporaryFolder } from '../test/support/server.ts';
import { buildPageQueries } from '../web/dashboard/page-queries.ts';
import { viewDefaults } from '../web/filters/view-defaults.ts';
import { waitUntilProjected } from './freshness.ts';
import { describeMachine, percentile, sortedNumbers } from './measure.ts';
import { webinarRecords } from './webinar-records.ts';

const { values } = parseArgs({
  options: {
    webinars: { type: 'string', default: '1000' },
    people: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '11' },
  },
});

const machine = describeMachine();
console.log(
  `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, load before ${machine.loadBefore}`,
);
const workspace = temporaryFolder('bench-webinars-workspace');
mkdirSync(join(workspace, 'sources'));
const clock = '2026-11-22T08:00:00Z';
writeFileSync(
  join(workspace, 'turnout.yaml'),
  `version: 1\nname: Bench\ntime_zone: Europe/Berlin\nclock: "${clock}"\npacks: [omnichannel, webinars]\n`,
);
writeFileSync(
  join(workspace, 'sources', 'bench.yaml'),
  'version: 1\nsources:\n  - { name: bench, connector: webhook, settings: { token: bench-token } }\n',
);
const data = temporaryFolder('bench-webinars');
const records = await writeJournal();
const server = await startServerProcess({ data, workspace, env: { TURNOUT_LOG: 'warn' } });
try {
  const started = performance.now();
  await waitUntilProjected(server.url);
  const seconds = (performance.now() - started) / 1000;
  console.log(`${records} records counted in ${seconds.toFixed(1)} s (${Math.round(records / seconds)} a second)`);
  // A moment without a backlog, in which the projector merges what many inserts left in pieces.
  await new Promise((done) => setTimeout(done, 15_000));
  await measurePages();
} finally {
  await server.stop();
}

async function writeJournal(): Promise<number> {
  const journal = await openJournal({ folder: join(data, 'main', 'journal') });
  let written = 0;
  for (const list of webinarRecords(Number(values.webinars), Number(values.people), Date.parse(clock))) {
    written += list.length;
    await journal.append({
      source: 'bench',
      receivedAt: Date.parse(clock),
      target: '/hooks/bench',
      headers: { 'content-type': 'application/x-ndjson' },
      body: Buffer.from(list.map((record) => JSON.stringify(record)).join('\n')),
    });
  }
  await journal.close();
  return written;
}

async function load<Answer>(path: string): Promise<Answer> {
  return (await (await fetch(server.url + path)).json()) as Answer;
}

/** Each page as the browser asks for it, with thresholds that nobody asked for before. */
async function measurePages(): Promise<void> {
  const catalog = await load<Catalog>('/api/v1/metrics');
  const about = await load<WorkspaceInfo>('/api/v1/workspace');
  const { dashboards } = await load<{ dashboards: { name: string; subject?: string }[] }>('/api/v1/dashboards');
  let threshold = 1;
  const medians: number[] = [];
  for (const { name } of dashboards.filter(({ subject }) => subject === undefined)) {
    const dashboard = await load<Dashboard>(`/api/v1/dashboards/${name}`);
    const times: number[] = [];
    let queries = 0;
    for (let round = 0; round < Number(values.rounds); round += 1) {
      threshold += 0.25;
      const view = { ...viewDefaults(dashboard), parameters: { short_visit: threshold, long_visit: threshold + 25 } };
      const period = resolvePeriod(view.period, { today: about.today, weekStart: about.week_start, data: about.data });
      if (!period.ok) throw new Error(period.message);
      const compare = resolveCompare(view.compare, period, {
        matchWeekday: true,
        elapsedThrough: addDays(about.today, 1),
      });
      const page = buildPageQueries({ dashboard, view, period, compare, catalog });
      if (!page.some(({ query }) => query.parameters !== undefined)) break;
      queries = page.length;
      const begun = performance.now();
      const response = await fetch(`${server.url}/api/v1/query`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-turnout': '1' },
        body: JSON.stringify({ queries: page.map(({ query }) => query) }),
      });
      const batch = (await response.json()) as BatchResult;
      times.push(performance.now() - begun);
      const failed = batch.results.find((item) => 'error' in item);
      if (failed !== undefined) throw new Error(JSON.stringify(failed));
    }
    const sorted = sortedNumbers(times);
    if (sorted.length === 0 || !(await isAboutWebinars(dashboard))) continue;
    medians.push(percentile(sorted, 0.5));
    console.log(
      `${dashboard.title}: ${queries} queries, median ${Math.round(percentile(sorted, 0.5))} ms, slowest ${Math.round(sorted.at(-1) ?? 0)} ms`,
    );
  }
  console.log(`all four, one after the other: ${Math.round(medians.reduce((sum, one) => sum + one, 0))} ms`);

  async function isAboutWebinars(dashboard: Dashboard): Promise<boolean> {
    const dimensions = new Set(dashboard.filters.map(({ dimension }) => dimension));
    return dimensions.has('course');
  }
}
