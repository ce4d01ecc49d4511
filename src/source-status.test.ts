import { expect, test } from 'vitest';
import { parseSources, type Source } from './connectors/sources.ts';
import { describePullSource } from './source-status.ts';
import type { SourceStatus } from './sync/source-book.ts';

const NOW = Date.parse('2026-11-20T06:00:00Z');
const HOUR = 3_600_000;
const NO_COUNTS = { accepted: 0, refused: 0, unavailable: 0 };

function source(connector: string, settings: object): Source {
  const text = JSON.stringify({ version: 1, sources: [{ name: 'rooms', label: 'Rooms', connector, settings }] });
  const [read] = parseSources([{ path: 'sources/rooms.yaml', text }], {}).sources;
  if (read === undefined) throw new Error('the declaration has a mistake');
  return read;
}
const zoom = source('zoom', { account_id: 'an-account', client_id: 'a-client', client_secret: 'a-client-secret' });
const bigmarker = source('bigmarker', { api_key: 'an-api-key' });

const status: SourceStatus = {
  name: 'rooms',
  label: 'Rooms',
  state: 'ok',
  detail: 'All is read.',
  streams: [],
  schedule: '0 6 * * *',
  next_run_at: '2026-11-21T06:00:00.000Z',
  complete_through: '2026-11-20T06:00:00.000Z',
  failures: 0,
};
const describe = (which: Source, counts: object = {}, known: SourceStatus | null = status) =>
  describePullSource(which, undefined, known, new Set(), { counts: { ...NO_COUNTS, ...counts }, now: NOW });

test('a source that is read and sends has its address beside the state of its runs; one that is only read has none', () => {
  expect(describe(zoom)).toMatchObject({
    mode: 'pull',
    hook: '/hooks/rooms',
    state: 'ok',
    detail: 'All is read.',
    schedule: '0 6 * * *',
    next_run_at: '2026-11-21T06:00:00.000Z',
    complete_through: '2026-11-20T06:00:00.000Z',
    streams: [{ name: 'webinars' }, { name: 'registrations' }, { name: 'attendance' }],
  });
  expect(describe(bigmarker)).not.toHaveProperty('hook');
  expect(describe(zoom, {}, null)).toMatchObject({ state: 'waiting', hook: '/hooks/rooms' });
});

test('a refused delivery is told beside the state of the runs until a good one comes, or a day is over', () => {
  const refused = (at: number) => ({ refused: 1, lastRefusal: { at, reason: 'The signature does not match.' } });
  expect(describe(zoom, refused(NOW - HOUR))).toMatchObject({
    state: 'ok',
    detail: 'All is read. The last delivery was refused: The signature does not match.',
  });
  expect(describe(zoom, { ...refused(NOW - HOUR), lastAcceptedAt: NOW - 60_000 }).detail).toBe('All is read.');
  expect(describe(zoom, refused(NOW - 25 * HOUR)).detail).toBe('All is read.');
  expect(describe(bigmarker, refused(NOW - HOUR)).detail).toBe('All is read.');
});
