import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webhook } from '../../src/connectors/webhook.ts';
import type { Connector } from '../../src/contract/connector.ts';
import { identityFile } from '../../src/contract/identity.ts';
import { type ControlEntry, PAGE_HEADERS } from '../../src/contract/pull.ts';
import type { CanonicalRecord } from '../../src/contract/record.ts';
import { checksumFacts } from '../../src/projector/checksum-facts.ts';
import { receiptKey, recordKey } from '../../src/projector/hash.ts';
import type { WebinarRules } from '../../src/projector/participation-rules.ts';
import { loadProgress } from '../../src/projector/progress.ts';
import { createProjector, drain, type Projector } from '../../src/projector/project.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';
import { type KnownRecord, participationsOf, type ReferencePart } from '../reference/participations.ts';
import { type ReferenceEntry, readAll } from '../reference/revisions.ts';
import { BreakingWarehouse } from '../support/breaking-warehouse.ts';
import { withEngine } from '../support/engine.ts';
import { emptyTables, rowsOf } from '../support/facts.ts';
import { expectExactLedger } from '../support/ledger.ts';
import { MemoryJournal } from '../support/memory-journal.ts';
import { classifyAs, GROUPS, normaliseAs, webinarRecord } from './arbitrary-webinars.ts';

/**
 * Webinars through the projector: whatever arrives, is corrected, deleted, undone, read anew and tried again, under rules that change,
 * stopped at any write: what stands are the participations of the records that survive.
 */

const START = Date.parse('2026-04-10T05:00:00Z');
/** Refused for its time, whatever its kind. */
const BAD = '1969-01-01T00:00:00Z';
const isBad = (record: CanonicalRecord) => record.observed_at === BAD;

const service: Connector = {
  ...webhook,
  name: 'service',
  revisable: true,
  parse: ({ body }) => (JSON.parse(String(body)) as CanonicalRecord[]).map((record) => ({ ok: true, record })),
};

const RULES: readonly WebinarRules[] = [
  { identity: identityFile.parse({ version: 1 }), sourceGroups: { lists: {}, rules: [] }, gapSeconds: 60 },
  {
    identity: identityFile.parse({
      version: 1,
      match: ['phone', 'service_id'],
      exclude: { domains: ['Corp.example.com'] },
    }),
    sourceGroups: GROUPS,
    gapSeconds: 0,
  },
  {
    identity: identityFile.parse({ version: 1, match: ['email'], exclude: { emails: [' Ana@example.com'] } }),
    sourceGroups: GROUPS,
    gapSeconds: 600,
  },
];
const EXCLUDED = [[], ['email:staff@corp.example.com'], ['email:ana@example.com']] as const;

const few = (count: number) => fc.integer({ min: 0, max: count - 1 });
const observed = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 4, arbitrary: few(4).map((day) => ({ observed_at: `2026-04-0${day + 1}T00:00:00Z` })) },
  { weight: 1, arbitrary: fc.constant({ observed_at: BAD }) },
);

/** Keys follow the kind for the most part, so that records mostly have versions and sometimes become another kind. */
const record = fc.tuple(webinarRecord, few(6), observed, few(10)).map(([says, number, seen, turn]): CanonicalRecord => {
  const { record: kind } = says;
  const key = turn === 0 ? `any-${number}` : `${kind}-${number}`;
  if (turn === 1 && kind !== 'deletion') return { record: 'deletion', of: kind, key, ...seen };
  return { ...says, key, ...seen } as CanonicalRecord;
});

const SOURCES = ['bm', 'zoom', 'hook'] as const;
type Source = (typeof SOURCES)[number];
type Draft =
  | { kind: 'page'; source: Source; records: CanonicalRecord[] }
  | { kind: 'tie'; person: number; other: number }
  | { kind: 'refresh'; source: Source; back: number }
  | { kind: 'undo'; source: Source; from: number; length: number }
  | { kind: 'replay'; source: Source; picks: number[] };

const pulled = fc.constantFrom<('bm' | 'zoom')[]>('bm', 'zoom');
const draft: fc.Arbitrary<Draft> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('page' as const),
      source: fc.constantFrom<Source[]>(...SOURCES),
      records: fc.array(record, { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('tie' as const), person: few(5), other: few(5) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refresh' as const), source: pulled, back: few(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('undo' as const), source: pulled, from: few(20), length: few(3) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('replay' as const),
      source: pulled,
      picks: fc.array(few(8), { minLength: 1, maxLength: 3 }),
    }),
  },
);

const EMAILS = ['ana@example.com', 'ben@example.com', 'cem@gmail.com', 'staff@corp.example.com', 'eva@example.com'];
const OTHERS = [
  { phone: '+12025550101' },
  { phone: '+12025550102' },
  { external_id: 'x1' },
  { external_id: 'x2' },
  { phone: '+12025550103' },
];

interface Story {
  journal: MemoryJournal;
  reference: Record<Source, ReferenceEntry[]>;
  /** Names that a person record ties together. */
  ties: string[][];
}

/** Orders name entries and quarantined records that are there, as the reference has them. */
function tell(drafts: readonly Draft[]): Story {
  const journal = new MemoryJournal();
  const story: Story = { journal, reference: { bm: [], zoom: [], hook: [] }, ties: [] };
  for (const one of drafts) {
    const seq = journal.durableSeq + 1;
    const receivedAt = START + journal.durableSeq * 60_000;
    const append = (source: string, headers: Record<string, string>, body: unknown) =>
      journal.append({ source, receivedAt, headers, body: Buffer.from(JSON.stringify(body)) });
    const order = (source: Source, control: ControlEntry) =>
      append(source, { [PAGE_HEADERS.control]: control.control }, control);
    switch (one.kind) {
      case 'page':
        append(one.source, { [PAGE_HEADERS.stream]: 'main' }, one.records);
        story.reference[one.source].push({ kind: 'page', seq, stream: 'main', receivedAt, records: one.records });
        break;
      case 'tie': {
        const person = { email: EMAILS[one.person] ?? '', ...OTHERS[one.other] };
        append('hook', {}, [{ record: 'person', key: `tie-${seq}`, kind: 'contact', ...person }]);
        story.ties.push(Object.entries(person).map(([kind, value]) => `${kind}:${value}`));
        break;
      }
      case 'refresh': {
        const first = Math.max(1, seq - 1 - one.back);
        order(one.source, { control: 'refresh', stream: 'main', first_seq: first });
        story.reference[one.source].push({ kind: 'refresh', seq, stream: 'main', first });
        break;
      }
      case 'undo': {
        const first = (one.from % seq) + 1;
        const last = first + one.length;
        order(one.source, { control: 'undo', first_seq: first, last_seq: last });
        story.reference[one.source].push({ kind: 'undo', seq, first, last });
        break;
      }
      case 'replay': {
        const { quarantined } = readAll(story.reference[one.source], isBad);
        const items = one.picks.flatMap((pick) => {
          const found = quarantined[pick % Math.max(1, quarantined.length)];
          if (found === undefined) return [];
          const { observed_at: _, ...mended } = found.record as CanonicalRecord & Record<string, unknown>;
          return [{ seq: found.seq, item: found.item, record: mended as CanonicalRecord }];
        });
        order(one.source, { control: 'replay', items });
        story.reference[one.source].push({ kind: 'replay', seq, receivedAt, items });
      }
    }
  }
  return story;
}

function projectorOf(
  warehouse: Warehouse,
  journal: MemoryJournal,
  webinars: WebinarRules,
  maxRecords = 20_000,
): Projector {
  return createProjector({
    warehouse,
    reader: journal,
    sources: new Map([
      ['bm', { connector: service, settings: {}, defaults: {} }],
      ['zoom', { connector: service, settings: {}, defaults: {} }],
      ['hook', { connector: webhook, settings: { token: 'unused-here' }, defaults: {} }],
    ]),
    workspace: { time_zone: 'Europe/Berlin', currency: 'EUR' },
    channels: [],
    rates: [],
    webinars,
    log: { info() {}, warn() {}, error() {} },
    maxRecords,
  });
}

/** One name, the first of all, for whatever was tied together. */
function tieNames(ties: readonly string[][]): (name: string) => string {
  const groups: Set<string>[] = [];
  for (const tie of ties) {
    const met = groups.filter((group) => tie.some((name) => group.has(name)));
    for (const group of met) groups.splice(groups.indexOf(group), 1);
    groups.push(new Set([...tie, ...met.flatMap((group) => [...group])]));
  }
  return (name) => [...(groups.find((group) => group.has(name)) ?? [name])].sort()[0] ?? name;
}

const shape = (row: object): string => JSON.stringify(row, Object.keys(row).sort());
const millis = (text: string | null) => (text === null ? null : Date.parse(`${text.replace(' ', 'T')}Z`));

interface PartRow extends Record<string, string | number | null> {
  participation: string;
  person: number;
}

/** The rows as the reference writes them. */
async function partsIn(warehouse: Warehouse, tied: (name: string) => string): Promise<ReferencePart[]> {
  const roots = new Map(
    (await rowsOf<{ person: number; root: number; seq: number }>(warehouse, 'person_roots'))
      .sort((a, b) => a.seq - b.seq)
      .map(({ person, root }) => [person, root]),
  );
  const names = new Map(
    (await rowsOf<{ kind: string; value: string; person: number }>(warehouse, 'identities')).map(
      ({ kind, value, person }) => [roots.get(person) ?? person, tied(`${kind}:${value}`)],
    ),
  );
  const stays = await rowsOf<{ webinar: string; person: number; joined_at: string; left_at: string }>(
    warehouse,
    'stays',
  );
  const rows = await rowsOf<PartRow>(warehouse, 'participations');
  const text = (cell: string | number | null | undefined) => String(cell ?? '');
  const at = (cell: string | number | null | undefined) =>
    millis(cell === null || cell === undefined ? null : String(cell));
  return rows.map((row) => ({
    webinar: text(row['webinar']),
    person: row.person === 0 ? '' : (names.get(row.person) ?? '?'),
    title: text(row['title']),
    series: text(row['series']),
    course: text(row['course']),
    language: text(row['language']),
    region: text(row['region']),
    format: text(row['format']),
    status: text(row['status']),
    host: text(row['host']),
    source: text(row['source']),
    starts_at: at(row['starts_at']) ?? 0,
    ends_at: at(row['ends_at']),
    registered: row['registered'] === 1,
    registered_at: at(row['registered_at']),
    cancelled_at: at(row['cancelled_at']),
    utm_source: text(row['utm_source']),
    utm_campaign: text(row['utm_campaign']),
    referrer: text(row['referrer']),
    source_group: text(row['source_group']),
    joins: Number(row['joins']),
    time: Math.round(Number(row['seconds']) * 1000),
    first_joined_at: at(row['first_joined_at']),
    last_left_at: at(row['last_left_at']),
    viewed: row['viewed_recording'] === 1,
    recording_viewed_at: at(row['recording_viewed_at']),
    recording_time: Math.round(Number(row['recording_seconds']) * 1000),
    matched_by: text(row['matched_by']),
    stays: stays
      .filter(({ webinar, person }) => webinar === row['webinar'] && person === row.person)
      .map(({ joined_at, left_at }): [number, number] => [millis(joined_at) ?? 0, millis(left_at) ?? 0])
      .sort(([a], [b]) => a - b),
  }));
}

/** The records that survive. */
const survivors = ({ reference }: Story): KnownRecord[] =>
  SOURCES.flatMap((source) => {
    const keyOf = source === 'hook' ? receiptKey : recordKey;
    return [...readAll(reference[source], isBad).standing].map(([key, { record: one, observed: seen }]) => ({
      source,
      id: BigInt(keyOf(source, key)),
      observed: seen,
      record: one,
    }));
  });

async function expectParts(warehouse: Warehouse, story: Story, variant: number): Promise<void> {
  const rules = RULES[variant] as WebinarRules;
  const tied = tieNames(story.ties);
  const email = normaliseAs({ plusTags: false, dots: false });
  const excluded = new Set(EXCLUDED[variant]?.map(tied));
  const records = survivors(story);
  const wanted = participationsOf(records, {
    match: rules.identity.match,
    gapSeconds: rules.gapSeconds,
    email,
    excluded: (name) => name !== '' && excluded.has(tied(name)),
    classify: variant === 0 ? () => 'Unassigned' : classifyAs,
    tied,
  });
  expect((await partsIn(warehouse, tied)).map(shape).sort()).toEqual(wanted.map(shape).sort());

  const people = await rowsOf<{ email: string; phone: string; external_id: string }>(warehouse, 'people');
  const named = [
    ...story.ties.flat(),
    ...records.flatMap(({ source, record: one }) => {
      if (!('person' in one)) return [];
      const address = one.person.email === undefined ? undefined : email(one.person.email);
      const { phone, external_id } = one.person;
      const names = [
        ...(address === undefined ? [] : [`email:${address}`]),
        ...(phone === undefined ? [] : [`phone:${phone}`]),
        ...(external_id === undefined ? [] : [`external_id:${external_id}`]),
      ];
      if (names.length > 0) return names;
      const id = 'registrant_id' in one ? one.registrant_id : undefined;
      return [id === undefined ? `external_id:record:${source}:${one.key}` : `external_id:registrant:${id}`];
    }),
  ];
  const known = people.map((one) =>
    tied(
      one.email !== ''
        ? `email:${one.email}`
        : one.phone !== ''
          ? `phone:${one.phone}`
          : `external_id:${one.external_id}`,
    ),
  );
  expect(known.sort()).toEqual([...new Set(named.map(tied))].sort());
}

const engine = withEngine();

describe('webinars', () => {
  it('are what is left of everything that came, under the rules in force', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(draft, { minLength: 4, maxLength: 18 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 40 }), few(3)), { maxLength: 4 }),
        fc.constantFrom(1, 5, 20_000),
        few(3),
        async (drafts, steps, maxRecords, variant) => {
          await emptyTables(engine.warehouse);
          const story = tell(drafts);
          const { journal } = story;
          for (const [step, writes, other] of steps) {
            const { seq } = await loadProgress(engine.warehouse);
            const breaking = new BreakingWarehouse(engine.warehouse, writes);
            const through = Math.min(seq + step, journal.durableSeq);
            const rules = RULES[other] as WebinarRules;
            await drain(projectorOf(breaking, journal, rules, maxRecords), through).catch(() => {});
          }
          const rules = RULES[variant] as WebinarRules;
          await drain(projectorOf(engine.warehouse, journal, rules), journal.durableSeq);
          await expectExactLedger(engine.warehouse, { durableSeq: journal.durableSeq });
          await expectParts(engine.warehouse, story, variant);

          const facts = await checksumFacts(engine.warehouse);
          await emptyTables(engine.warehouse);
          await drain(projectorOf(engine.warehouse, journal, rules), journal.durableSeq);
          expect(await checksumFacts(engine.warehouse)).toStrictEqual(facts);
        },
      ),
      { numRuns: 4, endOnFailure: true },
    );
  });
});
