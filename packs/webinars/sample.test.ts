import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAGE_HEADERS } from '../../src/contract/pull.ts';
import type { CanonicalRecord } from '../../src/contract/record.ts';
import { sampleCustomers } from '../omnichannel/sample.ts';
import type { SampleEntry } from '../sample/entry.ts';
import { CLOCK, DAY_MS, localDay, ZONE_MS } from '../sample/time.ts';
import { webinarsSample } from './sample.ts';
import { type PersonTally, recordsOfPages, tallyWebinars, type WebinarTally } from './sample-tally.ts';

let entries: SampleEntry[];
let records: CanonicalRecord[];
let poison: string[];
let webinars: WebinarTally[];

beforeAll(() => {
  entries = [...webinarsSample(sampleCustomers())];
  ({ records, poison } = recordsOfPages(entries));
  webinars = tallyWebinars(records);
});

const between = (from: string, to: string): WebinarTally[] =>
  webinars.filter(
    ({ startsAt, status }) => startsAt >= localDay(from) && startsAt < localDay(to) && status !== 'cancelled',
  );
const peopleOf = (list: readonly WebinarTally[]): PersonTally[] => list.flatMap(({ people }) => people);
const registered = (person: PersonTally) => person.registered;
const attended = (person: PersonTally) => person.registered && person.seconds > 0;
const count = (people: readonly PersonTally[], is: (person: PersonTally) => boolean) => people.filter(is).length;
const rateOf = (people: readonly PersonTally[]) => count(people, attended) / count(people, registered);
/** `31.2` */
const percent = (rate: number) => Number((rate * 100).toFixed(1));

/** The four complete weeks before the running one, and the four before those. */
const NOW = ['2024-10-14', '2024-11-11'] as const;
const BEFORE = ['2024-09-16', '2024-10-14'] as const;

/** README.md of the pack says these. */
const SIZE = { pages: 1467, runs: 400, rows: 68_178 };
const YEAR = {
  webinars: 385,
  cancelled: 1,
  upcoming: 14,
  registrations: 45_636,
  upcomingRegistrations: 673,
  visits: 16_423,
  visits5: 13_937,
  visits30: 9_606,
  joins: 16_796,
  walkIns: 882,
  recordingViews: 1_513,
};
const MATCHED = { service_id: 10_926, email: 4_854, phone: 134, unmatched: 856, ambiguous: 26 };
const NIGHT = { registrations: 463, usual: 154, rate: 28.5, rateOfSeries: 33.2 };
/** Registrations and rate of the four weeks before, then of the four weeks now. */
const SOURCES = {
  Email: [1_058, 37, 1_026, 37],
  WhatsApp: [814, 41.5, 750, 41.5],
  'Paid Search': [460, 28.9, 467, 28.9],
  'Organic Search': [455, 33.4, 426, 33.6],
  Direct: [340, 38.5, 329, 38.6],
  'Organic Social': [297, 31, 291, 30.9],
  Unassigned: [202, 30.2, 226, 30.1],
  Referral: [201, 34.8, 193, 35.2],
  'Paid Social': [0, Number.NaN, 964, 11.5],
};
const WHOLE = [35.7, 30.7];
const PARTS = { rate: 0, mix: -5.1, change: -5.1 };
const REGIONS = { Jakarta: 35.7, 'West Java': 35.6, 'East Java': 35.6, Bali: 36.7, 'North Sumatra': 27.7 };

describe('pages', () => {
  it('are the same bytes on every run', () => {
    const digest = (list: Iterable<SampleEntry>) => {
      const hash = createHash('sha256');
      for (const entry of list)
        hash.update(`${entry.source} ${entry.receivedAt} ${JSON.stringify(entry.headers)}`).update(entry.body);
      return hash.digest('hex');
    };
    expect(digest(webinarsSample(sampleCustomers()))).toBe(digest(entries));
  });

  it('come in order of receipt, run by run, every morning from 6:00 on', () => {
    const times = entries.map((entry) => entry.receivedAt);
    expect(times.every((time, index) => Number.isInteger(time) && time >= (times[index - 1] ?? 0))).toBe(true);
    expect(times.at(-1)).toBeLessThan(CLOCK);
    const runs = Map.groupBy(entries, (entry) => entry.headers[PAGE_HEADERS.run]);
    for (const [, pages] of runs) expect(new Set(pages.map(({ source }) => source)).size).toBe(1);
    const local = entries.map((entry) => new Date(entry.receivedAt + ZONE_MS).toISOString().slice(11, 14));
    expect(new Set(local)).toEqual(new Set(['06:']));
    const rows = entries.reduce((sum, entry) => sum + Number(entry.headers[PAGE_HEADERS.rows]), 0);
    expect({ pages: entries.length, runs: runs.size, rows }).toEqual(SIZE);
    expect(Math.max(...entries.map((entry) => entry.body.length))).toBeLessThan(300_000);
  });

  it('are read by their connectors without a mistake', () => {
    expect(poison).toEqual([]);
    const sources = new Set(entries.map(({ source }) => source));
    expect(sources).toEqual(new Set(['sample-bigmarker', 'sample-zoom', 'sample-gotowebinar']));
  });

  it('use fictional numbers and addresses only, and none of the accounts but as their owners', () => {
    const addresses = new Set<string>();
    const numbers = new Set<string>();
    for (const record of records) {
      if (!('person' in record)) continue;
      if (record.person.email !== undefined) addresses.add(record.person.email.trim().toLowerCase());
      if (record.person.phone !== undefined) numbers.add(record.person.phone);
    }
    expect(addresses.size).toBeGreaterThan(15_000);
    expect([...addresses].filter((address) => !/[.@]example\.(com|org|net)$/.test(address))).toEqual([]);
    expect([...numbers].filter((number) => !/^\+1[2-9]\d{2}55501\d{2}$/.test(number))).toEqual([]);
    const owners = [...addresses].filter((address) => address.includes('acct-'));
    expect(owners.length).toBeGreaterThan(100);
    expect(owners.every((address) => /^owner(\.private|\+webinar)?@acct-\d{4}\.example\.com$/.test(address))).toBe(
      true,
    );
  });
});

describe('the story', () => {
  it('is a year of webinars', () => {
    const people = peopleOf(webinars);
    expect({
      webinars: webinars.length,
      cancelled: webinars.filter(({ status }) => status === 'cancelled').length,
      upcoming: webinars.filter(({ startsAt }) => startsAt >= CLOCK).length,
      registrations: count(people, registered),
      upcomingRegistrations: count(peopleOf(webinars.filter(({ startsAt }) => startsAt >= CLOCK)), registered),
      visits: count(people, ({ seconds }) => seconds > 0),
      visits5: count(people, ({ seconds }) => seconds >= 300),
      visits30: count(people, ({ seconds }) => seconds >= 1800),
      joins: count(people, ({ joined }) => joined),
      walkIns: count(people, (person) => !person.registered && person.seconds > 0),
      recordingViews: count(people, ({ viewed }) => viewed),
    }).toEqual(YEAR);
    const of = (field: 'region' | 'course' | 'language' | 'format') =>
      new Set(webinars.map((webinar) => webinar[field])).size;
    expect([of('region'), of('course'), of('language'), of('format')]).toEqual([5, 4, 3, 2]);
    expect(
      webinars.every(({ series, region, course, language }) => [series, region, course, language].every(Boolean)),
    ).toBe(true);
  });

  it('finds those in the room among the registrations, or says that it cannot', () => {
    const joined = peopleOf(webinars).filter((person) => person.joined);
    const by = Object.fromEntries(
      [...Map.groupBy(joined, (person) => person.matchedBy)].map(([how, all]) => [how, all.length]),
    );
    expect(by).toEqual(MATCHED);
  });

  it('has one webinar at 21:00 with many registrations and a rate as usual', () => {
    const hourOf = ({ startsAt }: WebinarTally) => new Date(startsAt + ZONE_MS).getUTCHours();
    const late = webinars.filter((webinar) => hourOf(webinar) > 19);
    expect(late.map(({ id }) => id)).toEqual(['clinic-2024-11-13']);
    const [night] = late;
    if (night === undefined) return;
    const series = webinars.filter(
      ({ series: name, startsAt, status }) =>
        name === night.series &&
        startsAt < night.startsAt &&
        startsAt >= night.startsAt - 182 * DAY_MS &&
        status !== 'cancelled',
    );
    const usual = series.map(({ people }) => count(people, registered)).sort((a, b) => a - b);
    expect({
      registrations: count(night.people, registered),
      usual: usual[Math.floor(usual.length / 2)],
      rate: percent(rateOf(night.people)),
      rateOfSeries: percent(rateOf(peopleOf(series.filter(({ startsAt }) => startsAt >= localDay('2024-10-14'))))),
    }).toEqual(NIGHT);
  });

  it('has a new source that lowers the whole while every older one holds', () => {
    const groups = (range: readonly [string, string]) => {
      const people = peopleOf(between(...range)).filter(registered);
      return new Map([...Map.groupBy(people, ({ group }) => group)].map(([group, all]) => [group, all]));
    };
    const [now, before] = [groups(NOW), groups(BEFORE)];
    const table = Object.fromEntries(
      [...now].map(([group, people]) => [
        group,
        [
          before.get(group)?.length ?? 0,
          percent(rateOf(before.get(group) ?? [])),
          people.length,
          percent(rateOf(people)),
        ],
      ]),
    );
    expect(table).toEqual(SOURCES);
    for (const [group, people] of before)
      expect(Math.abs(rateOf(now.get(group) ?? []) - rateOf(people)), group).toBeLessThan(0.005);
    expect(before.has('Paid Social')).toBe(false);
    const first = webinars.filter(({ people }) => people.some(({ group }) => group === 'Paid Social'));
    expect(Math.min(...first.map(({ startsAt }) => startsAt))).toBeGreaterThanOrEqual(localDay('2024-10-14'));
    expect([percent(rateOf(peopleOf(between(...BEFORE)))), percent(rateOf(peopleOf(between(...NOW))))]).toEqual(WHOLE);
  });

  it('splits the drop into rate and mix', () => {
    const rates = new Map<string, { was: number; is: number; share: number; shareBefore: number }>();
    const [now, before] = [
      peopleOf(between(...NOW)).filter(registered),
      peopleOf(between(...BEFORE)).filter(registered),
    ];
    for (const group of new Set([...now, ...before].map((person) => person.group))) {
      const [a, b] = [
        before.filter((person) => person.group === group),
        now.filter((person) => person.group === group),
      ];
      rates.set(group, {
        was: rateOf(a),
        is: rateOf(b),
        share: b.length / now.length,
        shareBefore: a.length / before.length,
      });
    }
    let rate = 0;
    let mix = 0;
    for (const { was, is, share, shareBefore } of rates.values()) {
      if (shareBefore > 0 && share > 0) {
        rate += ((share + shareBefore) / 2) * (is - was);
        mix += ((is + was) / 2) * (share - shareBefore);
      } else mix += share > 0 ? share * is : -shareBefore * was;
    }
    expect({ rate: percent(rate), mix: percent(mix), change: percent(rateOf(now) - rateOf(before)) }).toEqual(PARTS);
    expect(Math.abs(rate + mix - (rateOf(now) - rateOf(before)))).toBeLessThan(1e-12);
  });

  it('has a slow region', () => {
    const rates = [...Map.groupBy(between('2023-11-13', '2024-11-11'), ({ region }) => region)].map(
      ([region, list]): [string, number] => [region, percent(rateOf(peopleOf(list)))],
    );
    expect(Object.fromEntries(rates)).toEqual(REGIONS);
  });
});
