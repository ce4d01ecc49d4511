import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webhook } from '../../src/connectors/webhook.ts';
import type { Connector } from '../../src/contract/connector.ts';
import { tableSpec } from '../../src/contract/model.ts';
import { type ControlEntry, PAGE_HEADERS } from '../../src/contract/pull.ts';
import type { CanonicalRecord, MessageEvent } from '../../src/contract/record.ts';
import { checksumFacts } from '../../src/projector/checksum-facts.ts';
import { receiptKey, recordKey } from '../../src/projector/hash.ts';
import { loadLedger } from '../../src/projector/ledger.ts';
import { loadProgress } from '../../src/projector/progress.ts';
import { createProjector, drain, type Projector } from '../../src/projector/project.ts';
import { loadQuarantine } from '../../src/projector/quarantine.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';
import { mergeMessage } from '../reference/merge-message.ts';
import { type ReferenceEntry, type ReferenceState, readAll } from '../reference/revisions.ts';
import { BreakingWarehouse } from '../support/breaking-warehouse.ts';
import { withEngine } from '../support/engine.ts';
import { emptyTables, rowsOf } from '../support/facts.ts';
import { expectExactLedger } from '../support/ledger.ts';
import { MemoryJournal } from '../support/memory-journal.ts';

/** Sources that are read again and again, against the obvious reading of them; the projector is stopped at any of its writes. */

const START = Date.parse('2026-03-02T05:00:00Z');
const ZONE = 'Europe/Berlin';
const LEADS = tableSpec.parse({ version: 1, table: 'leads', columns: [{ name: 'title', type: 'text' }] });

const crm: Connector = {
  ...webhook,
  name: 'crm',
  revisable: true,
  parse: ({ body }) => (JSON.parse(String(body)) as CanonicalRecord[]).map((record) => ({ ok: true, record })),
};

/** Refused for its time, whatever its kind. */
const BAD = '1969-01-01T00:00:00Z';
const isBad = (record: CanonicalRecord) => record.observed_at === BAD;

const EMAILS = ['ana@example.com', 'ben@example.com', 'cem@example.com', 'dana@example.com'];
const day = (index: number) => new Date(Date.parse('2026-02-01T00:00:00Z') + index * 86_400_000).toISOString();

const few = (count: number) => fc.integer({ min: 0, max: count - 1 });
const observed = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 4, arbitrary: few(4).map((index) => ({ observed_at: day(index) })) },
  { weight: 1, arbitrary: fc.constant({ observed_at: BAD }) },
);

/** Kinds follow the key for the most part, so that records mostly have versions and sometimes become another kind. */
const record = (stream: string): fc.Arbitrary<CanonicalRecord> =>
  fc.tuple(few(6), few(3), few(4), few(2), few(12), observed).map((parts) => recordOf(stream, parts));

type Parts = [
  number: number,
  content: number,
  person: number,
  message: number,
  turn: number,
  seen: { observed_at?: string },
];

function recordOf(stream: string, [number, content, person, message, turn, seen]: Parts): CanonicalRecord {
  const base = { key: `${stream}-${number}`, ...seen };
  const email = EMAILS[person] ?? '';
  const kinds = ['message_event', 'row', 'person', 'invitation', 'activity', 'message_event'] as const;
  const kind = turn === 0 ? 'row' : (kinds[number] ?? 'row');
  if (turn === 1) return { record: 'deletion', of: kind, ...base };
  switch (kind) {
    case 'message_event':
      return {
        record: kind,
        ...base,
        message_id: `m${message}`,
        channel: 'sms',
        status: content === 0 ? 'sent' : content === 1 ? 'delivered' : 'read',
        at: day(content + number),
        recipient: { email },
        ...(content === 2 ? { account: { email: EMAILS[0] ?? '' } } : {}),
      };
    case 'row':
      return { record: kind, ...base, table: content === 2 ? 'others' : 'leads', values: { title: `t${person}` } };
    case 'person':
      return { record: kind, ...base, kind: content === 0 ? 'account' : 'contact', email };
    case 'invitation':
      return { record: kind, ...base, person: { email }, invited_at: day(content) };
    case 'activity':
      return { record: kind, ...base, person: { email }, at: day(content), feature: `f${content}` };
  }
}

type Draft =
  | { kind: 'page'; stream: string; records: CanonicalRecord[] }
  | { kind: 'event'; email: string; message: number }
  | { kind: 'refresh'; stream: string; back: number }
  | { kind: 'undo'; from: number; length: number }
  | { kind: 'replay'; picks: number[]; mended: boolean };

const page = fc
  .constantFrom('s1', 's2')
  .chain((stream) =>
    fc
      .array(record(stream), { minLength: 1, maxLength: 6 })
      .map((records): Draft => ({ kind: 'page', stream, records })),
  );
const draft: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 8, arbitrary: page },
  {
    weight: 1,
    arbitrary: fc
      .tuple(few(4), few(2))
      .map(([person, message]) => ({ kind: 'event' as const, email: EMAILS[person] ?? '', message })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('refresh' as const), stream: fc.constantFrom('s1', 's2'), back: few(3) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const), from: few(20), length: few(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('replay' as const),
      picks: fc.array(few(8), { minLength: 1, maxLength: 3 }),
      mended: fc.boolean(),
    }),
  },
);

interface Story {
  journal: MemoryJournal;
  reference: ReferenceEntry[];
  events: MessageEvent[];
}

/** Orders name entries and quarantined records that are there, as the reference has them. */
function tell(drafts: readonly Draft[]): Story {
  const journal = new MemoryJournal();
  const story: Story = { journal, reference: [], events: [] };
  const append = (source: string, headers: Record<string, string>, body: unknown) =>
    journal.append({
      source,
      receivedAt: START + journal.durableSeq * 60_000,
      headers,
      body: Buffer.from(JSON.stringify(body)),
    });
  const order = (control: ControlEntry) => append('crm', { [PAGE_HEADERS.control]: control.control }, control);
  for (const one of drafts) {
    const seq = journal.durableSeq + 1;
    const receivedAt = START + journal.durableSeq * 60_000;
    switch (one.kind) {
      case 'page':
        append('crm', { [PAGE_HEADERS.stream]: one.stream }, one.records);
        story.reference.push({ kind: 'page', seq, stream: one.stream, receivedAt, records: one.records });
        break;
      case 'event': {
        const event: MessageEvent = {
          record: 'message_event',
          key: `hook-${seq}`,
          message_id: `m${one.message}`,
          channel: 'sms',
          status: 'sent',
          at: day(9),
          recipient: { email: one.email },
        };
        append('hook', {}, [event]);
        story.events.push(event);
        break;
      }
      case 'refresh': {
        const first_seq = Math.max(1, seq - 1 - one.back);
        order({ control: 'refresh', stream: one.stream, first_seq });
        story.reference.push({ kind: 'refresh', seq, stream: one.stream, first: first_seq });
        break;
      }
      case 'undo': {
        const first_seq = (one.from % seq) + 1;
        order({ control: 'undo', first_seq, last_seq: first_seq + one.length });
        story.reference.push({ kind: 'undo', seq, first: first_seq, last: first_seq + one.length });
        break;
      }
      case 'replay': {
        const { quarantined } = readAll(story.reference, isBad);
        const items = one.picks.flatMap((pick) => {
          const found = quarantined[pick % Math.max(1, quarantined.length)];
          if (found === undefined) return [];
          const { observed_at: _, ...mended } = found.record as CanonicalRecord & Record<string, unknown>;
          const { seq: of, item } = found;
          return [{ seq: of, item, ...(one.mended ? { record: mended as CanonicalRecord } : {}) }];
        });
        order({ control: 'replay', items });
        story.reference.push({ kind: 'replay', seq, receivedAt, items });
      }
    }
  }
  return story;
}

const silent = { info() {}, warn() {}, error() {} };

function projectorOf(warehouse: Warehouse, journal: MemoryJournal, maxRecords = 20_000): Projector {
  return createProjector({
    warehouse,
    reader: journal,
    sources: new Map([
      ['crm', { connector: crm, settings: {}, defaults: {} }],
      ['hook', { connector: webhook, settings: { token: 'unused-here' }, defaults: {} }],
    ]),
    workspace: { time_zone: ZONE, currency: 'EUR' },
    channels: [],
    rates: [],
    tables: [LEADS],
    log: silent,
    maxRecords,
  });
}

const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort();

async function expectFacts(warehouse: Warehouse, { standing, ledger, quarantined }: ReferenceState, story: Story) {
  const records = [...standing.values()].map(({ record: one }) => one);
  const of = <Kind extends CanonicalRecord['record']>(kind: Kind) =>
    records.filter((one): one is Extract<CanonicalRecord, { record: Kind }> => one.record === kind);
  const people = await rowsOf<{ person: number; email: string; kind: string }>(warehouse, 'people');
  const names = new Map(people.map(({ person, email }) => [person, email]));
  const named = (person: number) => (person === 0 ? '' : (names.get(person) ?? '?'));

  const leads = await rowsOf<{ title: string }>(warehouse, 'table_leads');
  expect(leads.map(({ title }) => title).sort()).toStrictEqual(
    of('row')
      .flatMap(({ table, values }) => (table === 'leads' ? [values['title']] : []))
      .sort(),
  );
  const invitations = await rowsOf<{ person: number; invited_at: string }>(warehouse, 'invitations');
  expect(sorted(invitations.map(({ person, invited_at }) => [named(person), millis(invited_at)]))).toStrictEqual(
    sorted(of('invitation').map(({ person, invited_at }) => [person.email, Date.parse(invited_at)])),
  );
  const activities = await rowsOf<{ person: number; feature: string }>(warehouse, 'activities');
  expect(sorted(activities.map(({ person, feature }) => [named(person), feature]))).toStrictEqual(
    sorted(of('activity').map(({ person, feature }) => [person.email, feature])),
  );

  const events = [
    ...of('message_event').map((event) => ['crm', event] as const),
    ...story.events.map((event) => ['hook', event] as const),
  ];
  const merged = [...Map.groupBy(events, ([source, event]) => `${source} ${event.message_id}`).values()].map((group) =>
    mergeMessage(
      group.map(([source, event]) => ({
        ...event,
        event: BigInt(source === 'crm' ? recordKey(source, event.key) : receiptKey(source, event.key)),
        at: Date.parse(event.at),
        account: event.account?.email,
        recipient: event.recipient?.email,
        failureReason: undefined,
      })),
      { channels: [], rates: [], timeZone: ZONE, currency: 'EUR' },
    ),
  );
  const shape = (row: Record<string, unknown>) => [
    row['at'],
    row['delivered'],
    row['read'],
    row['recipient'],
    row['account'],
  ];
  const messages = await rowsOf<{ at: string; recipient: number; account: number }>(warehouse, 'messages');
  expect(
    sorted(
      messages.map((row) =>
        shape({ ...row, at: millis(row.at), recipient: named(row.recipient), account: named(row.account) }),
      ),
    ),
  ).toStrictEqual(sorted(merged.map((row) => shape({ ...row }))));

  const acting = new Set([
    ...of('activity').map(({ person }) => person.email),
    ...of('message_event').map(({ account }) => account?.email),
    ...of('person').flatMap(({ kind, email }) => (kind === 'account' ? [email] : [])),
  ]);
  const known = new Set([
    ...of('activity').map(({ person }) => person.email),
    ...of('invitation').map(({ person }) => person.email),
    ...of('person').map(({ email }) => email),
    ...events.flatMap(([, { account, recipient }]) => [account?.email, recipient?.email]),
  ]);
  known.delete(undefined);
  expect(sorted(people.map(({ email, kind }) => [email, kind]))).toStrictEqual(
    sorted([...known].map((email) => [email, acting.has(email) ? 'account' : 'contact'])),
  );

  expect((await loadQuarantine(warehouse)).total).toBe(quarantined.length);
  const rows = (await loadLedger(warehouse)).filter(({ source }) => source === 'crm');
  const sum = (name: keyof typeof ledger) => rows.reduce((total, row) => total + row[name], 0);
  expect({
    counted: sum('counted'),
    duplicate: sum('duplicate'),
    quarantined: sum('quarantined'),
    erased: sum('erased'),
  }).toStrictEqual(ledger);
}

const millis = (text: string) => Date.parse(`${text.replace(' ', 'T')}Z`);

const engine = withEngine();
const runs = (numRuns: number) => ({ numRuns, endOnFailure: true });

describe('records that change', () => {
  it('are what is left of everything that was read, changed, deleted, taken back and tried again', {
    timeout: 180_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(draft, { minLength: 4, maxLength: 18 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 40 })), { maxLength: 4 }),
        fc.constantFrom(1, 5, 20_000),
        async (drafts, steps, maxRecords) => {
          await emptyTables(engine.warehouse);
          const story = tell(drafts);
          const { journal } = story;
          for (const [step, writes] of steps) {
            const { seq } = await loadProgress(engine.warehouse);
            const breaking = new BreakingWarehouse(engine.warehouse, writes);
            const through = Math.min(seq + step, journal.durableSeq);
            await drain(projectorOf(breaking, journal, maxRecords), through).catch(() => {});
          }
          await drain(projectorOf(engine.warehouse, journal), journal.durableSeq);
          await expectExactLedger(engine.warehouse, { durableSeq: journal.durableSeq });
          await expectFacts(engine.warehouse, readAll(story.reference, isBad), story);

          const facts = await checksumFacts(engine.warehouse);
          const ledger = await loadLedger(engine.warehouse);
          await emptyTables(engine.warehouse);
          await drain(projectorOf(engine.warehouse, journal), journal.durableSeq);
          expect(await checksumFacts(engine.warehouse)).toStrictEqual(facts);
          expect(await loadLedger(engine.warehouse)).toStrictEqual(ledger);
        },
      ),
      runs(process.env['TURNOUT_THOROUGH'] === '1' ? 20 : 4),
    );
  });
});
