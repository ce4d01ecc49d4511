import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bigmarker } from '../../src/connectors/bigmarker.ts';
import { PullError } from '../../src/contract/pull.ts';
import { type FakeBigMarker, startFakeBigMarker } from '../support/fake-bigmarker.ts';
import { testEffects } from '../support/test-effects.ts';
import { openWebinarReading, type WebinarReading } from '../support/webinar-reading.ts';
import { linesOfRecords, linesOfWorld } from '../support/webinar-record-lines.ts';
import {
  makeWorld,
  type WebinarWorld,
  type WorldWebinar,
  worldHex,
  worldPerson,
  worldWebinar,
} from '../support/webinar-world.ts';

/** BigMarker read over real sockets from a service that pages, throttles, fails half way and repeats itself. */

const NOW = '2026-11-20T06:00:00Z';
let fake: FakeBigMarker;
let reading: WebinarReading;
let world: WebinarWorld;

beforeEach(async () => {
  // Twelve weeks before and a few days after now: older webinars, those of the window, and upcoming ones.
  world = makeWorld({ seed: 4, first: '2026-09-01T15:00:00Z', webinars: 27, every_hours: 85, people: 9 });
  fake = await startFakeBigMarker(world, () => reading.clock.now, { pageSize: 4 });
  reading = open();
});
afterEach(() => fake.close());

function open(settings: Record<string, unknown> = {}): WebinarReading {
  return openWebinarReading(bigmarker, { ...fake.settings, since: '2026-01-01', ...settings }, NOW);
}

function truth(wanted?: (webinar: WorldWebinar) => boolean) {
  const idOf = ({ id }: WorldWebinar) => worldHex(id);
  return linesOfWorld(world, { now: reading.clock.now, idOf, ...(wanted === undefined ? {} : { wanted }) });
}

/** Entering, leaving and the attendance of a webinar as one thing. */
function webinar(index: number): WorldWebinar {
  const found = world.webinars[index];
  if (found === undefined) throw new Error(`no webinar ${index}`);
  return found;
}

function expectTruth(): void {
  expect(reading.poisoned).toEqual([]);
  expect(linesOfRecords(reading)).toEqual(truth());
}

test('everything is read, and a second run that finds nothing new writes nothing but where it is', async () => {
  await reading.run();
  expectTruth();
  expect(truth().stays.length).toBeGreaterThan(50);
  expect(reading.of('webinar').find(({ webinar_id }) => webinar_id === worldHex('w1'))).toMatchObject({
    status: 'finished',
    time_zone: 'America/New_York',
    host: 'Sam Rivera',
    duration_minutes: 60,
  });
  expect(reading.of('webinar').some(({ status }) => status === 'scheduled')).toBe(true);

  const pages = reading.pages.length;
  reading.clock.now += 60_000;
  await reading.run();
  expect(reading.pages.slice(pages).map(({ page }) => page.rows)).toEqual([0, 0, 0, 0]);
  expectTruth();
});

test.each([
  ['429 at every fifth request', () => fake.throttle(5, '2')],
  ['500 once, half way', () => fake.fault(6, { kind: 'status', status: 500 })],
  ['a connection cut in the body', () => fake.fault(9, { kind: 'truncate' })],
  ['a connection cut at once', () => fake.fault(3, { kind: 'reset' })],
  ['a page of conferences repeated', () => fake.repeat(1, /search/)],
  ['a page of registrations repeated', () => fake.repeat(1, /registrations_with_fields.*page=2/)],
  ['a page of the log repeated', () => fake.repeat(1, /enter_exit_log/)],
])('%s: complete after the retries, nothing lost, nothing double', async (_, misbehave) => {
  misbehave();
  await reading.run();
  expectTruth();
});

test.each([
  ['without totals', { totals: false }],
  ['without totals, one row a page', { totals: false, pageSize: 1 }],
  ['with all on one page', { pageSize: 1000, totals: false }],
  ['with a row for each movement', { movements: true }],
  ['with local times in the zone of the webinar', { localTimes: true }],
])('%s it reads the same', async (_, options) => {
  Object.assign(fake.options, options);
  await reading.run();
  if (_.includes('movement')) {
    const stays = linesOfRecords(reading).stays;
    // Of two devices at once nobody can say which one left first; there are as many stays, and as many ends.
    expect(stays.map((line) => line.split(' | ').slice(0, 3))).toEqual(
      truth().stays.map((line) => line.split(' | ').slice(0, 3)),
    );
    expect(stays.map((line) => line.split(' | ')[3]).toSorted()).toEqual(
      truth()
        .stays.map((line) => line.split(' | ')[3])
        .toSorted(),
    );
  } else expectTruth();
});

test('without a log of entering the attendees count, with the presenters left out', async () => {
  fake.options.log = false;
  await reading.run();
  const people = (lines: string[]) => [...new Set(lines.map((line) => line.split(' | ').slice(0, 2).join(' ')))];
  expect(people(linesOfRecords(reading).stays)).toEqual(people(truth().stays));
  expect(reading.of('attendance').every(({ key }) => key.endsWith(':1'))).toBe(true);
  expect(JSON.stringify(reading.of('attendance'))).not.toContain('host.example.com');

  // The log is there the next day: its stays take the place of the one that stood for all.
  fake.options.log = true;
  reading.clock.now += 86_400_000 * 7;
  await reading.run();
  expectTruth();
});

test('a run that is killed after any page is gone on with: everything once, and never from the beginning', async () => {
  world.webinars.splice(0, 15);
  await reading.run();
  const whole = linesOfRecords(reading);
  for (const stopAfter of [1, 2, 3]) {
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

describe('what happens between two runs', () => {
  beforeEach(async () => {
    await reading.run();
    reading.clock.now += 86_400_000;
  });

  const recent = (): WorldWebinar => {
    const found = world.webinars.findLast(
      ({ starts_at, people }) =>
        Date.parse(starts_at) < Date.parse(NOW) - 86_400_000 && people.some(({ stays }) => stays.length > 1),
    );
    if (found === undefined) throw new Error('no webinar');
    return found;
  };

  test('a late attendance, a corrected leave and a stay that was none are found by looking back', async () => {
    const { people, starts_at } = recent();
    people.push(worldPerson('late', { email: 'late@example.com', stays: [{ joined_at: starts_at, left_at: NOW }] }));
    const twice = people.find(({ stays }) => stays.length > 1);
    const [first] = twice?.stays ?? [];
    if (twice === undefined || first === undefined) throw new Error('nobody came twice');
    twice.stays = [{ joined_at: first.joined_at, left_at: '2026-11-19T23:59:00Z' }];
    const before = reading.pages.length;
    await reading.run();
    expectTruth();
    // One page for what changed, beside the yesterday's upcoming one that has begun.
    expect(
      reading.pages.slice(before).filter(({ stream, page }) => stream === 'attendance' && page.rows > 0).length,
    ).toBeLessThanOrEqual(2);
  });

  test('a renamed course, a webinar that was moved and one that is cancelled are told anew', async () => {
    recent().title = 'Onboarding, renamed';
    const upcoming = world.webinars.filter(({ starts_at }) => Date.parse(starts_at) > reading.clock.now);
    const [moved, cancelled] = upcoming;
    if (moved === undefined || cancelled === undefined) throw new Error('nothing ahead');
    moved.starts_at = '2026-12-24T15:00:00Z';
    cancelled.cancelled_at = new Date(reading.clock.now - 3_600_000).toISOString();
    await reading.run();
    expectTruth();
    expect(reading.of('webinar').filter(({ status }) => status === 'cancelled')).toHaveLength(1);
  });

  test('one that the service does not know any more before it has begun was cancelled', async () => {
    fake.options.cancelled = 'vanishes';
    const cancelled = world.webinars.find(({ starts_at }) => Date.parse(starts_at) > reading.clock.now);
    if (cancelled === undefined) throw new Error('nothing ahead');
    cancelled.cancelled_at = new Date(reading.clock.now - 3_600_000).toISOString();
    await reading.run();
    expectTruth();
    expect(reading.log.join('\n')).toContain('counts as cancelled');
    const pages = reading.pages.length;
    await reading.run();
    expect(reading.pages.slice(pages).every(({ page }) => page.rows === 0)).toBe(true);
  });

  test('what changed in an old webinar is found within a week', async () => {
    webinar(0).people.push(worldPerson('old', { email: 'old@example.com', registered_at: '2026-09-01T10:00:00Z' }));
    await reading.run();
    expect(linesOfRecords(reading).registrations).not.toEqual(truth().registrations);
    reading.clock.now += 6 * 86_400_000;
    await reading.run();
    expectTruth();
  });
});

test('one webinar that may not be seen and one that the service stumbles over do not stop the others', async () => {
  fake.options.hidden.add('w20');
  fake.always({ kind: 'status', status: 422 }, new RegExp(`enter_exit_log/${worldHex('w19')}`));
  fake.always(
    { kind: 'status', status: 500 },
    new RegExp(
      `(registrations_with_fields|enter_exit_log|attendees|recording_views)/?.*${worldHex('w21')}|${worldHex('w21')}/`,
    ),
  );
  await reading.run();
  const { registrations } = linesOfRecords(reading);
  expect(registrations).toEqual(truth(({ id }) => id !== 'w20' && id !== 'w21').registrations);
  expect(reading.log.join('\n')).toContain('does not let this key see');
  expect(reading.notices.filter((notice) => notice.includes('cannot tell about the webinar'))).not.toEqual([]);

  fake.calm();
  fake.options.hidden.clear();
  reading.clock.now += 86_400_000;
  await reading.run();
  expectTruth();
});

test('a service that is down ends the run, and the next one goes on', async () => {
  fake.always({ kind: 'status', status: 500 }, /registrations_with_fields/);
  await expect(reading.run({ streams: ['registrations'] })).rejects.toMatchObject({ kind: 'retry' });
  fake.calm();
  await reading.run();
  expectTruth();
});

test('a backfill reads the webinars of its range and moves no cursor', async () => {
  await reading.run({ range: { from: '2026-09-10T00:00:00Z', to: '2026-09-20T00:00:00Z' } });
  expect(reading.cursors.size).toBe(0);
  const inRange = ({ starts_at }: WorldWebinar) => starts_at >= '2026-09-10' && starts_at < '2026-09-20';
  expect(linesOfRecords(reading)).toEqual(truth(inRange));
  expect(reading.of('webinar')).toHaveLength(world.webinars.filter(inRange).length);
});

test('the key and the host are told apart, and no link of a person is kept', async () => {
  await reading.run();
  expect(JSON.stringify(reading.pages.map(({ page }) => page.body.toString()))).not.toContain('/attend?bmid=');
  const wrongKey = open({ api_key: 'another-key-of-nobody' });
  await expect(wrongKey.run()).rejects.toThrow('does not accept the API key');
  const wrongHost = open({ base_url: fake.url });
  await expect(wrongHost.run()).rejects.toThrow(PullError);
  await expect(wrongHost.run()).rejects.toThrow('is not the host of your API. Set base_url');
  // While keys are changed either of them lets in.
  reading = open({ api_key: ['another-key-of-nobody', fake.apiKey] });
  await reading.run();
  expectTruth();
});

test('a webinar in a zone that nobody knows is in the quarantine with the name of the zone, once', async () => {
  fake.options.localTimes = true;
  webinar(22).rails_zone = 'Head office';
  await reading.run();
  reading.clock.now += 86_400_000;
  await reading.run();
  expect(reading.poisoned.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('The time zone "Head office" of this webinar is not known'),
  ]);
  reading = open({ time_zones: { 'Head office': 'America/New_York' } });
  await reading.run();
  expectTruth();
});

test('two requests a second, no more', async () => {
  reading = open({ requests_per_second: 2 });
  const requests = fake.requests.length;
  await reading.run({ streams: ['webinars'] });
  expect(reading.slept()).toBeGreaterThanOrEqual((fake.requests.length - requests - 1) * 500);
});

test('region, course and the id of the team come out of tags and custom_event_id', async () => {
  const details = {
    webinar_id: { from: 'custom_event_id' },
    region: { from: 'tags', pattern: '^region:(.+)$' },
    course: { from: 'tags', pattern: '^course:(.+)$', values: { Basics: 'First steps' } },
  };
  world.webinars.splice(
    0,
    world.webinars.length,
    worldWebinar('one', {
      starts_at: '2026-11-18T17:00:00Z',
      key: 'wbn-1118',
      people: [
        worldPerson('dana', {
          email: 'dana.lopez@example.com',
          phone: '(202) 555-0123',
          registered_at: '2026-11-10T09:15:22Z',
          external_id: 'crm-1001',
          utm: { source: 'whatsapp', content: 'btn' },
        }),
      ],
    }),
  );
  reading = open({ details });
  await reading.run();
  expect(reading.of('webinar')).toMatchObject([
    { webinar_id: 'wbn-1118', region: 'North', course: 'First steps', series: 'Onboarding', language: 'English' },
  ]);
  expect(reading.of('registration')).toMatchObject([
    {
      webinar_id: 'wbn-1118',
      registrant_id: worldHex('bmid dana'),
      person: { email: 'dana.lopez@example.com', phone: '(202) 555-0123', external_id: 'crm-1001' },
      utm_source: 'whatsapp',
      utm_content: 'btn',
    },
  ]);
});

test('a test shows what is found, people masked, and says what to mend', async () => {
  const { effects } = testEffects();
  const reports = await bigmarker.check(bigmarker.settings.parse(fake.settings), effects);
  expect(reports.map(({ stream, ok }) => [stream, ok])).toEqual([
    ['webinars', true],
    ['registrations', true],
    ['attendance', true],
    ['recording_views', true],
  ]);
  expect(reports[0]).toMatchObject({ detail: expect.stringMatching(/^Found \d+ webinars from 30 days ago/) });
  expect(reports[0]?.sample).toHaveLength(5);
  expect(reports[1]?.detail).toMatch(/^".*" has \d+ registrations?\.$/);
  expect(JSON.stringify(reports)).not.toMatch(/w\d+-p\d+@example/);

  const wrong = await bigmarker.check(
    bigmarker.settings.parse({ ...fake.settings, api_key: 'of-nobody-at-all' }),
    effects,
  );
  expect(wrong.every(({ ok, detail }) => !ok && detail.includes('does not accept the API key'))).toBe(true);
});
