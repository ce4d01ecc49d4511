import { describe, expect, it } from 'vitest';
import type { KnownRecord } from '../../test/reference/participations.ts';
import { computeParts } from '../../test/support/webinar-facts.ts';
import type { CanonicalRecord } from '../contract/record.ts';
import { DEFAULT_WEBINAR_RULES, participationHash } from './participation-rules.ts';

const START = '2026-03-01T18:00:00Z';
const at = (time: string) => Date.parse(`2026-03-01T${time}Z`);
const WEBINAR = { record: 'webinar', title: 'T', format: 'live', status: 'finished', starts_at: START };
const DANA = { email: 'dana@example.com' };

function rowsOf(
  records: readonly (Record<string, unknown> & { from?: string; observed?: number })[],
  rules = DEFAULT_WEBINAR_RULES,
) {
  const known = records.map(({ from = 'bm', observed = 0, ...record }, index): KnownRecord => {
    const whole = { key: String(index), webinar_id: 'w', ...record } as CanonicalRecord;
    return { source: from, id: BigInt(index + 1), observed, record: whole };
  });
  const { participations, stays, nameOf } = computeParts(known, rules);
  const named = participations.map((row) => [nameOf(Number(row.person)), row] as const);
  return { stays, rows: new Map(named) };
}
const dana = (records: readonly Record<string, unknown>[]) => rowsOf(records).rows.get('email:dana@example.com');
const signUp = (more: object) => ({
  record: 'registration',
  person: DANA,
  registered_at: '2026-02-20T10:00:00Z',
  ...more,
});

describe('a webinar', () => {
  it('has a row before anybody has signed up', () => {
    const { rows } = rowsOf([{ ...WEBINAR, duration_minutes: 45 }]);
    expect([...rows.keys()]).toEqual(['']);
    expect(rows.get('')).toMatchObject({
      title: 'T',
      starts_at: at('18:00:00'),
      ends_at: at('18:45:00'),
      registered: 0,
    });
  });

  it('is described field by field by the source first by name that says it, in its newest words', () => {
    const { rows } = rowsOf([
      { ...WEBINAR, from: 'zoom', title: 'Zoom', course: 'C', host: 'H', duration_minutes: 60 },
      { ...WEBINAR, from: 'bm', title: 'Old', status: 'scheduled', observed: 1 },
      { ...WEBINAR, from: 'bm', title: 'New', starts_at: '2026-03-01T19:00:00Z', observed: 2 },
    ]);
    expect(rows.get('')).toMatchObject({ source: 'bm', title: 'New', status: 'finished', course: 'C', host: 'H' });
    expect(rows.get('')).toMatchObject({ starts_at: at('19:00:00'), ends_at: at('20:00:00') });
  });

  it('that nobody describes starts with the earliest join, else with the latest registration, else with the earliest view', () => {
    const view = { record: 'recording_view', person: DANA, viewed_at: '2026-03-05T18:00:00Z' };
    const starts = (...records: Record<string, unknown>[]) => rowsOf(records).rows.get('')?.starts_at;
    expect(starts(view)).toBe(Date.parse('2026-03-05T18:00:00Z'));
    expect(starts(view, signUp({}), signUp({ registered_at: '2026-02-21T10:00:00Z' }))).toBe(
      Date.parse('2026-02-21T10:00:00Z'),
    );
    const join = { record: 'attendance', person: DANA, joined_at: '2026-03-01T18:05:00Z' };
    expect(starts(view, signUp({}), join)).toBe(at('18:05:00'));
    expect(rowsOf([join]).rows.get('')).toMatchObject({ source: '', title: '', status: '' });
  });
});

describe('a registration', () => {
  it('counts unless it was cancelled before the start', () => {
    expect(dana([WEBINAR, signUp({})])).toMatchObject({ registered: 1, cancelled_at: null });
    const before = signUp({ cancelled_at: '2026-03-01T17:59:59.999Z' });
    expect(dana([WEBINAR, before])).toMatchObject({ registered: 0, registered_at: null, source_group: '' });
    expect(dana([WEBINAR, signUp({ cancelled_at: START })])).toMatchObject({
      registered: 1,
      cancelled_at: at('18:00:00'),
    });
    expect(dana([signUp({ cancelled_at: START })]), 'nobody knows the start').toMatchObject({ registered: 0 });
    expect(dana([WEBINAR, before, signUp({})])).toMatchObject({ registered: 1, cancelled_at: null });
  });

  it('has the source of the earliest that names one', () => {
    const later = { registered_at: '2026-02-22T10:00:00Z', utm_source: 'google', utm_campaign: 'spring' };
    const first = signUp({});
    expect(
      dana([
        WEBINAR,
        signUp({ ...later, registered_at: '2026-02-23T10:00:00Z', utm_source: 'crm' }),
        signUp(later),
        first,
      ]),
    ).toMatchObject({
      registered_at: Date.parse('2026-02-20T10:00:00Z'),
      utm_source: 'google',
      utm_campaign: 'spring',
      source_group: 'Unassigned',
    });
  });

  it('keeps the host of what referred to it', () => {
    const host = (referrer: string) => dana([signUp({ referrer })])?.referrer;
    expect(host('https://www.Example.org/a?b=c')).toBe('www.example.org');
    expect(host('example.org/path')).toBe('example.org');
    expect(host(' ')).toBe('');
    expect(host('android-app://com.example.app/')).toBe('com.example.app');
  });
});

describe('a person', () => {
  it('was there as long as the joins say, two devices once', () => {
    const join = (from: string, to?: string) => ({
      record: 'attendance',
      person: DANA,
      joined_at: `2026-03-01T${from}Z`,
      ...(to === undefined ? {} : { left_at: `2026-03-01T${to}Z` }),
    });
    const { rows, stays } = rowsOf([
      WEBINAR,
      join('18:00:00', '18:10:00'),
      join('18:05:00', '18:20:00.5'),
      join('19:00:00'),
    ]);
    expect(rows.get('email:dana@example.com')).toMatchObject({
      joined: 1,
      joins: 3,
      seconds: '1200.500',
      first_joined_at: at('18:00:00'),
      last_left_at: at('18:20:00.5'),
      matched_by: 'unmatched',
    });
    expect(stays).toHaveLength(1);
    expect(stays[0]).toMatchObject({ joined_at: at('18:00:00'), left_at: at('18:20:00.5'), seconds: '1200.500' });
  });

  it('who only watched the recording has a row of their own', () => {
    const view = { record: 'recording_view', person: DANA, viewed_at: '2026-03-05T18:00:00Z', seconds: 90 };
    expect(dana([WEBINAR, view, { ...view, viewed_at: '2026-03-06T18:00:00Z' }])).toMatchObject({
      joined: 0,
      viewed_recording: 1,
      recording_viewed_at: Date.parse('2026-03-05T18:00:00Z'),
      recording_seconds: '180.000',
      matched_by: 'unmatched',
    });
  });
});

describe('participationHash', () => {
  it('follows what participations are made with, not how addresses are read', () => {
    const { identity } = DEFAULT_WEBINAR_RULES;
    const hash = participationHash(DEFAULT_WEBINAR_RULES);
    expect(participationHash({ ...DEFAULT_WEBINAR_RULES, gapSeconds: 61 })).not.toBe(hash);
    expect(participationHash({ ...DEFAULT_WEBINAR_RULES, identity: { ...identity, match: ['email'] } })).not.toBe(hash);
    const email = { plus_tags: 'ignore', dots: 'keep' } as const;
    expect(participationHash({ ...DEFAULT_WEBINAR_RULES, identity: { ...identity, email } })).toBe(hash);
  });
});
