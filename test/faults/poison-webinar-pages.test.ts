import { beforeAll, describe, expect, test } from 'vitest';
import type { Connector } from '../../src/contract/connector.ts';
import type { ProjectedSource } from '../../src/projector/prepare.ts';
import { loadQuarantine } from '../../src/projector/quarantine.ts';
import { BROKEN_BODIES } from '../support/broken-bodies.ts';
import { withEngine } from '../support/engine.ts';
import { expectExactLedger } from '../support/ledger.ts';
import { expectReadableQuarantine, withPageJournal } from '../support/page-journal.ts';
import { readService, type ServicePage, WEBINAR_SERVICES } from '../support/webinar-services.ts';
import { makeWorld, type WebinarWorld } from '../support/webinar-world.ts';

/**
 * RELIABILITY F16 for webinar services: pages as a run reads them from the service's sockets, broken in every way, each in the journal
 * between good ones. What is good is counted, what is bad is kept with its reason, and the projector goes on.
 */

const engine = withEngine();
const RECEIVED = '2026-11-20T06:00:00Z';
const journal = withPageJournal(engine, { receivedAt: RECEIVED });

/** Of worlds whose ids are different, so that no page replaces what another says. */
function worldOf(name: string, seed: number, webinars: number): WebinarWorld {
  const world = makeWorld({ seed, first: '2026-11-14T17:00:00Z', webinars, every_hours: 5, people: 8 });
  for (const webinar of world.webinars) {
    webinar.id = `${name}-${webinar.id}`;
    for (const person of webinar.people) person.id = `${name}-${person.id}`;
  }
  // Services tell of views where there is no live room.
  const [first] = world.webinars;
  if (first !== undefined) {
    first.mode = 'on_demand';
    for (const person of first.people) person.views = [{ viewed_at: '2026-11-16T09:00:00Z', seconds: 900 }];
  }
  return world;
}

/** Pieces of JSON in the place of values. */
const ODD = [
  'null',
  'true',
  '-1',
  '1e400',
  '""',
  '"\\ud800"',
  '"a\\u0000\\u0007"',
  '[]',
  '{}',
  '[[{"name":1}]]',
  '{"__proto__":{"toString":1},"constructor":2}',
  '"2026-13-45T99:00:00Z"',
  '99999999999999999999',
  `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
];

/** The page with every third of its values from `first` on replaced, each by another of these. */
function withOdd(text: string, first: number, odd: readonly string[]): string {
  let place = 0;
  return text.replace(/:("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)(?=[,}\]])/g, (whole) => {
    place += 1;
    return (place + first) % 3 === 0 ? `:${odd[(place + first) % odd.length]}` : whole;
  });
}

/** Pages with something strange in them: what they hold is counted or refused row by row. */
const STRANGE: Record<string, (text: string) => string> = {
  ...Object.fromEntries(
    ODD.map((_, first) => [`odd values, from the ${first}. on`, (text: string) => withOdd(text, first, ODD)]),
  ),
  'a byte order mark': (text) => `\ufeff${text}`,
  'a text of 10 MB in every place': (text) => withOdd(text, 1, [`"${'x'.repeat(10_000_000 / 50)}"`]),
  'names that mean something to JavaScript': (text) =>
    text.replaceAll('{"', '{"__proto__":{"toString":1},"constructor":1,"toString":"x","'),
  'rows that are none': (text) => text.replaceAll('[{', '[null,7,"row",[],{},{'),
  'no list at all': (text) => text.replaceAll('[{', '{"length":4},"more":[{'),
};

const stream = (pages: readonly ServicePage[], name: string) => pages.filter((page) => page.stream === name);

describe.each(Object.entries(WEBINAR_SERVICES))('%s', (name, service) => {
  let sources: ReadonlyMap<string, ProjectedSource>;
  let good: ServicePage[];
  let toBreak: ServicePage[];
  let streams: string[];
  beforeAll(async () => {
    const now = Date.parse(RECEIVED);
    const read = await readService(service, worldOf('good', 4, 24), now);
    good = read.pages;
    toBreak = (await readService(service, worldOf('broken', 9, 4), now)).pages;
    const connector = service.connector as unknown as Connector;
    sources = new Map([[name, { connector, settings: read.settings, defaults: {} }]]);
    streams = service.connector.streams(read.settings).map((one) => one.name);
  });

  test('every stream is tried', () => {
    for (const one of streams) {
      expect(stream(toBreak, one).length, one).toBeGreaterThan(0);
      expect(stream(good, one).length, one).toBeGreaterThan(0);
    }
  });

  test('pages that cannot be read are kept with a sentence, and their neighbours are counted', async () => {
    const kept: number[] = [];
    const bad = new Map<number, string>();
    const rest = [...good];
    const appendGood = async () => {
      const next = rest.shift();
      if (next !== undefined) kept.push(await journal.append(name, next.stream, next.text));
    };
    for (const one of streams) {
      const { text } = stream(toBreak, one)[0] ?? { text: '' };
      for (const [how, broken] of Object.entries(BROKEN_BODIES)) {
        await appendGood();
        bad.set(await journal.append(name, one, broken(text)), `${one}: ${how}`);
      }
      for (const strange of Object.values(STRANGE)) {
        await appendGood();
        await journal.append(name, one, strange(text));
      }
      bad.set(await journal.append(name, 'fees', text), `${one}: a stream that there is not`);
      if (one !== 'webinars') bad.set(await journal.append(name, one, '{"rows":[]}'), `${one}: of no webinar`);
    }
    while (rest.length > 0) await appendGood();
    await journal.project(sources);

    const { ofWebinars, deletions, total } = await expectExactLedger(engine.warehouse, {
      durableSeq: journal.durableSeq,
    });
    const outcomes = await journal.outcomes();
    for (const seq of kept) expect(new Set(outcomes.get(seq)), `entry ${seq}`).toEqual(new Set(['counted']));
    for (const [seq, how] of bad) expect(outcomes.get(seq), how).toEqual(['quarantined']);
    const rows = kept.reduce((sum, seq) => sum + (outcomes.get(seq)?.length ?? 0), 0);
    expect(rows).toBeGreaterThan(100);
    expect(ofWebinars + deletions).toBeGreaterThanOrEqual(rows);
    expect(total.quarantined).toBeGreaterThan(bad.size);
    await expectReadableQuarantine(engine);
    await journal.expectRebuildEqual(sources);
  });

  test('one registration that cannot be read is kept, and the others of its page are counted', async () => {
    const times = /("(?:registration_date|registrationDate|create_time|registered_at)":)"[^"]*"/;
    const page = stream(good, 'registrations').find(({ text }) => text.split(times).length > 5);
    const text = page?.text ?? '';
    const whole = await journal.append(name, 'registrations', text);
    await journal.project(sources);
    const rows = (await journal.outcomes()).get(whole)?.length ?? 0;
    expect(rows).toBeGreaterThan(2);

    const broken = text.replace(times, '$1"some day"').replaceAll('@example.com', '@two.example.com');
    const seq = await journal.append(name, 'registrations', broken);
    await journal.project(sources);
    const outcomes = (await journal.outcomes()).get(seq) ?? [];
    expect(outcomes.filter((outcome) => outcome === 'quarantined')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'counted').length).toBeGreaterThanOrEqual(rows - 2);
    expect((await loadQuarantine(engine.warehouse)).items).toMatchObject([
      { id: expect.stringMatching(new RegExp(`^${seq}\\.`)), reason: expect.stringMatching(/time|read/) },
    ]);
    await expectExactLedger(engine.warehouse, { durableSeq: seq });
  });
});
