import { afterEach, beforeEach, expect, test } from 'vitest';
import { gotowebinar } from '../../src/connectors/gotowebinar.ts';
import { type FakeGoTo, goToKey, startFakeGoTo } from '../support/fake-gotowebinar.ts';
import { testEffects } from '../support/test-effects.ts';
import { openWebinarReading, type WebinarReading } from '../support/webinar-reading.ts';
import { linesOfRecords, linesOfWorld } from '../support/webinar-record-lines.ts';
import {
  makeWorld,
  type WebinarWorld,
  type WorldWebinar,
  worldPerson,
  worldWebinar,
} from '../support/webinar-world.ts';

/** GoTo Webinar read over real sockets from a service that ends tokens, pages, throttles, fails half way and repeats itself. */

const NOW = '2026-11-20T06:00:00Z';
let fake: FakeGoTo;
let reading: WebinarReading;
let world: WebinarWorld;

beforeEach(async () => {
  world = makeWorld({ seed: 7, first: '2026-09-01T15:00:00Z', webinars: 16, every_hours: 130, people: 7 });
  for (const [index, webinar] of world.webinars.entries()) {
    if (index % 5 === 0) webinar.mode = 'on_demand';
    else for (const person of webinar.people) person.views = [];
  }
  fake = await startFakeGoTo(world, () => reading.clock.now, { pageSize: 4 });
  reading = open();
});
afterEach(() => fake.close());

function open(settings: Record<string, unknown> = {}): WebinarReading {
  const given = { ...fake.settings, since: '2026-01-01', registrant_details: true, ...settings };
  return openWebinarReading(gotowebinar, given, NOW);
}

function truth(wanted?: (webinar: WorldWebinar) => boolean) {
  const options = { now: reading.clock.now, idOf: goToKey };
  return linesOfWorld(world, { ...options, ...(wanted === undefined ? {} : { wanted }) });
}

function expectTruth(): void {
  expect(reading.poisoned).toEqual([]);
  expect(linesOfRecords(reading)).toEqual(truth());
}

test('everything is read with its 19 digits, and a second run that finds nothing new writes nothing', async () => {
  await reading.run();
  expectTruth();
  expect(truth().stays.length).toBeGreaterThan(20);
  expect(truth().views.length).toBeGreaterThan(0);
  expect(reading.of('webinar').every(({ webinar_id }) => /^\d{19}$/.test(webinar_id))).toBe(true);
  expect(reading.of('registration').every(({ registrant_id }) => /^\d{19}$/.test(registrant_id ?? ''))).toBe(true);
  // On demand is recorded, and so is what only looks live.
  const recorded = reading.of('webinar').filter(({ format }) => format === 'recorded').length;
  expect(recorded).toBe(world.webinars.filter(({ mode }) => mode !== 'live').length);
  const everything = JSON.stringify(reading.pages.map(({ page }) => page.body.toString()));
  expect(everything).not.toMatch(/joinUrl|access-token|refresh-token/);

  const [pages, requests] = [reading.pages.length, fake.requests.length];
  reading.clock.now += 60_000;
  await reading.run();
  expect(reading.pages.slice(pages).every(({ page }) => page.rows === 0)).toBe(true);
  // Who has not changed is not asked for one by one.
  expect(fake.requests.slice(requests).filter((line) => /registrants\/\d/.test(line))).toEqual([]);
});

test.each([
  ['429 at every fifth request', () => fake.throttle(5, '2')],
  ['429 without a wish', () => fake.fault(4, { kind: 'status', status: 429 })],
  ['500 once, half way', () => fake.fault(12, { kind: 'status', status: 500 })],
  ['a connection cut in the body', () => fake.fault(9, { kind: 'truncate' })],
  ['a page of registrants repeated', () => fake.repeat(1, /registrants\?/)],
  ['a page of webinars repeated', () => fake.repeat(1, /webinars\?/)],
  ['tokens that end in the middle', () => fake.before(20, () => fake.endTokens())],
  ['registrants as one list', () => Object.assign(fake.options, { pagedRegistrants: false })],
  ['everything on one page', () => Object.assign(fake.options, { pageSize: 1000 })],
])('%s: complete, nothing lost, nothing double', async (_, misbehave) => {
  misbehave();
  await reading.run();
  expectTruth();
});

test('without details of registrants everything but where they came from', async () => {
  reading = open({ registrant_details: false });
  await reading.run();
  const without = (lines: string[]) => lines.map((line) => line.split(' | ').toSpliced(3, 1).join(' | '));
  expect(without(linesOfRecords(reading).registrations)).toEqual(without(truth().registrations));
  expect(fake.requests.filter((line) => /registrants\/\d/.test(line))).toEqual([]);
});

test('a renewed refresh token is in every cursor and nowhere else; the old one is not needed any more', async () => {
  fake.options.renew = true;
  await reading.run();
  for (const [stream, cursor] of reading.cursors)
    expect([stream, cursor['refresh_token']]).toEqual([stream, 'refresh-token-number-1']);
  expect([...reading.log, ...reading.notices].join('\n')).not.toContain('refresh-token');
  // As in another process: nothing but the cursor knows it.
  const { cursors, clock } = reading;
  reading = open({ client_id: 'a-test-client', token_url: `${fake.url}/oauth/token?again` });
  for (const [stream, cursor] of cursors) reading.cursors.set(stream, cursor);
  reading.clock.now = clock.now + 2 * 3_600_000;
  await reading.run();
  await expect(open({ token_url: `${fake.url}/oauth/token?anew` }).run()).rejects.toThrow(
    'does not accept the refresh token any more',
  );
});

test('a wrong client, and a host that is not the API, are told', async () => {
  await expect(open({ client_secret: 'wrong', token_url: `${fake.url}/oauth/token?w` }).run()).rejects.toThrow(
    'does not know this client',
  );
  await expect(open({ organizer_key: '123' }).run()).rejects.toThrow('does not let this client see the webinars');
});

test('a run that is killed after any page is gone on with: everything once', async () => {
  world.webinars.splice(0, 6);
  await reading.run();
  const whole = linesOfRecords(reading);
  for (const stopAfter of [1, 2]) {
    reading = open();
    for (let runs = 0; reading.cursors.get('registrations')?.['older_at'] === undefined; runs++) {
      expect(runs).toBeLessThan(30);
      await reading.run({ stopAfter });
    }
    await reading.run();
    expect(linesOfRecords(reading)).toEqual(whole);
    const bodies = reading.pages.filter(({ page }) => page.rows > 0).map(({ page }) => page.body.toString());
    expect(new Set(bodies).size).toBe(bodies.length);
  }
});

test('a late attendance, a corrected leave, a renamed webinar and a cancelled one are found by the next run', async () => {
  await reading.run();
  reading.clock.now += 86_400_000;
  const past = world.webinars.findLast(
    ({ starts_at, mode, people }) =>
      mode !== 'on_demand' &&
      Date.parse(starts_at) < Date.parse(NOW) - 86_400_000 &&
      people.some(({ stays }) => stays.length > 1),
  );
  const ahead = world.webinars.find(({ starts_at }) => Date.parse(starts_at) > reading.clock.now);
  const twice = past?.people.find(({ stays }) => stays.length > 1);
  const first = twice?.stays[0];
  if (past === undefined || ahead === undefined || twice === undefined || first === undefined)
    throw new Error('not in this world');
  past.title = 'Renamed';
  past.people.push(
    worldPerson('late', { email: 'late@example.com', stays: [{ joined_at: past.starts_at, left_at: NOW }] }),
  );
  twice.stays = [{ joined_at: first.joined_at, left_at: '2026-11-19T23:59:00Z' }];
  ahead.cancelled_at = new Date(reading.clock.now - 3_600_000).toISOString();
  await reading.run();
  // The service tells nobody of a cancelled webinar any more; who was registered before stays.
  const cancelled = new Set([ahead.id]);
  const kept = (lines: string[]) => lines.filter((line) => !line.startsWith(goToKey(ahead)));
  const told = truth(({ id }) => !cancelled.has(id));
  const found = linesOfRecords(reading);
  expect(kept(found.registrations)).toEqual(told.registrations);
  expect(found.stays).toEqual(told.stays);
  expect(found.webinars).toEqual(truth().webinars);
  expect(reading.of('webinar').find(({ webinar_id }) => webinar_id === goToKey(ahead))).toMatchObject({
    status: 'cancelled',
  });
});

test('a webinar that may not be seen and one that the service stumbles over do not stop the others', async () => {
  const [hidden, broken] = world.webinars.slice(6, 8);
  if (hidden === undefined || broken === undefined) throw new Error('not in this world');
  fake.options.hidden.add(hidden.id);
  fake.always({ kind: 'status', status: 500 }, new RegExp(`${goToKey(broken)}/`));
  await reading.run();
  const seen = truth(({ id }) => id !== hidden.id && id !== broken.id);
  expect(linesOfRecords(reading).registrations).toEqual(seen.registrations);
  expect(linesOfRecords(reading).stays).toEqual(seen.stays);
  expect(reading.notices.join('\n')).toContain('cannot tell about the webinar');
});

test('dates of a sequence are webinars of their own, with everybody who registered once for all', async () => {
  const day = (number: string) => `2026-11-${number}T17:00:00Z`;
  const dana = (number: string, stays: { joined_at: string; left_at: string }[]) =>
    worldPerson(`dana-${number}`, { email: 'dana.lopez@example.com', registered_at: '2026-11-10T09:00:00Z', stays });
  world.webinars.splice(
    0,
    world.webinars.length,
    worldWebinar('s1', {
      starts_at: day('17'),
      recurring: 'seq',
      people: [dana('1', [{ joined_at: day('17'), left_at: '2026-11-17T17:30:00Z' }])],
    }),
    worldWebinar('s2', { starts_at: day('18'), recurring: 'seq', people: [dana('2', [])] }),
    worldWebinar('s3', { starts_at: day('27'), recurring: 'seq', people: [dana('3', [])] }),
  );
  await reading.run();
  const [key] = world.webinars.map(goToKey);
  expect(reading.of('webinar').map(({ webinar_id, status, series }) => [webinar_id, status, series])).toEqual([
    [`${key}:20261117T1700`, 'finished', 'Scaling onboarding'],
    [`${key}:20261118T1700`, 'finished', 'Scaling onboarding'],
    [`${key}:20261127T1700`, 'scheduled', 'Scaling onboarding'],
  ]);
  expect(reading.of('registration').map(({ webinar_id }) => webinar_id)).toHaveLength(3);
  expect(reading.of('attendance').map(({ webinar_id }) => webinar_id)).toEqual([`${key}:20261117T1700`]);

  // One date is taken out before it comes.
  reading.clock.now += 86_400_000;
  world.webinars.pop();
  await reading.run();
  expect(reading.of('webinar').find(({ webinar_id }) => webinar_id.endsWith('20261127T1700'))?.status).toBe(
    'cancelled',
  );
});

test('a test shows what is found, people masked, and says what to mend', async () => {
  const { effects } = testEffects();
  const reports = await gotowebinar.check(gotowebinar.settings.parse(fake.settings), effects);
  expect(reports.map(({ ok }) => ok)).toEqual([true, true, true, true]);
  expect(reports[1]?.detail).toMatch(/^".*" has \d+ registrations?\.$/);
  expect(JSON.stringify(reports)).not.toMatch(/w\d+-p\d+@example/);
  const settings = gotowebinar.settings.parse({ ...fake.settings, refresh_token: 'of-nobody-at-all' });
  expect((await gotowebinar.check(settings, effects))[0]).toMatchObject({
    ok: false,
    detail: expect.stringContaining('refresh token'),
  });
});
