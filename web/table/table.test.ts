import { expect, test } from 'vitest';
import { toBars } from '../charts/bar-options.ts';
import { toFunnelSteps } from '../charts/funnel-steps.ts';
import { toHeatMatrix } from '../charts/heat-matrix.ts';
import { toSeries } from '../charts/series.ts';
import { formats, metricColumn, queryResult, timeColumn } from '../charts/test-results.ts';
import {
  rowsSheet,
  rowsTable,
  searchRows,
  sortAmount,
  type TableRowsInput,
  toTableRows,
  toTotalCells,
} from './table-rows.ts';
import { barsTable, funnelTable, heatTable, seriesTable, toTsv } from './table-view.ts';

const columns = [
  metricColumn('sent', { label: 'Sent' }),
  metricColumn('rate', { label: 'Rate', format: 'percent', min_sample: 30 }),
];
const result = queryResult(
  [{ name: 'campaign', label: 'Campaign', kind: 'dimension' }, ...columns],
  [
    { campaign: 'São João', sent: 100, rate: 0.5, rate__n: 100 },
    { campaign: 'tiny', sent: 3, rate: 1, rate__n: 3 },
    { campaign: '', sent: null, rate: null, rate__n: 0 },
  ],
  {
    totals: { sent: 102, rate: 0.48, rate__n: 103 },
    compare: {
      range: { start: '', end: '' },
      rows: [{ campaign: 'São João', sent: 80, rate: 0.4, rate__n: 80 }, null, null],
      totals: { sent: 90, rate: 0.4, rate__n: 90 },
    },
  },
);
result.meta.sample_columns = { rate: 'rate__n' };
const input: TableRowsInput = {
  result,
  metrics: ['sent', 'rate'],
  by: ['campaign'],
  dimensions: [],
  filters: [],
  formats,
};

test('rows keep the order, carry changes, and small samples have no rank', () => {
  const rows = toTableRows(input);
  expect(rows.map((row) => row.labels[0])).toEqual(['São João', 'tiny', 'Unknown']);
  expect(rows[0]?.cells['sent']?.change?.longText).toBe('+25.0% (+20)');
  expect(rows[1]?.cells['sent']?.change).toBeNull();
  expect(rows.map((row) => sortAmount(row, 'rate'))).toEqual([0.5, undefined, undefined]);
  expect(rows[2]?.cells['rate']?.value.text).toBe('n/a');
});

test('totals are the engine’s, not the sum of the rows', () => {
  expect(toTotalCells(input)?.['sent']?.value.text).toBe('102');
  expect(toTotalCells({ ...input, result: queryResult([], []) })).toBeNull();
});

test('shares have their interval, other rates none; rows that stand out say why', () => {
  const share = metricColumn('rate', { label: 'Rate', format: 'percent', min_sample: 30, proportion: true });
  const marked = {
    ...result,
    columns: [result.columns[0] ?? share, columns[0] ?? share, share],
    marks: [{ row: 1, metrics: [{ metric: 'sent', direction: 'high' as const, factor: 3.1 }], text: '3.1 × the sent' }],
  };
  const rows = toTableRows({ ...input, result: marked, intervals: true });
  expect(rows.map((row) => row.cells['rate']?.interval?.text)).toEqual(['40.4–59.6%', '43.9–100.0%', undefined]);
  expect(rows[0]?.cells['sent']?.interval).toBeNull();
  expect(toTableRows({ ...input, intervals: true })[0]?.cells['rate']?.interval).toBeNull();
  expect(rows.map((row) => row.mark?.text)).toEqual([undefined, '3.1 × the sent', undefined]);

  const totals = toTotalCells({ ...input, result: marked, intervals: true });
  const shown = [columns[0] ?? share, share];
  expect(rowsTable('', ['Campaign'], shown, rows, totals).columns.map(({ label }) => label)).toEqual([
    'Campaign',
    'Sent',
    'Sent, change',
    'Rate',
    'Rate, 95 % interval',
    'Rate, change',
    'Stands out',
  ]);
  const sheet = rowsSheet(['Campaign'], shown, rows, totals);
  expect(sheet.columns.map(({ label }) => label)).toEqual([
    'Campaign',
    'Sent',
    'Sent, before',
    'Rate',
    'Rate, before',
    'Rate, n',
    'Rate, 95 % from',
    'Rate, 95 % to',
    'Stands out',
  ]);
  expect(sheet.rows[0]?.cells.slice(0, 6)).toEqual(['São João', 100, 80, 0.5, 0.4, 100]);
  expect(sheet.rows[1]?.cells.at(-1)).toBe('3.1 × the sent');
  expect(sheet.totals?.cells.slice(0, 4)).toEqual(['Total', 102, 90, 0.48]);
});

test('search folds case and diacritics and wants every word', () => {
  const rows = toTableRows(input);
  expect(searchRows(rows, 'joao sao')).toHaveLength(1);
  expect(searchRows(rows, 'joao tiny')).toHaveLength(0);
  expect(searchRows(rows, ' ')).toHaveLength(3);
});

test('a trend is matched to its row', () => {
  const trend = queryResult(
    [timeColumn],
    [
      { time: '2024-11-02', campaign: 'tiny', sent: 2 },
      { time: '2024-11-01', campaign: 'São João', sent: 5 },
      { time: '2024-11-02', campaign: 'São João', sent: 6 },
    ],
  );
  const rows = toTableRows({ ...input, trend: { result: trend, metric: 'sent' } });
  expect(rows.map((row) => row.trend)).toEqual([[5, 6], [null, 2], null]);
});

test('TSV has headers, totals, and no stray tabs', () => {
  const rows = toTableRows(input);
  const view = rowsTable('Campaigns', ['Campaign'], columns, rows.slice(0, 1), toTotalCells(input));
  expect(toTsv(view)).toBe(
    'Campaign\tSent\tSent, change\tRate\tRate, change\n' +
      'São João\t100\t+25.0% (+20)\t50.00%\t+10.0 pp (+25.0%)\n' +
      'Total\t102\t+13.3% (+12)\t48.00%\t+8.0 pp (+20.0%)',
  );
  expect(toTsv({ caption: '', columns: [{ label: 'a\tb', numeric: false }], rows: [['c\nd']] })).toBe('a b\nc d');
});

test('every picture has its table of the same rows', () => {
  const series = toSeries(
    queryResult([timeColumn, columns[0] ?? metricColumn('sent')], [{ time: '2024-11-15', sent: 7 }]),
    {
      metrics: ['sent'],
      timeZone: 'Asia/Jakarta',
    },
  );
  expect(seriesTable('Messages', series, formats).rows).toEqual([['Fri 15 Nov 2024', '7']]);

  const bars = toBars(result, 'sent', undefined, 'campaign');
  const table = barsTable('Bars', 'Campaign', bars, metricColumn('sent'), 102, formats);
  expect(table.rows[0]).toEqual(['São João', '100', '80', '+25.0% (+20)']);
  expect(table.totals?.slice(0, 2)).toEqual(['Total', '102']);

  const cells = queryResult([metricColumn('sent')], [{ weekday: 1, hour_of_day: 0, sent: 4 }], { totals: { sent: 4 } });
  const matrix = toHeatMatrix({
    cells,
    byWeekday: null,
    byHour: null,
    metric: 'sent',
    weekStart: 'monday',
    formats,
    value: 'total',
  });
  const heat = matrix && heatTable('Heat', matrix, formats);
  expect(heat?.rows).toHaveLength(24);
  expect(heat?.rows[0]?.slice(0, 3)).toEqual(['00–01', '4', '—']);
  expect(heat?.totals?.at(-1)).toBe('4');

  const funnel = funnelTable(
    'Invitations',
    toFunnelSteps(
      queryResult(
        [],
        [
          { step: 'a', label: 'A', reached: 210 },
          { step: 'b', label: 'B', reached: 34 },
        ],
      ),
    ),
    formats,
  );
  expect(funnel.rows.map((row) => row.slice(0, 3))).toEqual([
    ['A', '210', '100.00%'],
    ['B', '34', '16.19%'],
  ]);
});
