import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BreakingWarehouse } from '../../../test/support/breaking-warehouse.ts';
import { temporaryFolder, withEngine } from '../../../test/support/engine.ts';
import { emptyTables, rowsOf } from '../../../test/support/facts.ts';
import { MemoryJournal } from '../../../test/support/memory-journal.ts';
import { webhook } from '../../connectors/webhook.ts';
import { MAX_LINE_BYTES } from '../../contract/load.ts';
import { type LoadOrder, PAGE_HEADERS } from '../../contract/pull.ts';
import { keepBulk } from '../../journal/bulk.ts';
import { checkLedger } from '../check-ledger.ts';
import { checksumFacts } from '../checksum-facts.ts';
import { messageKey } from '../hash.ts';
import { loadLedger } from '../ledger.ts';
import { createProjector, drain, type ProjectorOptions } from '../project.ts';
import { loadQuarantine } from '../quarantine.ts';

const engine = withEngine();
const RECEIVED = Date.parse('2024-11-16T03:00:00Z');
const silent = { info() {}, warn() {}, error() {} };

let journal: MemoryJournal;
let journalFolder: string;
let remove: () => void;
beforeEach(async () => {
  await emptyTables(engine.warehouse);
  journal = new MemoryJournal();
  ({ folder: journalFolder, remove } = temporaryFolder());
});
afterEach(() => remove());

async function load(lines: readonly unknown[], source = 'history'): Promise<void> {
  const body = Buffer.from(lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  const pieces = await keepBulk(journalFolder, Readable.from([body]), { pieceLines: 1000, lineBytes: MAX_LINE_BYTES });
  for (const { linesBefore, ...piece } of pieces)
    journal.append({
      source,
      receivedAt: RECEIVED,
      headers: { [PAGE_HEADERS.control]: 'load' },
      body: Buffer.from(
        JSON.stringify({
          control: 'load',
          ...piece,
          file: 'old.ndjson',
          lines_before: linesBefore,
        } satisfies LoadOrder),
      ),
    });
}

const makeProjector = (options: Partial<ProjectorOptions> = {}) =>
  createProjector({
    warehouse: engine.warehouse,
    reader: journal,
    journalFolder,
    sources: new Map(
      ['hook', 'history'].map((name) => [name, { connector: webhook, settings: { token: 'unused' }, defaults: {} }]),
    ),
    workspace: { time_zone: 'Asia/Jakarta', currency: 'IDR', country: 'ID' },
    channels: [],
    rates: [],
    log: silent,
    ...options,
  });
const project = async (options: Partial<ProjectorOptions> = {}) => {
  await drain(makeProjector(options), journal.durableSeq);
  expect(await checkLedger(engine.warehouse)).toStrictEqual([]);
};

const message = (id: string, more: object = {}) => ({
  message_id: id,
  channel: 'sms',
  sent_at: '2024-10-01T08:00:00Z',
  ...more,
});
const ledger = async () =>
  (await loadLedger(engine.warehouse)).map(
    ({ source, day, received, counted, duplicate, quarantined }) =>
      `${source} ${day} ${received} = ${counted} + ${duplicate} + ${quarantined}`,
  );

describe('a file of history', () => {
  it('counts each message once, whatever is loaded again', async () => {
    await load([message('a'), message('b'), message('b'), message('c', { channel: 'email' })]);
    await load([message('b'), message('c'), message('d')]);
    await load([message('a'), message('b'), message('b'), message('c', { channel: 'email' })]);
    await project();
    expect(await ledger()).toStrictEqual(['history 2024-11-16 11 = 4 + 6 + 1']);
    const messages = await rowsOf<{ message: string; channel: string }>(engine.warehouse, 'messages');
    expect(messages.map(({ channel }) => channel).sort()).toStrictEqual(['email', 'sms', 'sms', 'sms']);
    const { items } = await loadQuarantine(engine.warehouse, { limit: 10 });
    expect(items.map(({ reason, raw }) => [reason, JSON.parse(raw)])).toStrictEqual([
      [
        'Line 2 of old.ndjson: The message was loaded before with another content. The first one is counted.',
        message('c'),
      ],
    ]);
  });

  it('gives a message the key that its events would give it', async () => {
    const ids = ['plain', 'a/b', 'qu"ote', 'back\\slash', 'tab\there', 'Ünïcödé ✓', '\u0001', '{}', "it's"];
    await load(ids.map((id) => message(id)));
    await project();
    const rows = await engine.warehouse.query<{ id: string }>(
      'SELECT toString(message) AS id FROM turnout.messages FINAL' as never,
    );
    expect(rows.rows.map(({ id }) => id).sort()).toStrictEqual(ids.map((id) => messageKey('history', id)).sort());
  });
});

describe('what a file of history says', () => {
  it('is refused line by line, with the reason and the line as it came', async () => {
    const bad: [unknown, RegExp][] = [
      ['not json', /not a JSON object/],
      ['[1]', /not a JSON object/],
      [{}, /not a JSON object/],
      [message(''), /message_id/],
      [{ ...message('x'), channel: '  ' }, /channel/],
      [message('x', { colour: 'red' }), /unknown.*colour/],
      [message('x', { category: null }), /unknown, empty/],
      ['{"message_id":"x","channel":"sms","sent_at":"2024-10-01T08:00:00Z","channel":"email"}', /there twice/],
      [message('x', { billable: 'yes' }), /not of the kind/],
      [message('x', { seconds: 1.5 }), /seconds/],
      [message('x', { seconds: 1e300 }), /seconds/],
      [message('x', { account: 'acme' }), /not of the kind/],
      [message('x', { sent_at: '2024-10-01 08:00:00' }), /sent_at: a time such as/],
      [message('x', { sent_at: '2024-02-31T08:00:00Z' }), /no calendar/],
      [message('x', { sent_at: '2024-10-01T24:00:00Z' }), /sent_at: a time such as/],
      [message('x', { sent_at: '1969-12-31T23:00:00Z' }), /before 1970/],
      [message('x', { read_at: '2024-11-18T08:00:00Z' }), /more than a day after/],
      [{ message_id: 'x', channel: 'sms' }, /is needed at least/],
      [message('x', { charge: -1 }), /charge/],
      [message('x', { currency: 'EURO' }), /currency/],
      [message('x', { campaign: 'c'.repeat(201) }), /campaign/],
    ];
    await load([message('good'), ...bad.map(([line]) => line)]);
    await project();
    const { items } = await loadQuarantine(engine.warehouse, { limit: 100 });
    const found = new Map(items.map(({ id, reason, raw }) => [id, { reason, raw }]));
    for (const [index, [line, reason]] of bad.entries()) {
      const item = found.get(`1.${index + 2}`);
      expect(String(item?.reason), JSON.stringify(line)).toMatch(reason);
      expect(item?.raw).toBe(typeof line === 'string' ? line : JSON.stringify(line));
    }
    expect(await ledger()).toStrictEqual([`history 2024-11-16 ${bad.length + 1} = 1 + 0 + ${bad.length}`]);
  });

  it('counts as its events would: people, states, money, places', async () => {
    const rich = {
      ...message('m1', { delivered_at: '2024-10-01T10:00:05.250+02:00', read_at: '2024-10-02T00:00:00Z' }),
      account: { external_id: ' Acme ' },
      recipient: { phone: '0812-3456-7890', email: 'Siti@Example.com ' },
      category: 'marketing',
      campaign: ' spring ',
      billable: true,
      charge: 0.29,
      currency: 'usd',
    };
    const failed = message('m2', {
      failed_at: '2024-10-01T08:00:09Z',
      failure_reason: 'gone',
      recipient: { email: 'siti@example.com' },
    });
    await load([rich, failed]);
    await project();
    const facts = () =>
      Promise.all([rowsOf<object>(engine.warehouse, 'messages'), rowsOf<object>(engine.warehouse, 'people')]);
    const [messages, people] = await facts();

    await emptyTables(engine.warehouse);
    journal = new MemoryJournal();
    const events = [rich, failed].flatMap((one) => {
      const isTime = (name: string) => name.endsWith('_at');
      const said = Object.fromEntries(Object.entries(one).filter(([name]) => !isTime(name)));
      return Object.entries(one)
        .filter(([name]) => isTime(name))
        .map(([name, at]) => ({
          ...said,
          record: 'message_event',
          key: `${one.message_id}-${name}`,
          status: name.replace('_at', ''),
          at,
        }));
    });
    journal.append({ source: 'history', receivedAt: RECEIVED, body: Buffer.from(JSON.stringify(events)) });
    await project();
    const [fromEvents, peopleOfEvents] = await facts();
    const byTime = (rows: object[]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(byTime(messages)).toStrictEqual(byTime(fromEvents));
    const described = (rows: object[]) => rows.map((row) => JSON.stringify({ ...row, person: 0, version: 0 })).sort();
    expect(described(people)).toStrictEqual(described(peopleOfEvents));
  });

  it('follows its people when they turn out to be one', async () => {
    await load([
      message('a', { recipient: { email: 'kim@example.com' } }),
      message('b', { recipient: { phone: '+12025550142' } }),
    ]);
    journal.append({
      source: 'hook',
      receivedAt: RECEIVED,
      body: Buffer.from(
        JSON.stringify([
          { record: 'person', key: 'p', kind: 'contact', email: 'kim@example.com', phone: '+1 202 555 0142' },
        ]),
      ),
    });
    await load([message('c', { recipient: { email: 'kim@example.com', external_id: 'k' } })]);
    await project({ maxRecords: 1 });
    const messages = await rowsOf<{ recipient: number }>(engine.warehouse, 'messages');
    expect(new Set(messages.map(({ recipient }) => recipient)).size).toBe(1);
    expect(await rowsOf(engine.warehouse, 'people')).toHaveLength(1);
  });
});

describe('orders one after the other', () => {
  it('number people as each alone would: those who were named before, tied since, or act by now', async () => {
    const prepare = async () => {
      await emptyTables(engine.warehouse);
      journal = new MemoryJournal();
      const both = { email: 'a@example.com', phone: '+12025550143' };
      await load([
        message('a', { recipient: { email: 'a@example.com' }, account: { external_id: 'acme' } }),
        message('b', { recipient: { phone: '+12025550143' } }),
        message('c', { recipient: { external_id: 'shop' } }),
        message('d', { recipient: { email: 'nobody at all' } }),
      ]);
      await load([
        message('e', { recipient: { email: 'a@example.com' }, account: { external_id: 'shop' } }),
        message('f', { recipient: { external_id: 'acme' }, account: { external_id: 'acme' } }),
        message('g', { recipient: { email: 'nobody at all' } }),
      ]);
      await load([message('h', { recipient: both }), message('i', { recipient: { email: 'a@example.com' } })]);
      await load([
        message('j', { recipient: { phone: '+12025550143' }, account: { external_id: 'shop' } }),
        message('k', { recipient: { external_id: 'shop' } }),
      ]);
    };
    await prepare();
    for (let seq = 1; seq <= journal.durableSeq; seq += 1) await drain(makeProjector(), seq);
    const alone = await checksumFacts(engine.warehouse);
    await prepare();
    await project();
    expect(await checksumFacts(engine.warehouse)).toStrictEqual(alone);
    const recipients = await rowsOf<{ recipient: number }>(engine.warehouse, 'messages');
    expect(recipients).toHaveLength(11);
    expect(new Set(recipients.map(({ recipient }) => recipient)).size).toBe(4);
  });

  it('ask nothing again of people whom the one before has named', async () => {
    const names = Array.from({ length: 3 }, (_, index) => ({ recipient: { email: `p${index}@example.com` } }));
    await load(names.map((name, index) => message(`a${index}`, name)));
    await load(names.map((name, index) => message(`b${index}`, name)));
    const asked: string[] = [];
    const warehouse: ProjectorOptions['warehouse'] = {
      layout: engine.warehouse.layout,
      query: (statement, options) => {
        if (statement.includes('`identities`')) asked.push(statement);
        return engine.warehouse.query(statement, options);
      },
      command: (statement, options) => engine.warehouse.command(statement, options),
      insert: (...rows) => engine.warehouse.insert(...rows),
      close: () => engine.warehouse.close(),
    };
    const projector = makeProjector({ warehouse });
    await drain(projector, 1);
    expect(asked.length).toBeGreaterThan(0);
    asked.length = 0;
    await drain(projector, 2);
    expect(asked).toStrictEqual([]);
    expect(await rowsOf(engine.warehouse, 'messages')).toHaveLength(6);
    expect(await rowsOf(engine.warehouse, 'people')).toHaveLength(3);
  });
});

describe('an order that is cut short', () => {
  it('comes to the same facts when it is done again, wherever it was', async () => {
    const prepare = async () => {
      await emptyTables(engine.warehouse);
      journal = new MemoryJournal();
      await load([
        message('a', { recipient: { email: 'a@example.com' }, account: { external_id: 'acme' } }),
        message('b'),
      ]);
      await load([
        message('b'),
        message('c', { recipient: { email: 'a@example.com', phone: '+12025550143' } }),
        message('d', { account: { external_id: 'other' }, recipient: { phone: '+12025550143' } }),
        message('d', { channel: 'email' }),
        'broken',
      ]);
    };
    await prepare();
    await project();
    const whole = { facts: await checksumFacts(engine.warehouse), ledger: await ledger() };
    let writes = 0;
    for (let breakAt = 1; breakAt === 1 || breakAt <= writes; breakAt += 5) {
      await prepare();
      const breaking = new BreakingWarehouse(engine.warehouse, breakAt);
      await drain(makeProjector({ warehouse: breaking }), journal.durableSeq).catch(() => {});
      writes = Math.max(writes, breaking.writes + 1);
      await project();
      expect(
        { facts: await checksumFacts(engine.warehouse), ledger: await ledger() },
        `write ${breakAt}`,
      ).toStrictEqual(whole);
    }
  });

  it('stands in the quarantine where its file is gone or damaged', async () => {
    await load([message('a')]);
    const [name] = readdirSync(join(journalFolder, 'bulk'));
    const path = join(journalFolder, 'bulk', name ?? '');
    const bytes = readFileSync(path);
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    await project();
    rmSync(path);
    await load([message('b')]);
    rmSync(join(journalFolder, 'bulk', readdirSync(join(journalFolder, 'bulk'))[0] ?? ''));
    await project();
    const { items } = await loadQuarantine(engine.warehouse, { limit: 10 });
    expect(items.map(({ reason }) => reason)).toStrictEqual([
      expect.stringMatching(/missing/),
      expect.stringMatching(/damaged/),
    ]);
  });
});
