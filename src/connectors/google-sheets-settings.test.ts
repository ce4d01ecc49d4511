import { describe, expect, test } from 'vitest';
import { columnIndex, columnLetters, parseRange, rangeText } from './google-sheets-range.ts';
import { googleSheetsSettings, publishedUrl, sheetsOf, spreadsheetId } from './google-sheets-settings.ts';

const id = '1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg';
const key = {
  client_email: 'turnout@example-project.iam.gserviceaccount.com',
  private_key: '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----',
};
const pub = 'https://docs.google.com/spreadsheets/d/e/2PACX-1vExample/pub?output=csv';
const people = { record: 'person' as const, columns: [{ field: 'email', column: 'Email' }] };

const problems = (settings: unknown): string[] => {
  const result = googleSheetsSettings.safeParse(settings);
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

describe('settings', () => {
  test('the simple ones', () => {
    expect(problems({ service_account: key, spreadsheet: id, range: 'A1:G' })).toEqual([]);
    expect(problems({ service_account: JSON.stringify(key), spreadsheet: id })).toEqual([]);
    expect(problems({ published_url: pub, range: 'A1:G' })).toEqual([]);
    expect(problems({ published_url: pub, mapping: people })).toEqual([]);
  });

  test.each([
    [{}, /^: Give either service_account/],
    [{ service_account: key, spreadsheet: id, published_url: pub }, /^: Give either service_account/],
    [{ service_account: key }, /^spreadsheet: Give the link/],
    [{ service_account: 'not a key', spreadsheet: id }, /^service_account: This is not the key/],
    [{ published_url: 'https://example.com/pub' }, /^published_url: This is not a published link/],
    [{ published_url: `https://docs.google.com/spreadsheets/d/${id}/edit` }, /^published_url: This is not a published/],
    [{ published_url: pub, range: 'Leads!A' }, /^range: /],
    [{ published_url: pub, sheets: [{ name: 'a' }], range: 'A1:B' }, /^range: Write range into sheets/],
    [{ published_url: pub, sheets: [{ name: 'a' }, { name: 'a' }] }, /^sheets\.1\.name: Two sheets are called "a"/],
    [{ published_url: pub, mapping: { record: 'row', columns: [{ field: 'a', column: 'A' }] } }, /^mapping\.table: /],
    [
      { published_url: pub, mapping: { ...people, columns: [{ field: 'emial', column: 'E' }] } },
      /Did you mean "email"/,
    ],
    [{ published_url: pub, colour: 'red' }, /colour/],
  ])('%j', (settings, expected) => {
    expect(problems(settings).join('\n')).toMatch(expected);
  });

  test('each sheet gets its own stream, header row and table', () => {
    const settings = googleSheetsSettings.parse({
      service_account: key,
      spreadsheet: id,
      sheets: [
        { name: 'people', range: "'Our people'!B3:G", mapping: people },
        { gid: 7, table: 'leads' },
        { range: 'Продажи 2026', header_row: 2 },
      ],
    });
    expect(sheetsOf(settings)).toEqual([
      {
        stream: 'people',
        title: 'Our people',
        firstColumn: 1,
        lastColumn: 6,
        firstRow: 3,
        headerRow: 3,
        mapping: people,
        table: 'people',
      },
      { stream: 'gid 7', gid: '7', firstColumn: 0, firstRow: 1, headerRow: 1, table: 'leads' },
      {
        stream: 'Продажи 2026',
        title: 'Продажи 2026',
        firstColumn: 0,
        firstRow: 1,
        headerRow: 2,
        table: 'prodazhi_2026',
      },
    ]);
  });
});

describe('links', () => {
  test('of a spreadsheet', () => {
    expect(spreadsheetId(id)).toBe(id);
    expect(spreadsheetId(`https://docs.google.com/spreadsheets/d/${id}/edit?gid=3#gid=3`)).toBe(id);
    expect(spreadsheetId(`https://docs.google.com/spreadsheets/u/1/d/${id}/edit`)).toBe(id);
    expect(spreadsheetId('https://docs.google.com/document/')).toBeUndefined();
    expect(spreadsheetId('../../etc')).toBeUndefined();
  });

  test.each([
    [pub, undefined, 'https://docs.google.com/spreadsheets/d/e/2PACX-1vExample/pub?single=true&output=csv'],
    [
      'https://docs.google.com/spreadsheets/d/e/2PACX-1vExample/pubhtml?gid=12&single=true',
      undefined,
      'https://docs.google.com/spreadsheets/d/e/2PACX-1vExample/pub?single=true&output=csv&gid=12',
    ],
    [pub, '44', 'https://docs.google.com/spreadsheets/d/e/2PACX-1vExample/pub?single=true&output=csv&gid=44'],
    [
      `https://docs.google.com/spreadsheets/d/${id}/export?format=xlsx&gid=3`,
      undefined,
      `https://docs.google.com/spreadsheets/d/${id}/export?format=csv&gid=3`,
    ],
    ['https://docs.google.com.example.com/spreadsheets/d/e/2PACX-1vExample/pub', undefined, undefined],
    ['http://docs.google.com/spreadsheets/d/e/2PACX-1vExample/pub', undefined, undefined],
    ['https://a:b@docs.google.com/spreadsheets/d/e/2PACX-1vExample/pub', undefined, undefined],
    ['https://docs.google.com/spreadsheets/d/e/2PACX-1vExample/export', undefined, undefined],
  ])('published: %s', (text, gid, expected) => {
    expect(publishedUrl(text, gid, undefined)).toBe(expected);
  });
});

describe('ranges', () => {
  test.each([
    ['A1:G', { firstColumn: 0, lastColumn: 6, firstRow: 1 }],
    ['$B$3:$C$9', { firstColumn: 1, lastColumn: 2, firstRow: 3, lastRow: 9 }],
    ['C:AA', { firstColumn: 2, lastColumn: 26, firstRow: 1 }],
    ['Leads', { sheet: 'Leads', firstColumn: 0, firstRow: 1 }],
    ["'It''s!'!A2:B", { sheet: "It's!", firstColumn: 0, lastColumn: 1, firstRow: 2 }],
    ["'A1:B'", { sheet: 'A1:B', firstColumn: 0, firstRow: 1 }],
    ['Leads!A', undefined],
    ['Leads!G1:A', undefined],
    ['', undefined],
  ])('%s', (text, expected) => {
    expect(parseRange(text)).toEqual(expected);
  });

  test('columns by letters and back', () => {
    for (const index of [0, 25, 26, 51, 52, 701, 702, 18_277]) expect(columnIndex(columnLetters(index))).toBe(index);
    expect([columnLetters(25), columnLetters(26), columnLetters(702)]).toEqual(['Z', 'AA', 'AAA']);
    expect(rangeText("It's", { first: 0, last: 6 }, 2, 500)).toBe("'It''s'!A2:G500");
  });
});
