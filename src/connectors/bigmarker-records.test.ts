import { describe, expect, test } from 'vitest';
import type { ParsedItem } from '../contract/connector.ts';
import { canonicalRecord } from '../contract/record.ts';
import { parseBigMarkerPage } from './bigmarker-records.ts';
import { bigmarkerSettings } from './bigmarker-settings.ts';

const conference = {
  id: '9f3ad20c71be',
  title: 'Scaling onboarding',
  event_type: 'webinar',
  language: 'English',
  type: 'live_webinar',
  purpose: '<p>How three teams cut time to value</p>',
  start_time: '2026-11-18T12:00:00-05:00',
  end_time: '2026-11-18T13:00:00-05:00',
  duration: 60,
  time_zone: 'Eastern Time (US & Canada)',
  custom_event_id: 'wbn-1118',
  manual_end_time: '2026-11-18T13:02:41-05:00',
  webinar_stats: { registrants: 3, revenue: '0.0', total_attendees: 2, page_views: 118, invited: 0 },
  associated_series: [],
  presenters: [{ presenter_id: 'p1', member_id: 'm1', name: 'Sam Rivera', email: 'Sam.Rivera@example.com' }],
  tags: ['onboarding'],
};
const dana = {
  id: '7c1e55aa90d2',
  custom_user_id: 'crm-1001',
  email: 'dana.lopez@example.com',
  conference_id: '9f3ad20c71be',
  bmid: 'a8d0f1c2b3e4',
  referral_domain: 'www.example.com',
  source: 'register widget',
  tracking_code: 'wa-reminder',
  registered_at: '2026-11-10T09:15:22Z',
  custom_fields: [
    { id: 'utm_source', value: 'whatsapp' },
    { id: 'utm_campaign', value: 'wbn-1118-r1' },
    { id: 'Phone', value: '(202) 555-0123' },
  ],
};
const ben = {
  id: '7c1e55aa90d3',
  custom_user_id: null,
  email: 'Ben.Okafor@Example.com ',
  bmid: 'b7c9e0f1a2d3',
  referral_domain: null,
  source: 'Added by presenter',
  tracking_code: null,
  registered_at: '2026-11-12T18:40:00Z',
  custom_fields: [],
};
const attendee = {
  id: '41d2b7a09c11',
  bmid: 'a8d0f1c2b3e4',
  email: 'dana.lopez@example.com',
  entered_at: '2026-11-18T12:02:02-05:00',
  leaved_at: '2026-11-18T12:58:40-05:00',
  total_duration: '00:54:10',
  engaged_duration: '00:47:35',
  custom_fields: { utm_source: 'whatsapp' },
};
const NOW = Date.parse('2026-11-20T06:00:00Z');

function parse(stream: string, body: unknown, more: Record<string, unknown> = {}, receivedAt = NOW): ParsedItem[] {
  const settings = bigmarkerSettings.parse({ api_key: 'a-test-key-of-bigmarker', ...more });
  const text = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const items = parseBigMarkerPage({ body: text, headers: { 'turnout-stream': stream }, receivedAt }, { settings });
  for (const item of items) {
    if (item.ok) expect(canonicalRecord.safeParse(item.record).error?.issues).toBeUndefined();
    else expect(item.reason).toMatch(/^[A-Za-z"].*\.$/s);
  }
  return items;
}
const records = (items: ParsedItem[]) => items.flatMap((item) => (item.ok ? [item.record] : []));
const reasons = (items: ParsedItem[]) => items.flatMap((item) => (item.ok ? [] : [item.reason]));

describe('conferences', () => {
  const webinar = (fields: Record<string, unknown>, receivedAt = NOW) =>
    records(parse('webinars', { conferences: [{ ...conference, ...fields }] }, {}, receivedAt))[0];

  test('the documented sample', () => {
    expect(webinar({})).toEqual({
      record: 'webinar',
      key: 'webinar:9f3ad20c71be',
      webinar_id: '9f3ad20c71be',
      title: 'Scaling onboarding',
      format: 'live',
      status: 'finished',
      starts_at: '2026-11-18T17:00:00.000Z',
      language: 'English',
      host: 'Sam Rivera',
      time_zone: 'America/New_York',
      duration_minutes: 60,
    });
  });

  test.each([
    ['live_webinar', 'live'],
    ['webcast', 'live'],
    ['recurring_child', 'live'],
    ['evergreen_child', 'recorded'],
    ['ondemand', 'recorded'],
    ['something_new', 'live'],
  ])('%s is %s', (type, format) => expect(webinar({ type })).toMatchObject({ format }));

  test.each(['recurring_parent', 'evergreen_parent', 'meetingspace'])('%s is no webinar', (type) => {
    expect(parse('webinars', { conferences: [{ ...conference, type }] })).toEqual([]);
  });

  test.each([
    ['before it', '2026-11-18T16:59:59Z', {}, 'scheduled'],
    ['during it', '2026-11-18T17:30:00Z', {}, 'live'],
    ['past its end, still open', '2026-11-18T18:01:00Z', { manual_end_time: null }, 'finished'],
    ['closed early', '2026-11-18T17:30:00Z', { manual_end_time: '2026-11-18T12:20:00-05:00' }, 'finished'],
    ['cancelled by a word', '2026-11-18T16:00:00Z', { status: 'Canceled' }, 'cancelled'],
    ['cancelled by a flag', '2026-11-18T16:00:00Z', { cancelled: true }, 'cancelled'],
  ])('%s', (_, now, fields, status) => expect(webinar(fields, Date.parse(now))).toMatchObject({ status }));

  test('one that is gone is cancelled as it was', () => {
    const [record] = records(parse('webinars', { conferences: [], gone: [conference] }));
    expect(record).toMatchObject({ status: 'cancelled', title: 'Scaling onboarding' });
  });

  test('times without an offset are of the Rails zone; a zone that is not known is asked for', () => {
    const local = { start_time: '2026-11-18T12:00:00', end_time: '2026-11-18T13:00:00' };
    expect(webinar(local)).toMatchObject({ starts_at: '2026-11-18T17:00:00.000Z' });
    expect(webinar({ ...local, time_zone: "Nuku'alofa" })).toMatchObject({ starts_at: '2026-11-17T23:00:00.000Z' });
    const foreign = { conferences: [{ ...conference, ...local, time_zone: 'Our zone' }] };
    expect(reasons(parse('webinars', foreign))).toEqual([
      'The time zone "Our zone" of this webinar is not known, and start_time (2026-11-18T12:00:00) has no offset: name the zone in the setting time_zones.',
    ]);
    expect(records(parse('webinars', foreign, { time_zones: { 'Our zone': 'Asia/Jakarta' } }))).toMatchObject([
      { starts_at: '2026-11-18T05:00:00.000Z', time_zone: 'Asia/Jakarta' },
    ]);
  });
});

describe('registrations', () => {
  const parseRows = (rows: unknown[]) => parse('registrations', { conference, registrations: rows });

  test('the documented samples', () => {
    expect(records(parseRows([dana, ben]))).toEqual([
      {
        record: 'registration',
        key: 'registration:9f3ad20c71be:7c1e55aa90d2',
        webinar_id: '9f3ad20c71be',
        registrant_id: 'a8d0f1c2b3e4',
        person: { email: 'dana.lopez@example.com', phone: '(202) 555-0123', external_id: 'crm-1001' },
        registered_at: '2026-11-10T09:15:22.000Z',
        utm_source: 'whatsapp',
        utm_campaign: 'wbn-1118-r1',
        referrer: 'www.example.com',
      },
      {
        record: 'registration',
        key: 'registration:9f3ad20c71be:7c1e55aa90d3',
        webinar_id: '9f3ad20c71be',
        registrant_id: 'b7c9e0f1a2d3',
        person: { email: 'Ben.Okafor@Example.com' },
        registered_at: '2026-11-12T18:40:00.000Z',
        utm_source: 'Added by presenter',
      },
    ]);
  });

  test.each([
    [
      'the form before the code',
      { custom_fields: { 'UTM Source': 'sms' }, tracking_code: 'wa' },
      { utm_source: 'sms' },
    ],
    [
      'a list with other names',
      { custom_fields: [{ label: 'utm_medium', value: 'cpc' }], tracking_code: 'google.x.brand' },
      { utm_source: 'google', utm_medium: 'cpc', utm_campaign: 'brand' },
    ],
    [
      'a packed code',
      { custom_fields: [], tracking_code: 'whatsapp.message.wbn.r1' },
      { utm_source: 'whatsapp', utm_medium: 'message', utm_campaign: 'wbn.r1' },
    ],
    [
      'what BigMarker calls the source',
      { custom_fields: [], tracking_code: '', source: 'Series registration' },
      { utm_source: 'Series registration' },
    ],
  ])('source: %s', (_, fields, utm) => expect(records(parseRows([{ ...dana, ...fields }]))).toMatchObject([utm]));

  test('how the sign-up was made is no source', () => {
    const [record] = records(parseRows([{ ...dana, custom_fields: [], tracking_code: null }]));
    expect(record).not.toHaveProperty('utm_source');
    expect(record).toMatchObject({ referrer: 'www.example.com' });
  });

  test('presenters are left out, those without an address stay people of their own, cancelled ones say so', () => {
    const rows = [
      { ...dana, email: 'sam.rivera@example.com' },
      { ...ben, email: '' },
      { ...dana, status: 'cancelled' },
      { ...dana, id: 'x', cancelled_at: '2026-11-12T10:00:00Z' },
    ];
    expect(records(parseRows(rows))).toMatchObject([
      { person: { external_id: 'bigmarker:b7c9e0f1a2d3' } },
      { cancelled_at: '2026-11-10T09:15:22.000Z' },
      { cancelled_at: '2026-11-12T10:00:00.000Z' },
    ]);
  });

  test('what cannot be read is kept with a reason, and its neighbours count', () => {
    const items = parseRows([
      { ...dana, registered_at: 'soon' },
      { ...dana, registered_at: null },
      { id: '1', registered_at: 'x' },
      ben,
    ]);
    expect(reasons(items)).toEqual([
      'registered_at (soon) cannot be read as a time.',
      'It has no time: registered_at is missing.',
      'This registration says neither who it is (e-mail, custom_user_id, bmid) nor has it an id.',
    ]);
    expect(records(items)).toHaveLength(1);
  });
});

describe('attendance', () => {
  const stays = (name: string, rows: unknown[], before = 0) =>
    parse('attendance', { conference, stays_before: before, [name]: rows });
  const dates = (from: string, to?: string) => ({
    bmid: 'a8d0f1c2b3e4',
    email: 'dana.lopez@example.com',
    enter_time: `2026-11-18T${from}-05:00`,
    ...(to === undefined ? {} : { exit_time: `2026-11-18T${to}-05:00` }),
  });

  test('the documented attendee', () => {
    expect(records(stays('attendees', [attendee]))).toEqual([
      {
        record: 'attendance',
        key: 'attendance:9f3ad20c71be:a8d0f1c2b3e4:1',
        webinar_id: '9f3ad20c71be',
        registrant_id: 'a8d0f1c2b3e4',
        person: { email: 'dana.lopez@example.com' },
        joined_at: '2026-11-18T17:02:02.000Z',
        left_at: '2026-11-18T17:58:40.000Z',
        seconds: 3250,
      },
    ]);
  });

  test('a corrected list of stays replaces the one before it: the same keys, and what is no longer there is deleted', () => {
    const first = records(
      stays('activities', [dates('12:30:00', '12:40:00'), dates('12:02:00', '12:10:00'), dates('12:50:00')]),
    );
    expect(first).toMatchObject([
      { key: 'attendance:9f3ad20c71be:a8d0f1c2b3e4:1', joined_at: '2026-11-18T17:02:00.000Z' },
      { key: 'attendance:9f3ad20c71be:a8d0f1c2b3e4:2', joined_at: '2026-11-18T17:30:00.000Z' },
      { key: 'attendance:9f3ad20c71be:a8d0f1c2b3e4:3', joined_at: '2026-11-18T17:50:00.000Z' },
    ]);
    expect(records(stays('activities', [dates('12:03:00', '12:40:00')], 3))).toMatchObject([
      { record: 'attendance', key: 'attendance:9f3ad20c71be:a8d0f1c2b3e4:1', joined_at: '2026-11-18T17:03:00.000Z' },
      { record: 'deletion', key: 'attendance:9f3ad20c71be:a8d0f1c2b3e4:2', of: 'attendance' },
      { record: 'deletion', key: 'attendance:9f3ad20c71be:a8d0f1c2b3e4:3', of: 'attendance' },
    ]);
  });

  test('presenters, whoever did not come, a leave before the join, lengths in every form', () => {
    const rows = [
      { ...attendee, bmid: 'm1' },
      { ...attendee, bmid: 'b1', 'attended?': 'No' },
      {
        ...attendee,
        bmid: 'b2',
        watched_on_demand: 'No',
        leaved_at: '2026-11-18T12:00:00-05:00',
        total_duration: '54',
      },
      { ...attendee, bmid: 'b3', leaved_at: null, total_duration: 'a while' },
      { ...attendee, bmid: 'b4', leaved_at: null, total_duration: '' },
      { ...attendee, bmid: 'b5', entered_at: null },
    ];
    const items = stays('attendees', rows);
    expect(records(items)).toMatchObject([{ registrant_id: 'b2', seconds: 3240 }, { registrant_id: 'b4' }]);
    expect(records(items)[1]).not.toHaveProperty('left_at');
    expect(reasons(items)).toEqual([
      'How long this stay was ("a while") cannot be read, and there is no time of leaving.',
      'It has no time: the time of entering is missing.',
    ]);
  });

  test('views of the recording', () => {
    const rows = [
      {
        id: 'v1',
        bmid: 'b1',
        email: 'mei.tanaka@example.com',
        viewed_at: '2026-11-19T09:00:00-05:00',
        duration: '12:30',
      },
      { id: 'v2', bmid: 'b1', view_start_time: '2026-11-19 10:00:00 -0500', on_demand_duration: 7 },
      { id: 'v3', bmid: 'b1' },
    ];
    const items = parse('recording_views', { conference, recording_views: rows });
    expect(records(items)).toMatchObject([
      { key: 'view:9f3ad20c71be:b1:1', viewed_at: '2026-11-19T14:00:00.000Z', seconds: 750 },
      { key: 'view:9f3ad20c71be:b1:2', viewed_at: '2026-11-19T15:00:00.000Z', seconds: 420 },
    ]);
    expect(reasons(items)).toEqual(['It has no time: the time of watching is missing.']);
  });
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['HTML', '<!doctype html>'],
  ['half a JSON', '{"conference":{"id":"x"'],
  ['a list', '[]'],
  ['no conference', '{"registrations":[{}]}'],
  ['deep nesting', '{"a":'.repeat(100_000)],
])('%s is poison and never a throw', (_, body) => {
  for (const stream of ['webinars', 'registrations', 'attendance', 'recording_views', 'other', ''])
    expect(parse(stream, body).every((item) => !item.ok)).toBe(true);
});

test('odd values in every field never throw and never make a record that does not fit', () => {
  const odd = [
    null,
    true,
    0,
    -1,
    1e300,
    '',
    ' ',
    'x'.repeat(5_000),
    '\ud800',
    [],
    {},
    [[]],
    { name: 1 },
    '2026-13-45',
    '9999999999999',
  ];
  for (const value of odd) {
    for (const name of Object.keys(conference)) parse('webinars', { conferences: [{ ...conference, [name]: value }] });
    for (const name of Object.keys(conference))
      parse('attendance', { conference: { ...conference, [name]: value }, attendees: [attendee] });
    for (const name of Object.keys(dana))
      parse('registrations', { conference, registrations: [{ ...dana, [name]: value }] });
    for (const name of Object.keys(attendee))
      parse('attendance', { conference, stays_before: value, attendees: [{ ...attendee, [name]: value }] });
  }
});

test('the page that ends a pass holds nothing', () => {
  expect(parse('webinars', '{"pass":"done"}')).toEqual([]);
});
