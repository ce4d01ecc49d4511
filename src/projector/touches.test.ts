import { beforeEach, describe, expect, it } from 'vitest';
import { withEngine } from '../../test/support/engine.ts';
import { emptyTables } from '../../test/support/facts.ts';
import { MemoryJournal } from '../../test/support/memory-journal.ts';
import { webhook } from '../connectors/webhook.ts';
import { hourOf } from '../contract/changes.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { type BatchOutcome, createProjector } from './project.ts';
import { loadParts, mostParts } from './tidy.ts';
import { loadTouches, mergeChanges, Touches } from './touches.ts';

const engine = withEngine();
const RECEIVED = Date.parse('2026-03-16T03:00:00Z');

let journal: MemoryJournal;
beforeEach(async () => {
  await emptyTables(engine.warehouse);
  journal = new MemoryJournal();
});

const receive = (...records: object[]) =>
  journal.append({ source: 'hook', receivedAt: RECEIVED, body: Buffer.from(JSON.stringify(records)) });

const projectorOf = (warehouse: Warehouse, maxRecords = 20_000) =>
  createProjector({
    warehouse,
    reader: journal,
    sources: new Map([['hook', { connector: webhook, settings: { token: 'unused-here' }, defaults: {} }]]),
    workspace: { time_zone: 'Asia/Jakarta', currency: 'IDR', country: 'ID' },
    channels: [],
    rates: [],
    log: { info() {}, warn() {}, error() {} },
    maxRecords,
  });

async function project(warehouse = engine.warehouse): Promise<BatchOutcome> {
  const projector = projectorOf(warehouse);
  await projector.seq();
  const outcome = await projector.runBatch(journal.durableSeq);
  if (outcome === undefined) throw new Error('there is nothing to project');
  return outcome;
}

const event = (key: string, at: string, more: object = {}) => ({
  record: 'message_event',
  key,
  message_id: key,
  channel: 'sms',
  status: 'sent',
  at,
  account: { external_id: 'acme' },
  recipient: { phone: '+12025550101' },
  ...more,
});
const hour = (text: string) => hourOf(Date.parse(text));

/** Remembers what is asked of the engine. */
function listening(): { warehouse: Warehouse; said: string[] } {
  const { warehouse } = engine;
  const said: string[] = [];
  return {
    said,
    warehouse: {
      layout: warehouse.layout,
      query: (statement, options) => {
        said.push(String(statement));
        return warehouse.query(statement, options);
      },
      command: (statement, options) => {
        said.push(String(statement));
        return warehouse.command(statement, options);
      },
      insert: (table, columns, rows) => {
        said.push(`insert ${table} ${String(rows)}`);
        return warehouse.insert(table, columns, rows);
      },
      close: async () => {},
    },
  };
}

describe('changes', () => {
  it('are the hours of messages as they stood and as they stand', async () => {
    receive(event('m1', '2026-03-15T08:10:00Z'), event('m2', '2026-03-14T23:59:59.999Z'));
    const { changes } = await project();
    expect(mergeChanges(changes).find(({ table }) => table === 'messages')).toStrictEqual({
      table: 'messages',
      hours: { at: [hour('2026-03-14T23:00:00Z'), hour('2026-03-15T08:00:00Z')] },
    });
    // An earlier time is known of the first: it moves.
    receive(event('m1 again', '2026-03-01T10:00:00Z', { message_id: 'm1' }));
    expect((await project()).changes).toStrictEqual([
      { table: 'messages', hours: { at: [hour('2026-03-01T10:00:00Z'), hour('2026-03-15T08:00:00Z')] } },
    ]);
    const touches = await loadTouches(engine.warehouse, 1);
    expect(touches).toStrictEqual([
      {
        seq: 2,
        change: {
          table: 'messages',
          hours: { at: [hour('2026-03-01T10:00:00Z'), hour('2026-03-15T08:00:00Z')] },
        },
      },
    ]);
    expect((await loadTouches(engine.warehouse, 0)).map(({ seq, change }) => [seq, change.table])).toStrictEqual([
      [1, 'messages'],
      [1, 'people'],
      [2, 'messages'],
    ]);
  });

  it('of a person name the hour of registration only where the row says something else', async () => {
    const ana = { record: 'person', key: 'p1', kind: 'account', email: 'ana@example.com' };
    receive({ ...ana, registered_at: '2026-02-01T05:30:00Z' });
    const people = (outcome: BatchOutcome) => outcome.changes.find(({ table }) => table === 'people');
    expect(people(await project())?.hours).toStrictEqual({ registered_at: [hour('2026-02-01T05:00:00Z')] });
    receive({ ...ana, registered_at: '2026-02-01T05:30:00Z', observed_at: '2026-03-01T00:00:00Z' });
    expect(people(await project())?.hours).toStrictEqual({ registered_at: [] });
    receive({ ...ana, registered_at: '2026-01-31T05:30:00Z', observed_at: '2026-03-16T04:00:00Z' });
    expect(people(await project())?.hours).toStrictEqual({
      registered_at: [hour('2026-01-31T05:00:00Z'), hour('2026-02-01T05:00:00Z')],
    });
  });

  it('cost one statement where messages and contacts are new', async () => {
    receive(event('m1', '2026-03-15T08:10:00Z'));
    await project();
    const records = Array.from({ length: 20 }, (_, index) =>
      event(`n${index}`, '2026-03-15T09:10:00Z', { recipient: { phone: `+120255501${30 + index}` } }),
    );
    receive(...records);
    const { warehouse, said } = listening();
    const listened = projectorOf(warehouse);
    await listened.seq();
    const before = said.length;
    await listened.runBatch(journal.durableSeq);
    const batch = said.slice(before);
    expect(batch.filter((text) => text.includes('groupUniqArray(toInt64'))).toHaveLength(1);
    expect(batch.filter((text) => text.startsWith('insert touches'))).toHaveLength(1);
    // Who acted before is known as an account: neither person nor row is looked up or written again.
    expect(batch.filter((text) => /FROM `turnout`\.`people`/.test(text))).toStrictEqual([]);
    expect(batch.filter((text) => text.startsWith('insert person_records'))).toStrictEqual([]);
  });

  it('that name no hour are of everything', async () => {
    const touches = new Touches(engine.warehouse, 7);
    touches.hours('activities', 'at', [5, -3, 5]);
    touches.everything('table_leads');
    touches.hours('table_leads', 'born', [-400_000]);
    await touches.close();
    const told = [{ table: 'activities', hours: { at: [-3, 5] } }, { table: 'table_leads' }];
    expect(touches.changes).toStrictEqual(told);
    expect((await loadTouches(engine.warehouse, 6)).map(({ change }) => change)).toStrictEqual(told);
    expect(await loadTouches(engine.warehouse, 7)).toStrictEqual([]);
    expect(mergeChanges([{ table: 'activities', hours: { at: [9] } }, ...told])).toStrictEqual([
      { table: 'activities', hours: { at: [-3, 5, 9] } },
      { table: 'table_leads' },
    ]);
  });
});

describe('a stream of small batches', () => {
  it('leaves few parts, also where events are late by months', { timeout: 120_000 }, async () => {
    const batches = 50;
    for (let index = 0; index < batches; index += 1)
      receive(
        event(`now ${index}`, '2026-03-15T08:10:00Z'),
        event(`late ${index}`, new Date(RECEIVED - (index % 4) * 30 * 86_400_000 - 86_400_000).toISOString()),
      );
    let most = 0;
    const projector = projectorOf(engine.warehouse, 2);
    for (let batch = await projector.runBatch(batches); batch !== undefined; batch = await projector.runBatch(batches))
      most = batch.seq % 10 === 0 ? Math.max(most, await mostParts(engine.warehouse)) : most;
    // Each of the tables got a part with each batch.
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThan(batches / 2);
    const parts = await loadParts(engine.warehouse);
    expect(parts.filter(({ table }) => table === 'messages').length).toBeLessThanOrEqual(5);
  });
});
