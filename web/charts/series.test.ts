import { expect, test } from 'vitest';
import type { DimensionInfo } from '../../src/contract/api.ts';
import { describeSeries } from './describe-series.ts';
import { axisLabels, labelledBuckets, lineChart, splitPartial } from './line-options.ts';
import { lineTooltip, nearestLine } from './line-tooltip.ts';
import { toSeries } from './series.ts';
import { formats, metricColumn, queryResult, resultMeta, timeColumn } from './test-results.ts';

const channel: DimensionInfo = {
  name: 'channel',
  label: 'Channel',
  type: 'categorical',
  labels: { whatsapp: 'WhatsApp', sms: 'SMS' },
  colors: { whatsapp: 3, sms: 5 },
  drill: [],
};

const one = queryResult(
  [timeColumn, metricColumn('sent', { label: 'Sent' })],
  [
    { time: '2024-11-13', sent: 10 },
    { time: '2024-11-14', sent: null },
    { time: '2024-11-15', sent: 30 },
    { time: '2024-11-16', sent: 4 },
  ],
  {
    compare: {
      range: { start: '2024-11-06T00:00:00+07:00', end: '2024-11-10T00:00:00+07:00' },
      rows: [{ time: '2024-11-06', sent: 8 }, null, { time: '2024-11-08', sent: 20 }, { time: '2024-11-09', sent: 9 }],
    },
    meta: resultMeta({ range: { start: '2024-11-13T00:00:00+07:00', end: '2024-11-17T00:00:00+07:00' } }),
  },
);

test('one line a metric, comparison aligned, the running day partial', () => {
  const set = toSeries(one, { metrics: ['sent'], timeZone: 'Asia/Jakarta' });
  expect(set.series).toHaveLength(1);
  expect(set.series[0]?.values).toEqual([10, null, 30, 4]);
  expect(set.series[0]?.compared).toEqual([8, null, 20, 9]);
  expect(set.comparedTimes).toEqual(['2024-11-06', null, '2024-11-08', '2024-11-09']);
  expect(set.partial).toEqual([false, false, false, true]);
});

test('one line a value, fixed colours, most first, the rest left to the table', () => {
  const rows = ['sms', 'whatsapp', 'a', 'b', 'c', 'd', 'e', 'f'].map((value, index) => ({
    time: '2024-11-13',
    channel: value,
    sent: 100 - index,
  }));
  const set = toSeries(queryResult([timeColumn, metricColumn('sent')], rows), {
    metrics: ['sent'],
    by: channel,
    timeZone: 'Asia/Jakarta',
  });
  expect(set.series.slice(0, 3).map((line) => [line.label, line.color])).toEqual([
    ['SMS', 5],
    ['WhatsApp', 3],
    ['a', 3],
  ]);
  expect(set.series).toHaveLength(6);
  expect(set.omitted).toBe(2);
});

test('the sentence names range, extremes and change, and leaves the running day out', () => {
  const set = toSeries(one, { metrics: ['sent'], timeZone: 'Asia/Jakarta' });
  const sentence = describeSeries('Messages', set, formats);
  expect(sentence).toContain('line chart by day from Wed 13 Nov 2024 to Sat 16 Nov 2024');
  expect(sentence).toContain('between 10 (Wed 13 Nov 2024) and 30 (Fri 15 Nov 2024)');
  expect(sentence).toContain('last complete value 30 (Fri 15 Nov 2024), up 50.0%, better against the comparison');
  expect(sentence).toContain('not complete yet');
  expect(describeSeries('Messages', { ...set, times: [] }, formats)).toBe('Messages: no data.');
});

test('options: solid to the last complete point, dashed beyond, comparison grey, values from the axis inside', () => {
  const set = toSeries(one, { metrics: ['sent'], timeZone: 'Asia/Jakarta' });
  const { option, axis, area } = lineChart(set, { width: 800, height: 240 }, formats);
  const series = option['series'] as { name: string; data: unknown[]; lineStyle: { color: string; type: unknown } }[];
  expect(series.map((entry) => entry.name)).toEqual(['Sent before', 'Sent', 'Sent so far']);
  const [compared, solid, dashed] = series;
  expect(compared?.lineStyle.color).toBe('var(--color-compare)');
  expect(compared?.lineStyle.type).toEqual([4, 4]);
  expect(solid?.data[3]).toBeNull();
  expect(dashed?.data.slice(0, 2)).toEqual([null, null]);
  expect(dashed?.data[3]).toBe(4);
  expect(axis).toMatchObject({ min: 0, max: 30, broken: false });
  expect(area.left).toBeGreaterThan(20);
});

test('a value between two gaps is a dot', () => {
  const set = toSeries(one, { metrics: ['sent'], timeZone: 'Asia/Jakarta' });
  const { option } = lineChart(set, { width: 800, height: 240 }, formats);
  const solid = (option['series'] as { data: unknown[] }[])[1];
  expect(solid?.data[0]).toEqual({ value: 10, symbol: 'circle', symbolSize: 5 });
});

test('splitPartial joins the dashed tail to the last complete point', () => {
  expect(splitPartial([1, 2, 3], [false, false, true])).toEqual({ solid: [1, 2, null], dashed: [null, 2, 3] });
  expect(splitPartial([1, 2, null], [false, false, true]).dashed).toBeNull();
});

test('long daily axes are labelled at month starts, short ones evenly', () => {
  const days = Array.from({ length: 320 }, (_, index) =>
    new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10),
  );
  const labelled = days.filter((_, index) => labelledBuckets(days, 'day', 1200)[index]);
  expect(labelled[0]).toBe('2024-02-01');
  expect(labelled.every((day) => day.endsWith('-01'))).toBe(true);
  expect(labelledBuckets(days.slice(0, 28), 'day', 640).filter(Boolean)).toHaveLength(10);
});

test('the tooltip sorts by value and gives the comparison its own date', () => {
  const set = toSeries(one, { metrics: ['sent'], timeZone: 'Asia/Jakarta' });
  const tip = lineTooltip(set, 2, null, 'sent', formats);
  expect(tip.heading).toBe('Fri 15 Nov 2024');
  expect(tip.comparedHeading).toBe('Fri 8 Nov 2024');
  expect(tip.rows[0]).toMatchObject({ value: '30', before: '20', strong: true });
  expect(tip.rows[0]?.change?.text).toBe('+50.0%');
  expect(lineTooltip(set, 3, null, null, formats).note).toContain('so far');
  expect(nearestLine(set, 1, 5, null)).toBeNull();
  expect(nearestLine(set, 2, 5, null)).toBe('sent');
});

test('over several years the first label of each says its year', () => {
  const months = ['2021-11-01', '2021-12-01', '2022-02-01', '2022-03-01', '2023-01-01'];
  const labels = axisLabels(months, 'month', [true, false, true, true, true], formats);
  expect(labels).toEqual(['Nov 2021', 'Dec', 'Feb 2022', 'Mar', 'Jan 2023']);
  expect(axisLabels(months.slice(2, 4), 'month', [true, true], formats)).toEqual(['Feb', 'Mar']);
});

test('buckets that are still maturing are open and have no change', () => {
  const young: typeof one = { ...one, meta: { ...one.meta, matured_through: { sent: '2024-11-15T00:00:00+07:00' } } };
  const set = toSeries(young, { metrics: ['sent'], timeZone: 'Asia/Jakarta' });
  expect(set.maturing).toEqual([false, false, true, false]);
  expect(set.series[0]?.compared).toEqual([8, null, null, 9]);
  expect(lineTooltip(set, 2, null, null, formats)).toMatchObject({
    note: expect.stringContaining('still maturing'),
    rows: [{ value: '30', change: null }],
  });
  expect(describeSeries('Sent', set, formats)).toContain('last complete value 10');
  const other = { ...one, meta: { ...one.meta, matured_through: { read: '2024-11-15T00:00:00+07:00' } } };
  expect(toSeries(other, { metrics: ['sent'], timeZone: 'Asia/Jakarta' }).maturing).not.toContain(true);
});
