import { row, rows, shared, styled, type TestWorkbook, workbook, zip } from './xlsx.ts';

/** Workbooks with the oddities that real ones have, by file name; what is expected of them stands in test/fixtures/files/expected.yaml. */

/** 2026-11-10 as a day number, in the system of 1900. */
const TENTH = 46_336;
const MORNING = (9 * 3600 + 15 * 60 + 22) / 86_400;
const FORMATS = ['dd/mm/yyyy hh:mm:ss', 14, '[h]:mm:ss', 'h:mm AM/PM', '[$-409]d"th of" mmm yy;@', '0.00 "days"'];

const CONTACTS = [
  ['Email', 'First name', 'Visits'],
  ['dana.lopez@example.com', 'Dana', 3],
  ['ben.okafor@example.com', 'Ben', 4],
] as const;

const plain: TestWorkbook = { sheets: [{ name: 'Contacts', rows: rows(CONTACTS), dimension: 'A1:C3' }] };

function dated(offset: number): string {
  const day = TENTH - offset;
  return rows([
    ['Email', 'Joined', 'Day', 'Length', 'Clock', 'Written', 'Score'],
    [
      'dana.lopez@example.com',
      styled(day + MORNING, 0),
      styled(day, 1),
      styled(1.1041666666666667, 2),
      styled(0.5, 3),
      styled(day, 4),
      styled(2.5, 5),
    ],
  ]);
}

const UGLY: Record<string, () => Buffer> = {
  'plain.xlsx': () => workbook(plain),
  'dates-1900.xlsx': () =>
    workbook({
      formats: FORMATS,
      sheets: [{ name: 'Dates', rows: dated(0) + row(3, ['ben.okafor@example.com', null, styled(60, 1)]) }],
    }),
  'dates-1904.xlsx': () => workbook({ formats: FORMATS, is1904: true, sheets: [{ name: 'Dates', rows: dated(1462) }] }),
  'formulas-cached.xlsx': () =>
    workbook({
      sheets: [
        {
          name: 'Sums',
          rows: rows([
            ['Region', 'Revenue', 'Note', 'Paid'],
            ['North', '<c><f>SUM(B9:B10)</f><v>1234.5</v></c>', '<c t="str"><f>"a"&amp;"b"</f><v>ab</v></c>', true],
            ['South', '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', '<c><f>NOW()</f></c>', false],
            ['East', '<c t="e"><v>#N/A</v></c>', '<c t="str"><f>CMD("calc")</f><v>=CMD("calc")</v></c>', null],
          ]),
        },
      ],
    }),
  'rich-text.xlsx': () =>
    workbook({
      strings:
        '<si><t>Email</t></si><si><r><t>Full </t></r><r><rPr><b/></rPr><t>name</t></r></si><si><t>dana.lopez@example.com</t></si>' +
        '<si><t xml:space="preserve">Dana </t><rPh sb="0" eb="1"><t>phonetic</t></rPh></si><si><t>ben.okafor@example.com</t></si><si><t>Ben_x000D_\nOkafor &amp; Co</t></si>',
      sheets: [
        {
          name: 'People',
          rows: rows([
            [shared(0), shared(1)],
            [shared(2), shared(3)],
            [shared(4), shared(5)],
          ]),
        },
      ],
    }),
  'sparse.xlsx': () =>
    workbook({
      sheets: [
        {
          name: 'Sparse',
          rows:
            '<row r="3"><c r="B3" t="inlineStr"><is><t>email</t></is></c><c r="D3" t="inlineStr"><is><t>visits</t></is></c></row>' +
            '<row r="5"><c r="B5" t="inlineStr"><is><t>dana.lopez@example.com</t></is></c><c r="D5"><v>3</v></c></row>' +
            '<row r="9"><c r="D9"><v>4</v></c></row>' +
            '<row><c t="inlineStr"><is><t>x</t></is></c><c t="inlineStr"><is><t>ben.okafor@example.com</t></is></c></row>',
        },
      ],
    }),
  'hidden-first-sheet.xlsx': () =>
    workbook({
      sheets: [
        {
          name: 'Lookup',
          state: 'veryHidden',
          rows: rows([
            ['code', 'meaning'],
            ['1', 'one'],
          ]),
        },
        { name: 'Read me', rows: rows([['This workbook was made by the billing system.']]) },
        { name: 'Contacts', rows: rows(CONTACTS), dimension: 'A1:C3' },
      ],
    }),
  'merged-header.xlsx': () =>
    workbook({
      sheets: [
        {
          name: 'Messages',
          rows: rows([
            ['Email', 'Times'],
            [null, 'Sent at', 'Delivered at'],
            ['dana.lopez@example.com', '2026-11-18 15:00', '2026-11-18 15:01'],
            ['ben.okafor@example.com', '2026-11-18 15:00', null],
          ]),
          behind: '<mergeCells count="2"><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/></mergeCells>',
        },
      ],
    }),
  'sectioned-report.xlsx': () =>
    workbook({
      sheets: [
        {
          name: 'Report',
          rows:
            rows([['Webinar Information'], ['Webinar Name', 'Webinar ID'], ['Scaling onboarding', '955-501']]) +
            rows(
              [
                ['Attendee Details'],
                ['Attended', 'Email Address', 'Join Time', 'Leave Time', 'Time in Session'],
                ['Yes', 'dana.lopez@example.com', '2026-11-18 12:02:02', '2026-11-18 12:58:40', '55 minutes'],
                ['No', 'ben.okafor@example.com', '--', '--', '--'],
              ],
              5,
            ) +
            rows([['Poll Details'], ['Question', 'Answer'], ['Useful?', 'Yes']], 10),
        },
      ],
    }),
  'phones-as-numbers.xlsx': () =>
    workbook({
      sheets: [
        {
          name: 'Phones',
          rows: rows([
            ['Phone', 'Customer ID', 'Name'],
            [12_025_550_123, 7, 'Dana'],
            [12_025_550_145, '<c><v>1.2345678901234567E+17</v></c>', 'Ben'],
          ]),
        },
      ],
    }),
  'prefixed-names.xlsx': () => {
    const sheet =
      '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>email</x:t></x:is></x:c></x:row><x:row r="2"><x:c r="A2" t="inlineStr"><x:is><x:t>dana.lopez@example.com</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>';
    return workbook({
      ...plain,
      sheets: [{ name: 'Empty', rows: '' }],
      extra: [{ name: 'xl/worksheets/sheet1.xml', data: sheet }],
    });
  },
  'zip-slip.xlsx': () => workbook({ ...plain, extra: [{ name: '../../../outside.xml', data: '<a/>' }] }),
  'external-entity.xlsx': () =>
    workbook({
      prolog: '<!DOCTYPE worksheet [<!ENTITY secret SYSTEM "file:///etc/passwd">]>',
      sheets: [{ name: 'Contacts', rows: '<row r="1"><c r="A1" t="inlineStr"><is><t>&secret;</t></is></c></row>' }],
    }),
  'growing-entities.xlsx': () =>
    workbook({
      ...plain,
      strings: '<si><t>Email</t></si>',
      extra: [
        {
          name: 'xl/sharedStrings.xml',
          data: '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>',
        },
      ],
    }),
  'truncated.xlsx': () => workbook(plain).subarray(0, 1500),
  'broken-xml.xlsx': () => workbook({ sheets: [{ name: 'Contacts', rows: '<row r="1"><c r="A1"><v>1</v></row>' }] }),
  'archive.zip': () => zip([{ name: 'contacts.csv', data: 'email\ndana.lopez@example.com\n' }]),
  'text-document.docx': () =>
    zip([
      { name: '[Content_Types].xml', data: '<Types/>' },
      { name: 'word/document.xml', data: '<w/>' },
    ]),
  'binary.xlsb': () =>
    zip([
      { name: '[Content_Types].xml', data: '<Types/>' },
      { name: 'xl/workbook.bin', data: 'x' },
    ]),
  'too-many-parts.xlsx': () =>
    workbook({
      ...plain,
      extra: Array.from({ length: 2100 }, (_, index) => ({ name: `xl/media/image${index}.png`, data: '' })),
    }),
  'lying-size.xlsx': () =>
    workbook({
      ...plain,
      extra: [{ name: 'xl/worksheets/sheet1.xml', data: ' '.repeat(5_000_000), claimedSize: 1000 }],
    }),
  'zip-bomb.xlsx': () =>
    workbook({ ...plain, extra: [{ name: 'xl/media/image1.png', data: Buffer.alloc(64 * 1024 * 1024) }] }),
  'too-wide.xlsx': () =>
    workbook({
      sheets: [{ name: 'Wide', rows: '<row r="1"><c r="XFD1" t="inlineStr"><is><t>far</t></is></c></row>' }],
    }),
  'empty-sheets.xlsx': () =>
    workbook({
      sheets: [
        { name: 'One', rows: '' },
        { name: 'Two', rows: '<row r="4"/>' },
      ],
    }),
};

export const UGLY_WORKBOOKS: ReadonlyMap<string, () => Buffer> = new Map(Object.entries(UGLY));
