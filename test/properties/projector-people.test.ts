import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webhook } from '../../src/connectors/webhook.ts';
import type { PersonRef } from '../../src/contract/record.ts';
import { checkLedger } from '../../src/projector/check-ledger.ts';
import { checksumFacts } from '../../src/projector/checksum-facts.ts';
import { createProjector, drain } from '../../src/projector/project.ts';
import { withEngine } from '../support/engine.ts';
import { emptyTables, rowsOf } from '../support/facts.ts';
import { MemoryJournal } from '../support/memory-journal.ts';

const EMAILS = ['ana', 'ben', 'cem', 'dana'].map((name) => `${name}@example.com`);
const PHONES = [1, 2, 3, 4].map((digit) => `+1202555012${digit}`);
const IDS = ['acme', 'globex', 'initech'];

const ref: fc.Arbitrary<PersonRef> = fc
  .record(
    { email: fc.constantFrom(...EMAILS), phone: fc.constantFrom(...PHONES), external_id: fc.constantFrom(...IDS) },
    { requiredKeys: [] },
  )
  .filter((one) => Object.keys(one).length > 0);

const INSTANT = '2024-11-15T08:00:00Z';
const OBSERVED = { observed_at: INSTANT };
type Kind = 'activity' | 'invitation' | 'contact' | 'account' | 'message';
interface Mention {
  kind: Kind;
  ref: PersonRef;
  other: PersonRef;
}
const mention: fc.Arbitrary<Mention> = fc.record({
  kind: fc.constantFrom<Kind[]>('activity', 'invitation', 'contact', 'account', 'message'),
  ref,
  other: ref,
});

function recordOf({ kind, ref: person, other }: Mention, index: number) {
  const key = `k${index}`;
  switch (kind) {
    case 'activity':
      return { record: 'activity', key, person, at: INSTANT, feature: 'login' };
    case 'invitation':
      return { record: 'invitation', key, person, invited_at: INSTANT, ...OBSERVED };
    case 'message':
      return {
        record: 'message_event',
        key,
        message_id: key,
        channel: 'sms',
        status: 'sent',
        at: INSTANT,
        account: person,
        recipient: other,
      };
    default:
      return { record: 'person', key, kind, ...person, ...OBSERVED };
  }
}

/** The slow, obvious clustering: join until nothing changes. */
function clustersOf(mentions: readonly Mention[]): { names: Set<string>; account: boolean }[] {
  const clusters: { names: Set<string>; account: boolean }[] = [];
  const say = (person: PersonRef, account: boolean) => {
    const names = new Set(Object.values(person).filter((name) => name !== undefined));
    const touched = clusters.filter((cluster) => [...cluster.names].some((name) => names.has(name)));
    for (const cluster of touched) clusters.splice(clusters.indexOf(cluster), 1);
    clusters.push({
      names: new Set([...names, ...touched.flatMap((cluster) => [...cluster.names])]),
      account: account || touched.some((cluster) => cluster.account),
    });
  };
  for (const { kind, ref: person, other } of mentions) {
    say(person, kind === 'activity' || kind === 'account' || kind === 'message');
    if (kind === 'message') say(other, false);
  }
  return clusters;
}

const engine = withEngine();

async function project(mentions: readonly { mention: Mention; index: number }[], sizes: readonly number[]) {
  await emptyTables(engine.warehouse);
  const journal = new MemoryJournal();
  for (let at = 0, turn = 0; at < mentions.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    const records = mentions.slice(at, at + size).map(({ mention: one, index }) => recordOf(one, index));
    journal.append({
      source: 'hook',
      receivedAt: Date.parse('2024-11-16T00:00:00Z'),
      body: Buffer.from(JSON.stringify(records)),
    });
    at += size;
  }
  return {
    journal,
    /** @param batches entries per batch and projector, so that numbers are also found again after a restart */
    async run(batches: readonly number[]) {
      await emptyTables(engine.warehouse);
      for (let turn = 0, through = 0; through < journal.durableSeq; turn += 1) {
        through = Math.min(through + (batches[turn % batches.length] ?? 1), journal.durableSeq);
        const projector = createProjector({
          warehouse: engine.warehouse,
          reader: journal,
          sources: new Map([['hook', { connector: webhook, settings: { token: 'unused-here' }, defaults: {} }]]),
          workspace: { time_zone: 'UTC', currency: 'USD' },
          channels: [],
          rates: [],
          log: { info() {}, warn() {}, error() {} },
        });
        await drain(projector, through);
      }
    },
  };
}

describe('people', () => {
  it('are the same clusters whatever the order and the batches, and facts name them', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(mention, { minLength: 1, maxLength: 14 }),
        fc.infiniteStream(fc.nat()),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
        async (mentions, stream, sizes, batches) => {
          const shuffled = mentions
            .map((one, index) => ({ mention: one, index, at: stream.next().value as number }))
            .sort((a, b) => a.at - b.at);
          const { journal, run } = await project(shuffled, sizes);
          await run([1000]);
          const atOnce = await checksumFacts(engine.warehouse);
          await run(batches);
          expect(await checksumFacts(engine.warehouse)).toStrictEqual(atOnce);
          expect(await checkLedger(engine.warehouse, journal)).toStrictEqual([]);

          const identities = await rowsOf<{ value: string; person: number }>(engine.warehouse, 'identities');
          const roots = new Map(
            (await rowsOf<{ person: number; root: number; seq: number }>(engine.warehouse, 'person_roots'))
              .sort((a, b) => a.seq - b.seq)
              .map(({ person, root }) => [person, root]),
          );
          const rootOf = new Map(identities.map(({ value, person }) => [value, roots.get(person) ?? person]));
          const clusters = clustersOf(mentions);
          const people = await rowsOf<{ person: number; kind: string }>(engine.warehouse, 'people');
          expect(people).toHaveLength(clusters.length);
          for (const { names, account } of clusters) {
            const numbers = new Set([...names].map((name) => rootOf.get(name)));
            expect(numbers.size).toBe(1);
            const [number] = numbers;
            expect(people.find(({ person }) => person === number)?.kind).toBe(account ? 'account' : 'contact');
          }
          const numberOf = (one: PersonRef) => rootOf.get(Object.values(one)[0] ?? '');
          const expected = (kind: Kind, pick: (one: Mention) => PersonRef) =>
            mentions.filter((one) => one.kind === kind).map((one) => numberOf(pick(one)));
          const numbers = async (table: 'activities' | 'invitations' | 'messages', column: string) =>
            (await rowsOf<Record<string, number>>(engine.warehouse, table)).map((row) => row[column]).sort();
          expect(await numbers('activities', 'person')).toStrictEqual(expected('activity', (one) => one.ref).sort());
          expect(await numbers('invitations', 'person')).toStrictEqual(expected('invitation', (one) => one.ref).sort());
          expect(await numbers('messages', 'account')).toStrictEqual(expected('message', (one) => one.ref).sort());
          expect(await numbers('messages', 'recipient')).toStrictEqual(expected('message', (one) => one.other).sort());
        },
      ),
      { numRuns: 12, endOnFailure: true },
    );
  });
});
