import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { foldRecords, recordsOf } from '../../test/support/fold-records.ts';
import type { HookRequest, ParsedItem } from '../contract/connector.ts';
import { canonicalRecord } from '../contract/record.ts';
import { zoom } from './zoom.ts';
import { uuidPart } from './zoom-api.ts';

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../test/fixtures/connectors/zoom/${name}.json`, import.meta.url));
const SECRET = 'turnout-test-zoom-secret';
const settingsWith = (more: object = {}) =>
  zoom.settings.parse({
    account_id: 'a',
    client_id: 'b',
    client_secret: 'client-secret',
    webhook_secret: SECRET,
    ...more,
  });
const settings = settingsWith();
const READ_AT = Date.parse('2026-11-19T06:00:00Z');
const UUID = '4444AAAiAAAAAiAiAiiAii==';
const DANA = 'tJkSdeyhpz8oGtAbCdEfGhIjKlMn';

const webinar = {
  id: 95550100123,
  uuid: UUID,
  host_id: 'x1yCzABCDEfg23HiJKl4mN',
  host_email: 'host@example.com',
  host: 'Host Person',
  topic: 'Scaling onboarding',
  type: 5,
  start_time: '2026-11-18T17:00:00Z',
  duration: 60,
  timezone: 'America/New_York',
  tracking_fields: [
    { field: 'Region', value: 'North' },
    { field: 'Key', value: 'wbn-1118' },
  ],
  settings: { approval_type: 0, registration_type: 1, alternative_hosts: 'second@example.com' },
};
const dates = [
  { occurrence_id: '1795021200000', start_time: '2026-11-18T17:00:00Z', duration: 60, status: 'available' },
  { occurrence_id: '1795626000000', start_time: '2026-11-25T17:00:00Z', duration: 45, status: 'deleted' },
];
const series = { ...webinar, type: 9, occurrences: dates };
const window = { from: Date.parse('2026-11-01T00:00:00Z'), to: null };

const registrants = [
  {
    id: DANA,
    email: 'dana.lopez@example.com',
    phone: '+12025550123',
    custom_questions: [{ title: 'How did you hear about us?', value: 'WhatsApp' }],
    status: 'approved',
    create_time: '2026-11-10T09:15:22Z',
  },
  {
    id: 'uKlTefziq09pHuBcDeFgHiJkLmNo',
    email: 'ben.okafor@example.com',
    custom_questions: [],
    status: 'approved',
    create_time: '2026-11-12T18:40:00Z',
  },
];
const participants = [
  {
    id: '',
    user_id: '16778240',
    registrant_id: DANA,
    name: 'Dana Lopez',
    user_email: 'dana.lopez@example.com',
    join_time: '2026-11-18T17:02:02Z',
    leave_time: '2026-11-18T17:20:00Z',
    duration: 1078,
    status: 'in_meeting',
  },
  {
    id: '',
    user_id: '16779264',
    registrant_id: DANA,
    name: 'Dana Lopez',
    user_email: 'dana.lopez@example.com',
    join_time: '2026-11-18T17:19:30Z',
    leave_time: '2026-11-18T17:58:40Z',
    duration: 2350,
    status: 'in_meeting',
  },
  {
    id: '',
    user_id: '16780288',
    registrant_id: '',
    name: 'iPhone',
    user_email: '',
    join_time: '2026-11-18T17:10:00Z',
    leave_time: '2026-11-18T17:15:00Z',
    duration: 300,
    status: 'in_meeting',
  },
];
const report = (rows: object[], more: object = {}) =>
  JSON.stringify({
    webinar,
    window,
    instances: [],
    instance: { uuid: UUID, start_time: '2026-11-18T16:58:31Z' },
    panelists: [],
    repeats: {},
    participants: rows,
    ...more,
  });

function parse(stream: string | undefined, body: string | Buffer, given = settings): ParsedItem[] {
  const headers: Record<string, string> = stream === undefined ? {} : { 'turnout-stream': stream };
  const items = zoom.parse(
    { seq: 1, receivedAt: READ_AT, target: '/', headers, body: Buffer.from(body) },
    { source: 'zoom', settings: given, defaults: {} },
  );
  for (const item of items) if (item.ok) expect(canonicalRecord.safeParse(item.record).error?.issues).toBeUndefined();
  return items;
}
const recordsIn = (items: ParsedItem[]) => items.map((item) => (item.ok ? item.record : item.reason));

describe('signatures', () => {
  const body = fixture('participant-joined');
  const signed: HookRequest = {
    method: 'POST',
    target: '/hooks/zoom',
    headers: {
      'x-zm-request-timestamp': '1795021324',
      'x-zm-signature': 'v0=9388b57de47bbd6ace274177ae27c9cb1c75722aa8e9681359e34b41af20f640',
    },
    body,
  };
  const now = 1_795_021_330_000;

  test('the vector holds, also where the secret is one of several and the body is written in another way', () => {
    expect(zoom.verify(signed, settings, now)).toEqual({ ok: true });
    expect(zoom.verify(signed, settingsWith({ webhook_secret: ['another-secret', SECRET] }), now)).toEqual({
      ok: true,
    });
    const spaced = Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1));
    expect(zoom.verify({ ...signed, body: spaced }, settings, now)).toEqual({ ok: true });
  });

  test.each([
    ['another body', { body: Buffer.from(body.toString().replace('Dana', 'Ben')) }, now, settings],
    ['another secret', {}, now, settingsWith({ webhook_secret: 'another-secret' })],
    ['no secret', {}, now, zoom.settings.parse({ account_id: 'a', client_id: 'b', client_secret: 'client-secret' })],
    ['no signature', { headers: { 'x-zm-request-timestamp': '1795021324' } }, now, settings],
    ['another timestamp', { headers: { ...signed.headers, 'x-zm-request-timestamp': '1795021325' } }, now, settings],
    ['half a signature', { headers: { ...signed.headers, 'x-zm-signature': 'v0=9388b57d' } }, now, settings],
    ['three hours later', {}, now + 3 * 3_600_000, settings],
    ['a GET', { method: 'GET' as const }, now, settings],
  ])('%s is refused', (_, change, at, given) => {
    const verdict = zoom.verify({ ...signed, ...change }, given, at);
    expect(verdict).toMatchObject({ ok: false, reason: expect.stringMatching(/\.$|\?$/) });
  });

  test('a retry 85 minutes later is taken', () => {
    expect(zoom.verify(signed, settings, now + 85 * 60_000)).toEqual({ ok: true });
  });

  test('only a validation of the address is answered', () => {
    expect(zoom.answer?.(signed, settings)).toBeUndefined();
  });
});

test('uuids with slashes are encoded twice', () => {
  expect(uuidPart('/ab//c==')).toBe('%252Fab%252F%252Fc%253D%253D');
  expect(uuidPart('ab/c+A==')).toBe('ab%2Fc%2BA%3D%3D');
});

describe('webinars', () => {
  test('a single one, with what is read out of its fields', () => {
    const given = settingsWith({
      details: { region: { from: 'tracking_fields.Region' }, course: { from: 'topic', pattern: '(onboarding)' } },
    });
    expect(recordsIn(parse('webinars', JSON.stringify({ webinar, window }), given))).toEqual([
      {
        record: 'webinar',
        key: 'webinar:95550100123',
        webinar_id: '95550100123',
        title: 'Scaling onboarding',
        region: 'North',
        course: 'onboarding',
        format: 'live',
        status: 'finished',
        host: 'Host Person',
        starts_at: '2026-11-18T17:00:00.000Z',
        time_zone: 'America/New_York',
        duration_minutes: 60,
      },
    ]);
  });

  test('each date of a series is a webinar; a date that was taken out is cancelled', () => {
    expect(recordsIn(parse('webinars', JSON.stringify({ webinar: series, window })))).toMatchObject([
      {
        webinar_id: '95550100123:1795021200000',
        series: 'Scaling onboarding',
        status: 'finished',
        duration_minutes: 60,
      },
      {
        webinar_id: '95550100123:1795626000000',
        series: 'Scaling onboarding',
        status: 'cancelled',
        duration_minutes: 45,
      },
    ]);
  });

  test('what Zoom no longer has is cancelled where it lay ahead', () => {
    const gone = [
      { ...webinar, start_time: '2026-11-20T17:00:00Z' },
      { ...webinar, id: 1 },
    ];
    expect(recordsIn(parse('webinars', JSON.stringify({ gone })))).toMatchObject([
      { key: 'webinar:95550100123', status: 'cancelled', starts_at: '2026-11-20T17:00:00.000Z' },
    ]);
  });

  test("the team's own key goes before Zoom's; a simulated airing is a recorded one, an offered recording is not", () => {
    const given = settingsWith({ details: { webinar_id: { from: 'tracking_fields.Key' } } });
    const simulated = { ...webinar, is_simulive: true };
    expect(recordsIn(parse('webinars', JSON.stringify({ webinar: simulated, window }), given))).toMatchObject([
      { webinar_id: 'wbn-1118', key: 'webinar:95550100123', format: 'recorded' },
    ]);
    const offered = { ...webinar, settings: { on_demand: true } };
    expect(recordsIn(parse('webinars', JSON.stringify({ webinar: offered, window })))).toMatchObject([
      { format: 'live' },
    ]);
  });
});

describe('registrations', () => {
  const page = (more: object = {}) =>
    JSON.stringify({ webinar, window, status: 'approved', sources: {}, registrants, ...more });

  test('as Zoom tells them, with the link that they came by', () => {
    expect(recordsIn(parse('registrations', page({ sources: { [DANA]: 'whatsapp.message.wbn-r1' } })))).toEqual([
      {
        record: 'registration',
        key: `registration:95550100123:${DANA}`,
        webinar_id: '95550100123',
        registrant_id: DANA,
        person: { email: 'dana.lopez@example.com', phone: '+12025550123' },
        registered_at: '2026-11-10T09:15:22.000Z',
        utm_source: 'whatsapp',
        utm_medium: 'message',
        utm_campaign: 'wbn-r1',
      },
      {
        record: 'registration',
        key: 'registration:95550100123:uKlTefziq09pHuBcDeFgHiJkLmNo',
        webinar_id: '95550100123',
        registrant_id: 'uKlTefziq09pHuBcDeFgHiJkLmNo',
        person: { email: 'ben.okafor@example.com' },
        registered_at: '2026-11-12T18:40:00.000Z',
      },
    ]);
  });

  test('questions called utm_… go before the name of the link; a phrase is a source as a whole', () => {
    const [dana, ben] = registrants;
    const asked = { ...dana, custom_questions: [{ title: 'utm_source', value: 'google' }] };
    const sources = { [DANA]: 'a.b.c', [ben?.id ?? '']: 'WhatsApp reminder' };
    const found = recordsIn(parse('registrations', page({ registrants: [asked, ben], sources })));
    expect(found).toMatchObject([{ utm_source: 'google' }, { utm_source: 'WhatsApp reminder' }]);
    expect(found[0]).not.toHaveProperty('utm_medium');
  });

  test('one registration for all dates is one for each that had not ended', () => {
    const early = { ...registrants[0], create_time: '2026-11-10T09:15:22Z' };
    const late = { ...registrants[1], create_time: '2026-11-19T09:00:00Z' };
    expect(recordsIn(parse('registrations', page({ webinar: series, registrants: [early, late] })))).toMatchObject([
      { webinar_id: '95550100123:1795021200000', registrant_id: DANA },
      { webinar_id: '95550100123:1795626000000', registrant_id: DANA },
      { webinar_id: '95550100123:1795626000000', person: { email: 'ben.okafor@example.com' } },
    ]);
    expect(parse('registrations', page({ webinar: series, occurrence: '1795626000000' }))).toHaveLength(2);
  });

  test('denied ones were never registered; one without a time is refused with its reason', () => {
    const denied = { ...registrants[0], status: 'denied' };
    const [first, second] = parse(
      'registrations',
      page({ registrants: [denied, { id: 'x', email: 'x@example.com' }] }),
    );
    expect(first).toMatchObject({ ok: true, record: { cancelled_at: '2026-11-10T09:15:22.000Z' } });
    expect(second).toMatchObject({ ok: false, reason: 'The registrant has no time of registration.' });
  });
});

describe('attendance', () => {
  test('each join is a stay; a guest whom nobody can match is a person of their own', () => {
    expect(recordsIn(parse('attendance', report(participants)))).toEqual([
      {
        record: 'attendance',
        key: `attendance:${UUID}:16778240`,
        webinar_id: '95550100123',
        registrant_id: DANA,
        person: { email: 'dana.lopez@example.com' },
        joined_at: '2026-11-18T17:02:02.000Z',
        left_at: '2026-11-18T17:20:00.000Z',
        seconds: 1078,
      },
      expect.objectContaining({
        key: `attendance:${UUID}:16779264`,
        seconds: 2350,
        left_at: '2026-11-18T17:58:40.000Z',
      }),
      {
        record: 'attendance',
        key: `attendance:${UUID}:16780288`,
        webinar_id: '95550100123',
        person: { external_id: `zoom-guest:${UUID}:16780288` },
        joined_at: '2026-11-18T17:10:00.000Z',
        left_at: '2026-11-18T17:15:00.000Z',
        seconds: 300,
      },
    ]);
  });

  test("the team's own id that was passed through the join is the person's", () => {
    const [dana] = participants;
    expect(recordsIn(parse('attendance', report([{ ...dana, customer_key: 'c-17' }])))).toMatchObject([
      { person: { email: 'dana.lopez@example.com', external_id: 'c-17' } },
    ]);
    expect(recordsIn(parse('attendance', report([{ ...participants[2], customer_key: 'c-18' }])))).toMatchObject([
      { person: { external_id: 'c-18' } },
    ]);
  });

  test('waiting rooms are no joins; host, panelists and people of the account take back what events said of them', () => {
    const [dana] = participants;
    const rows = [
      { ...dana, status: 'in_waiting_room', user_id: '1' },
      { ...dana, user_email: 'HOST@example.com', user_id: '2' },
      { ...dana, user_email: 'second@example.com', user_id: '3' },
      { ...dana, user_email: 'panelist@example.com', user_id: '4' },
      { ...dana, internal_user: true, user_id: '5' },
      { ...dana, id: webinar.host_id, user_email: '', user_id: '6' },
    ];
    expect(recordsIn(parse('attendance', report(rows, { panelists: ['panelist@example.com'] })))).toEqual(
      ['2', '3', '4', '5', '6'].map((id) => ({
        record: 'deletion',
        of: 'attendance',
        key: `attendance:${UUID}:${id}`,
      })),
    );
  });

  test('an airing of a series is of the nearest date; one far from all is a webinar of its own', () => {
    const near = report(participants, { webinar: series });
    expect(recordsIn(parse('attendance', near))).toMatchObject([{ webinar_id: '95550100123:1795021200000' }, {}, {}]);
    const far = { uuid: UUID, start_time: '2026-11-16T10:00:00Z' };
    const own = `95550100123:${Date.parse('2026-11-16T10:00:00Z')}`;
    expect(
      recordsIn(parse('attendance', report(participants.slice(0, 1), { webinar: series, instance: far }))),
    ).toMatchObject([
      { record: 'webinar', webinar_id: own, starts_at: '2026-11-16T10:00:00.000Z' },
      { record: 'attendance', webinar_id: own },
    ]);
  });
});

describe('events', () => {
  test('a sign-up, a join, a date of a series', () => {
    expect(recordsIn(parse(undefined, fixture('registration-created')))).toEqual([
      {
        record: 'registration',
        key: `registration:95550100123:${DANA}`,
        observed_at: '2026-11-10T09:15:22.345Z',
        webinar_id: '95550100123',
        registrant_id: DANA,
        person: { email: 'dana.lopez@example.com', phone: '+12025550123' },
        registered_at: '2026-11-10T09:15:22.345Z',
        utm_source: 'WhatsApp reminder',
      },
    ]);
    expect(recordsIn(parse(undefined, fixture('participant-joined')))).toEqual([
      {
        record: 'attendance',
        key: `attendance:${UUID}:16778240`,
        observed_at: '2026-11-18T17:02:02.456Z',
        webinar_id: '95550100123',
        registrant_id: DANA,
        person: { email: 'dana.lopez@example.com' },
        joined_at: '2026-11-18T17:02:02.000Z',
      },
    ]);
    expect(recordsIn(parse(undefined, fixture('webinar-created')))).toMatchObject([
      { webinar_id: '95550100124:1795021200000' },
      { webinar_id: '95550100124:1795626000000' },
    ]);
    expect(parse(undefined, fixture('participant-left'))).toEqual([]);
    expect(parse(undefined, fixture('url-validation'))).toEqual([]);
  });

  const event = (
    change: (object: { type: number; host_id: string; participant: Record<string, string> }) => void,
  ): string => {
    const body = JSON.parse(fixture('participant-joined').toString());
    change(body.payload.object);
    return JSON.stringify(body);
  };

  test('what an event cannot tell is left to the report', () => {
    expect(
      parse(
        undefined,
        event((object) => {
          object.type = 9;
        }),
      ),
    ).toEqual([]);
    expect(
      parse(
        undefined,
        event(({ participant }) => {
          participant['email'] = '';
          participant['registrant_id'] = '';
        }),
      ),
    ).toEqual([]);
    expect(
      parse(
        undefined,
        event(({ participant, host_id }) => {
          participant['id'] = host_id;
        }),
      ),
    ).toEqual([]);
    const own = settingsWith({ details: { webinar_id: { from: 'tracking_fields.Key' } } });
    expect(parse(undefined, fixture('participant-joined'), own)).toEqual([]);
  });

  test('what is deleted before it is held is cancelled; what is deleted afterwards was held', () => {
    const deleted = (at: string) => {
      const body = JSON.parse(fixture('participant-joined').toString());
      return JSON.stringify({ ...body, event: 'webinar.deleted', event_ts: Date.parse(at) });
    };
    expect(recordsIn(parse(undefined, deleted('2026-11-17T10:00:00Z')))).toMatchObject([
      { record: 'webinar', key: 'webinar:95550100123', status: 'cancelled', observed_at: '2026-11-17T10:00:00.000Z' },
    ]);
    expect(parse(undefined, deleted('2026-12-17T10:00:00Z'))).toEqual([]);
  });

  test('the report replaces what events said, in whatever order they come', () => {
    const eventAt = 1_795_021_322_456;
    const joined = { body: fixture('participant-joined'), receivedAt: eventAt + 1000 };
    const late = { ...joined, receivedAt: READ_AT + 1000 };
    const read = { stream: 'attendance', body: report(participants), receivedAt: READ_AT };
    const again = { ...read, receivedAt: READ_AT + 86_400_000 };
    for (const arrivals of [
      [joined, read],
      [read, late],
      [joined, read, late, again],
    ]) {
      const { records, refused } = foldRecords(zoom, settings, arrivals);
      expect(refused).toEqual([]);
      expect(recordsOf(records, 'attendance').map(({ key, seconds }) => [key.slice(-8), seconds])).toEqual([
        ['16778240', 1078],
        ['16779264', 2350],
        ['16780288', 300],
      ]);
    }
    const staff = { ...read, body: report([{ ...participants[0], user_email: 'host@example.com' }]) };
    expect(foldRecords(zoom, settings, [joined, staff]).records.size).toBe(0);
    // One that comes after the report stays until the next read of it.
    expect(
      foldRecords(zoom, settings, [staff, late, { ...staff, receivedAt: READ_AT + 86_400_000 }]).records.size,
    ).toBe(0);
  });

  test('a cancellation is the later state of the sign-up, wherever both were heard', () => {
    const created = { body: fixture('registration-created'), receivedAt: 1_794_302_123_000 };
    const page = {
      stream: 'registrations',
      body: JSON.stringify({ webinar, window, registrants, sources: {} }),
      receivedAt: Date.parse('2026-11-11T06:00:00Z'),
    };
    const body = JSON.parse(created.body.toString());
    const cancelledAt = Date.parse('2026-11-12T10:00:00Z');
    const cancelled = {
      body: JSON.stringify({ ...body, event: 'webinar.registration_cancelled', event_ts: cancelledAt }),
      receivedAt: cancelledAt,
    };
    for (const arrivals of [
      [created, page, cancelled],
      [page, cancelled, created],
      [cancelled, created, page],
    ]) {
      const dana = recordsOf(foldRecords(zoom, settings, arrivals).records, 'registration').find(
        ({ registrant_id }) => registrant_id === DANA,
      );
      expect(dana?.cancelled_at).toBe('2026-11-12T10:00:00.000Z');
    }
  });
});
