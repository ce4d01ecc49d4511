// What it costs to count webinars, and to count them anew by other rules: node bench/participations.ts [--webinars 1000] [--people 500]
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { webhook } from '../src/connectors/webhook.ts';
import { DEFAULT_IDENTITY } from '../src/contract/identity.ts';
import { DEFAULT_WEBINAR_RULES, type WebinarRules } from '../src/projector/participation-rules.ts';
import { createProjector, drain, type Projector } from '../src/projector/project.ts';
import { sql } from '../src/sql/build.ts';
import { renderSql } from '../src/sql/render.ts';
import { openWarehouse } from '../src/warehouse/open.ts';
import { temporaryFolder } from '../test/support/engine.ts';
import { MemoryJournal } from '../test/support/memory-journal.ts';
import { describeMachine } from './measure.ts';
import { webinarRecords } from './webinar-records.ts';

const { values } = parseArgs({
  options: { webinars: { type: 'string', default: '1000' }, people: { type: 'string', default: '500' } },
});
const NOW = Date.parse('2026-11-22T08:00:00Z');
const log = { info: () => {}, warn: () => {}, error: console.error };

const machine = describeMachine();
console.log(`${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, load before ${machine.loadBefore}`);
const { folder, remove } = temporaryFolder();
const opened = await openWarehouse({ folder: `${folder}/warehouse`, log });
const journal = new MemoryJournal();
let records = 0;
for (const list of webinarRecords(Number(values.webinars), Number(values.people), NOW)) {
  records += list.length;
  journal.append({ source: 'bench', receivedAt: NOW, body: Buffer.from(JSON.stringify(list)) });
}

const projectorOf = (webinars: WebinarRules): Projector =>
  createProjector({
    warehouse: opened.warehouse,
    reader: journal,
    sources: new Map([['bench', { connector: webhook, settings: { token: 'bench-token' }, defaults: {} }]]),
    workspace: { time_zone: 'Europe/Berlin', currency: 'EUR' },
    channels: [],
    rates: [],
    webinars,
    log,
  });

async function timed(what: string, work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const own = Math.round(process.memoryUsage().rss / 1024 / 1024);
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${opened.supervisor.pid}/status`, 'utf8'))?.[1];
  console.log(
    `${what}: ${seconds.toFixed(1)} s (projector ${own} MB, engine at most ${Math.round(Number(peak) / 1024)} MB)`,
  );
  return seconds;
}

try {
  const seconds = await timed(`${records} records counted`, () =>
    drain(projectorOf(DEFAULT_WEBINAR_RULES), journal.durableSeq),
  );
  console.log(`${Math.round(records / seconds)} records a second`);
  const groups = { lists: {}, rules: [{ group: 'Search', when: [{ field: 'source' as const, is: 'google' }] }] };
  await timed('a group of sources changed', () =>
    projectorOf({ ...DEFAULT_WEBINAR_RULES, sourceGroups: groups }).applyRules(),
  );
  const identity = { ...DEFAULT_IDENTITY, exclude: { emails: [], domains: ['staff.example.com'] } };
  await timed('rules that change no row', () =>
    projectorOf({ ...DEFAULT_WEBINAR_RULES, sourceGroups: groups, identity }).applyRules(),
  );
  const rows = await opened.warehouse.query<{ rows: number }>(
    renderSql(sql`SELECT count() AS rows FROM turnout.participations FINAL`),
  );
  console.log(`${rows.rows[0]?.rows} participations`);
  const last = journal.durableSeq + 1;
  const join = { record: 'attendance', key: 'late', webinar_id: 'bench-7', person: { email: 'late@example.com' } };
  journal.append({
    source: 'bench',
    receivedAt: NOW,
    body: Buffer.from(JSON.stringify([{ ...join, joined_at: '2026-11-20T10:00:00Z' }])),
  });
  const projector = projectorOf({ ...DEFAULT_WEBINAR_RULES, sourceGroups: groups, identity });
  await projector.applyRules();
  await timed('one more join', () => drain(projector, last));
} finally {
  await opened.close();
  remove();
}
