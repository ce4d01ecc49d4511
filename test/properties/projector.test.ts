import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webhook } from '../../src/connectors/webhook.ts';
import type { MessageEvent } from '../../src/contract/record.ts';
import { type ChannelSpec, channelSpec, type Rate, rateFile } from '../../src/contract/workspace.ts';
import { checkLedger } from '../../src/projector/check-ledger.ts';
import { checksumFacts } from '../../src/projector/checksum-facts.ts';
import { receiptKey } from '../../src/projector/hash.ts';
import { loadLedger } from '../../src/projector/ledger.ts';
import { createProjector, drain, type Projector } from '../../src/projector/project.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';
import { mergeMessage, type ReferenceEvent } from '../reference/merge-message.ts';
import { BreakingWarehouse } from '../support/breaking-warehouse.ts';
import { withEngine } from '../support/engine.ts';
import { emptyTables, rowsOf } from '../support/facts.ts';
import { MemoryJournal } from '../support/memory-journal.ts';

const SOURCE = 'hook';
const ZONE = 'Asia/Jakarta';
const RECEIVED = Date.parse('2024-11-16T03:00:00Z');

const CHANNELS: ChannelSpec[] = [
  { name: 'whatsapp', statuses: ['sent', 'delivered', 'read', 'replied', 'failed'], engaged: ['read', 'replied'] },
  {
    name: 'email',
    statuses: ['queued', 'sent', 'delivered', 'opened', 'clicked', 'failed', 'unsubscribed', 'complained'],
    engaged: ['opened', 'clicked'],
  },
  { name: 'sms', statuses: ['queued', 'sent', 'delivered', 'failed'], engaged: [] },
  { name: 'ivr', statuses: ['queued', 'sent', 'answered', 'replied', 'failed'], engaged: ['answered'] },
].map((channel, index) => channelSpec.parse({ ...channel, label: channel.name, color: index + 1 }));

const RATES: Rate[] = rateFile.parse({
  version: 1,
  rates: [
    {
      channel: 'whatsapp',
      category: 'marketing',
      country: 'ID',
      valid_from: '2023-01-01',
      price: 586.33,
      currency: 'IDR',
    },
    {
      channel: 'whatsapp',
      country: 'ID',
      valid_from: '2023-01-01',
      price: 0.0043,
      currency: 'IDR',
      charged_at: 'delivered',
    },
    {
      channel: 'whatsapp',
      category: 'marketing',
      valid_from: '2023-01-01',
      valid_to: '2024-11-04',
      price: 400,
      currency: 'IDR',
    },
    { channel: 'whatsapp', category: 'marketing', valid_from: '2024-11-02', price: 410, currency: 'IDR' },
    { channel: 'sms', valid_from: '2023-01-01', price: 450, currency: 'IDR', charged_at: 'delivered' },
    { channel: 'sms', category: 'otp', valid_from: '2024-11-04', price: 0, currency: 'IDR' },
    { channel: 'ivr', valid_from: '2023-01-01', price: 1000, currency: 'IDR', charged_at: 'answered' },
  ],
}).rates;

const PHONES = ['+6281234567890', '+12025550123', '+6281234567891'] as const;
const COUNTRY: Record<string, string> = { '+6281234567890': 'ID', '+12025550123': 'US', '+6281234567891': 'ID' };

type Draft = Omit<MessageEvent, 'record' | 'key'>;

/** Times lie round a local midnight on which prices change, and coincide often. */
const instant = fc
  .integer({ min: -6, max: 6 })
  .map((hours) => new Date(Date.parse('2024-11-03T17:00:00Z') + hours * 3_600_000).toISOString());

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const draft = (message: string, channel: string): fc.Arbitrary<Draft> =>
  fc.record(
    {
      message_id: fc.constant(message),
      channel: fc.constant(channel),
      status: fc.constantFrom(
        'queued',
        'sent',
        'sent',
        'delivered',
        'delivered',
        'read',
        'opened',
        'clicked',
        'answered',
        'replied',
        'failed',
        'unsubscribed',
        'complained',
      ),
      at: instant,
      account: optional(fc.constantFrom('acme', 'globex').map((external_id) => ({ external_id }))),
      recipient: optional(fc.constantFrom(...PHONES).map((phone) => ({ phone }))),
      category: optional(fc.constantFrom('marketing', 'otp')),
      campaign: optional(fc.constantFrom('c1', 'c2', 'o\'brien\\ "x"\n🙂')),
      failure_reason: optional(fc.constantFrom('unreachable', 'blocked')),
      permanent: optional(fc.boolean()),
      automated: optional(fc.boolean()),
      billable: optional(fc.boolean()),
      charge: optional(fc.constantFrom(0, 0.0079, 586.33, 1_234_567.891)),
      currency: optional(fc.constantFrom('IDR', 'USD')),
      seconds: optional(fc.constantFrom(0, 12, 90)),
      digits: optional(fc.constantFrom('0', '1#')),
    },
    { requiredKeys: ['message_id', 'channel', 'status', 'at'] },
  ) as fc.Arbitrary<Draft>;

/** Lives of messages: events, each with a key of its own. */
const lives = (minLength: number, maxLength: number): fc.Arbitrary<MessageEvent[]> =>
  fc
    .array(fc.tuple(fc.constantFrom('whatsapp', 'email', 'sms', 'ivr', 'pigeon'), fc.integer({ min: 1, max: 6 })), {
      minLength,
      maxLength,
    })
    .chain((messages) =>
      fc.tuple(
        ...messages.map(([channel, count], index) =>
          fc.array(draft(`m${index}`, channel), { minLength: count, maxLength: count }),
        ),
      ),
    )
    .map((messages) =>
      messages.flat().map((event, index): MessageEvent => {
        const known = Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined));
        return { record: 'message_event', key: `e${index}`, ...(known as Draft) };
      }),
    );

/** How the events arrive: each at least once, shuffled, cut into entries, entries into batches with restarts between. */
interface Arrival {
  events: MessageEvent[];
  entries: MessageEvent[][];
}

const arrivals = lives(1, 20).chain((events) =>
  fc
    .tuple(
      fc.array(fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.integer({ min: 4, max: 46 })), {
        minLength: events.length,
        maxLength: events.length,
      }),
      fc.integer(),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 20 }),
    )
    .map(([times, seed, sizes]): Arrival => {
      const copies = events.flatMap((event, index) => Array.from({ length: times[index] ?? 1 }, () => event));
      const shuffled = shuffle(copies, seed);
      const entries: MessageEvent[][] = [];
      for (let at = 0, turn = 0; at < shuffled.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        entries.push(shuffled.slice(at, at + size));
        at += size;
      }
      return { events, entries };
    }),
);

function shuffle<T>(items: readonly T[], seed: number): T[] {
  const shuffled = [...items];
  let state = seed >>> 0;
  for (let index = shuffled.length - 1; index > 0; index -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (index + 1);
    const [a, b] = [shuffled[index], shuffled[other]];
    if (a !== undefined && b !== undefined) [shuffled[index], shuffled[other]] = [b, a];
  }
  return shuffled;
}

/** Records of other kinds, entry by entry: they tie people together, change, and come before and after what they change. */
const OTHERS: readonly (readonly object[])[] = [
  [{ record: 'person', key: 'crm-1', kind: 'account', email: 'ana@example.com', external_id: 'acme', region: 'Bali' }],
  [
    { record: 'invitation', key: 'i', person: { email: 'ben@example.com' }, invited_at: '2024-11-01T00:00:00Z' },
    {
      record: 'activity',
      key: 'a1',
      person: { email: 'cem@example.com' },
      at: '2024-11-01T00:00:00Z',
      feature: 'login',
    },
  ],
  [
    {
      record: 'activity',
      key: 'a2',
      person: { email: 'dana@example.com' },
      at: '2024-11-01T00:00:00Z',
      feature: 'login',
    },
  ],
  [
    { record: 'person', key: 'crm-2', kind: 'contact', email: 'ben@example.com', phone: PHONES[0] },
    { record: 'invitation', key: 'i2', person: { email: 'eve@example.com' }, invited_at: '2024-11-01T00:00:00Z' },
  ],
  [
    { record: 'person', key: 'crm-1', kind: 'account', email: 'cem@example.com', external_id: 'acme', region: 'Java' },
    {
      record: 'invitation',
      key: 'i',
      person: { email: 'ben@example.com' },
      invited_at: '2024-11-01T00:00:00Z',
      activated_at: '2024-11-02T00:00:00Z',
    },
  ],
  [
    { record: 'person', key: 'crm-3', kind: 'contact', email: 'fay@example.com' },
    { record: 'person', key: 'crm-4', kind: 'contact', email: 'dana@example.com', external_id: 'dana' },
  ],
];

function journalOf(entries: readonly (readonly unknown[])[]): MemoryJournal {
  const journal = new MemoryJournal();
  for (const [index, records] of entries.entries())
    journal.append({
      source: SOURCE,
      receivedAt: RECEIVED + index * 60_000,
      body: Buffer.from(JSON.stringify(records)),
    });
  return journal;
}

const silent = { info() {}, warn() {}, error() {} };

function projectorOf(warehouse: Warehouse, journal: MemoryJournal, maxRecords = 20_000): Projector {
  return createProjector({
    warehouse,
    reader: journal,
    sources: new Map([[SOURCE, { connector: webhook, settings: { token: 'unused-here' }, defaults: {} }]]),
    workspace: { time_zone: ZONE, currency: 'IDR', country: 'ID' },
    channels: CHANNELS,
    rates: RATES,
    log: silent,
    maxRecords,
  });
}

const toMillis = (value: string | null) => (value === null ? null : Date.parse(`${value.replace(' ', 'T')}Z`));

/** Rows of `messages` in the reference's words: people by what names them. */
async function messagesAsMerged(warehouse: Warehouse): Promise<Record<string, unknown>[]> {
  const people = await rowsOf<{ person: number; phone: string; external_id: string }>(warehouse, 'people');
  const names = new Map(people.map(({ person, phone, external_id }) => [person, phone || external_id]));
  const rows = await rowsOf<Record<string, unknown>>(warehouse, 'messages');
  return rows.map(({ message, source, version, is_deleted, ...row }) => {
    for (const [name, value] of Object.entries(row))
      if (name === 'at' || name.endsWith('_at')) row[name] = toMillis(value as string | null);
    row['account'] = names.get(row['account'] as number) ?? '';
    row['recipient'] = names.get(row['recipient'] as number) ?? '';
    return sortedRow(row);
  });
}

const sortedRow = (row: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));

function referenceEvents(events: readonly MessageEvent[]): Map<string, ReferenceEvent[]> {
  return Map.groupBy(
    events.map((event) => ({
      ...event,
      message: event.message_id,
      event: BigInt(receiptKey(SOURCE, event.key)),
      at: Date.parse(event.at),
      failureReason: event.failure_reason,
      country: COUNTRY[event.recipient?.phone ?? ''],
      account: event.account?.external_id,
      recipient: event.recipient?.phone,
      campaign: event.campaign?.trim(),
    })),
    ({ message }) => message,
  );
}

async function expectMerged(warehouse: Warehouse, events: readonly MessageEvent[]): Promise<void> {
  const context = { channels: CHANNELS, rates: RATES, timeZone: ZONE, currency: 'IDR' };
  const expected = [...referenceEvents(events).values()].map((group) => sortedRow(mergeMessage(group, context)));
  const actual = await messagesAsMerged(warehouse);
  const text = (rows: unknown[]) => rows.map((row) => JSON.stringify(row)).sort();
  expect(text(actual).map((row) => JSON.parse(row))).toStrictEqual(text(expected).map((row) => JSON.parse(row)));
}

async function expectLedger(warehouse: Warehouse, journal: MemoryJournal, events: number, copies: number) {
  expect(await checkLedger(warehouse, journal)).toStrictEqual([]);
  const rows = await loadLedger(warehouse);
  const sum = (name: 'received' | 'counted' | 'duplicate' | 'quarantined') =>
    rows.reduce((total, row) => total + row[name], 0);
  expect([sum('received'), sum('counted'), sum('duplicate'), sum('quarantined')]).toStrictEqual([
    copies,
    events,
    copies - events,
    0,
  ]);
}

const copiesOf = ({ entries }: Arrival) => entries.reduce((total, records) => total + records.length, 0);

const engine = withEngine();

/** Every third write is broken, or every one with TURNOUT_THOROUGH=1. */
const THOROUGH = process.env['TURNOUT_THOROUGH'] === '1';
const runs = (numRuns: number) => ({ numRuns, endOnFailure: true });

describe('projector', () => {
  it('comes to the same facts in any order, with any repetition and across restarts', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        arrivals,
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(1, 7, 20_000),
        async (arrival, steps, maxRecords) => {
          await emptyTables(engine.warehouse);
          const journal = journalOf(arrival.entries);
          let projector = projectorOf(engine.warehouse, journal, maxRecords);
          for (const step of steps) {
            const done = await projector.seq();
            await drain(projector, Math.min(done + step, journal.durableSeq));
            projector = projectorOf(engine.warehouse, journal, maxRecords);
          }
          await drain(projectorOf(engine.warehouse, journal), journal.durableSeq);
          await expectMerged(engine.warehouse, arrival.events);
          await expectLedger(engine.warehouse, journal, arrival.events.length, copiesOf(arrival));
        },
      ),
      runs(THOROUGH ? 20 : 4),
    );
  });

  it('may stop before or after any write of a batch', { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(lives(3, 6), fc.integer(), fc.integer({ min: 2, max: 3 }), async (events, seed, before) => {
        const broken = 5;
        const shuffled = shuffle([...events, ...events], seed);
        const size = Math.ceil(shuffled.length / OTHERS.length);
        const journal = journalOf(
          OTHERS.map((others, index) => [...shuffled.slice(index * size, (index + 1) * size), ...others]),
        );
        await emptyTables(engine.warehouse);
        await drain(projectorOf(engine.warehouse, journal), journal.durableSeq);
        await expectMerged(engine.warehouse, events);
        const undisturbed = await checksumFacts(engine.warehouse);

        let stop = THOROUGH ? 0 : Math.abs(seed) % 3;
        for (let broke = true; broke; stop += THOROUGH ? 1 : 3) {
          await emptyTables(engine.warehouse);
          await drain(projectorOf(engine.warehouse, journal), before);
          const breaking = new BreakingWarehouse(engine.warehouse, stop);
          broke = await projectorOf(breaking, journal)
            .runBatch(broken)
            .then(
              () => false,
              () => true,
            );
          // What is done again has other boundaries than the batch that broke.
          await drain(projectorOf(engine.warehouse, journal, 10), journal.durableSeq);
          expect(await checksumFacts(engine.warehouse), `stopped at ${stop}`).toStrictEqual(undisturbed);
          const counted = events.length + OTHERS.flat().length;
          await expectLedger(engine.warehouse, journal, counted, counted + events.length);
        }
        expect(stop).toBeGreaterThan(10);
      }),
      runs(1),
    );
  });
});
