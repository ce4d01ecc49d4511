import { expect, test } from 'vitest';
import type { Catalog } from '../../src/contract/api.ts';
import type { Filter } from '../../src/contract/query.ts';
import { formats, metricColumn, queryResult } from '../charts/test-results.ts';
import { type EmptyContext, emptyState, hasNothing } from './empty-state.ts';

const catalog: Catalog = {
  metrics: [],
  funnels: [],
  parameters: [],
  dimensions: [
    { name: 'channel', label: 'Channel', type: 'categorical', labels: { sms: 'SMS' }, colors: {}, drill: [] },
    { name: 'category', label: 'Category', type: 'categorical', labels: {}, colors: {}, drill: [] },
  ],
};
const context = (parts: Partial<EmptyContext> = {}): EmptyContext => ({
  view: { filters: [] },
  period: { start: '2024-11-11', end: '2024-11-18' },
  workspace: { data: { first: '2023-01-01', last: '2024-11-15' } },
  catalog,
  formats,
  ...parts,
});
const result = queryResult([metricColumn('sent')], [{ sent: 0 }]);
const sms: Filter = { dimension: 'channel', op: 'in', values: ['sms'] };
const otp: Filter = { dimension: 'category', op: 'in', values: ['otp'] };

test('nothing is null and zero everywhere', () => {
  expect(hasNothing(queryResult([], []), ['sent'])).toBe(true);
  expect(hasNothing(queryResult([], [{ sent: null }, { sent: 0 }]), ['sent'])).toBe(true);
  expect(hasNothing(queryResult([], [{ sent: 0 }, { sent: 1 }]), ['sent'])).toBe(false);
  expect(hasNothing(queryResult([], [], { totals: { sent: 3 } }), ['sent'])).toBe(false);
});

test('no source, and the first messages on their way', () => {
  const workspace = { data: { first: null, last: null } };
  expect(emptyState(result, ['sent'], context({ workspace }))).toMatchObject({
    kind: 'no_source',
    action: { href: '/sources' },
  });
  expect(emptyState(result, ['sent'], context({ workspace, pending: 4 })).kind).toBe('first_sync');
});

test('no rows in the period leads to the last period with data, of the same length', () => {
  const state = emptyState(result, ['sent'], context({ period: { start: '2024-12-02', end: '2024-12-09' } }));
  expect(state.kind).toBe('no_rows_in_period');
  expect(state.text).toBe('No data in Mon 2 Dec 2024 – Sun 8 Dec 2024. Last data: Fri 15 Nov 2024.');
  expect(state.action).toEqual({
    label: 'Go to Sat 9 Nov 2024 – Fri 15 Nov 2024',
    view: { period: '2024-11-09..2024-11-15' },
  });
});

test('a period inside the data without rows offers nothing to go to', () => {
  expect(emptyState(result, ['sent'], context()).action).toBeUndefined();
});

test('filters that exclude everything are named and the last one can be removed', () => {
  const state = emptyState(result, ['sent'], context({ view: { filters: [sms, otp] } }));
  expect(state.kind).toBe('filters_exclude_all');
  expect(state.text).toContain('Nothing matches Channel is SMS and Category is otp in Mon 11 Nov 2024');
  expect(state.action).toEqual({ label: 'Remove Category filter', view: { filters: [sms] } });
});

test('what a channel cannot report is n/a, not empty', () => {
  const column = metricColumn('open_rate', { not_applicable: { dimension: 'channel', values: ['sms', 'ivr'] } });
  const state = emptyState(queryResult([column], []), ['open_rate'], context({ view: { filters: [otp, sms] } }));
  expect(state).toMatchObject({
    kind: 'not_applicable',
    text: 'n/a: this cannot be measured where Channel is SMS.',
    action: { label: 'Remove Channel filter', view: { filters: [otp] } },
  });
});
