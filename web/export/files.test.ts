/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { Catalog, WorkspaceInfo } from '../../src/contract/api.ts';
import { VIEW_DEFAULTS } from '../../src/contract/url.ts';
import { formats, resultMeta } from '../charts/test-results.ts';
import { aboutLines, exportFileName } from './about-lines.ts';
import { guardFormula, toCsv } from './csv.ts';
import { type DataSheet, numberColumn, textColumn, wordsSheet } from './data-sheet.ts';
import { SHEET_COLORS } from './sheet-colors.ts';
import { toXlsx } from './xlsx.ts';
import { excelFormat } from './xlsx-format.ts';

const sheet: DataSheet = {
  columns: [
    textColumn('Region'),
    { label: 'Week', kind: 'time' },
    numberColumn('Rate', { format: 'percent' }),
    numberColumn('Charge', { format: 'currency' }),
  ],
  rows: [
    { cells: ['North', '2024-11-04', 1 / 3, 1250.5], fills: [null, null, 7, null] },
    { cells: ['=1+1', '2024-11-11', null, -3], level: 1 },
  ],
  totals: { cells: ['Total', null, 0.25, 1247.5] },
  headers: 1,
};
const options = {
  name: "Region: by/week's",
  about: ['Region & week', 'As of today'],
  currency: 'IDR',
  colors: SHEET_COLORS,
};

test('CSV: BOM, CRLF, what it is on top, raw numbers, quotes, nothing that is taken for a formula', () => {
  expect(toCsv(sheet, ['Region, by week'])).toBe(
    `\ufeff"# Region, by week"\r\nRegion,Week,Rate,Charge\r\nNorth,2024-11-04,${1 / 3},1250.5\r\n'=1+1,2024-11-11,,-3\r\nTotal,,0.25,1247.5\r\n`,
  );
  const row = (text: string) => toCsv({ columns: [textColumn('a')], rows: [{ cells: [text] }], headers: 1 }, []);
  expect(row('say "hi",\nthere')).toContain('"say ""hi"",\nthere"');
});

test('formulas are disarmed, numbers are not', () => {
  for (const text of ['=SUM(A1)', '+cmd|1', '-2+3', '@x', '\tx', '\rx', '+1 202 555 0123']) {
    expect(guardFormula(text)).toBe(`'${text}`);
  }
  for (const text of ['-3', '+4.5', '-1e9', '.5', 'a=b', '3 - 2', '', '—', '−3']) expect(guardFormula(text)).toBe(text);
});

test('a workbook has raw values, formats, fills, frozen panes, groups and a bold total', () => {
  const files = unzipSync(toXlsx(sheet, options));
  const text = (name: string): string => strFromU8(files[name] ?? new Uint8Array());
  expect(Object.keys(files).sort()).toEqual([
    '[Content_Types].xml',
    '_rels/.rels',
    'xl/_rels/workbook.xml.rels',
    'xl/styles.xml',
    'xl/workbook.xml',
    'xl/worksheets/sheet1.xml',
  ]);
  expect(text('xl/workbook.xml')).toContain('<sheet name="Region  by week\'s"');
  const body = text('xl/worksheets/sheet1.xml');
  expect(body).toContain('<pane xSplit="1" ySplit="4" topLeftCell="B5" activePane="bottomRight" state="frozen"/>');
  expect(body).toContain('Region &amp; week');
  expect(body).toContain(`<v>${1 / 3}</v>`);
  // 2024-11-04 in Excel's days.
  expect(body).toContain('<v>45600</v>');
  expect(body).toContain('<row r="6" outlineLevel="1">');
  // Text stays text: no formula anywhere.
  expect(body).toContain('t="inlineStr"><is><t xml:space="preserve">=1+1</t>');
  expect(body).not.toContain('<f>');
  const styles = text('xl/styles.xml');
  for (const code of ['0.00%', '[$IDR] #,##0.00', 'yyyy-mm-dd']) expect(styles).toContain(`formatCode="${code}"`);
  expect(styles).toContain('<fgColor rgb="FF174A82"/>');
  const styleOf = (cell: string): string => {
    const place = Number(new RegExp(`r="${cell}" s="(\\d+)"`).exec(body)?.[1]);
    return [...styles.slice(styles.indexOf('<cellXfs')).matchAll(/<xf [^>]*>/g)][place]?.[0] ?? '';
  };
  // Two fills and two fonts come before those of the seven steps.
  expect(styleOf('C5')).toContain('fontId="14" fillId="8"');
  expect(styleOf('C7')).toContain('fontId="1" fillId="0"');
});

test('what XML cannot hold is left out', () => {
  const odd: DataSheet = { columns: [textColumn('a')], rows: [{ cells: ['x\u0000\u0008y<&>"\ud800'] }], headers: 0 };
  const body = strFromU8(
    unzipSync(toXlsx(odd, { ...options, about: [] }))['xl/worksheets/sheet1.xml'] ?? new Uint8Array(),
  );
  expect(body).toContain('xy&lt;&amp;&gt;&quot;\ufffd');
  expect(body).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>');
});

test('number formats of metrics as Excel writes them', () => {
  expect(['integer', 'compact', undefined].map((format) => excelFormat(format, 'EUR'))).toEqual([
    '#,##0',
    '#,##0',
    '#,##0',
  ]);
  expect(excelFormat('duration', 'EUR')).toBe('#,##0" s"');
  expect(excelFormat('0.0%', 'EUR')).toBe('0.0%');
});

test('fills are those of the light theme', () => {
  const css = readFileSync(new URL('../theme/tokens.css', import.meta.url), 'utf8').split('@media')[0] ?? '';
  const token = (name: string): string => new RegExp(`--color-${name}: ([^;]+);`).exec(css)?.[1] ?? '';
  SHEET_COLORS.forEach(({ fill, ink }, index) => {
    expect(`#${fill.toLowerCase()}`).toBe(token(`seq-${index + 1}`));
    const named = /var\(--color-(\w+)\)/.exec(token(`seq-ink-${index + 1}`))?.[1] ?? '';
    expect(`#${ink.toLowerCase()}`).toBe(token(named));
  });
});

test('a file says what it is: tile, period, filters, thresholds, as of when', () => {
  const workspace: WorkspaceInfo = {
    name: 'Acme',
    time_zone: 'Asia/Jakarta',
    week_start: 'monday',
    locale: 'en-GB',
    currency: 'IDR',
    now: '2024-11-16T08:00:00+07:00',
    today: '2024-11-16',
    sample: false,
    channels: [],
    data: { first: null, last: null },
    version: '1',
    dashboards: [],
  };
  const catalog: Catalog = {
    metrics: [],
    funnels: [],
    dimensions: [],
    parameters: [{ name: 'short', label: 'Short visit', default: 5, min: 0, max: 60, step: 1, unit: 'minute' }],
  };
  const lines = aboutLines(
    { title: 'Region by week' },
    ['ignores Channel'],
    resultMeta({ parameters: { short: 10 }, notes: ['Something is late.'] }),
    {
      dashboard: {
        name: 'regions',
        title: 'Regions',
        defaults: { period: '4w', compare: 'prev' },
        filters: [],
        rows: [],
      },
      view: { ...VIEW_DEFAULTS, filters: [{ dimension: 'region', op: 'in', values: ['North'] }] },
      period: { start: '2024-11-04', end: '2024-11-11' },
      compare: null,
      workspace,
      catalog,
      formats,
    },
  );
  expect(lines).toEqual([
    'Region by week – Regions – Acme',
    'Period: Mon 4 Nov – Sun 10 Nov 2024 (7 days)',
    'Filters: Region is North',
    'Short visit: 10 minutes',
    'As of Sat 16 Nov 2024, 09:00; complete to Sat 16 Nov 2024, 00:00 (Asia/Jakarta)',
    'Note: ignores Channel',
    'Note: Something is late.',
  ]);
  expect(exportFileName('Région × week: 5 %', { start: '2024-11-04', end: '2024-11-11' }, 'csv')).toBe(
    'région-week-5_2024-11-04_2024-11-10.csv',
  );
});

test('a table that has only words gives its words', () => {
  const words = wordsSheet({
    caption: 'x',
    columns: [{ label: 'a', numeric: true }],
    rows: [['1,234']],
    totals: ['2'],
  });
  expect(words.rows[0]?.cells).toEqual(['1,234']);
  expect(words.totals?.cells).toEqual(['2']);
});
