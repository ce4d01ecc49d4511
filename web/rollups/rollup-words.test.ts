import { expect, test } from 'vitest';
import type { RollupInfo } from '../../src/contract/api.ts';
import { rollupLook, rollupTotals, setRows, setWords } from './rollup-words.ts';

const rollup = (patch: Partial<RollupInfo> = {}): RollupInfo => ({
  name: 'messages by at',
  label: 'Messages',
  time: 'at',
  tables: [
    { grain: 'hour', rows: 1_000, bytes: 4_000 },
    { grain: 'day', rows: 50, bytes: 600 },
  ],
  sets: [
    { dimensions: [], grains: ['day'], measures: 3 },
    { dimensions: ['channel', 'category'], grains: ['day'], measures: 3 },
    { dimensions: [], grains: ['hour'], measures: 2 },
    { dimensions: ['channel'], grains: ['hour', 'day'], measures: 3 },
  ],
  indexes: [],
  state: 'current',
  built_from: null,
  built: 1,
  pending_hours: 0,
  pending_since: null,
  last: null,
  ...patch,
});

test('each state says what it means for the numbers', () => {
  expect(rollupLook(rollup(), 'en')).toMatchObject({ tone: 'good', word: 'current', detail: '' });
  expect(rollupLook(rollup({ state: 'catching_up', pending_hours: 1 }), 'en').detail).toBe(
    '1 hour of it is read from the records until then.',
  );
  expect(rollupLook(rollup({ state: 'catching_up', pending_hours: 1_204 }), 'en').detail).toMatch(
    /^1,204 hours of it are /,
  );
  const building = rollupLook(rollup({ state: 'building', built: 0.999, built_from: '2026-03-01' }), 'en');
  // Never "100%" before it is done.
  expect(building).toMatchObject({ tone: 'warn', word: 'being built, 99%', progress: 0.999 });
  expect(building.detail).toBe('Kept from Sun Mar 1 2026 on; pages read the records of what is older.');
  expect(rollupLook(rollup({ state: 'unavailable' }), 'en').tone).toBe('bad');
});

test('totals add up, and the oldest wait counts, whatever offset it is written with', () => {
  const waiting = [
    rollup({ pending_hours: 3, pending_since: '2026-11-22T10:00:00+07:00' }),
    rollup({ pending_hours: 4, pending_since: '2026-11-22T04:00:00Z' }),
    rollup(),
  ];
  expect(rollupTotals(waiting)).toEqual({
    rows: 3_150,
    bytes: 13_800,
    pendingHours: 7,
    pendingSince: '2026-11-22T10:00:00+07:00',
  });
  expect(rollupTotals([])).toEqual({ rows: 0, bytes: 0, pendingHours: 0, pendingSince: null });
});

test('a set that is declared once per grain is one row', () => {
  expect(setRows(rollup())).toEqual([
    { dimensions: [], hour: true, day: true, measures: 3 },
    { dimensions: ['channel'], hour: true, day: true, measures: 3 },
    { dimensions: ['channel', 'category'], hour: false, day: true, measures: 3 },
  ]);
});

test('sets by the labels of their dimensions', () => {
  const channel = {
    name: 'channel',
    label: 'Channel',
    type: 'categorical',
    labels: {},
    colors: {},
    drill: [],
  } as const;
  expect(setWords([], [])).toBe('everything together');
  expect(setWords(['channel', 'batch'], [{ ...channel, drill: [] }])).toBe('Channel × batch');
});
