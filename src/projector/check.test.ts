import { describe, expect, it } from 'vitest';
import { checkRecord } from './check.ts';

const RECEIVED = Date.parse('2024-11-04T08:00:00Z');
const event = { record: 'message_event', key: 'e', message_id: 'm', channel: 'sms', status: 'sent' };
const reason = (candidate: unknown) => {
  const check = checkRecord(candidate, RECEIVED);
  return check.ok ? undefined : check.reason;
};

describe('checkRecord', () => {
  it('takes what is late by 400 days or 40 years', () => {
    expect(reason({ ...event, at: '2023-10-01T00:00:00Z' })).toBeUndefined();
    expect(reason({ ...event, at: '1984-01-01T00:00:00+07:00' })).toBeUndefined();
  });

  it('takes a day ahead and refuses more, by the receipt time', () => {
    expect(reason({ ...event, at: '2024-11-05T08:00:00.000Z' })).toBeUndefined();
    expect(reason({ ...event, at: '2024-11-05T08:00:00.001Z' })).toMatch(/more than a day after it was received/);
    expect(reason({ record: 'person', key: 'p', kind: 'contact', observed_at: '2030-01-01T00:00:00Z' })).toMatch(
      /^observed_at is 2030/,
    );
  });

  it('refuses what the engine could not store', () => {
    expect(reason({ ...event, at: '0001-01-01T00:00:00Z' })).toMatch(/before 1970/);
    expect(reason({ ...event, at: '2024-11-04T08:00:00Z', charge: 1e300 })).toMatch(/^charge is 1e\+300; more than/);
    expect(reason({ ...event, at: '2024-11-04T08:00:00Z', charge: 1e11 })).toBeUndefined();
  });

  it('names the field that does not fit', () => {
    expect(reason({ ...event, at: 'yesterday' })).toMatch(/^The record does not fit its kind: at: /);
    expect(reason({ ...event, at: '2024-11-04T08:00:00Z', charge: Number.NaN })).toMatch(/charge/);
    expect(reason({ ...event, at: '2024-11-04T08:00:00Z', surprise: 1 })).toMatch(/surprise/);
    expect(reason(null)).toMatch(/does not fit/);
  });

  it('takes a webinar that lies ahead, but nobody who has signed up for it tomorrow', () => {
    const webinar = { record: 'webinar', key: 'w', webinar_id: 'w', title: 'W', format: 'live', status: 'scheduled' };
    expect(reason({ ...webinar, starts_at: '2025-03-01T18:00:00Z' })).toBeUndefined();
    expect(reason({ ...webinar, starts_at: '2205-03-01T18:00:00Z' })).toMatch(/^starts_at is 2205/);
    expect(reason({ ...webinar, starts_at: '2025-03-01T18:00:00Z', duration_minutes: 1e9 })).toMatch(
      /^duration_minutes/,
    );
    const person = { email: 'dana@example.com' };
    const registration = { record: 'registration', key: 'r', webinar_id: 'w', person };
    expect(reason({ ...registration, registered_at: '2024-11-04T08:00:00Z' })).toBeUndefined();
    expect(reason({ ...registration, registered_at: '2024-11-06T08:00:00Z' })).toMatch(/^registered_at is 2024-11-06/);
    const attendance = { record: 'attendance', key: 'a', webinar_id: 'w', person, joined_at: '2024-11-04T07:00:00Z' };
    expect(reason({ ...attendance, left_at: '2024-12-04T08:00:00Z' })).toMatch(/^left_at/);
    expect(reason({ ...attendance, seconds: 1e12 })).toMatch(/^seconds is/);
  });

  it('takes rows and deletions', () => {
    expect(reason({ record: 'row', key: 'r', table: 'leads', values: { a: 1 } })).toBeUndefined();
    expect(reason({ record: 'deletion', key: 'r', of: 'row', table: 'leads' })).toBeUndefined();
    expect(
      reason({ record: 'row', key: 'r', table: 'leads', values: {}, observed_at: '1969-12-31T00:00:00Z' }),
    ).toMatch(/before 1970/);
  });
});
