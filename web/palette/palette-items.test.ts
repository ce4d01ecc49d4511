import { expect, test } from 'vitest';
import type { Catalog, WorkspaceInfo } from '../../src/contract/api.ts';
import type { Dashboard } from '../../src/contract/dashboard.ts';
import { type PeriodContext, resolvePeriod } from '../../src/contract/period.ts';
import { VIEW_DEFAULTS, type ViewState } from '../../src/contract/url.ts';
import type { PageScope } from './page-scope.ts';
import { buildItems, findItems, type PaletteItem } from './palette-items.ts';

const workspace: WorkspaceInfo = {
  name: 'Example',
  time_zone: 'UTC',
  week_start: 'monday',
  locale: 'en-GB',
  currency: 'USD',
  now: '2024-11-20T12:00:00Z',
  today: '2024-11-20',
  sample: false,
  channels: [],
  data: { first: '2023-01-01', last: '2024-11-20' },
  version: '0',
  dashboards: [
    { name: 'overview', title: 'Overview' },
    { name: 'channels', title: 'Channels' },
  ],
};
const dimension = { type: 'categorical' as const, colors: {}, drill: [] };
const catalog: Catalog = {
  metrics: [
    {
      name: 'sent',
      label: 'Sent',
      type: 'simple',
      format: 'compact',
      good: 'up',
      min_sample: 0,
      dimensions: ['channel', 'country', 'team'],
    },
  ],
  funnels: [],
  parameters: [],
  dimensions: [
    { ...dimension, name: 'channel', label: 'Channel', labels: { whatsapp: 'WhatsApp', sms: 'SMS' } },
    { ...dimension, name: 'team', label: 'Team', labels: { north: 'North' } },
    { ...dimension, name: 'steps', label: 'Step', labels: { one: 'One' } },
  ],
};
const dashboard: Dashboard = {
  name: 'overview',
  title: 'Overview',
  defaults: { period: '28d', compare: 'prev' },
  filters: [{ dimension: 'team', multiple: true, locked: true, hidden: false, removable: true }],
  rows: [{ tiles: [{ id: 'words', title: 'Words', width: 12, height: 'm', kind: 'text', text: 'Hello' }] }],
};
const context: PeriodContext = { today: '2024-11-20', weekStart: 'monday', data: workspace.data };

function scopeWith(patch: Partial<ViewState> = {}): PageScope {
  const view = { ...VIEW_DEFAULTS, ...patch };
  const period = resolvePeriod(view.period, context);
  if (!period.ok) throw new Error(period.message);
  const page = {
    view,
    defaults: VIEW_DEFAULTS,
    unknown: [],
    changed: Object.keys(patch).length > 0,
    change: () => undefined,
    reset: () => undefined,
    undo: () => false,
  };
  return { page, dashboard, workspace, catalog, period, context, results: new Map() };
}

const itemsOf = (scope: PageScope | null) =>
  buildItems({ workspace, scope, grains: ['day', 'week'], theme: 'dark', density: 'comfortable' });
const search = (query: string, scope: PageScope | null = scopeWith(), recent: string[] = []) =>
  findItems(itemsOf(scope), query, recent, scope).flatMap((section) => section.items);
const idsOf = (items: readonly PaletteItem[]) => items.map((item) => item.id);

test('ids are unique', () => {
  const ids = idsOf(itemsOf(scopeWith({ period: 'mtd' })));
  expect(new Set(ids).size).toBe(ids.length);
});

test('a value filters by it alone and keeps the other filters', () => {
  const scope = scopeWith({ filters: [{ dimension: 'country', op: 'in', values: ['DE'] }] });
  expect(search('whatsapp', scope)[0]).toMatchObject({
    label: 'Channel is WhatsApp',
    action: {
      type: 'view',
      patch: {
        filters: [
          { dimension: 'country', op: 'in', values: ['DE'] },
          { dimension: 'channel', op: 'in', values: ['whatsapp'] },
        ],
      },
    },
  });
  expect(idsOf(search('filter channel whats', scope))).toEqual(['value/channel/whatsapp']);
});

test('a value that is the filter already lifts it', () => {
  const scope = scopeWith({ filters: [{ dimension: 'channel', op: 'in', values: ['sms'] }] });
  expect(search('sms', scope)[0]).toMatchObject({ current: true, action: { patch: { filters: [] } } });
});

test('locked filters and dimensions that nothing here counts are left out', () => {
  expect(search('north')).toEqual([]);
  expect(search('step is one')).toEqual([]);
});

test('values that only the page’s own answer knows are offered', () => {
  const scope = scopeWith();
  const result = {
    columns: [
      { name: 'channel', kind: 'dimension' },
      { name: 'sent', kind: 'metric' },
    ],
    rows: [{ channel: 'fax', sent: 3 }],
  };
  const results = new Map([['filter/channel', result]]) as unknown as PageScope['results'];
  expect(idsOf(search('fax', { ...scope, results }))).toEqual(['value/channel/fax']);
});

test.each([
  ['last 3 weeks', '3w'],
  ['W47', '2024-W47'],
  ['2024-10', '2024-10'],
])('the typed period %s is the first thing found', (text, period) => {
  const [first] = search(text);
  expect(first).toMatchObject({ group: 'Period', action: { type: 'view', patch: { period } } });
});

test('a typed period that is a preset is not there twice, and one letter is no period', () => {
  expect(idsOf(search('last month')).filter((id) => id === 'period/lm')).toHaveLength(1);
  expect(search('last month')[0]?.keys).toBe('p');
  expect(search('d')[0]?.group).not.toBe('Period');
});

test('the key stands at what it does now', () => {
  const keyed = (scope: PageScope) => itemsOf(scope).find((item) => item.keys === 'x')?.id;
  expect(keyed(scopeWith())).toBe('compare/off');
  expect(keyed(scopeWith({ compare: 'off' }))).toBe('compare/prev');
});

test('"vs last year" compares', () => {
  expect(search('vs last year')[0]?.action).toEqual({ type: 'view', patch: { compare: 'prev_year' } });
});

test('reset is offered only when there is something to reset', () => {
  expect(idsOf(search('reset'))).toEqual([]);
  expect(idsOf(search('reset', scopeWith({ compare: 'off' })))).toEqual(['reset']);
});

test('before anything is typed: recent first, typed periods among them, nothing twice, no values', () => {
  const scope = scopeWith();
  const sections = findItems(itemsOf(scope), '', ['period/2024-W47', 'theme/dark', 'gone'], scope);
  expect(sections[0]).toMatchObject({ title: 'Recent' });
  expect(idsOf(sections[0]?.items ?? [])).toEqual(['period/2024-W47', 'theme/dark']);
  expect(sections.map((section) => section.title)).not.toContain('Filter');
  const ids = sections.flatMap((section) => idsOf(section.items));
  expect(new Set(ids).size).toBe(ids.length);
});

test('away from dashboards there are places and the display', () => {
  expect(new Set(itemsOf(null).map((item) => item.group))).toEqual(new Set(['Go to', 'Page', 'Display']));
  expect(search('last 3 weeks', null)).toEqual([]);
});
