import { describe, expect, test } from 'vitest';
import type { Catalog, DimensionInfo, MetricInfo } from '../../src/contract/api.ts';
import type { Dashboard } from '../../src/contract/dashboard.ts';
import type { BatchItem, QueryResult } from '../../src/contract/result.ts';
import { chipNames } from './filter-bar.tsx';
import { buildValueQueries, countingMetric, readValues } from './filter-values.ts';
import { filterSentence, filterWords } from './filter-words.ts';
import { offeredGrains } from './grain-picker.tsx';
import { draftOf, filterOf, searchValues } from './value-picker.tsx';
import { viewDefaults } from './view-defaults.ts';

const channel: DimensionInfo = {
  name: 'channel',
  label: 'Channel',
  type: 'categorical',
  labels: { whatsapp: 'WhatsApp', email: 'E-mail', sms: 'SMS', ivr: 'IVR' },
  colors: {},
  drill: [],
};
const weekday: DimensionInfo = {
  name: 'weekday',
  label: 'Weekday',
  type: 'time_part',
  labels: {},
  colors: {},
  drill: [],
};

function metric(name: string, format: string, dimensions: string[], type = 'simple'): MetricInfo {
  return { name, label: name, type, format, good: 'up', min_sample: 30, dimensions };
}

const catalog: Catalog = {
  metrics: [
    metric('rate', 'percent', ['channel'], 'ratio'),
    metric('people', 'integer', ['channel', 'region']),
    metric('sent', 'compact', ['channel']),
    metric('charged', 'compact', ['channel', 'weekday']),
  ],
  dimensions: [channel, weekday],
  funnels: [],
  parameters: [],
};

const dashboard: Dashboard = {
  name: 'one',
  title: 'One',
  defaults: { period: '91d', compare: 'prev_year', grain: 'week' },
  filters: [
    { dimension: 'channel', multiple: true, locked: false, hidden: false, removable: true, default: ['sms'] },
    { dimension: 'account', multiple: true, locked: false, hidden: true, removable: true },
  ],
  rows: [
    { tiles: [{ kind: 'scorecards', id: 'a', title: 'A', width: 12, height: 's', metrics: ['people', 'charged'] }] },
  ],
};

describe('filters in words', () => {
  test.each([
    [{ dimension: 'channel', op: 'in', values: ['whatsapp', 'sms'] }, 'Channel is WhatsApp, SMS'],
    [{ dimension: 'channel', op: 'not', values: ['ivr'] }, 'Channel is not IVR'],
    [{ dimension: 'channel', op: 'in', values: ['a', 'b', 'c', 'd'] }, 'Channel is a, b and 2 more'],
    [{ dimension: 'channel', op: 'null', values: [] }, 'Channel is unknown'],
    [{ dimension: 'channel', op: 'null', values: ['false'] }, 'Channel is known'],
    [{ dimension: 'channel', op: 'in', values: [''] }, 'Channel is Unknown'],
    [{ dimension: 'weekday', op: 'eq', values: [2] }, 'Weekday is Tuesday'],
    [{ dimension: 'hour_of_day', op: 'between', values: [8, 12] }, 'Hour of day 08:00 – 12:00'],
    [{ dimension: 'campaign', op: 'starts', values: ['spring'] }, 'Campaign starts with spring'],
    [{ dimension: 'amount', op: 'gte', values: [500] }, 'Amount ≥ 500'],
  ] as const)('%o', (filter, words) => {
    const dimension = catalog.dimensions.find((one) => one.name === filter.dimension);
    expect(filterWords({ ...filter, values: [...filter.values] }, dimension, 'en').join(' ')).toBe(words);
  });

  test('one sentence for print', () => {
    const filters = [
      { dimension: 'channel', op: 'in' as const, values: ['sms'] },
      { dimension: 'category', op: 'not' as const, values: ['otp'] },
    ];
    expect(filterSentence(filters, catalog.dimensions, 'en')).toBe('Channel is SMS; Category is not otp');
    expect(filterSentence([], [], 'en')).toBe('No filters');
  });
});

describe('values of a filter', () => {
  const period = { start: '2024-01-01', end: '2024-02-01' };

  test('are counted by a large count of this dashboard where there is one', () => {
    expect(countingMetric('channel', dashboard, catalog)).toBe('charged');
    expect(countingMetric('region', dashboard, catalog)).toBe('people');
    expect(countingMetric('nothing', dashboard, catalog)).toBeNull();
  });

  test('come under the other filters only', () => {
    const filters = [
      { dimension: 'channel', op: 'in' as const, values: ['sms'] },
      { dimension: 'category', op: 'in' as const, values: ['otp'] },
    ];
    expect(buildValueQueries(['channel', 'nothing'], filters, period, dashboard, catalog)).toEqual([
      {
        key: 'filter/channel',
        query: {
          metrics: ['charged'],
          dimensions: ['channel'],
          time: { range: ['2024-01-01', '2024-02-01'] },
          filters: [filters[1]],
          order_by: ['-charged'],
          limit: 200,
        },
      },
    ]);
  });

  test('declared ones without rows stand at the end with 0, chosen ones never vanish', () => {
    const result = {
      columns: [
        { name: 'channel', label: 'Channel', kind: 'dimension' },
        { name: 'sent', label: 'Sent', kind: 'metric' },
      ],
      rows: [
        { channel: 'sms', sent: 20 },
        { channel: '', sent: 3 },
      ],
    } as unknown as QueryResult;
    const values = readValues('channel', channel, result, ['fax'], 'en');
    expect(values.map(({ label, count }) => `${label} ${count}`)).toEqual([
      'SMS 20',
      'Unknown 3',
      'WhatsApp 0',
      'E-mail 0',
      'IVR 0',
      'fax 0',
    ]);
    const failed: BatchItem = { error: { code: 'timeout', message: 'Too slow.', problems: [] } };
    expect(readValues('channel', channel, failed, [], 'en').map(({ count }) => count)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test('search ignores case and accents', () => {
    const values = ['São Paulo', 'Kazan'].map((label) => ({ value: label, label, count: 1 }));
    expect(searchValues(values, ' sao', 'en').map(({ label }) => label)).toEqual(['São Paulo']);
    expect(searchValues(values, '', 'en')).toHaveLength(2);
  });

  test('a choice becomes a filter, everything or nothing becomes none', () => {
    const values = ['a', 'b'].map((value) => ({ value, label: value, count: 1 }));
    expect(filterOf('x', { chosen: ['a'], excluded: false }, values)).toEqual({
      dimension: 'x',
      op: 'in',
      values: ['a'],
    });
    expect(filterOf('x', { chosen: ['a'], excluded: true }, values)).toEqual({
      dimension: 'x',
      op: 'not',
      values: ['a'],
    });
    expect(filterOf('x', { chosen: [], excluded: false }, values)).toBeNull();
    expect(filterOf('x', { chosen: ['a', 'b'], excluded: false }, values)).toBeNull();
    expect(draftOf({ dimension: 'x', op: 'null', values: [] })).toEqual({ chosen: [''], excluded: false });
    expect(draftOf({ dimension: 'x', op: 'eq', values: [2] })).toEqual({ chosen: ['2'], excluded: false });
  });
});

describe('the bar', () => {
  test('declared filters always have a chip, hidden ones never', () => {
    const filters = [
      { dimension: 'weekday', op: 'eq' as const, values: [2] },
      { dimension: 'account', op: 'in' as const, values: ['7'] },
    ];
    expect(chipNames(dashboard, filters, ['category', 'weekday'])).toEqual(['channel', 'weekday', 'category']);
  });

  test('a dashboard’s file sets what its address leaves out', () => {
    expect(viewDefaults(dashboard)).toMatchObject({
      period: '91d',
      compare: 'prev_year',
      grain: 'week',
      filters: [{ dimension: 'channel', op: 'in', values: ['sms'] }],
    });
  });

  test('grains fit the length of the period', () => {
    expect(offeredGrains({ start: '2024-11-15', end: '2024-11-16' })).toEqual(['hour']);
    expect(offeredGrains({ start: '2024-10-19', end: '2024-11-16' })).toEqual(['hour', 'day', 'week']);
    expect(offeredGrains({ start: '2024-01-01', end: '2024-11-16' })).toEqual(['day', 'week', 'month', 'quarter']);
  });
});
