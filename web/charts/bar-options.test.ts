import { expect, test } from 'vitest';
import type { DimensionInfo } from '../../src/contract/api.ts';
import { barChart, barChartHeight, describeBars, toBars } from './bar-options.ts';
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
