import { expect, test } from 'vitest';
import type { Catalog } from '../../src/contract/api.ts';
import type { Dashboard, Tile } from '../../src/contract/dashboard.ts';
import { queryBatch } from '../../src/contract/query.ts';
import { VIEW_DEFAULTS } from '../../src/contract/url.ts';
import { buildPageQueries, fittingGrain, sparklineGrain } from './page-queries.ts';
import type { PageQueryInput } from './query-frame.ts';

const base = { title: 'Tile', width: 12, height: 'm' as const };
const tiles: Tile[] = [
  { ...base, id: 'cards', kind: 'scorecards', metrics: ['active_users', 'charges'] },
  { ...base, id: 'line', kind: 'line', metrics: ['dau', 'wau'], grain: 'day' },
  { ...base, id: 'split', kind: 'line', metrics: ['delivery_rate'], by: 'channel' },
  { ...base, id: 'bars', kind: 'bar', metric: 'charges', by: 'channel' },
  { ...base, id: 'heat', kind: 'heatmap', metrics: ['active_users'], value: 'per_day' },
  { ...base, id: 'funnel', kind: 'funnel', funnel: 'invitation' },
  { ...base, id: 'channels', kind: 'table', metrics: ['charges'], by: ['channel'], search: false, totals: true },
  {
    ...base,
    id: 'campaigns',
    kind: 'table',
    metrics: ['charges'],
    by: ['campaign'],
    search: true,
    totals: true,
    limit: 100,
  },
  { ...base, id: 'words', kind: 'text', text: 'Hello' },
];
const dashboard: Dashboard = {
  name: 'overview',
  title: 'Overview',
  defaults: { period: '91d', compare: 'prev' },
  filters: [],
  rows: [{ tiles: tiles.slice(0, 4) }, { tiles: tiles.slice(4) }],
};
const dimension = { label: 'x', type: 'categorical' as const, colors: {}, drill: [] };
const catalog: Catalog = {
  metrics: [],
  funnels: [],
  parameters: [],
  dimensions: [
    { ...dimension, name: 'channel', labels: { whatsapp: 'WhatsApp', sms: 'SMS' } },
    { ...dimension, name: 'campaign', labels: {} },
  ],
};
const input: PageQueryInput = {
  dashboard,
  view: VIEW_DEFAULTS,
  period: { start: '2024-01-01', end: '2024-11-16' },
  compare: { start: '2023-02-16', end: '2024-01-01' },
  catalog,
};
const keysOf = (part: Partial<PageQueryInput> = {}) => buildPageQueries({ ...input, ...part });

test('every tile has its queries, in one batch that the grammar accepts', () => {
  const queries = keysOf();
  expect(queries.map((one) => one.key)).toEqual([
    'cards/totals',
    'line/series',
    'split/series',
    'bars/bars',
    'heat/active_users/cells',
    'heat/active_users/weekdays',
    'heat/active_users/hours',
    'funnel/funnel',
    'channels/rows',
    'channels/trend',
    'campaigns/rows',
  ]);
  expect(queryBatch.safeParse({ queries: queries.map((one) => one.query) }).success).toBe(true);
});

test('period, comparison and filters reach every query; side totals of a heat-map need no comparison', () => {
  const filters = [{ dimension: 'channel', op: 'in' as const, values: ['sms'] }];
  for (const { key, query } of keysOf({ view: { ...VIEW_DEFAULTS, filters } })) {
    expect(query.time?.range).toEqual(['2024-01-01', '2024-11-16']);
    expect(query.filters).toEqual(filters);
    const compared = !/(weekdays|hours)$/.test(key) && key !== 'channels/trend';
    expect(query.compare).toEqual(compared ? { range: ['2023-02-16', '2024-01-01'] } : undefined);
  }
});

test('a heat-map does not filter itself by the slot that was clicked in it', () => {
  const filters = [
    { dimension: 'weekday', op: 'eq' as const, values: [2] },
    { dimension: 'hour_of_day', op: 'eq' as const, values: [9] },
  ];
  const queries = keysOf({ view: { ...VIEW_DEFAULTS, filters } });
  expect(queries.find((one) => one.key === 'heat/active_users/cells')?.query.filters).toBeUndefined();
  expect(queries.find((one) => one.key === 'bars/bars')?.query.filters).toEqual(filters);
});

test('a grain that the tile declares is its own, the reader’s beats the automatic one', () => {
  const grainOf = (key: string, grain: 'week' | null) =>
    keysOf({ view: { ...VIEW_DEFAULTS, grain } }).find((one) => one.key === key)?.query.time?.grain;
  expect(grainOf('line/series', null)).toBe('day');
  expect(grainOf('line/series', 'week')).toBe('day');
  expect(grainOf('split/series', null)).toBe('week');
});

test('a grain that would draw too many points becomes coarser', () => {
  const days = (end: string) => ({ start: '2024-01-01', end });
  expect(fittingGrain('hour', days('2024-02-01'))).toBe('hour');
  expect(fittingGrain('hour', days('2024-03-01'))).toBe('day');
  expect(fittingGrain(null, days('2024-01-02'))).toBe('hour');
  expect(fittingGrain('nonsense', days('2024-03-01'))).toBe('day');
  expect(sparklineGrain(days('2024-03-01'))).toBe('day');
  expect(sparklineGrain(days('2024-12-01'))).toBe('week');
});

test('a line may compare with the year before, whatever the page compares with', () => {
  const line = (compare: 'off' | 'prev_year', grain: string): Tile => ({
    ...base,
    id: 'line',
    kind: 'line',
    metrics: ['messages_sent'],
    grain,
    compare,
  });
  const compareOf = (tile: Tile) => {
    const [first] = keysOf({ dashboard: { ...dashboard, rows: [{ tiles: [tile] }] } });
    return first?.query.compare;
  };
  expect(compareOf(line('prev_year', 'month'))).toEqual({ range: ['2023-01-01', '2023-11-16'] });
  expect(compareOf(line('prev_year', 'day'))).toEqual({ range: ['2023-01-02', '2023-11-18'] });
  expect(compareOf(line('off', 'month'))).toBeUndefined();
});
