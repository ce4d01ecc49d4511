import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeCell, type FakeGoogle, startFakeGoogle } from '../../test/support/fake-google.ts';
import {
  asCsv,
  byAccount,
  editCells,
  mapping,
  mappingWithout,
  NOW,
  readSheet,
  registrations,
} from '../../test/support/read-sheet.ts';
import { readAll, testEffects } from '../../test/support/test-effects.ts';
import { PAGE_HEADERS } from '../contract/pull.ts';
import { googleSheets } from './google-sheets.ts';

/** C1 and C2 of the connectors' book against a local Google: what is read, what is told, and faults F17, F18 and F20. */

let google: FakeGoogle;
beforeEach(async () => {
  google = await startFakeGoogle([registrations()], () => NOW);
});
afterEach(() => google.close());

describe('by service account', () => {
  test('rows become records; ragged rows, serial dates and phones as numbers are read', async () => {
    const { records, reasons, pages, error } = await readSheet(byAccount(google));
    expect(error).toBeUndefined();
    expect(records).toEqual([
      {
        record: 'registration',
        key: 'registrations:dana.lopez@example.com',
        webinar_id: 'wbn-1118',
        person: { email: 'dana.lopez@example.com', phone: '+12025550123' },
        registered_at: '2026-11-10T09:15:22.000Z',
        utm_source: 'whatsapp',
      },
      {
        record: 'registration',
        key: 'registrations:ben.okafor@example.com',
        webinar_id: 'wbn-1118',
        person: { email: 'ben.okafor@example.com', phone: '+12025550145' },
        registered_at: '2026-11-12T18:40:00.000Z',
      },
    ]);
    expect(reasons).toEqual([expect.stringMatching(/^Sheet "Registrations", row 4, column "Email": /)]);
    expect(pages.map(({ rows }) => rows)).toEqual([3]);
    expect(google.requests).toEqual(['token', 'spreadsheet', 'values']);
  });

  test('serial dates are of the zone of the spreadsheet, not of the workspace', async () => {
    google.spreadsheet.timeZone = 'America/New_York';
    const { records } = await readSheet(byAccount(google));
    expect(records[0]).toMatchObject({ registered_at: '2026-11-10T14:15:22.000Z' });
  });

  test('what has not changed is not sent again; what has, is', async () => {
    const first = await readSheet(byAccount(google));
    const second = await readSheet(byAccount(google), first.cursor);
    expect(second.pages).toEqual([expect.objectContaining({ unchanged: true, rows: 0 })]);
    expect(second.log).toContain('Nothing has changed in the sheet "Registrations": 3 rows.');
    editCells(google, (cells) => {
      cells[1] = ['dana.lopez@example.com', 'Dana', '+12025550123', 46336.38567129629, 'email'];
    });
    const third = await readSheet(byAccount(google), second.cursor ?? first.cursor);
    expect(third.records[0]).toMatchObject({ utm_source: 'email' });
  });

  test('a sheet without rows is one page without rows', async () => {
    editCells(google, (cells) => cells.splice(1));
    const { pages, cursor, error } = await readSheet(byAccount(google));
    expect(error).toBeUndefined();
    expect(pages.map(({ rows }) => rows)).toEqual([0]);
    expect(cursor).toMatchObject({ rows: 0 });
  });

  test('a long sheet comes in pieces of the sheet and pages of 1,000 rows; only the last moves the cursor', async () => {
    const body = Array.from({ length: 12_000 }, (_, n): FakeCell[] => [`p${n}@example.com`, 'x', '', 46336 + n / 1e5]);
    google.spreadsheet.sheets[0] = {
      ...registrations(),
      rows: 20_000,
      cells: [['Email', 'First name', 'Phone', 'Registered at', 'utm_source', 'a', 'b', 'c', 'd', 'e'], ...body],
    };
    const { pages, records } = await readSheet(byAccount(google));
    expect(records).toHaveLength(12_000);
    expect(new Set(records.map(({ key }) => key)).size).toBe(12_000);
    expect(pages).toHaveLength(12);
    expect(pages.filter(({ cursor }) => cursor !== undefined)).toEqual([pages.at(-1)]);
    expect(google.requests.filter((name) => name === 'values')).toHaveLength(5);
  });

  test('a sheet of 200,000 rows is packed away while it is read', async () => {
    const body = Array.from({ length: 200_000 }, (_, n): FakeCell[] => [`p${n}@example.com`, `Name ${n}`, n, 46336]);
    google.spreadsheet.sheets[0] = {
      ...registrations(),
      cells: [['Email', 'First name', 'Phone', 'Registered at', 'utm_source'], ...body],
    };
    const settings = googleSheets.settings.parse(byAccount(google));
    const [stream] = googleSheets.streams(settings);
    if (stream === undefined) throw new Error('no stream');
    let rows = 0;
    for await (const page of googleSheets.read({ settings, stream, cursor: null }, testEffects().effects)) {
      expect(page.body.length).toBeLessThan(1_100_000);
      rows += page.rows;
    }
    expect(rows).toBe(200_000);
  });

  test('a range leaves out what stands around it', async () => {
    google.spreadsheet.sheets[0] = {
      gid: 0,
      title: "It's ours",
      cells: [
        ['Exported by hand'],
        [],
        ['#', 'Email', 'Registered at', 'note'],
        [1, 'dana.lopez@example.com', 46336, 'a'],
        [],
        [2, 'ben.okafor@example.com', 46337, 'b'],
        ['Total', 2],
      ],
    };
    const range = "'It''s ours'!B3:C6";
    const { records, pages } = await readSheet(
      byAccount(google, { name: 'r', range, mapping: mappingWithout('Phone', 'utm_source') }),
    );
    expect(records.map(({ key }) => key)).toEqual(['r:dana.lopez@example.com', 'r:ben.okafor@example.com']);
    const page = JSON.parse(pages[0]?.body.toString() ?? '') as Record<string, unknown>;
    expect(page).toMatchObject({ columns: ['Email', 'Registered at'], row_numbers: [4, 6], place: "It's ours" });
  });

  test('without a mapping rows go into a table as they stand', async () => {
    const { records } = await readSheet(byAccount(google, { range: 'Registrations!A1:G', table: 'leads' }));
    expect(records[0]).toMatchObject({
      record: 'row',
      table: 'leads',
      values: { email: 'dana.lopez@example.com', registered_at: 46336.38567129629, consent: true },
    });
    expect(records).toHaveLength(3);
  });

  test('a sheet is found by its gid after it was renamed', async () => {
    const sheet = google.spreadsheet.sheets[0];
    if (sheet !== undefined) sheet.title = 'Sign-ups';
    expect((await readSheet(byAccount(google, { gid: 0, mapping }))).error).toBeUndefined();
    expect((await readSheet(byAccount(google, { range: 'Sign-up', mapping }))).error).toMatchObject({
      kind: 'settings',
      message: expect.stringContaining('has no sheet "Sign-up". Did you mean "Sign-ups"?'),
    });
  });

  test('the token is kept, and asked for anew when it is refused', async () => {
    await readSheet(byAccount(google));
    await readSheet(byAccount(google));
    expect(google.requests.filter((name) => name === 'token')).toHaveLength(1);
    google.mode = 'token_expired';
    expect((await readSheet(byAccount(google))).error).toBeUndefined();
    expect(google.requests.filter((name) => name === 'token')).toHaveLength(2);
  });
});

describe('says what to do', () => {
  const email = 'turnout@example-project.iam.gserviceaccount.com';
  test.each([
    [
      'not shared',
      () => {
        google.spreadsheet.shared = false;
      },
      `Share the spreadsheet with ${email} as viewer`,
    ],
    [
      'no such spreadsheet',
      () => {
        google.spreadsheet.id = 'x';
      },
      'Google knows no spreadsheet with the id 1AbCdEf',
    ],
    [
      'the API is off',
      () => {
        google.mode = 'api_off';
      },
      'The Google Sheets API is not switched on',
    ],
    [
      'the key was deleted',
      () => {
        google.mode = 'key_deleted';
      },
      'make a new key in Google Cloud',
    ],
  ])('%s', async (_, change, sentence) => {
    change();
    const { error } = await readSheet(byAccount(google));
    expect(error).toMatchObject({ name: 'PullError', kind: 'settings', message: expect.stringContaining(sentence) });
  });

  test('a clock that is wrong', async () => {
    await google.close();
    google = await startFakeGoogle([registrations()], () => NOW + 3_600_000);
    const { error } = await readSheet(byAccount(google));
    expect(error).toMatchObject({ kind: 'settings', message: expect.stringContaining("machine's clock is wrong") });
  });

  test('too many requests', async () => {
    for (const n of [0, 1, 2]) google.fault(n, { kind: 'status', status: 429, headers: { 'retry-after': '30' } });
    const { error, pages } = await readSheet(byAccount(google));
    expect(error).toMatchObject({ kind: 'retry', retryAfterMs: 30_000 });
    expect(pages).toEqual([]);
  });

  test('a backfill of a range is not a thing of sheets', async () => {
    const settings = googleSheets.settings.parse(byAccount(google));
    const [stream] = googleSheets.streams(settings);
    if (stream === undefined) throw new Error('no stream');
    const range = { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' };
    const { error } = await readAll(googleSheets, { settings, stream, cursor: null, range }, testEffects().effects);
    expect(error).toMatchObject({ kind: 'settings' });
  });
});

describe('published to the web as CSV', () => {
  test('is read behind its redirect; texts as they are shown', async () => {
    editCells(google, (cells) => {
      cells[1] = ['dana.lopez@example.com', 'Dana "D"\nLopez', '+12025550123', '2026-11-10 09:15:22', 'whatsapp'];
      cells[2] = ['ben.okafor@example.com', 'Ben', '12025550145', '2026-11-12 18:40'];
    });
    const { records, reasons, error, pages } = await readSheet(asCsv(google));
    expect(error).toBeUndefined();
    expect(records).toHaveLength(2);
    // Of the workspace's zone: a published sheet does not tell its own.
    expect(records[0]).toMatchObject({ registered_at: '2026-11-10T02:15:22.000Z' });
    expect(reasons).toEqual([expect.stringMatching(/^Sheet "registrations", row 4, /)]);
    expect(pages[0]?.body.toString()).toContain('Dana \\"D\\"\\nLopez');
    expect(google.requests).toEqual(['pub', 'file']);
  });

  test('what has not changed is not sent again', async () => {
    const first = await readSheet(asCsv(google));
    expect((await readSheet(asCsv(google), first.cursor)).pages).toEqual([
      expect.objectContaining({ unchanged: true }),
    ]);
  });

  test.each([
    [
      'not published any more',
      () => {
        google.spreadsheet.published = false;
      },
    ],
    ['a page instead of the file', () => google.fault(0, { kind: 'html' })],
    [
      'a page that says it is CSV',
      () =>
        google.fault(0, {
          kind: 'status',
          status: 200,
          headers: { 'content-type': 'text/csv' },
          body: '\n<!doctype html>',
        }),
    ],
  ])('%s', async (_, change) => {
    change();
    const { error, pages } = await readSheet(asCsv(google));
    expect(pages).toEqual([]);
    expect(error).toMatchObject({
      kind: 'settings',
      message: expect.stringMatching(/not published any more.*Publish to web/),
    });
  });

  test('half a file is asked for again', async () => {
    google.fault(0, { kind: 'truncate' });
    const { error, records } = await readSheet(asCsv(google));
    expect(error).toBeUndefined();
    expect(records).toHaveLength(2);
  });
});

describe('check', () => {
  const check = (raw: unknown) =>
    googleSheets.check(googleSheets.settings.parse(raw), testEffects({ attempts: 1 }).effects);

  test('reports rows, columns and a sample without people', async () => {
    const [report] = await check(byAccount(google));
    expect(report).toMatchObject({ stream: 'registrations', ok: true, rows: 3 });
    expect(report?.detail).toBe('Found 3 rows with 7 columns in the sheet "Registrations". Its times are of Etc/GMT.');
    expect(report?.columns.map(({ type }) => type)).toEqual([
      'text',
      'text',
      'text',
      'number',
      'text',
      'text',
      'boolean',
    ]);
    expect(JSON.stringify(report?.sample)).toContain('d***@example.com');
    expect(JSON.stringify(report?.sample)).not.toContain('dana.lopez');
  });

  test('says what to mend, per sheet', async () => {
    const reports = await check({
      ...google.account,
      sheets: [{ range: 'Registrations', mapping }, { range: 'Attendance' }],
    });
    expect(reports.map(({ ok }) => ok)).toEqual([true, false]);
    expect(reports[1]?.detail).toMatch(/has no sheet "Attendance"/);
  });
});

test('names whom it asks, for the guard', () => {
  const targets = (raw: unknown) => googleSheets.targets(googleSheets.settings.parse(raw));
  const { base_url: _, token_url: __, ...account } = google.account;
  expect(targets(account)).toEqual([
    { host: 'sheets.googleapis.com', port: 443 },
    { host: 'oauth2.googleapis.com', port: 443 },
  ]);
  expect(targets({ published_url: 'https://docs.google.com/spreadsheets/d/e/2PACX-1vExample/pub' })).toEqual([
    { host: 'docs.google.com', port: 443 },
  ]);
  expect(targets(asCsv(google))).toEqual([{ host: '127.0.0.1', port: Number(new URL(google.url).port) }]);
});

test('an entry that is no page, or of a sheet that is not read any more, is one item with its reason', () => {
  const settings = googleSheets.settings.parse(byAccount(google));
  const reasons = (stream: string, body: string) =>
    googleSheets
      .parse(
        { seq: 1, receivedAt: NOW, target: '/', headers: { [PAGE_HEADERS.stream]: stream }, body: Buffer.from(body) },
        { source: 'sheet', settings, defaults: {} },
      )
      .map((item) => (item.ok ? '' : item.reason));
  expect(reasons('registrations', '{"rows":')).toEqual(['This is not a page of rows.']);
  expect(reasons('registrations', '[]')).toEqual(['This is not a page of rows.']);
  expect(reasons('gone', '{"columns":[],"rows":[]}')).toEqual([expect.stringContaining('no sheet "gone"')]);
});
