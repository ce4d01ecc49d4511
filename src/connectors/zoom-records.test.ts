import { describe, expect, test } from 'vitest';
import {
  DANA,
  parse,
  participants,
  recordsIn,
  registrants,
  report,
  series,
  settingsWith,
  UUID,
  webinar,
  window,
} from '../../test/support/zoom-samples.ts';

describe('webinars', () => {
  test('a single one, with what is read out of its fields', () => {
    const given = settingsWith({
      details: { region: { from: 'tracking_fields.Region' }, course: { from: 'topic', pattern: '(onboarding)' } },
    });
    expect(recordsIn(parse('webinars', JSON.stringify({ webinar, window }), given))).toEqual([
      {
        record: 'webinar',
        key: 'webinar:95550100123',
        webinar_id: '95550100123',
        title: 'Scaling onboarding',
        region: 'North',
        course: 'onboarding',
        format: 'live',
        status: 'finished',
        host: 'Host Person',
        starts_at: '2026-11-18T17:00:00.000Z',
        time_zone: 'America/New_York',
        duration_minutes: 60,
      },
    ]);
  });

  test('each date of a series is a webinar; a date that was taken out is cancelled', () => {
    expect(recordsIn(parse('webinars', JSON.stringify({ webinar: series, window })))).toMatchObject([
      {
        webinar_id: '95550100123:1795021200000',
        series: 'Scaling onboarding',
        status: 'finished',
        duration_minutes: 60,
      },
      {
        webinar_id: '95550100123:1795626000000',
        series: 'Scaling onboarding',
        status: 'cancelled',
        duration_minutes: 45,
      },
    ]);
  });

  test('what Zoom no longer has is cancelled where it lay ahead', () => {
    const gone = [
      { ...webinar, start_time: '2026-11-20T17:00:00Z' },
      { ...webinar, id: 1 },
    ];
    expect(recordsIn(parse('webinars', JSON.stringify({ gone })))).toMatchObject([
      { key: 'webinar:95550100123', status: 'cancelled', starts_at: '2026-11-20T17:00:00.000Z' },
    ]);
  });

  test("the team's own key goes before Zoom's; a simulated airing is a recorded one, an offered recording is not", () => {
    const given = settingsWith({ details: { webinar_id: { from: 'tracking_fields.Key' } } });
    const simulated = { ...webinar, is_simulive: true };
    expect(recordsIn(parse('webinars', JSON.stringify({ webinar: simulated, window }), given))).toMatchObject([
      { webinar_id: 'wbn-1118', key: 'webinar:95550100123', format: 'recorded' },
    ]);
    const offered = { ...webinar, settings: { on_demand: true } };
    expect(recordsIn(parse('webinars', JSON.stringify({ webinar: offered, window })))).toMatchObject([
      { format: 'live' },
    ]);
  });
});

describe('registrations', () => {
  const page = (more: object = {}) =>
    JSON.stringify({ webinar, window, status: 'approved', sources: {}, registrants, ...more });

  test('as Zoom tells them, with the link that they came by', () => {
    expect(recordsIn(parse('registrations', page({ sources: { [DANA]: 'whatsapp.message.wbn-r1' } })))).toEqual([
      {
        record: 'registration',
        key: `registration:95550100123:${DANA}`,
        webinar_id: '95550100123',
        registrant_id: DANA,
        person: { email: 'dana.lopez@example.com', phone: '+12025550123' },
        registered_at: '2026-11-10T09:15:22.000Z',
        utm_source: 'whatsapp',
        utm_medium: 'message',
        utm_campaign: 'wbn-r1',
      },
      {
        record: 'registration',
        key: 'registration:95550100123:uKlTefziq09pHuBcDeFgHiJkLmNo',
        webinar_id: '95550100123',
        registrant_id: 'uKlTefziq09pHuBcDeFgHiJkLmNo',
        person: { email: 'ben.okafor@example.com' },
        registered_at: '2026-11-12T18:40:00.000Z',
      },
    ]);
  });

  test('questions called utm_… go before the name of the link; a phrase is a source as a whole', () => {
    const [dana, ben] = registrants;
    const asked = { ...dana, custom_questions: [{ title: 'utm_source', value: 'google' }] };
    const sources = { [DANA]: 'a.b.c', [ben?.id ?? '']: 'WhatsApp reminder' };
    const found = recordsIn(parse('registrations', page({ registrants: [asked, ben], sources })));
    expect(found).toMatchObject([{ utm_source: 'google' }, { utm_source: 'WhatsApp reminder' }]);
    expect(found[0]).not.toHaveProperty('utm_medium');
  });

  test('one registration for all dates is one for each that had not ended', () => {
    const early = { ...registrants[0], create_time: '2026-11-10T09:15:22Z' };
    const late = { ...registrants[1], create_time: '2026-11-19T09:00:00Z' };
    expect(recordsIn(parse('registrations', page({ webinar: series, registrants: [early, late] })))).toMatchObject([
      { webinar_id: '95550100123:1795021200000', registrant_id: DANA },
      { webinar_id: '95550100123:1795626000000', registrant_id: DANA },
      { webinar_id: '95550100123:1795626000000', person: { email: 'ben.okafor@example.com' } },
    ]);
    expect(parse('registrations', page({ webinar: series, occurrence: '1795626000000' }))).toHaveLength(2);
  });

  test('denied ones were never registered; one without a time is refused with its reason', () => {
    const denied = { ...registrants[0], status: 'denied' };
    const [first, second] = parse(
      'registrations',
      page({ registrants: [denied, { id: 'x', email: 'x@example.com' }] }),
    );
    expect(first).toMatchObject({ ok: true, record: { cancelled_at: '2026-11-10T09:15:22.000Z' } });
    expect(second).toMatchObject({ ok: false, reason: 'The registrant has no time of registration.' });
  });
});

describe('attendance', () => {
  test('each join is a stay; a guest whom nobody can match is a person of their own', () => {
    expect(recordsIn(parse('attendance', report(participants)))).toEqual([
      {
        record: 'attendance',
        key: `attendance:${UUID}:16778240`,
        webinar_id: '95550100123',
        registrant_id: DANA,
        person: { email: 'dana.lopez@example.com' },
        joined_at: '2026-11-18T17:02:02.000Z',
        left_at: '2026-11-18T17:20:00.000Z',
        seconds: 1078,
      },
      expect.objectContaining({
        key: `attendance:${UUID}:16779264`,
        seconds: 2350,
        left_at: '2026-11-18T17:58:40.000Z',
      }),
      {
        record: 'attendance',
        key: `attendance:${UUID}:16780288`,
        webinar_id: '95550100123',
        person: { external_id: `zoom-guest:${UUID}:16780288` },
        joined_at: '2026-11-18T17:10:00.000Z',
        left_at: '2026-11-18T17:15:00.000Z',
        seconds: 300,
      },
    ]);
  });

  test("the team's own id that was passed through the join is the person's", () => {
    const [dana] = participants;
    expect(recordsIn(parse('attendance', report([{ ...dana, customer_key: 'c-17' }])))).toMatchObject([
      { person: { email: 'dana.lopez@example.com', external_id: 'c-17' } },
    ]);
    expect(recordsIn(parse('attendance', report([{ ...participants[2], customer_key: 'c-18' }])))).toMatchObject([
      { person: { external_id: 'c-18' } },
    ]);
  });

  test('waiting rooms are no joins; host, panelists and people of the account take back what events said of them', () => {
    const [dana] = participants;
    const rows = [
      { ...dana, status: 'in_waiting_room', user_id: '1' },
      { ...dana, user_email: 'HOST@example.com', user_id: '2' },
      { ...dana, user_email: 'second@example.com', user_id: '3' },
      { ...dana, user_email: 'panelist@example.com', user_id: '4' },
      { ...dana, internal_user: true, user_id: '5' },
      { ...dana, id: webinar.host_id, user_email: '', user_id: '6' },
    ];
    expect(recordsIn(parse('attendance', report(rows, { panelists: ['panelist@example.com'] })))).toEqual(
      ['2', '3', '4', '5', '6'].map((id) => ({
        record: 'deletion',
        of: 'attendance',
        key: `attendance:${UUID}:${id}`,
      })),
    );
  });

  test('an airing of a series is of the nearest date; one far from all is a webinar of its own', () => {
    const near = report(participants, { webinar: series });
    expect(recordsIn(parse('attendance', near))).toMatchObject([{ webinar_id: '95550100123:1795021200000' }, {}, {}]);
    const far = { uuid: UUID, start_time: '2026-11-16T10:00:00Z' };
    const own = `95550100123:${Date.parse('2026-11-16T10:00:00Z')}`;
    expect(
      recordsIn(parse('attendance', report(participants.slice(0, 1), { webinar: series, instance: far }))),
    ).toMatchObject([
      { record: 'webinar', webinar_id: own, starts_at: '2026-11-16T10:00:00.000Z' },
      { record: 'attendance', webinar_id: own },
    ]);
  });
});
