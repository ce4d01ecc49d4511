import { expect, test } from 'vitest';
import type { DimensionInfo } from '../../src/contract/api.ts';
import { barChart, barChartHeight, barText, describeBars, toBars } from './bar-options.ts';
import { formats, metricColumn, queryResult } from './test-results.ts';

const channel: DimensionInfo = {
  name: 'channel',
  label: 'Channel',
  type: 'categorical',
  labels: { whatsapp: 'WhatsApp', email: 'E-mail', sms: 'SMS' },
  colors: { whatsapp: 1, email: 2 },
  drill: [],
};
const column = metricColumn('charges', { label: 'Charges', format: 'currency' });
const result = queryResult(
  [{ name: 'channel', label: 'Channel', kind: 'dimension' }, column],
  [
    { channel: 'whatsapp', charges: 17_800_000 },
    { channel: 'email', charges: 3_600_000 },
    { channel: '', charges: null },
  ],
);

test('bars keep the order, take labels and fixed colours, and call the unknown Unknown', () => {
  const bars = toBars(result, 'charges', channel, 'channel');
  expect(bars.map((bar) => [bar.label, bar.amount, bar.color])).toEqual([
    ['WhatsApp', 17_800_000, 1],
    ['E-mail', 3_600_000, 2],
    ['Unknown', null, 0],
  ]);
});

test('without fixed colours every bar has the first colour', () => {
  expect(toBars(result, 'charges', undefined, 'channel').map((bar) => bar.color)).toEqual([1, 1, 1]);
});

test('options: from zero, largest on top, the value at the end, others faded by a selection', () => {
  const bars = toBars(result, 'charges', channel, 'channel');
  const { option, axis } = barChart(bars, column, { width: 600, height: 200 }, formats, new Set(['email']));
  expect(axis.min).toBe(0);
  expect(option['yAxis']).toMatchObject({ inverse: true, data: ['WhatsApp', 'E-mail', 'Unknown'] });
  const [series] = option['series'] as { data: { itemStyle: { opacity: number }; label: { formatter: string } }[] }[];
  expect(series?.data.map((bar) => bar.itemStyle.opacity)).toEqual([0.3, 1, 0.3]);
  expect(series?.data[0]?.label.formatter).toMatch(/17\.8/);
  expect(series?.data[2]?.label.formatter).toBe('—');
});

test('a comparison is a second, thinner series and needs more height', () => {
  const bars = toBars(result, 'charges', channel, 'channel').map((bar) => ({ ...bar, compared: 1 }));
  expect(barChart(bars, column, { width: 600, height: 200 }, formats).option['series']).toHaveLength(2);
  expect(barChartHeight(6, true)).toBeGreaterThan(barChartHeight(6, false));
});

test('the sentence names the largest bar and every value', () => {
  const bars = toBars(result, 'charges', channel, 'channel');
  const sentence = describeBars('Total blast by channel', bars, column, formats);
  expect(sentence).toContain('bar chart with 3 bars, most for WhatsApp');
  expect(sentence).toMatch(/E-mail .*3,600,000/);
});

const rate = metricColumn('rate', { label: 'Delivery rate', format: 'percent', proportion: true, min_sample: 30 });
const rates = queryResult(
  [{ name: 'channel', label: 'Channel', kind: 'dimension' }, rate],
  [
    { channel: 'whatsapp', rate: 0.25, rate__n: 1200 },
    { channel: 'sms', rate: 0.25, rate__n: 12 },
  ],
  { compare: { range: { start: '', end: '' }, rows: [{ rate: 0.2 }, { rate: 0.9 }] } },
);

test('intervals: whiskers and a dot instead of a second bar; small samples are grey and not compared', () => {
  const bars = toBars(rates, 'rate', channel, 'channel', true);
  expect(bars[0]?.interval?.low).toBeCloseTo(0.2263, 4);
  expect(bars[0]?.interval?.high).toBeCloseTo(0.2753, 4);
  expect(bars[1]).toMatchObject({ small: true, color: 0, compared: null });
  const { option, axis } = barChart(bars, rate, { width: 600, height: 200 }, formats);
  expect(option['series']).toHaveLength(1);
  expect(axis.max).toBeGreaterThan(bars[1]?.interval?.high ?? 1);
  expect(describeBars('Delivery', bars, rate, formats)).toMatch(/WhatsApp 25.*95 % interval 22\.6–27\.5%/);
  expect(barText(bars[1] ?? bars[0] ?? fail(), rate, formats)).toMatch(/n = 12$/);
});

test('without intervals bars are as they were', () => {
  const bars = toBars(rates, 'rate', channel, 'channel');
  expect(bars.map(({ interval, small, compared }) => [interval, small, compared])).toEqual([
    [null, false, 0.2],
    [null, false, 0.9],
  ]);
});

function fail(): never {
  throw new Error('there are two bars');
}
