import { expect, test } from 'vitest';
import type { ParsedItem } from '../contract/connector.ts';
import { canonicalRecord } from '../contract/record.ts';
import { parseGoToPage } from './gotowebinar-records.ts';
import { gotowebinarSettings } from './gotowebinar-settings.ts';

// Keys of registrants stand without quotes, as GoTo sends them: JSON.parse alone would round them.
const WEBINAR =
  '{"webinarKey":"4512345678901234567","webinarID":"555-010-123","subject":"Scaling onboarding","description":"","organizerKey":"5123456789012345678","times":[{"startTime":"2026-11-18T17:00:00Z","endTime":"2026-11-18T18:00:00Z"}],"timeZone":"America/New_York","locale":"en_US","type":"single_session","experienceType":"classic","isOndemand":false,"inSession":false}';
const REGISTRANT =
  '{"registrantKey":7012345678901234567,"firstName":"Dana","lastName":"Lopez","email":"dana.lopez@example.com","registrationDate":"2026-11-10T09:15:22Z","status":"APPROVED","timeZone":"America/New_York"}';
const ATTENDEE =
  '{"registrantKey":7012345678901234567,"sessionKey":31234567,"firstName":"Dana","lastName":"Lopez","email":"dana.lopez@example.com","attendanceTimeInSeconds":3398,"attendance":[{"joinTime":"2026-11-18T17:02:02Z","leaveTime":"2026-11-18T17:58:40Z"}]}';
const SESSION = '{"sessionKey":31234567,"startTime":"2026-11-18T16:55:00Z"}';

function parse(stream: string, body: string, more: Record<string, unknown> = {}): ParsedItem[] {
  const settings = gotowebinarSettings.parse({
    client_id: 'client',
    client_secret: 'secret',
    refresh_token: 'a-refresh-token',
    ...more,
  });
  const headers = { 'turnout-stream': stream };
  const items = parseGoToPage(
    { body: Buffer.from(body), headers, receivedAt: Date.parse('2026-11-20T06:00:00Z') },
    { settings },
  );
  for (const item of items) {
    if (item.ok) expect(canonicalRecord.safeParse(item.record).error?.issues).toBeUndefined();
    else expect(item.reason).toMatch(/^[A-Za-z"].*\.$/s);
  }
  return items;
}
const records = (items: ParsedItem[]) => items.flatMap((item) => (item.ok ? [item.record] : []));
const reasons = (items: ParsedItem[]) => items.flatMap((item) => (item.ok ? [] : [item.reason]));
const attendees = (rows: string, more = '') =>
  parse('attendance', `{"webinar":${WEBINAR},"session":${SESSION}${more},"attendees":[${rows}]}`);
const registrants = (rows: string) => parse('registrations', `{"webinar":${WEBINAR},"registrants":[${rows}]}`);

test('the documented samples, with every digit', () => {
  expect(records(parse('webinars', `{"_embedded":{"webinars":[${WEBINAR}]},"page":{"number":0}}`))).toEqual([
    {
      record: 'webinar',
      key: 'webinar:4512345678901234567',
      webinar_id: '4512345678901234567',
      title: 'Scaling onboarding',
      format: 'live',
      status: 'finished',
      starts_at: '2026-11-18T17:00:00.000Z',
      language: 'English',
      time_zone: 'America/New_York',
      duration_minutes: 60,
    },
  ]);
  expect(records(registrants(REGISTRANT))).toEqual([
    {
      record: 'registration',
      key: 'registration:4512345678901234567:7012345678901234567',
      webinar_id: '4512345678901234567',
      registrant_id: '7012345678901234567',
      person: { email: 'dana.lopez@example.com' },
      registered_at: '2026-11-10T09:15:22.000Z',
    },
  ]);
  expect(records(attendees(ATTENDEE))).toEqual([
    {
      record: 'attendance',
      key: 'attendance:4512345678901234567:7012345678901234567:1',
      webinar_id: '4512345678901234567',
      registrant_id: '7012345678901234567',
      person: { email: 'dana.lopez@example.com' },
      joined_at: '2026-11-18T17:02:02.000Z',
      left_at: '2026-11-18T17:58:40.000Z',
    },
  ]);
});

test.each([
  ['DENIED', true],
  ['CANCELLED', true],
  ['WAITING', false],
  ['APPROVED', false],
])('a registration that is %s', (status, cancelled) => {
  const [record] = records(registrants(REGISTRANT.replace('APPROVED', status)));
  expect(record !== undefined && 'cancelled_at' in record).toBe(cancelled);
});

test('source, phone and answers of a registrant', () => {
  const withSource = REGISTRANT.replace(
    '"status"',
    '"phone":"(202) 555-0123","source":"whatsapp.message.wbn-r1","status"',
  );
  expect(records(registrants(withSource))).toMatchObject([
    { person: { phone: '(202) 555-0123' }, utm_source: 'whatsapp', utm_medium: 'message', utm_campaign: 'wbn-r1' },
  ]);
  const answered = withSource.replace('"status"', '"responses":[{"question":"utm_source","answer":"sms"}],"status"');
  expect(records(registrants(answered))).toMatchObject([{ utm_source: 'sms' }]);
});

test('stays: an open one took what is left, none told begins with its session, a corrected list replaces', () => {
  const times = (list: string) => ATTENDEE.replace(/"attendance":.*\]/, `"attendance":[${list}]`);
  const first = '{"joinTime":"2026-11-18T17:00:00Z","leaveTime":"2026-11-18T17:10:00Z"}';
  expect(records(attendees(times(`{"joinTime":"2026-11-18T17:20:00Z"},${first}`)))).toMatchObject([
    { key: expect.stringMatching(/:1$/), left_at: '2026-11-18T17:10:00.000Z' },
    { key: expect.stringMatching(/:2$/), joined_at: '2026-11-18T17:20:00.000Z', seconds: 2798 },
  ]);
  expect(records(attendees(times('')))).toMatchObject([{ joined_at: '2026-11-18T16:55:00.000Z', seconds: 3398 }]);
  expect(records(attendees(times(first), ',"stays_before":2'))).toMatchObject([
    { record: 'attendance' },
    { record: 'deletion', key: 'attendance:4512345678901234567:7012345678901234567:2', of: 'attendance' },
  ]);
  expect(reasons(attendees(times('{"joinTime":"soon"}')))).toEqual(['joinTime (soon) cannot be read as a time.']);
});

test('an own id of the team, a gone webinar, on demand', () => {
  const details = {
    webinar_id: { from: 'description', pattern: 'key:(\\S+)' },
    region: { from: 'title', pattern: '\\((.+)\\)' },
  };
  const body = `{"_embedded":{"webinars":[]},"gone":[${WEBINAR.replace('"description":""', '"description":"key:wbn-1118"').replace('onboarding', 'onboarding (North)')}]}`;
  expect(records(parse('webinars', body, { details }))).toMatchObject([
    { webinar_id: 'wbn-1118', region: 'North', status: 'cancelled' },
  ]);
  const onDemand = WEBINAR.replace('"isOndemand":false', '"isOndemand":true');
  const views = parse('recording_views', `{"webinar":${onDemand},"sessions":[${SESSION}],"attendees":[${ATTENDEE}]}`);
  expect(records(views)).toMatchObject([
    { record: 'recording_view', viewed_at: '2026-11-18T17:02:02.000Z', seconds: 3398 },
  ]);
});

test.each(['', '<html>', '[]', '{"registrants":[{}]}', '{"webinar":{}}', '{"a":'.repeat(100_000)])(
  'poison and never a throw',
  (body) => {
    for (const stream of ['webinars', 'registrations', 'attendance', 'recording_views', 'other'])
      expect(parse(stream, body).every((item) => !item.ok)).toBe(true);
  },
);

test('odd values in every field never throw and never make a record that does not fit', () => {
  const odd = [
    'null',
    'true',
    '0',
    '-1',
    '1e300',
    '""',
    '" "',
    `"${'x'.repeat(5_000)}"`,
    '"\\ud800"',
    '[]',
    '{}',
    '[[]]',
    '"2026-13-45"',
    '99999999999999999999',
  ];
  for (const value of odd) {
    for (const name of Object.keys(JSON.parse(WEBINAR) as object)) {
      const webinar = JSON.stringify({ ...(JSON.parse(WEBINAR) as object), [name]: '@@' }).replace('"@@"', value);
      parse('webinars', `{"_embedded":{"webinars":[${webinar}]}}`);
      parse('attendance', `{"webinar":${webinar},"attendees":[${ATTENDEE}]}`);
    }
    for (const row of [REGISTRANT, ATTENDEE])
      for (const name of Object.keys(JSON.parse(row) as object)) {
        const changed = JSON.stringify({ ...(JSON.parse(row) as object), [name]: '@@' }).replace('"@@"', value);
        registrants(changed);
        attendees(changed, `,"stays_before":${value}`);
      }
  }
});
