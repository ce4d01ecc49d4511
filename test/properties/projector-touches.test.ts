import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webhook } from '../../src/connectors/webhook.ts';
import type { Connector } from '../../src/contract/connector.ts';
import { identityFile } from '../../src/contract/identity.ts';
import { tableSpec } from '../../src/contract/model.ts';
import { type ControlEntry, PAGE_HEADERS } from '../../src/contract/pull.ts';
import type { CanonicalRecord, PersonRef } from '../../src/contract/record.ts';
import { createProjector, drain, type Projector } from '../../src/projector/project.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';
import { BreakingWarehouse } from '../support/breaking-warehouse.ts';
import { withEngine } from '../support/engine.ts';
import { emptyTables } from '../support/facts.ts';
import { MemoryJournal } from '../support/memory-journal.ts';
import { ToldChanges } from '../support/told-changes.ts';

/**
 * Whatever arrives late, moves, is deleted, taken back, tried again or read under other rules, and wherever a batch is stopped: the
 * hours of each row that differs afterwards are told, as it was and as it is.
 */

const START = Date.parse('2026-03-20T05:00:00Z');

const crm: Connector = {
  ...webhook,
  name: 'crm',
  revisable: true,
  parse: ({ body }) => (JSON.parse(String(body)) as CanonicalRecord[]).map((record) => ({ ok: true, record })),
};

const TABLES = [
  tableSpec.parse({ version: 1, table: 'leads', columns: [{ name: 'born', type: 'date' }] }),
  tableSpec.parse({
    version: 1,
    table: 'leads',
    columns: [
      { name: 'born', type: 'time' },
      { name: 'title', type: 'text' },
    ],
  }),
];
const RULES = [60, 600].map((gapSeconds) => ({
  identity: identityFile.parse({ version: 1, ...(gapSeconds === 60 ? {} : { match: ['email'] }) }),
  sourceGroups: { lists: {}, rules: [] },
  gapSeconds,
}));

const NAMES: readonly PersonRef[] = [
  { email: 'ana@example.com' },
  { email: 'ben@example.com' },
  { phone: '+12025550101' },
  { phone: '+12025550102' },
  { external_id: 'x1' },
  { email: 'ana@example.com', phone: '+12025550101' },
  { email: 'ben@example.com', external_id: 'x1' },
  { phone: '+12025550102', external_id: 'x1' },
];
const person = fc.constantFrom(...NAMES);
/** Hours that coincide now and then. */
const time = fc.integer({ min: 0, max: 9 }).map((turn) => new Date(START - turn * 5_400_000).toISOString());
const few = (count: number) => fc.integer({ min: 0, max: count - 1 });
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined, freq: 2 });

/** Kinds follow the key for the most part, so that records mostly have versions and sometimes become another kind. */
const record: fc.Arbitrary<CanonicalRecord> = fc
  .record({ number: few(9), turn: few(12), who: person, other: person, at: time, later: maybe(time), content: few(3) })
  .map(({ number, turn, who, other, at, later, content }) => {
    const kinds = KINDS[number] ?? KINDS[0];
    const kind = turn === 0 ? 'activity' : kinds;
    const base = { key: `r${number}`, ...(turn > 8 ? { observed_at: at } : {}) };
    const says: Record<(typeof KINDS)[number], object> = {
      message_event: {
        message_id: `m${content}`,
        channel: 'sms',
        status: content === 0 ? 'sent' : 'delivered',
        at,
        recipient: who,
        ...(content === 1 ? { account: other } : {}),
      },
      person: { kind: content === 0 ? 'account' : 'contact', ...who, registered_at: later, region: `r${content}` },
      invitation: { person: who, invited_at: at, activated_at: later },
      activity: { person: who, at, feature: `f${content}` },
      row: { table: 'leads', values: { born: later?.slice(0, 10) ?? '1955-05-05', title: `t${content}` } },
      webinar: {
        webinar_id: `w${content % 2}`,
        title: `t${content}`,
        format: 'live',
        status: 'scheduled',
        starts_at: at,
      },
      registration: { webinar_id: `w${content % 2}`, person: who, registered_at: at },
      attendance: { webinar_id: `w${content % 2}`, person: who, joined_at: at, seconds: 60 },
    };
    const told = turn === 1 ? { record: 'deletion', of: kind, ...base } : { record: kind, ...base, ...says[kind] };
    return JSON.parse(JSON.stringify(told)) as CanonicalRecord;
  });
const KINDS = [
  'message_event',
  'person',
  'invitation',
  'activity',
  'row',
  'webinar',
  'registration',
  'attendance',
  'message_event',
] as const;

type Draft =
  | { kind: 'page'; source: 'crm' | 'hook'; records: CanonicalRecord[] }
  | { kind: 'refresh'; back: number }
  | { kind: 'undo'; from: number; length: number };

const draft: fc.Arbitrary<Draft> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('page' as const),
      source: fc.constantFrom<('crm' | 'hook')[]>('crm', 'crm', 'hook'),
      records: fc.array(record, { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('refresh' as const), back: few(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('undo' as const), from: few(20), length: few(3) }) },
);

function tell(drafts: readonly Draft[]): MemoryJournal {
  const journal = new MemoryJournal();
  for (const one of drafts) {
    const seq = journal.durableSeq + 1;
    const append = (source: string, headers: Record<string, string>, body: unknown) =>
      journal.append({
        source,
        receivedAt: START + journal.durableSeq * 60_000,
        headers,
        body: Buffer.from(JSON.stringify(body)),
      });
    const order = (control: ControlEntry) => append('crm', { [PAGE_HEADERS.control]: control.control }, control);
    if (one.kind === 'page')
      // What is sent, and not read, has a key of its own each time: it is told once.
      append(
        one.source,
        { [PAGE_HEADERS.stream]: 'main' },
        one.source === 'crm' ? one.records : one.records.map((said, item) => ({ ...said, key: `${seq}.${item}` })),
      );
    else if (one.kind === 'refresh')
      order({ control: 'refresh', stream: 'main', first_seq: Math.max(1, seq - 1 - one.back) });
    else {
      const first = (one.from % seq) + 1;
      order({ control: 'undo', first_seq: first, last_seq: first + one.length });
    }
  }
  return journal;
}

interface Setting {
  maxRecords: number;
  /** Which declaration of the table and which rules. */
  table: number;
  rules: number;
}

function projectorOf(warehouse: Warehouse, journal: MemoryJournal, setting: Setting, told: number): Projector {
  const webinars = RULES[setting.rules];
  return createProjector({
    warehouse,
    reader: journal,
    sources: new Map([
      ['crm', { connector: crm, settings: {}, defaults: {} }],
      ['hook', { connector: webhook, settings: { token: 'unused-here' }, defaults: {} }],
    ]),
    workspace: { time_zone: 'Europe/Berlin', currency: 'EUR' },
    channels: [],
    rates: [],
    tables: TABLES.slice(setting.table, setting.table + 1),
    ...(webinars === undefined ? {} : { webinars }),
    log: { info() {}, warn() {}, error() {} },
    maxRecords: setting.maxRecords,
    told,
  });
}

const step = fc.record({
  entries: fc.integer({ min: 1, max: 8 }),
  /** Writes after which the engine goes away. */
  writes: fc.integer({ min: 0, max: 45 }),
  maxRecords: fc.constantFrom(1, 5, 20_000),
  table: few(2),
  rules: few(2),
  /** Rules are followed before there is anything to project. */
  early: fc.boolean(),
});

const engine = withEngine();
const runs = Number(process.env['TURNOUT_THOROUGH'] === undefined ? 3 : 60);

describe('what a batch changes', () => {
  it('is told by hours, before and after, wherever it is stopped', { timeout: 900_000 }, async () => {
    let differences = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(draft, { minLength: 4, maxLength: 14 }),
        fc.array(step, { minLength: 1, maxLength: 6 }),
        async (drafts, steps) => {
          await emptyTables(engine.warehouse);
          const journal = tell(drafts);
          const changes = new ToldChanges(engine.warehouse);
          for (const { entries, writes, early, ...setting } of steps) {
            const breaking = new BreakingWarehouse(engine.warehouse, writes);
            const projector = projectorOf(breaking, journal, setting, changes.told);
            const through = Math.min(changes.told + entries, journal.durableSeq);
            try {
              if (early) {
                await projector.applyRules();
                await changes.look(projector.takeChanges(), await projector.seq());
              }
              await drain(changes.watch(projector), through);
            } catch {
              // The next projector does it again.
            }
          }
          const last = projectorOf(engine.warehouse, journal, { maxRecords: 20_000, table: 0, rules: 0 }, changes.told);
          await last.applyRules();
          await changes.look(last.takeChanges(), await last.seq());
          await drain(changes.watch(last), journal.durableSeq);
          changes.expectAllTold();
          differences += changes.differences;
        },
      ),
      { numRuns: runs, endOnFailure: true },
    );
    expect(differences).toBeGreaterThan(runs);
  });
});
