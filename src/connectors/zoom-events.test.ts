import { describe, expect, test } from 'vitest';
import { foldRecords, recordsOf } from '../../test/support/fold-records.ts';
import {
  DANA,
  fixture,
  parse,
  participants,
  READ_AT,
  recordsIn,
  registrants,
  report,
  settings,
  settingsWith,
  UUID,
  webinar,
  window,
} from '../../test/support/zoom-samples.ts';
import { zoom } from './zoom.ts';

describe('events', () => {
  test('a sign-up, a join, a date of a series', () => {
    expect(recordsIn(parse(undefined, fixture('registration-created')))).toEqual([
      {
        record: 'registration',
        key: `registration:95550100123:${DANA}`,
        observed_at: '2026-11-10T09:15:22.345Z',
        webinar_id: '95550100123',
        registrant_id: DANA,
        person: { email: 'dana.lopez@example.com', phone: '+12025550123' },
        registered_at: '2026-11-10T09:15:22.345Z',
        utm_source: 'WhatsApp reminder',
      },
    ]);
    expect(recordsIn(parse(undefined, fixture('participant-joined')))).toEqual([
      {
        record: 'attendance',
        key: `attendance:${UUID}:16778240`,
        observed_at: '2026-11-18T17:02:02.456Z',
        webinar_id: '95550100123',
        registrant_id: DANA,
        person: { email: 'dana.lopez@example.com' },
        joined_at: '2026-11-18T17:02:02.000Z',
      },
    ]);
    expect(recordsIn(parse(undefined, fixture('webinar-created')))).toMatchObject([
      { webinar_id: '95550100124:1795021200000' },
      { webinar_id: '95550100124:1795626000000' },
    ]);
    expect(parse(undefined, fixture('participant-left'))).toEqual([]);
    expect(parse(undefined, fixture('url-validation'))).toEqual([]);
  });

  const event = (
    change: (object: { type: number; host_id: string; participant: Record<string, string> }) => void,
  ): string => {
    const body = JSON.parse(fixture('participant-joined').toString());
    change(body.payload.object);
    return JSON.stringify(body);
  };

  test('what an event cannot tell is left to the report', () => {
    expect(
      parse(
        undefined,
        event((object) => {
          object.type = 9;
        }),
      ),
    ).toEqual([]);
    expect(
      parse(
        undefined,
        event(({ participant }) => {
          participant['email'] = '';
          participant['registrant_id'] = '';
        }),
      ),
    ).toEqual([]);
    expect(
      parse(
        undefined,
        event(({ participant, host_id }) => {
          participant['id'] = host_id;
        }),
      ),
    ).toEqual([]);
    const own = settingsWith({ details: { webinar_id: { from: 'tracking_fields.Key' } } });
    expect(parse(undefined, fixture('participant-joined'), own)).toEqual([]);
  });

  test('what is deleted before it is held is cancelled; what is deleted afterwards was held', () => {
    const deleted = (at: string) => {
      const body = JSON.parse(fixture('participant-joined').toString());
      return JSON.stringify({ ...body, event: 'webinar.deleted', event_ts: Date.parse(at) });
    };
    expect(recordsIn(parse(undefined, deleted('2026-11-17T10:00:00Z')))).toMatchObject([
      { record: 'webinar', key: 'webinar:95550100123', status: 'cancelled', observed_at: '2026-11-17T10:00:00.000Z' },
    ]);
    expect(parse(undefined, deleted('2026-12-17T10:00:00Z'))).toEqual([]);
  });

  test('the report replaces what events said, in whatever order they come', () => {
    const eventAt = 1_795_021_322_456;
    const joined = { body: fixture('participant-joined'), receivedAt: eventAt + 1000 };
    const late = { ...joined, receivedAt: READ_AT + 1000 };
    const read = { stream: 'attendance', body: report(participants), receivedAt: READ_AT };
    const again = { ...read, receivedAt: READ_AT + 86_400_000 };
    for (const arrivals of [
      [joined, read],
      [read, late],
      [joined, read, late, again],
    ]) {
      const { records, refused } = foldRecords(zoom, settings, arrivals);
      expect(refused).toEqual([]);
      expect(recordsOf(records, 'attendance').map(({ key, seconds }) => [key.slice(-8), seconds])).toEqual([
        ['16778240', 1078],
        ['16779264', 2350],
        ['16780288', 300],
      ]);
    }
    const staff = { ...read, body: report([{ ...participants[0], user_email: 'host@example.com' }]) };
    expect(foldRecords(zoom, settings, [joined, staff]).records.size).toBe(0);
    // One that comes after the report stays until the next read of it.
    expect(
      foldRecords(zoom, settings, [staff, late, { ...staff, receivedAt: READ_AT + 86_400_000 }]).records.size,
    ).toBe(0);
  });

  test('a cancellation is the later state of the sign-up, wherever both were heard', () => {
    const created = { body: fixture('registration-created'), receivedAt: 1_794_302_123_000 };
    const page = {
      stream: 'registrations',
      body: JSON.stringify({ webinar, window, registrants, sources: {} }),
      receivedAt: Date.parse('2026-11-11T06:00:00Z'),
    };
    const body = JSON.parse(created.body.toString());
    const cancelledAt = Date.parse('2026-11-12T10:00:00Z');
    const cancelled = {
      body: JSON.stringify({ ...body, event: 'webinar.registration_cancelled', event_ts: cancelledAt }),
      receivedAt: cancelledAt,
    };
    for (const arrivals of [
      [created, page, cancelled],
      [page, cancelled, created],
      [cancelled, created, page],
    ]) {
      const dana = recordsOf(foldRecords(zoom, settings, arrivals).records, 'registration').find(
        ({ registrant_id }) => registrant_id === DANA,
      );
      expect(dana?.cancelled_at).toBe('2026-11-12T10:00:00.000Z');
    }
  });
});
