import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleCustomers } from '../packs/omnichannel/sample.ts';
import { localDay } from '../packs/sample/time.ts';
import { webinarsSample } from '../packs/webinars/sample.ts';
import { type PersonTally, recordsOfPages, tallyWebinars, type WebinarTally } from '../packs/webinars/sample-tally.ts';
import type { ChangeQuery, MetricQuery } from '../src/contract/query.ts';
import type { QueryResult } from '../src/contract/result.ts';
import { createLogger } from '../src/logger.ts';
import { openRuntime, type Runtime } from '../src/runtime.ts';
import { loadSampleSecrets } from '../src/sample.ts';
import { SAMPLE_FOLDER } from '../src/workspace-files.ts';
import { until } from './support/poll.ts';

/** The webinars of the sample through journal, projector and engine: every number is the one that their pages say. */

const folder = mkdtempSync(join(tmpdir(), 'turnout-webinars-'));
let runtime: Runtime;
let webinars: WebinarTally[];

beforeAll(async () => {
  const entries = [...webinarsSample(sampleCustomers())];
  webinars = tallyWebinars(recordsOfPages(entries).records);
  runtime = await openRuntime({
    folder,
    workspaceFolder: SAMPLE_FOLDER,
    env: { ...(await loadSampleSecrets(folder)) },
    log: createLogger('silent'),
    sample: () => entries,
  });
  await runtime.numbersOpened(100_000);
}, 120_000);

afterAll(async () => {
  await runtime?.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (query: MetricQuery | ChangeQuery): Promise<QueryResult> =>
  runtime.services.runQuery(query, new AbortController().signal);
const ALL: [string, string] = ['2023-11-13T00:00:00+07:00', '2024-12-01T00:00:00+07:00'];
const HELD = [{ dimension: 'status', op: 'in' as const, values: ['scheduled', 'live', 'finished'] }];

const METRICS: Record<string, (person: PersonTally) => boolean> = {
  registrations: (person) => person.registered,
  visits: (person) => person.seconds > 0,
  visits_5m: (person) => person.seconds >= 300,
  visits_30m: (person) => person.seconds >= 1800,
  visits_all: (person) => person.joined,
  walk_ins: (person) => !person.registered && person.seconds > 0,
  visits_registered: (person) => person.registered && person.seconds > 0,
  recording_views: (person) => person.viewed,
};

function countAll(people: readonly PersonTally[]): Record<string, number> {
  return Object.fromEntries(Object.entries(METRICS).map(([name, is]) => [name, people.filter(is).length]));
}

describe('the webinars of the sample', () => {
  it('have in each webinar what its pages say', async () => {
    const { rows } = await ask({
      metrics: Object.keys(METRICS),
      dimensions: ['webinar', 'region', 'course', 'language', 'series', 'format', 'status'],
      time: { range: ALL },
      limit: 1000,
    });
    const found = Object.fromEntries(rows.map((row) => [row['webinar'], row]));
    expect(rows).toHaveLength(webinars.length);
    for (const { id, people, region, course, language, series, format, status } of webinars)
      expect(found[id], id).toEqual({
        webinar: id,
        ...{ region, course, language, series, format, status },
        ...countAll(people),
      });
  });

  it('find those in the room among the registrations as often', async () => {
    const { rows } = await ask({ metrics: ['visits_all'], dimensions: ['matched_by'], time: { range: ALL } });
    const joined = webinars.flatMap(({ people }) => people.filter((person) => person.joined));
    const by = [...Map.groupBy(joined, ({ matchedBy }) => matchedBy)].map(([how, all]) => [how, all.length]);
    expect(Object.fromEntries(rows.map((row) => [row['matched_by'], row['visits_all']]))).toEqual(
      Object.fromEntries(by),
    );
  });

  it('have any other threshold right, too', async () => {
    for (const minutes of [1, 12, 45]) {
      const { rows } = await ask({
        metrics: ['visits_5m'],
        time: { range: ALL },
        parameters: { short_visit: minutes },
      });
      const long = webinars.flatMap(({ people }) => people).filter(({ seconds }) => seconds >= minutes * 60);
      expect(rows[0]?.['visits_5m'], `${minutes} minutes`).toBe(long.length);
    }
  });

  it('have the webinar at 21:00 marked, and nothing else of its weeks', async () => {
    const { rows, marks } = await ask({
      metrics: ['registrations', 'attendance_rate'],
      dimensions: ['webinar', 'starts_at', 'start_hour', 'series'],
      filters: HELD,
      time: { range: '28d' },
      marks: { metrics: ['registrations', 'attendance_rate'], within: 'series' },
    });
    expect(marks?.map(({ row }) => rows[row]?.['webinar'])).toEqual(['clinic-2024-11-13']);
    expect(marks?.[0]?.text).toMatch(/^[23]\.\d × the registrations of its series; attendance rate as usual$/);
    expect(rows[marks?.[0]?.row ?? -1]).toMatchObject({ registrations: 463, start_hour: 21 });
  });

  it('have a drop that comes from the new source: mix, and parts that add up', async () => {
    const { rows, totals } = await ask({
      change: 'attendance_rate',
      dimensions: ['source_group', 'utm_source', 'utm_campaign'],
      filters: HELD,
      time: { range: '4w' },
      matured: true,
    });
    const people = (from: string, to: string) =>
      webinars
        .filter(
          ({ startsAt, status }) => status !== 'cancelled' && startsAt >= localDay(from) && startsAt < localDay(to),
        )
        .flatMap((webinar) => webinar.people);
    const rate = (list: PersonTally[]) => countRate(list);
    const [now, before] = [people('2024-10-14', '2024-11-11'), people('2024-09-16', '2024-10-14')];
    expect(totals?.['value']).toBeCloseTo(rate(now), 12);
    expect(totals?.['before']).toBeCloseTo(rate(before), 12);
    const groups = rows.filter((row) => row['level'] === 1);
    const sum = (name: string) => groups.reduce((all, row) => all + Number(row[name]), 0);
    expect(sum('contribution')).toBeCloseTo(rate(now) - rate(before), 9);
    expect(sum('rate_effect') + sum('mix_effect')).toBeCloseTo(sum('contribution'), 9);
    expect(Math.abs(sum('rate_effect'))).toBeLessThan(0.001);
    expect(groups[0]).toMatchObject({ source_group: 'Paid Social', state: 'new', denominator: 964 });
    expect(Number(groups[0]?.['contribution'])).toBeLessThan(-0.04);
    for (const row of groups.slice(1))
      expect(Math.abs(Number(row['change'])), String(row['source_group'])).toBeLessThan(0.005);
  });

  it('come from sources that were read and owe nothing', async () => {
    const read = async () =>
      (await runtime.services.sources()).filter(({ name }) => /bigmarker|zoom|gotowebinar/.test(name));
    // What the runs brought is counted from the journal behind the start.
    await until('the runs are counted', async () =>
      (await read()).every(({ last_run: run }) => run?.state === 'ok' && run.rows > 0),
    );
    expect((await read()).map(({ name, state, failures }) => [name, state, failures])).toEqual([
      ['sample-bigmarker', 'ok', 0],
      ['sample-gotowebinar', 'ok', 0],
      ['sample-zoom', 'ok', 0],
    ]);
    await expect(runtime.services.sourceActions.syncNow('sample-zoom', 'someone')).rejects.toThrow(
      /read once and are read no more/,
    );
  });
});

const countRate = (people: readonly PersonTally[]): number => {
  const { visits_registered: came = 0, registrations = 1 } = countAll(people);
  return came / registrations;
};
