import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { zoom } from '../../src/connectors/zoom.ts';
import type { ZoomSettings } from '../../src/connectors/zoom-settings.ts';
import type { Cursor, PulledPage } from '../../src/contract/pull.ts';
import type { CanonicalRecord } from '../../src/contract/record.ts';
import { type FakeZoom, type FakeZoomOptions, startFakeZoom, zoomId, zoomWebinarId } from '../support/fake-zoom.ts';
import { type Arrived, foldRecords, recordsOf } from '../support/fold-records.ts';
import { readAll, testEffects } from '../support/test-effects.ts';
import type { TransportFault } from '../support/transport-fault.ts';
import { makeWorld, type WebinarWorld, worldPerson, worldWebinar } from '../support/webinar-world.ts';

/** Zoom read over its real sockets, whatever it does: what stands in the end is what the world holds. */

const NOW = Date.parse('2026-11-20T06:00:00Z');
const DAY_MS = 86_400_000;
let clock: number;
let world: WebinarWorld;
let service: FakeZoom;

beforeEach(async () => {
  clock = NOW;
  world = makeWorld({ seed: 7, first: '2026-11-14T17:00:00Z', webinars: 6, people: 9, every_hours: 30 });
  for (const [index, webinar] of world.webinars.entries())
    if (index % 2 === 0) webinar.host = { name: 'Ada Ray', email: 'ada.ray@host.example.com' };
  await start();
});
afterEach(() => service.close());

async function start(options: Partial<FakeZoomOptions> = {}): Promise<void> {
  await service?.close();
  service = await startFakeZoom(world, { now: () => clock, pageSize: 4, ...options });
}

const settingsOf = (more: object = {}): ZoomSettings => zoom.settings.parse({ ...service.settings, ...more });

type Cursors = Record<string, Cursor | null>;

/** One run as the scheduler makes it: every stream from its cursor on. */
async function run(cursors: Cursors = {}, more: object = {}) {
  const settings = settingsOf(more);
  const { effects, notices, log } = testEffects({ now: () => clock });
  const arrivals: Arrived[] = [];
  const pages: PulledPage[] = [];
  const next: Cursors = { ...cursors };
  let error: unknown;
  for (const stream of zoom.streams(settings)) {
    const read = await readAll(zoom, { settings, stream, cursor: cursors[stream.name] ?? null }, effects);
    error ??= read.error;
    for (const page of read.pages) {
      pages.push(page);
      // As runs keep them: a page without rows where it moves the cursor.
      if (page.rows > 0 || page.cursor !== undefined)
        arrivals.push({ stream: stream.name, body: page.body, receivedAt: clock });
      if (page.cursor !== undefined) next[stream.name] = page.cursor;
    }
  }
  return { arrivals, cursors: next, pages, error, notices, log };
}

function standing(...runs: { arrivals: Arrived[] }[]): Map<string, CanonicalRecord> {
  const { records, refused } = foldRecords(
    zoom,
    settingsOf(),
    runs.flatMap(({ arrivals }) => arrivals),
  );
  expect(refused).toEqual([]);
  return records;
}

/** What the world says that there is, in the order of its text. */
function truth(now = NOW) {
  const before = (at: string | undefined): boolean => at !== undefined && Date.parse(at) <= now;
  const each = world.webinars.filter((one) => !before(one.cancelled_at));
  return {
    webinars: each.map((one) => [zoomWebinarId(one), one.title]).sort(),
    registrations: each
      .flatMap((one) =>
        one.people
          .filter(({ registered_at }) => before(registered_at))
          .map(({ email, cancelled_at, utm }) => [
            zoomWebinarId(one),
            email?.trim(),
            before(cancelled_at),
            utm?.source,
            utm?.campaign,
          ]),
      )
      .sort(byText),
    stays: each
      .flatMap((one) =>
        one.people.flatMap((person) =>
          person.stays
            .filter(({ joined_at }) => before(joined_at))
            .map(({ joined_at, left_at }) => [
              zoomWebinarId(one),
              person.email?.trim(),
              Date.parse(joined_at),
              Date.parse(left_at ?? ''),
            ]),
        ),
      )
      .sort(byText),
  };
}

function told(records: Map<string, CanonicalRecord>): ReturnType<typeof truth> {
  return {
    webinars: recordsOf(records, 'webinar')
      .map(({ webinar_id, title }) => [webinar_id, title])
      .sort(),
    registrations: recordsOf(records, 'registration')
      .map((one) => [
        one.webinar_id,
        one.person.email,
        one.cancelled_at !== undefined,
        one.utm_source,
        one.utm_campaign,
      ])
      .sort(byText),
    stays: recordsOf(records, 'attendance')
      .map((one) => [one.webinar_id, one.person.email, Date.parse(one.joined_at), Date.parse(one.left_at ?? '')])
      .sort(byText),
  };
}

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a).localeCompare(JSON.stringify(b));
}

test('everything that the account holds, each once, without staff and without links that open rooms', async () => {
  const { arrivals, error, notices, pages } = await run();
  expect(error).toBeUndefined();
  expect(notices).toEqual([]);
  const expected = truth();
  expect(expected.stays.length).toBeGreaterThan(15);
  expect(told(standing({ arrivals }))).toEqual(expected);
  expect(pages.map(({ body }) => body.toString()).join('')).not.toMatch(/REDACTED|secret-word|join_url|start_url/);
  expect(Math.max(...pages.map(({ body }) => body.length))).toBeLessThan(1_000_000);
});

const FAULTS: Record<string, TransportFault> = {
  'a 500': { kind: 'status', status: 500 },
  'a 429 with a wait': { kind: 'status', status: 429, headers: { 'retry-after': '7' } },
  'a connection that ends': { kind: 'reset' },
  'an answer that breaks off': { kind: 'truncate' },
};

describe.each(Object.entries(FAULTS))('%s', (_, fault) => {
  test('costs nothing but time', async () => {
    const { pages } = await run();
    const requests = service.requests.length;
    for (let n = 3; n < requests; n += 7) service.fault(n, fault);
    const again = await run();
    expect(again.error).toBeUndefined();
    expect(again.pages.length).toBe(pages.length);
    expect(told(standing(again))).toEqual(truth());
  });
});

test('throttled at every third request, the tokens ended and the page tokens expired half way', async () => {
  service.throttle(3, '2');
  service.before(25, () => service.endTokens());
  service.before(2, () => service.expirePages(), /next_page_token/);
  service.before(9, () => service.expirePages(), /next_page_token/);
  const { arrivals, error, log } = await run();
  expect(error).toBeUndefined();
  expect(log.filter((line) => line.includes('page token')).length).toBeGreaterThan(0);
  expect(told(standing({ arrivals }))).toEqual(truth());
});

test('a page that comes again loses nothing: it is told, and the next run has everything', async () => {
  service.repeat(1, /registrants.*next_page_token/);
  const first = await run();
  expect([...first.notices, String(first.error)].join(' ')).toMatch(/circles|announced/);
  const second = await run(first.cursors);
  expect(second.error).toBeUndefined();
  expect(told(standing(first, second))).toEqual(truth());
});

test('a page token that leads back ends the read; what came before is kept', async () => {
  service.always(
    { kind: 'status', status: 200, body: JSON.stringify({ registrants: [], next_page_token: 'again' }) },
    /registrants/,
  );
  const { error } = await run();
  expect(error).toMatchObject({ kind: 'retry', message: expect.stringContaining('circles') });
});

describe('a run that stops', () => {
  test('at any page: the next goes on from its cursor, and nothing is lost', async () => {
    const { effects } = testEffects({ now: () => clock });
    const settings = settingsOf();
    for (const stream of zoom.streams(settings)) {
      const whole = await readAll(zoom, { settings, stream, cursor: null }, effects);
      expect(whole.error).toBeUndefined();
      for (let kept = 0; kept < whole.pages.length; kept++) {
        const before = whole.pages.slice(0, kept);
        const cursor = before.findLast((page) => page.cursor !== undefined)?.cursor ?? null;
        const rest = await readAll(zoom, { settings, stream, cursor }, effects);
        const arrived = (pages: readonly PulledPage[]): Arrived[] =>
          pages.filter(({ rows }) => rows > 0).map(({ body }) => ({ stream: stream.name, body, receivedAt: clock }));
        const expected = foldRecords(zoom, settings, arrived(whole.pages)).records;
        expect(foldRecords(zoom, settings, arrived([...before, ...rest.pages])).records).toEqual(expected);
        expect(rest.pages.at(-1)?.cursor).toMatchObject({ pass: null, after: null });
      }
    }
  });

  test('the pages that a resumed run asks for are those that are left', async () => {
    const settings = settingsOf();
    const stream = { name: 'registrations', record: 'registration', mode: 'incremental' } as const;
    const whole = await readAll(zoom, { settings, stream, cursor: null }, testEffects({ now: () => clock }).effects);
    const cursors = whole.pages.flatMap(({ cursor }) => (cursor === undefined ? [] : [cursor]));
    const rest = await readAll(
      zoom,
      { settings, stream, cursor: cursors[2] ?? null },
      testEffects({ now: () => clock }).effects,
    );
    const last = cursors[2]?.['after'];
    const ids = rest.pages
      .filter(({ rows }) => rows > 0)
      .map(({ body }) => String(JSON.parse(body.toString()).webinar.id));
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.every((id) => id > String(last))).toBe(true);
  });
});

describe('the next run', () => {
  test('finds late attendance, a late sign-up, a changed title, a corrected leave; old webinars are left alone', async () => {
    const first = await run();
    const [old, , third, fourth] = world.webinars;
    if (old === undefined || third === undefined || fourth === undefined) throw new Error('a small world');
    third.title = 'Basics, renamed';
    third.people.push(
      worldPerson('late', {
        email: 'late@example.com',
        registered_at: '2026-11-20T07:00:00Z',
        stays: [{ joined_at: third.starts_at, left_at: '2026-11-18T00:00:00Z' }],
      }),
    );
    const stay = fourth.people.flatMap(({ stays }) => stays)[0];
    if (stay === undefined) throw new Error('nobody came');
    stay.left_at = new Date(Date.parse(stay.joined_at) + 1_234_000).toISOString();
    clock = NOW + DAY_MS;
    const second = await run(first.cursors);
    expect(second.error).toBeUndefined();
    expect(told(standing(first, second))).toEqual(truth(clock));

    clock = NOW + 20 * DAY_MS;
    const later = await run(second.cursors);
    service.requests.length = 0;
    clock += DAY_MS;
    await run(later.cursors);
    expect(service.requests.filter((line) => line.includes(`/webinars/${zoomId(old)}`))).toEqual([]);
    expect(service.requests.filter((line) => line.includes('/participants'))).toEqual([]);
  });

  test('a webinar that Zoom no longer has is cancelled, with all that was known of it', async () => {
    const details = { region: { from: 'tracking_fields.Region' } };
    const ahead = worldWebinar('ahead', { starts_at: '2026-11-25T17:00:00Z', region: 'West', title: 'Never held' });
    world.webinars.push(ahead);
    const first = await run({}, { details });
    ahead.cancelled_at = '2026-11-20T12:00:00Z';
    clock = NOW + DAY_MS;
    const second = await run(first.cursors, { details });
    const { records } = foldRecords(zoom, settingsOf({ details }), [...first.arrivals, ...second.arrivals]);
    const found = recordsOf(records, 'webinar').find(({ webinar_id }) => webinar_id === zoomWebinarId(ahead));
    expect(found).toMatchObject({ title: 'Never held', region: 'West', status: 'cancelled', host: 'Sam Rivera' });
    clock += DAY_MS;
    expect((await run(second.cursors, { details })).cursors['webinars']?.['upcoming']).toBe('[]');
  });
});

describe('series', () => {
  const dated = (id: string, starts_at: string, people: string[]) =>
    worldWebinar(id, {
      recurring: 'weekly',
      title: 'Weekly',
      starts_at,
      people: people.map((name) =>
        worldPerson(`${id}-${name}`, {
          email: `${name}@example.com`,
          registered_at: '2026-11-11T09:00:00Z',
          utm: { source: 'newsletter' },
          stays: [{ joined_at: starts_at, left_at: starts_at.replace(':00:00Z', ':30:00Z') }],
        }),
      ),
    });

  beforeEach(() => {
    world.webinars = [
      dated('a', '2026-11-12T17:00:00Z', ['dana', 'ben']),
      dated('b', '2026-11-19T17:00:00Z', ['mei']),
      { ...dated('c', '2026-11-26T17:00:00Z', ['zoe']), cancelled_at: '2026-11-19T20:00:00Z' },
    ];
  });

  test('signed up for date by date', async () => {
    const first = await run();
    expect(first.error).toBeUndefined();
    const records = standing(first);
    expect(
      recordsOf(records, 'webinar')
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['cancelled', 'finished', 'finished']);
    const signedUp = recordsOf(records, 'registration').map(
      ({ webinar_id, person }) => `${webinar_id} ${person.email}`,
    );
    const expected = world.webinars.flatMap((one) => one.people.map(({ email }) => `${zoomWebinarId(one)} ${email}`));
    expect(signedUp.sort()).toEqual(expected.sort());
    expect(
      recordsOf(records, 'attendance')
        .map(({ webinar_id, person }) => `${webinar_id} ${person.email}`)
        .sort(),
    ).toEqual(expected.filter((line) => !line.includes('zoe@')).sort());
  });

  test('signed up for once', async () => {
    await start({ registrationType: 1 });
    const records = standing(await run());
    const dates = world.webinars.map(zoomWebinarId);
    const people = ['ben', 'dana', 'mei', 'zoe'].map((name) => `${name}@example.com`);
    expect(
      recordsOf(records, 'registration')
        .map(({ webinar_id, person }) => `${webinar_id} ${person.email}`)
        .sort(),
    ).toEqual(dates.flatMap((date) => people.map((email) => `${date} ${email}`)).sort());
    expect(new Set(recordsOf(records, 'registration').map(({ utm_source }) => utm_source))).toEqual(
      new Set(['newsletter']),
    );
  });
});

describe('rights', () => {
  test('without the right to reports joins come from the list of past participants', async () => {
    service.withoutScope = /^\/report\//;
    const { arrivals, error, notices } = await run();
    expect(error).toBeUndefined();
    expect(notices.join(' ')).toContain('Reports cannot be read');
    const records = standing({ arrivals });
    expect(told(records)).toEqual(truth());
    expect(recordsOf(records, 'attendance').some(({ registrant_id }) => registrant_id !== undefined)).toBe(false);
  });

  test('without the right to tracking sources registrations come all the same, and it is told', async () => {
    service.withoutScope = /tracking_sources/;
    const { arrivals, error, notices } = await run();
    expect(error).toBeUndefined();
    expect(notices[0]).toMatch(/tracking link is not known.*scope/);
    expect(told(standing({ arrivals })).registrations.length).toBe(truth().registrations.length);
  });

  test('without a right that is needed the run says which', async () => {
    service.withoutScope = /registrants/;
    const { error } = await run();
    expect(error).toMatchObject({ kind: 'settings', message: expect.stringMatching(/lacks a scope: .*report:read/) });
  });

  test('a wrong secret, and a host that is not Zoom, are told in a sentence', async () => {
    const wrong = await run({}, { client_secret: 'another-secret' });
    expect(wrong.error).toMatchObject({ kind: 'settings', message: expect.stringContaining('gives no token') });
    expect(String(wrong.error)).not.toContain('another-secret');
    service.always({ kind: 'html' }, /\/v2\/users/);
    expect((await run()).error).toMatchObject({ kind: 'settings', message: expect.stringContaining('base_url') });
  });
});

test('a webinar that Zoom does not tell of any more costs that webinar only', async () => {
  const [first] = world.webinars;
  if (first === undefined) throw new Error('no webinar');
  const body = JSON.stringify({ code: 12702, message: 'Can not access webinar a year ago.' });
  service.always({ kind: 'status', status: 400, body }, new RegExp(`/past_webinars/${zoomId(first)}/`));
  const { arrivals, error, notices, cursors } = await run();
  expect(error).toBeUndefined();
  expect(notices).toEqual([
    expect.stringMatching(new RegExp(`${zoomId(first)} not everything was read: .*a year ago`)),
  ]);
  expect(cursors['attendance']).toMatchObject({ pass: null, after: null });
  for (const person of first.people) person.stays = [];
  expect(told(standing({ arrivals }))).toEqual(truth());
});

test('a range is read without moving a cursor', async () => {
  const settings = settingsOf();
  const range = { from: '2026-11-15T00:00:00Z', to: '2026-11-17T00:00:00Z' };
  const arrivals: Arrived[] = [];
  for (const stream of zoom.streams(settings)) {
    const { pages, error } = await readAll(
      zoom,
      { settings, stream, cursor: null, range },
      testEffects({ now: () => clock }).effects,
    );
    expect(error).toBeUndefined();
    for (const page of pages) {
      expect(page.cursor).toBeUndefined();
      arrivals.push({ stream: stream.name, body: page.body, receivedAt: clock });
    }
  }
  world.webinars = world.webinars.filter(({ starts_at }) => starts_at >= '2026-11-15' && starts_at < '2026-11-17');
  expect(world.webinars.length).toBeGreaterThan(0);
  expect(told(standing({ arrivals }))).toEqual(truth());
});

test('Test shows what can be read, people masked', async () => {
  const reports = await zoom.check(settingsOf(), testEffects({ now: () => clock }).effects);
  expect(reports).toMatchObject([
    { stream: 'webinars', ok: true, sample: [{ record: 'webinar' }] },
    { stream: 'registrations', ok: true },
    { stream: 'attendance', ok: true },
  ]);
  expect(JSON.stringify(reports)).not.toMatch(/p1@example\.com/i);
  service.withoutScope = /^\/users/;
  expect((await zoom.check(settingsOf(), testEffects({ now: () => clock }).effects))[0]).toMatchObject({
    ok: false,
    detail: expect.stringContaining('lacks a scope'),
  });
});
