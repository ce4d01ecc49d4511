import { expect, test } from 'vitest';
import { languageName } from './language-name.ts';
import { ianaZone, isZone, RAILS_ZONE_NAMES } from './rails-zones.ts';
import { readWebinarDuration } from './webinar-duration.ts';
import { lacksZone, readInstant } from './webinar-time.ts';

test('every Rails zone is one that this machine knows', () => {
  expect(RAILS_ZONE_NAMES.length).toBeGreaterThan(140);
  expect(RAILS_ZONE_NAMES.filter((name) => !isZone(ianaZone(name) ?? ''))).toEqual([]);
  expect(ianaZone('(GMT-05:00) Eastern Time (US & Canada)')).toBe('America/New_York');
  expect(ianaZone('Asia/Jakarta')).toBe('Asia/Jakarta');
  expect([ianaZone('Our zone'), ianaZone('EST'), ianaZone(''), ianaZone(null), ianaZone('Mars/Olympus')]).toEqual(
    Array(5).fill(undefined),
  );
});

test.each([
  ['2026-11-18T12:00:00-05:00', '2026-11-18T17:00:00.000Z', false],
  ['2026-11-18 12:00:00 -0500', '2026-11-18T17:00:00.000Z', false],
  ['2026-11-18T17:00:00Z', '2026-11-18T17:00:00.000Z', false],
  ['2026-11-18T12:00:00', '2026-11-18T17:00:00.000Z', true],
  ['11/18/2026 12:00 PM', '2026-11-18T17:00:00.000Z', true],
  ['Nov 18, 2026 12:00 PM', '2026-11-18T17:00:00.000Z', true],
  [1_795_021_200, '2026-11-18T17:00:00.000Z', false],
  // The night in which the clocks go back, and forward.
  ['2026-11-01T01:30:00', '2026-11-01T05:30:00.000Z', true],
  ['2026-03-08T02:30:00', '2026-03-08T07:30:00.000Z', true],
])('%s in New York is %s', (text, instant, lacks) => {
  expect(readInstant(text, 'America/New_York')).toBe(instant);
  expect(lacksZone(text)).toBe(lacks);
  if (lacks) expect(readInstant(text, undefined)).toBeUndefined();
});

test.each([null, '', 'soon', {}, true, '2026-13-01T00:00:00Z'])('%s is no time', (value) => {
  expect(readInstant(value, 'UTC')).toBeUndefined();
});

test.each([
  ['00:54:10', 3250],
  ['54:10', 3250],
  ['1:02:41', 3761],
  ['54 min', 3240],
  ['1h 5m', 3900],
  ['1 hour 2 mins', 3720],
  ['54m 10s', 3250],
  ['54', 3240],
  [54, 3240],
  ['3250', 3250],
  ['a while', undefined],
  ['', undefined],
  [null, undefined],
])('%s are %s seconds of a stay of 3398', (text, seconds) => {
  expect(readWebinarDuration(text, 3398)).toBe(seconds);
});

test.each([
  ['en', 'English'],
  ['en_US', 'English'],
  ['EN', 'English'],
  ['English', 'English'],
  ['english', 'English'],
  ['id', 'Indonesian'],
  ['es-MX', 'Spanish'],
  ['Bahasa Indonesia', 'Bahasa Indonesia'],
  ['', undefined],
  [7, undefined],
])('%s is %s', (text, name) => expect(languageName(text)).toBe(name));
