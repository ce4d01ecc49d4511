import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ParsedItem } from '../../contract/connector.ts';
import type { MappingRecord, RowMapping } from '../../contract/mapping.ts';
import { canonicalRecord } from '../../contract/record.ts';
import { readCsvPages } from '../../files/csv-file.ts';
import { type FileReader, openFileReader } from '../../files/file-reader.ts';
import { csv } from '../csv.ts';
import { describeColumns } from './describe-columns.ts';
import { guessMapping } from './guess-mapping.ts';
import { mapPage } from './map-page.ts';

/** Reports of webinar tools, through the real reader and the guessed matching of columns, to records. */

const folder = join(import.meta.dirname, '../../../test/fixtures/files');
let reader: FileReader;
beforeAll(() => {
  reader = openFileReader();
});
afterAll(() => reader.close());

async function read(
  file: string,
  { timeZone = 'America/New_York', country = 'US', more = [] as RowMapping['columns'] } = {},
) {
  const look = await reader.look(join(folder, file), {});
  const guess = guessMapping(describeColumns(look.preview), undefined, { timeZone, country });
  expect(guess.kind).toBe('webinar_report' satisfies MappingRecord);
  const mapping = { ...guess.mapping, columns: [...guess.mapping.columns, ...more] };
  const items: ParsedItem[] = [];
  for await (const page of reader.pages(join(folder, file), look.format))
    items.push(...mapPage(page, mapping, { defaults: {}, timeZone, country }));
  const records = items.map((item) => {
    if (!item.ok) throw new Error(item.reason);
    expect(canonicalRecord.safeParse(item.record).error?.issues).toBeUndefined();
    return item.record;
  });
  return { records, mapping, guess };
}

test("Zoom's attendee report: the webinar once, each row a registration, each join a stay, no host", async () => {
  const { records, guess } = await read('zoom-attendee-report.csv');
  expect(Object.fromEntries(guess.mapping.columns.map(({ field, column }) => [field, column]))).toEqual({
    'person.email': 'Email',
    'person.phone': 'Phone',
    webinar_id: 'Report: Webinar ID',
    registered_at: 'Registration Time',
    approval: 'Approval Status',
    attended: 'Attended',
    joined_at: 'Join Time',
    left_at: 'Leave Time',
    minutes: 'Time in Session (minutes)',
    title: 'Report: Topic',
    starts_at: 'Report: Actual Start Time',
    duration_minutes: 'Report: Actual Duration (minutes)',
  });
  const dana = { email: 'dana.lopez@example.com', phone: '+12025550123' };
  const registration = {
    record: 'registration',
    key: 'registration:95550100123:dana.lopez@example.com',
    webinar_id: '95550100123',
    person: dana,
    registered_at: '2026-11-10T09:15:22.000Z',
  };
  expect(records).toEqual([
    {
      record: 'webinar',
      key: 'webinar:95550100123',
      webinar_id: '95550100123',
      title: 'Scaling onboarding',
      format: 'live',
      status: 'finished',
      starts_at: '2026-11-18T16:58:31.000Z',
      duration_minutes: 64,
    },
    registration,
    {
      record: 'attendance',
      key: 'attendance:95550100123:dana.lopez@example.com:2026-11-18T17:02:02.000Z',
      webinar_id: '95550100123',
      person: dana,
      joined_at: '2026-11-18T17:02:02.000Z',
      left_at: '2026-11-18T17:20:00.000Z',
      seconds: 1080,
    },
    registration,
    expect.objectContaining({
      record: 'attendance',
      joined_at: '2026-11-18T17:19:30.000Z',
      left_at: '2026-11-18T17:58:40.000Z',
    }),
    {
      record: 'registration',
      key: 'registration:95550100123:ben.okafor@example.com',
      webinar_id: '95550100123',
      person: { email: 'ben.okafor@example.com' },
      registered_at: '2026-11-12T18:40:00.000Z',
    },
  ]);
});

test('the layout of 2020: one person in two spellings, a source, a cancelled registration, neither host nor panelist', async () => {
  const { records } = await read('zoom-attendee-2020.csv');
  expect(JSON.stringify(records)).not.toMatch(/host@|panel@/);
  const registrations = new Map(records.flatMap((one) => (one.record === 'registration' ? [[one.key, one]] : [])));
  expect([...registrations.values()]).toMatchObject([
    {
      person: { email: 'dana.lopez@example.com' },
      utm_source: 'whatsapp',
      utm_medium: 'message',
      utm_campaign: 'wbn-r1',
    },
    { person: { email: 'ben.okafor@example.com' }, utm_source: 'WhatsApp reminder' },
    {
      person: { email: 'mei.tanaka@example.com' },
      registered_at: '2020-04-03T17:40:00.000Z',
      cancelled_at: '2020-04-03T17:40:00.000Z',
    },
  ]);
  expect(records.filter(({ record }) => record === 'attendance')).toHaveLength(2);
});

test("Zoom's registration report says nothing of who came, nor that the webinar took place", async () => {
  const { records } = await read('zoom-registration-report.csv');
  expect(records.map(({ record }) => record)).toEqual(['registration', 'registration', 'registration']);
  expect(records.map((one) => 'cancelled_at' in one)).toEqual([false, false, true]);
});

test("GoTo Webinar's report, with zones of its own", async () => {
  const { records } = await read('goto-attendee-report.csv', { timeZone: 'Asia/Tokyo' });
  expect(records).toMatchObject([
    { record: 'webinar', webinar_id: '555010123', starts_at: '2026-11-18T16:58:00.000Z', duration_minutes: 64 },
    { record: 'registration', registered_at: '2026-11-10T09:15:00.000Z' },
    { record: 'attendance', joined_at: '2026-11-18T17:02:00.000Z', left_at: '2026-11-18T17:58:00.000Z', seconds: 3300 },
    { record: 'registration', person: { email: 'ben.okafor@example.com' } },
  ]);
});

test("BigMarker's registrants: webinar and start are said once for all rows, and whoever came with a length has a stay", async () => {
  const more = [
    { field: 'webinar_id', value: '9f3ad20c71be' },
    { field: 'starts_at', value: '2026-11-18T17:00:00Z' },
  ];
  const { records } = await read('bigmarker-registrants.csv', { timeZone: 'UTC', more });
  expect(records).toMatchObject([
    { record: 'registration', person: { email: 'dana.lopez@example.com', external_id: 'a8d0f1c2b3e4' } },
    { record: 'attendance', joined_at: '2026-11-18T17:00:00.000Z', seconds: 3398 },
    { record: 'registration', person: { email: 'ben.okafor@example.com' } },
  ]);
});

test('a report that is downloaded again brings the same records: counts and its own time are no part of them', async () => {
  const text = readFileSync(join(folder, 'zoom-attendee-report.csv'), 'utf8');
  const later = text.replace('09:00:12 AM', '10:30:00 AM').replace(',64,3,2,4', ',64,5,3,6');
  const { mapping } = await read('zoom-attendee-report.csv');
  const settings = csv.settings.parse({ mapping: { ...mapping, time_zone: 'America/New_York' } });
  const recordsOf = async (file: string): Promise<unknown[]> => {
    const found: unknown[] = [];
    for await (const page of readCsvPages(bytes(file), { section: 'Attendee Details' })) {
      const entry = { seq: 1, receivedAt: 0, target: '', headers: {}, body: Buffer.from(JSON.stringify(page)) };
      found.push(...csv.parse(entry, { source: 'zoom', settings, defaults: {} }));
    }
    return found;
  };
  expect(await recordsOf(later)).toEqual(await recordsOf(text));
  expect(csv.feeds(settings).map(({ record }) => record)).toEqual(['registration', 'attendance', 'webinar']);
});

async function* bytes(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
