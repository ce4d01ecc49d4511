import { expect, test } from 'vitest';
import { startOfDay } from '../local-time.ts';
import { type CutOptions, cutRange } from './pieces.ts';

const HOUR = 3_600_000;
const zone = 'Asia/Kolkata';
const at = (day: string, hours = 0) => startOfDay(day, zone) + hours * HOUR;
const utcHour = (instant: number) => Math.floor(instant / HOUR);

const cut = (options: Partial<CutOptions>) =>
  cutRange({
    range: { start: at('2026-03-01'), end: at('2026-03-11') },
    splits: [],
    kept: { from: Number.NEGATIVE_INFINITY, pending: [] },
    zone,
    grains: ['day', 'hour'],
    ...options,
  });

test('whole days are read as days, the hours beside them as hours, parts of hours from the facts', () => {
  const { days, hours, facts } = cut({ range: { start: at('2026-03-01', 22.25), end: at('2026-03-04', 1.5) } });
  expect(days).toEqual({ start: at('2026-03-02'), end: at('2026-03-04'), except: [] });
  expect(hours).toEqual([
    { start: at('2026-03-01', 23), end: at('2026-03-02') },
    { start: at('2026-03-04'), end: at('2026-03-04', 1) },
  ]);
  expect(facts).toEqual([
    { start: at('2026-03-01', 22.25), end: at('2026-03-01', 23) },
    { start: at('2026-03-04', 1), end: at('2026-03-04', 1.5) },
  ]);
});

test('an hour of UTC that is pending is two local hours where the offset has half an hour', () => {
  const { days, hours, facts } = cut({
    kept: { from: Number.NEGATIVE_INFINITY, pending: [utcHour(at('2026-03-05', 12.5))] },
  });
  expect(days?.except.map(({ start }) => start)).toEqual([at('2026-03-05')]);
  expect(facts).toEqual([{ start: at('2026-03-05', 12), end: at('2026-03-05', 14) }]);
  expect(hours).toEqual([
    { start: at('2026-03-05'), end: at('2026-03-05', 12) },
    { start: at('2026-03-05', 14), end: at('2026-03-06') },
  ]);
});

test('a day that is pending is read from the facts where no hours are kept', () => {
  const { days, hours, facts } = cut({
    grains: ['day'],
    kept: { from: at('2026-03-03'), pending: [utcHour(at('2026-03-10', 1))] },
  });
  expect(days).toMatchObject({ start: at('2026-03-03'), end: at('2026-03-11') });
  expect(hours).toEqual([]);
  expect(facts).toEqual([
    { start: at('2026-03-01'), end: at('2026-03-03') },
    { start: at('2026-03-10'), end: at('2026-03-11') },
  ]);
});

test('no bucket holds both sides of an instant at which what counts changes', () => {
  const { days, hours, facts } = cut({ splits: [at('2026-03-04', 6.25), at('2026-03-07')] });
  expect(days?.except.map(({ start }) => start)).toEqual([at('2026-03-04')]);
  expect(facts).toEqual([{ start: at('2026-03-04', 6), end: at('2026-03-04', 7) }]);
  expect(hours.length).toBe(2);
});

test('everything so far is days alone where nothing lies before what is kept', () => {
  const { days, hours, facts } = cut({ range: { end: at('2026-03-11') } });
  expect([hours, facts]).toEqual([[], []]);
  expect(days?.end).toBe(at('2026-03-11'));
  expect(cut({ range: { end: at('2026-03-11') }, kept: { from: at('2026-01-01'), pending: [] } }).facts).toEqual([
    { end: at('2026-01-01') },
  ]);
});
