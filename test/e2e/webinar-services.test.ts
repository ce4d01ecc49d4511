import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IdentityReport, RunInfo } from '../../src/contract/api.ts';
import type { MetricQuery } from '../../src/contract/query.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import { createLogger } from '../../src/logger.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { type TruthRow, truthCounts, truthRows } from '../reference/webinar-truth.ts';
import { launchBrowser } from '../support/browser.ts';
import { type FakeBigMarker, startFakeBigMarker } from '../support/fake-bigmarker.ts';
import { type FakeGoTo, startFakeGoTo } from '../support/fake-gotowebinar.ts';
import { type FakeZoom, startFakeZoom } from '../support/fake-zoom.ts';
import { openPage, tableOf } from '../support/page.ts';
import { temporaryFolder, until } from '../support/server.ts';
import {
  instantAt,
  makeWorld,
  type WebinarWorld,
  type WorldPerson,
  type WorldWebinar,
  worldPerson,
  worldWebinar,
} from '../support/webinar-world.ts';

/**
 * Three services from empty: sign-ups in BigMarker with the room in Zoom, BigMarker, Zoom and GoTo Webinar each on their own. First sync,
 * a morning, corrections; every number of the page against one that is counted from the webinars themselves.
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let now = Date.parse('2026-10-15T06:30:00Z');
const FIRST = '2026-10-01T09:00:00Z';
const SEEDS = { bm: 3, zm: 5, gt: 7, both: 9 } as const;

/** Everything as it was; the services know parts of it. */
const worlds: Record<keyof typeof SEEDS, WebinarWorld> = {
  bm: renamed('bm', makeWorld({ seed: SEEDS.bm, first: FIRST, webinars: 6, people: 40 })),
  zm: renamed('zm', makeWorld({ seed: SEEDS.zm, first: FIRST, webinars: 6, people: 40 })),
  gt: renamed('gt', makeWorld({ seed: SEEDS.gt, first: FIRST, webinars: 6, people: 40 })),
  both: renamed('both', makeWorld({ seed: SEEDS.both, first: FIRST, webinars: 5, people: 40 })),
};
/** What makes people hard to recognise: signed up in BigMarker, in the room of Zoom. */
const hard = worldWebinar('hard', {
  key: 'both-hard',
  title: 'Hard to tell',
  course: 'Identity',
  starts_at: '2026-10-12T15:00:00Z',
  people: [],
});
worlds.both.webinars.push(hard);
/** Still to come; it will be cancelled. */
const next = worldWebinar('next', {
  key: 'bm-next',
  title: 'Basics for North',
  starts_at: '2026-10-20T16:00:00Z',
  people: Array.from({ length: 35 }, (_, index) =>
    worldPerson(`next-${index}`, { email: `next${index}@example.com`, registered_at: instantAt(FIRST, index * 3_600) }),
  ),
});
worlds.bm.webinars.push(next);

function renamed(prefix: string, world: WebinarWorld): WebinarWorld {
  for (const webinar of world.webinars) {
    webinar.id = `${prefix}-${webinar.id}`;
    webinar.key = `${prefix}-${webinar.key}`;
    // A service that tells no phone numbers cannot be matched by them.
    for (const person of webinar.people) {
      person.id = `${prefix}-${person.id}`;
      delete person.phone;
      // Only BigMarker tells of recordings.
      if (prefix !== 'bm') person.views = [];
    }
  }
  return world;
}

const bigmarkerWorld = (): WebinarWorld => ({
  webinars: [...worlds.bm.webinars, ...worlds.both.webinars.map((webinar) => part(webinar, signsUp))],
});
const zoomWorld = (): WebinarWorld => ({
  webinars: [...worlds.zm.webinars, ...worlds.both.webinars.map((webinar) => part(webinar, attends))],
});

function part(webinar: WorldWebinar, tell: (person: WorldPerson) => WorldPerson[]): WorldWebinar {
  return { ...webinar, people: webinar.people.flatMap(tell) };
}
/** As the service that signs people up tells of them. */
const signsUp = (person: WorldPerson): WorldPerson[] =>
  person.registered_at === undefined ? [] : [{ ...person, stays: [], views: [] }];
/** As the room tells of them: nobody is registered there. */
function attends(person: WorldPerson): WorldPerson[] {
  const { registered_at: _r, cancelled_at: _c, utm: _u, referrer: _f, ...known } = person;
  return person.stays.length === 0 ? [] : [{ ...known, id: `room-${person.id}`, views: [] }];
}

/** What BigMarker and Zoom tell; told anew when something has happened. */
const told = { bigmarker: { webinars: [] } as WebinarWorld, zoom: { webinars: [] } as WebinarWorld };
function tellAgain(): void {
  told.bigmarker.webinars = bigmarkerWorld().webinars;
  told.zoom.webinars = zoomWorld().webinars;
}

let bigmarker: FakeBigMarker;
let zoom: FakeZoom;
let goto: FakeGoTo;
let server: RunningServer;
let browser: Browser;

/** The hard cases: who signed up, and as whom they were in the room. `expect` is how the join has to be found. */
const CASES: { signedUp?: Partial<WorldPerson>[]; room: Partial<WorldPerson>; found: string }[] = [
  { signedUp: [{ email: 'dana.lopez@example.com' }], room: { email: ' DANA.LOPEZ@Example.COM ' }, found: 'email' },
  { signedUp: [{ email: 'ben@example.com' }], room: { email: 'ben+webinar@example.com' }, found: 'unmatched' },
  { signedUp: [{ email: 'mei.tanaka@example.com' }], room: { email: 'meitanaka@example.com' }, found: 'unmatched' },
  {
    signedUp: [{ email: 'twice@example.com' }, { email: 'Twice@example.com' }],
    room: { email: 'twice@example.com' },
    found: 'email',
  },
  {
    signedUp: [{ email: 'known@example.com', external_id: 'crm-7' }],
    room: { external_id: 'crm-7' },
    found: 'external_id',
  },
  {
    signedUp: [
      { email: 'one@example.com', external_id: 'crm-shared' },
      { email: 'other@example.com', external_id: 'crm-shared' },
    ],
    room: { external_id: 'crm-shared' },
    found: 'ambiguous',
  },
  { room: { email: 'walkin@example.com' }, found: 'unmatched' },
  { signedUp: [{ email: 'nameless@example.com' }], room: {}, found: 'unmatched' },
];

beforeAll(async () => {
  hard.people = CASES.flatMap(({ signedUp = [], room }, index): WorldPerson[] => [
    ...signedUp.map((fields, place) =>
      worldPerson(`hard-${index}-${place}`, { ...fields, registered_at: '2026-10-10T08:00:00Z' }),
    ),
    worldPerson(`hard-room-${index}`, {
      ...room,
      stays: [{ joined_at: hard.starts_at, left_at: instantAt(hard.starts_at, 600 + index) }],
    }),
  ]);
  tellAgain();
  bigmarker = await startFakeBigMarker(told.bigmarker, () => now);
  zoom = await startFakeZoom(told.zoom, { now: () => now, pageSize: 30 });
  goto = await startFakeGoTo(worlds.gt, () => now);
  const folder = join(temporaryFolder('webinar-services'), 'workspace');
  mkdirSync(join(folder, 'sources'), { recursive: true });
  writeFileSync(
    join(folder, 'turnout.yaml'),
    'version: 1\nname: Webinars\ntime_zone: Europe/Berlin\negress: { allow: ["127.0.0.1"] }\n',
  );
  const since = '2026-09-01';
  const tagged = (name: string) => ({ from: 'tags', pattern: `^${name}:(.+)$` });
  const sources = [
    {
      name: 'a-bigmarker',
      connector: 'bigmarker',
      settings: {
        ...bigmarker.settings,
        since,
        details: { webinar_id: { from: 'custom_event_id' }, region: tagged('region'), course: tagged('course') },
      },
    },
    {
      name: 'b-zoom',
      connector: 'zoom',
      settings: {
        ...zoom.settings,
        since,
        look_back_days: 30,
        details: {
          webinar_id: { from: 'tracking_fields.Key' },
          region: { from: 'tracking_fields.Region' },
          course: { from: 'tracking_fields.Course' },
        },
      },
    },
    {
      name: 'c-goto',
      connector: 'gotowebinar',
      settings: {
        ...goto.settings,
        since,
        details: {
          region: { from: 'title', pattern: ' for (.+)$' },
          course: { from: 'title', pattern: '^(.+?) for ' },
        },
      },
    },
  ];
  // JSON is YAML.
  writeFileSync(join(folder, 'sources', 'webinars.yaml'), JSON.stringify({ version: 1, sources }));
  server = await startServer(
    {
      port: 0,
      host: '127.0.0.1',
      data: temporaryFolder('webinar-services-data'),
      workspace: folder,
      sample: false,
      logLevel: 'silent',
    },
    createLogger('silent'),
    () => now,
  );
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await Promise.all([bigmarker?.close(), zoom?.close(), goto?.close()]);
});

const SOURCES = ['a-bigmarker', 'b-zoom', 'c-goto'];
const get = async <T>(path: string) => (await (await fetch(server.url + path)).json()) as T;

async function ask(query: Partial<MetricQuery>): Promise<QueryResult> {
  const response = await fetch(`${server.url}/api/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-turnout': '1' },
    body: JSON.stringify({ metrics: [], time: { range: ['2026-09-01', '2026-12-01'] }, ...query }),
  });
  const answer = (await response.json()) as QueryResult;
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer;
}

/** Every source has had so many runs, all of them ended well, and everything is counted. */
async function synced(runs: number): Promise<void> {
  for (const source of SOURCES) {
    const ended = await until(
      async () => {
        const { runs: all } = await get<{ runs: RunInfo[] }>(`/api/v1/sources/${source}/runs`);
        return all.length >= runs && all.every(({ state }) => state !== 'running') ? all : undefined;
      },
      `${source} has run ${runs} times`,
      90_000,
    );
    expect(ended.map(({ state, error }) => [source, state, error])).toEqual(ended.map(() => [source, 'ok', null]));
  }
  await until(
    async () => ((await get<{ pending: number }>('/api/v1/freshness')).pending === 0 ? true : undefined),
    'everything is counted',
    60_000,
  );
}

const everything = (): WebinarWorld => ({
  webinars: [...worlds.bm.webinars, ...worlds.zm.webinars, ...worlds.gt.webinars, ...worlds.both.webinars],
});

/** As Turnout can know them: in the hard webinar the room's people are others unless a join is found. */
function truth(): TruthRow[] {
  const rows = truthRows(everything(), now);
  return rows.filter(({ webinar }) => webinar !== hard);
}

const METRICS = [
  'registrations',
  'visits',
  'visits_5m',
  'visits_30m',
  'visits_all',
  'walk_ins',
  'recording_views',
  'attendance_rate',
];

async function expectTruth(dimension: string, keyOf: (row: TruthRow) => string, short = 5, long = 30): Promise<void> {
  const { rows } = await ask({
    metrics: METRICS,
    dimensions: [dimension],
    filters: [{ dimension: 'course', op: 'not', values: ['Identity'] }],
    parameters: { short_visit: short, long_visit: long },
  });
  const found = Object.fromEntries(
    rows.map((row) => [String(row[dimension]), Object.fromEntries(METRICS.map((metric) => [metric, row[metric]]))]),
  );
  const groups = Map.groupBy(truth(), keyOf);
  const wanted = Object.fromEntries(
    [...groups].map(([key, list]) => {
      const { attendance_rate: rate, ...counts } = truthCounts(list, { short, long });
      return [key, { ...counts, attendance_rate: rate === null ? null : expect.closeTo(rate, 12) }];
    }),
  );
  // A source group of nobody who registered is no group.
  if (dimension === 'source_group') delete found['null'];
  expect(found).toEqual(wanted);
}

const berlinHour = (instant: string) =>
  String(
    Number(
      new Intl.DateTimeFormat('de', { hour: 'numeric', hourCycle: 'h23', timeZone: 'Europe/Berlin' })
        .format(Date.parse(instant))
        .replace(/\D/g, ''),
    ),
  );

async function expectEverything(): Promise<void> {
  await expectTruth('course', ({ webinar }) => webinar.course);
  await expectTruth('region', ({ webinar }) => webinar.region, 7, 45);
  await expectTruth('format', ({ webinar }) => (webinar.mode === 'live' ? 'live' : 'recorded'));
  await expectTruth('start_hour', ({ webinar }) => berlinHour(webinar.starts_at), 1, 20);
}

test('first sync: every figure is the truth', async () => {
  for (const source of SOURCES)
    await fetch(`${server.url}/api/v1/sources/${source}/sync`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-turnout': '1' },
      body: '{}',
    });
  await synced(1);
  await expectEverything();
});

test('joins are found, or not, as they were made', async () => {
  const { rows } = await ask({
    metrics: ['registrations', 'visits', 'walk_ins', 'visits_registered'],
    filters: [{ dimension: 'webinar', op: 'in', values: ['both-hard'] }],
  });
  const people = new Set(CASES.flatMap(({ signedUp = [] }) => signedUp.map(({ email }) => email?.toLowerCase()))).size;
  const lost = CASES.filter(({ found }) => found === 'unmatched' || found === 'ambiguous').length;
  expect(rows[0]).toMatchObject({
    registrations: people,
    visits: CASES.length,
    walk_ins: lost,
    visits_registered: CASES.length - lost,
  });
  const { rows: matched } = await ask({
    metrics: ['visits_all'],
    dimensions: ['matched_by'],
    filters: [{ dimension: 'webinar', op: 'in', values: ['both-hard'] }],
  });
  const counts = Object.fromEntries(
    matched.filter((row) => row['visits_all'] !== 0).map((row) => [row['matched_by'], row['visits_all']]),
  );
  expect(counts).toEqual(
    Object.fromEntries([...Map.groupBy(CASES, ({ found }) => found)].map(([found, list]) => [found, list.length])),
  );
  const { attendance } = await get<IdentityReport>('/api/v1/identity');
  const { rows: all } = await ask({ metrics: ['visits_all'], dimensions: ['matched_by'] });
  for (const row of all) {
    const kind = String(row['matched_by']);
    if (row['visits_all'] === 0) continue;
    expect({ [kind]: attendance?.by[kind as 'email'] }).toEqual({ [kind]: row['visits_all'] });
  }
});

test('the next morning: a late correction, a cancelled webinar, a renamed course, new sign-ups', async () => {
  const [late] = worlds.zm.webinars;
  const [shared] = worlds.both.webinars;
  const renamedOne = worlds.gt.webinars[1];
  if (!late || !shared || !renamedOne) throw new Error('the world is too small');
  // Somebody's stay was longer than the first report said, and somebody else was there after all.
  const stayed = late.people.find(({ stays }) => stays.length === 1);
  const [stay] = stayed?.stays ?? [];
  if (stayed === undefined || stay === undefined) throw new Error('nobody stayed');
  stay.left_at = instantAt(stay.joined_at, 3_000);
  const missing = shared.people.find(({ stays, registered_at: at }) => stays.length === 0 && at !== undefined);
  if (missing === undefined) throw new Error('everybody came');
  missing.stays.push({ joined_at: instantAt(shared.starts_at, 30), left_at: instantAt(shared.starts_at, 2_400) });
  next.cancelled_at = new Date(now + HOUR).toISOString();
  renamedOne.title = renamedOne.title.replace(/^.+? for /, 'Renamed for ');
  renamedOne.course = 'Renamed';
  tellAgain();
  now += DAY;
  await synced(2);
  await expectEverything();
  const { rows } = await ask({
    metrics: ['webinars'],
    filters: [{ dimension: 'course', op: 'not', values: ['Identity'] }],
  });
  expect(rows[0]?.['webinars']).toBe(everything().webinars.length - 2);
});

test('the page says the same', async () => {
  const page = await openPage(browser, `${server.url}/d/regions?p=2026-09-28..2026-10-25&f=status:in`);
  const rows = await tableOf(page, 'Registrations by week');
  const shown = rows
    .slice(1)
    .reduce((sum, row) => sum + (row[0] === 'Total' ? 0 : Number((row[1] ?? '').replaceAll(/\D/g, ''))), 0);
  const people = new Set(CASES.flatMap(({ signedUp = [] }) => signedUp.map(({ email }) => email?.toLowerCase()))).size;
  expect(shown).toBe(truth().filter(({ registered }) => registered).length + people);
  await page.context().close();
});
