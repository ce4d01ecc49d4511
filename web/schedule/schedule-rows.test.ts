import { describe, expect, test } from 'vitest';
import type { QueryResult } from '../../src/contract/result.ts';
import { createFormats } from '../tile/formats.ts';
import { calendarDays, medianOf, type ScheduleTileSpec, sortSchedule, toScheduleRows } from './schedule-rows.ts';

const formats = createFormats({ locale: 'en', currency: 'USD', time_zone: 'Europe/Berlin' });
const tile: ScheduleTileSpec = {
  kind: 'schedule',
  id: 's',
  title: 'Events',
  width: 12,
  height: 'auto',
  entity: 'event',
  name: 'title',
  starts: 'starts',
  details: ['series', 'place'],
  metrics: ['signed', 'rate'],
  series: 'series',
  marks: ['signed', 'rate'],
};
const columns: QueryResult['columns'] = [
  { name: 'signed', label: 'Signed', kind: 'metric', format: 'integer', good: 'up' },
  { name: 'rate', label: 'Rate', kind: 'metric', format: 'percent', good: 'up', min_sample: 30 },
];
const meta: QueryResult['meta'] = {
  as_of: '2026-11-22T00:00:00Z',
  complete_through: '2026-11-22T00:00:00Z',
  data_version: '1',
  timezone: 'Europe/Berlin',
  plan: [],
  rows_read: 0,
  elapsed_ms: 0,
  cached: false,
  notes: [],
  sample_columns: { rate: 'rate__n' },
  matured_through: { rate: '2026-11-20T00:00:00+01:00' },
};
const row = (event: string, starts: string, signed: number, rate: number | null, place: string | null = 'north') => ({
  event,
  title: event === 'nameless' ? null : `The ${event}`,
  starts,
  series: 'weekly',
  place,
  signed,
  rate,
  rate__n: signed,
});
const result: QueryResult = {
  columns,
  rows: [
    row('late', '2026-11-21T21:00:00+01:00', 310, 0.3),
    row('early', '2026-11-10T09:30:00+01:00', 100, 0.4),
    row('small', '2026-11-11T09:30:00+01:00', 12, 0.9, null),
    row('nameless', '2026-11-11T08:00:00+01:00', 90, 0.2),
  ],
  marks: [{ row: 0, metrics: [{ metric: 'signed', direction: 'high', factor: 3.1 }], text: '3.1 × the signed' }],
  meta,
};
const peers: QueryResult = {
  columns,
  rows: [80, 100, 120, 100].map((signed, index) => row(`p${index}`, '', signed, 0.4)),
  meta,
};
const rows = toScheduleRows({ tile, result, peers, dimensions: [], filters: [], formats });
const byId = (id: string) => rows.find((one) => one.id === id);

describe('rows of a schedule', () => {
  test('have a local date and time, and the id where there is no name', () => {
    expect(byId('late')).toMatchObject({ date: '2026-11-21', time: '21:00', weekday: 6, name: 'The late' });
    expect(byId('nameless')?.name).toBe('nameless');
  });
  test('are held against the median of their series', () => {
    expect(byId('late')?.cells['signed']?.versus?.text).toBe('+210%');
    expect(byId('early')?.cells['rate']?.versus?.text).toBe('0.0 pp');
  });
  test('that still mature have no comparison; small samples have none either', () => {
    expect(byId('late')?.cells['rate']).toMatchObject({ maturing: true, versus: null });
    expect(byId('small')?.cells['rate']).toMatchObject({ maturing: false, versus: null });
    expect(byId('small')?.cells['rate']?.value.small).toBe(true);
  });
  test('carry their marks', () => {
    expect(rows.map(({ mark }) => mark?.text ?? null)).toEqual(['3.1 × the signed', null, null, null]);
  });
  test('a series of three is no standard', () => {
    const few = { ...peers, rows: peers.rows.slice(0, 3) };
    const again = toScheduleRows({ tile, result, peers: few, dimensions: [], filters: [], formats });
    expect(again[0]?.cells['signed']?.versus).toBeNull();
  });
});

describe('sorting', () => {
  const ids = (by: string, descending: boolean) => sortSchedule(rows, { by, descending }).map(({ id }) => id);
  test('by start, by number, by name', () => {
    expect(ids('starts', true)).toEqual(['late', 'small', 'nameless', 'early']);
    expect(ids('signed', true)).toEqual(['late', 'early', 'nameless', 'small']);
    expect(ids('name', false)).toEqual(['nameless', 'early', 'late', 'small']);
  });
  test('small samples have no rank and stand last whichever way', () => {
    expect(ids('rate', true).at(-1)).toBe('small');
    expect(ids('rate', false)).toEqual(['nameless', 'late', 'early', 'small']);
  });
});

test('a calendar holds events by local day, in order', () => {
  const days = calendarDays(rows);
  expect([...days.keys()]).toEqual(['2026-11-10', '2026-11-11', '2026-11-21']);
  expect(days.get('2026-11-11')?.map(({ id }) => id)).toEqual(['nameless', 'small']);
});

test('the median lies in the middle', () => {
  expect([medianOf([]), medianOf([3, 1, 2]), medianOf([4, 1, 2, 3])]).toEqual([null, 2, 2.5]);
});
