import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withEngine } from '../../../test/support/engine.ts';
import { weekdayOf } from '../../contract/plain-date.ts';
import { grain as grains } from '../../contract/query.ts';
import { commas, instant, lines, sql } from '../../sql/build.ts';
import { renderSql } from '../../sql/render.ts';
import { listBuckets } from '../buckets.ts';
import { localDate, startOfDay } from '../local-time.ts';
import { compileBucket, compileHourOfDay, compileLocalDay, compileWeekday } from './time.ts';

const engine = withEngine({ poolSize: 1 });

const ZONES = [
  'UTC',
  'Asia/Jakarta',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Apia',
  'Africa/Casablanca',
];

/**
 * Instants all over, and many within hours of a change of clocks. Node and the engine carry a time zone database each: rules of
 * the last months (Morocco, 2026) may be in one of them only, so the instants end before.
 */
const CHANGES = [
  '2024-03-31T01:00:00Z',
  '2024-10-27T01:00:00Z',
  '2024-04-06T15:00:00Z',
  '2024-10-05T15:30:00Z',
  '2018-11-04T03:00:00Z',
  '2011-12-30T10:00:00Z',
  '2024-03-10T02:00:00Z',
].map((text) => Date.parse(text));
const anInstant = fc.oneof(
  fc.integer({ min: Date.UTC(2005, 0, 1), max: Date.UTC(2026, 0, 1) }),
  fc
    .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -30 * 3_600_000, max: 30 * 3_600_000 }))
    .map(([at, by]) => at + by),
);

test.each(ZONES)('the engine and the calendar put every instant of %s into the same bucket', async (zone) => {
  const instants = fc.sample(anInstant, { numRuns: 150, seed: 20241116 });
  const weekStarts = ['monday', 'sunday', 'saturday'] as const;
  const columns = [
    ...grains.options.map((grain) => sql`toString(${compileBucket(sql`at`, grain, zone, 'monday')})`),
    ...weekStarts.map((weekStart) => sql`toString(${compileBucket(sql`at`, 'week', zone, weekStart)})`),
    sql`toString(${compileLocalDay(sql`at`, zone)})`,
    compileWeekday(sql`at`, zone),
    compileHourOfDay(sql`at`, zone),
  ];
  const { rows } = await engine.warehouse.query<{ answer: (string | number)[] }>(
    renderSql(sql`SELECT tuple(${lines(columns)}) AS answer
FROM (SELECT arrayJoin(arrayZip(range(length(all)), all)) AS each, tupleElement(each, 1) AS place, tupleElement(each, 2) AS at
  FROM (SELECT [${commas(instants.map(instant))}] AS all))
ORDER BY place`),
  );
  expect(rows).toHaveLength(instants.length);
  instants.forEach((at, index) => {
    const { answer } = rows[index] ?? { answer: [] };
    const day = localDate(at, zone);
    const hours = listBuckets('hour', { start: at, end: at + 1 }, zone, 'monday');
    expect(hours).toHaveLength(1);
    const expected = [
      ...grains.options.map((grain) => listBuckets(grain, { start: at, end: at + 1 }, zone, 'monday')[0]?.key),
      ...weekStarts.map((weekStart) => listBuckets('week', { start: at, end: at + 1 }, zone, weekStart)[0]?.key),
      day,
      weekdayOf(day),
      hours[0]?.hour,
    ];
    expect({ at: new Date(at).toISOString(), answer }).toEqual({ at: new Date(at).toISOString(), answer: expected });
    expect(startOfDay(day, zone)).toBeLessThanOrEqual(at);
  });
});
