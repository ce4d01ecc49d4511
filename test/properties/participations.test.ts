import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_IDENTITY, identityFile } from '../../src/contract/identity.ts';
import type { CanonicalRecord, RecordOf } from '../../src/contract/record.ts';
import { MATCH_KINDS, type MatchKind } from '../../src/contract/words.ts';
import { mergeStays } from '../../src/projector/merge-stays.ts';
import { DEFAULT_WEBINAR_RULES, type WebinarRules } from '../../src/projector/participation-rules.ts';
import {
  type KnownRecord,
  leftAt,
  participationsOf,
  type ReferenceRules,
  staysOf,
} from '../reference/participations.ts';
import { computeParts } from '../support/webinar-facts.ts';
import { classifyAs, GROUPS, isoAt, joining, normaliseAs, webinarRecord } from './arbitrary-webinars.ts';

/** Time in the room and matching against the obvious computation, without a warehouse. */

const SOURCES = ['bm', 'zoom'];
describe('time in the room', () => {
  it('is that of the reference, and so are the people above every threshold from 0 s to 3 h', () => {
    const person = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(person, joining), { minLength: 1, maxLength: 14 }),
        fc.constantFrom(0, 1, 60, 3600),
        (joins, gapSeconds) => {
          const records = joins.map(([who, when], index): KnownRecord => {
            const record: RecordOf<'attendance'> = {
              record: 'attendance',
              key: String(index),
              webinar_id: 'w',
              person: { external_id: `p${who}` },
              ...when,
            };
            return { source: 'zoom', id: BigInt(index), observed: 0, record };
          });
          const { participations } = computeParts(records, { ...DEFAULT_WEBINAR_RULES, gapSeconds });
          const computed = participations.flatMap(({ person: who, seconds }) => (who === 0 ? [] : [Number(seconds)]));
          const wanted = [...Map.groupBy(joins, ([who]) => who).keys()].map((who) => {
            const own = records.flatMap(({ record }, index) =>
              joins[index]?.[0] === who ? [record as RecordOf<'attendance'>] : [],
            );
            const stays = staysOf(own, gapSeconds * 1000);
            expect(
              mergeStays(
                own.map((one) => ({
                  joinedAt: Date.parse(one.joined_at),
                  leftAt: one.left_at === undefined ? null : Date.parse(one.left_at),
                  seconds: one.seconds ?? null,
                })),
                gapSeconds * 1000,
              ).map(({ from, to }) => [from, to]),
            ).toEqual(stays);
            for (const [from, to] of stays) expect(to).toBeGreaterThan(from);
            expect(own.every((one) => (leftAt(one) ?? Number.POSITIVE_INFINITY) >= Date.parse(one.joined_at))).toBe(
              true,
            );
            return stays.reduce((sum, [from, to]) => sum + to - from, 0) / 1000;
          });
          expect(computed.filter((seconds) => seconds > 0).length).toBe(wanted.filter((seconds) => seconds > 0).length);
          for (let threshold = 0; threshold <= 10_800; threshold += 1)
            if (count(computed, threshold) !== count(wanted, threshold))
              expect.fail(`at ${threshold} s: ${count(computed, threshold)} instead of ${count(wanted, threshold)}`);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is not doubled by two devices, and knows neither midnight nor summer time', () => {
    const stay = (from: number, to: number) => ({ joinedAt: from, leftAt: to, seconds: null });
    const midnight = Date.parse('2026-03-29T00:59:00+01:00');
    // An hour on the clock that shows 00:59 and then 03:59.
    const twoDevices = [stay(midnight, midnight + 3_600_000), stay(midnight + 60_000, midnight + 7_200_000)];
    expect(mergeStays(twoDevices, 0)).toEqual([{ from: midnight, to: midnight + 7_200_000 }]);
    expect(midnight + 7_200_000).toBe(Date.parse('2026-03-29T03:59:00+02:00'));
  });
});

const count = (seconds: readonly number[], threshold: number) => seconds.filter((one) => one >= threshold).length;

describe('participations', () => {
  it('are those of the reference for whatever comes, whoever is tied together, and any rules', () => {
    const ties = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 })), { maxLength: 3 });
    const match = fc.shuffledSubarray([...MATCH_KINDS], { minLength: 1 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...SOURCES), fc.integer({ min: 0, max: 3 }), webinarRecord), {
          minLength: 1,
          maxLength: 30,
        }),
        ties,
        match,
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(0, 60, 600),
        (drafts, tiesOf, order, plusTags, dots, withoutStaff, gapSeconds) => {
          const records = drafts.map(
            ([source, observed, record], index): KnownRecord => ({
              source,
              id: BigInt((index * 7919) % 1009) * 1_000_003n + BigInt(index),
              observed,
              record: { key: `k${index}`, ...record } as CanonicalRecord,
            }),
          );
          const rules: WebinarRules = {
            identity: identityFile.parse({
              version: 1,
              match: order,
              email: { plus_tags: plusTags ? 'ignore' : 'keep', dots: dots ? 'ignore' : 'keep' },
            }),
            sourceGroups: GROUPS,
            gapSeconds,
          };
          const tied = tieNames(tiesOf);
          const staff = tied('email:staff@corp.example.com');
          const excluded = (name: string) => withoutStaff && name !== '' && tied(name) === staff;
          const reference: ReferenceRules = {
            match: order,
            gapSeconds,
            email: normaliseAs({ plusTags, dots }),
            excluded,
            classify: classifyAs,
            tied,
          };
          expect(comparable(computeParts(records, rules, tied, excluded))).toEqual(
            participationsOf(records, reference).map(shape).sort(),
          );
        },
      ),
      { numRuns: 400 },
    );
  });
});

const TIABLE = [
  'email:ana@example.com',
  'email:ben@example.com',
  'email:cem@gmail.com',
  'email:staff@corp.example.com',
  'phone:+12025550101',
  'phone:+12025550102',
  'external_id:x1',
  'external_id:x2',
  'external_id:registrant:s1',
];

/** The first in the list of all that were tied to it, over however many others. */
function tieNames(ties: readonly (readonly [number, number])[]): (name: string) => string {
  const groups = TIABLE.map((name) => new Set([name]));
  for (const [a, b] of ties) {
    const all = new Set([...(groups[a] ?? []), ...(groups[b] ?? [])]);
    for (const name of all) groups[TIABLE.indexOf(name)] = all;
  }
  return (name) => {
    const group = groups[TIABLE.indexOf(name)];
    return group === undefined ? name : ([...group].sort()[0] ?? name);
  };
}

const shape = (row: object): string => JSON.stringify(row, Object.keys(row).sort());

function comparable({ participations, stays, nameOf }: ReturnType<typeof computeParts>): string[] {
  return participations
    .map((row) => ({
      webinar: row.webinar,
      person: nameOf(Number(row.person)),
      title: row.title,
      series: row.series,
      course: row.course,
      language: row.language,
      region: row.region,
      format: row.format,
      status: row.status,
      host: row.host,
      source: row.source,
      starts_at: row.starts_at,
      ends_at: row.ends_at,
      registered: row.registered === 1,
      registered_at: row.registered_at,
      cancelled_at: row.cancelled_at,
      utm_source: row.utm_source,
      utm_campaign: row.utm_campaign,
      referrer: row.referrer,
      source_group: row.source_group,
      joins: row.joins,
      time: Math.round(Number(row.seconds) * 1000),
      first_joined_at: row.first_joined_at,
      last_left_at: row.last_left_at,
      viewed: row.viewed_recording === 1,
      recording_viewed_at: row.recording_viewed_at,
      recording_time: Math.round(Number(row.recording_seconds) * 1000),
      matched_by: row.matched_by,
      stays: stays
        .filter(({ participation }) => participation === row.participation)
        .map(({ joined_at, left_at }) => [joined_at, left_at]),
    }))
    .map(shape)
    .sort();
}

describe('matching', () => {
  it('finds exactly whom it was made to find', () => {
    const way = fc.constantFrom<(MatchKind | 'plus_tag' | 'dots' | 'shared_phone' | 'stranger' | 'stayed_away')[]>(
      'service_id',
      'email',
      'phone',
      'external_id',
      'plus_tag',
      'dots',
      'shared_phone',
      'stranger',
      'stayed_away',
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(way, fc.integer({ min: 1, max: 3 }), fc.boolean()), { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        fc.boolean(),
        (people, plusTags, dots) => {
          const truth = { service_id: 0, email: 0, phone: 0, external_id: 0, unmatched: 0, ambiguous: 0 };
          const records: CanonicalRecord[] = [];
          const add = (record: Record<string, unknown>) =>
            records.push({ key: String(records.length), webinar_id: 'w', ...record } as CanonicalRecord);
          const signUp = (person: object, registrant_id: string) =>
            add({ record: 'registration', person, registrant_id, registered_at: '2026-03-01T10:00:00Z' });
          let signedUp = 0;
          for (const [index, [how, times, twice]] of people.entries()) {
            const email = how === 'dots' ? `dana.${index}@gmail.com` : `dana${index}@example.com`;
            const phone = `+1202555${String(100 + index).padStart(4, '0')}`;
            const external_id = `id-${index}`;
            const registrant = `reg-${index}`;
            if (how !== 'stranger') {
              signUp({ email: email.toUpperCase(), phone, external_id }, registrant);
              // The same sign-up again, from a form that asks for less.
              if (twice) signUp({ phone }, registrant);
              signedUp += 1;
            }
            if (how === 'shared_phone') {
              signUp({ email: `spouse${index}@example.com`, phone }, `spouse-${index}`);
              signedUp += 1;
            }
            const came = (person: object, more: object = {}) => {
              for (let time = 0; time < times; time += 1)
                add({
                  record: 'attendance',
                  person,
                  joined_at: isoAt(Date.parse('2026-03-02T18:00:00Z'), time * 60),
                  ...more,
                });
            };
            switch (how) {
              case 'service_id':
                came({ external_id: `zoom:${index}` }, { registrant_id: registrant });
                truth.service_id += 1;
                break;
              case 'email':
                came({ email: ` ${email}\u00a0` });
                truth.email += 1;
                break;
              case 'phone':
                came({ phone: phone.replace('+1202', '+1 (202) '), external_id: 'everybody' });
                truth.phone += 1;
                break;
              case 'external_id':
                came({ email: `other${index}@example.com`, external_id: ` ${external_id}` });
                truth.external_id += 1;
                break;
              case 'plus_tag':
                came({ email: email.replace('@', '+webinar@') });
                truth[plusTags ? 'email' : 'unmatched'] += 1;
                break;
              case 'dots':
                came({ email: email.replace('.', '') });
                truth[dots ? 'email' : 'unmatched'] += 1;
                break;
              case 'shared_phone':
                came({ phone });
                truth.ambiguous += 1;
                break;
              case 'stranger':
                came({ email: `stranger${index}@example.com` });
                truth.unmatched += 1;
                break;
              case 'stayed_away':
                break;
            }
          }
          const known = records.map(
            (record, index): KnownRecord => ({ source: 'bm', id: BigInt(index), observed: 0, record }),
          );
          const identity = {
            ...DEFAULT_IDENTITY,
            email: {
              plus_tags: plusTags ? ('ignore' as const) : ('keep' as const),
              dots: dots ? ('ignore' as const) : ('keep' as const),
            },
          };
          const { participations } = computeParts(known, { ...DEFAULT_WEBINAR_RULES, identity });
          const found = { service_id: 0, email: 0, phone: 0, external_id: 0, unmatched: 0, ambiguous: 0 };
          for (const { joined, matched_by } of participations)
            if (joined === 1) found[matched_by as keyof typeof found] += 1;
          expect(found).toEqual(truth);
          expect(participations.filter(({ registered }) => registered === 1)).toHaveLength(signedUp);
          const walkIns = participations.filter(({ registered, joined }) => joined === 1 && registered === 0);
          expect(walkIns).toHaveLength(truth.unmatched + truth.ambiguous);
        },
      ),
      { numRuns: 150 },
    );
  });
});
