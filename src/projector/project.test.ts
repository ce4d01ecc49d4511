import { beforeEach, describe, expect, it } from 'vitest';
import { withEngine } from '../../test/support/engine.ts';
import { emptyTables, rowsOf } from '../../test/support/facts.ts';
import { MemoryJournal } from '../../test/support/memory-journal.ts';
import { webhook } from '../connectors/webhook.ts';
import type { PushConnector } from '../contract/connector.ts';
import { TurnoutError } from '../contract/errors.ts';
import { channelSpec, rateFile } from '../contract/workspace.ts';
import { checkLedger } from './check-ledger.ts';
import { loadDataSpan, loadLedger, loadQuarantineRules } from './ledger.ts';
import { FIRST_ACCOUNT } from './people.ts';
import { createProjector, drain, type ProjectorOptions } from './project.ts';
import { loadQuarantine } from './quarantine.ts';
import { loadUnpriced } from './unpriced.ts';

const engine = withEngine();
const RECEIVED = Date.parse('2024-11-16T03:00:00Z');
const silent = { info() {}, warn() {}, error() {} };

let journal: MemoryJournal;
beforeEach(async () => {
  await emptyTables(engine.warehouse);
  journal = new MemoryJournal();
});

const receive = (records: unknown, receivedAt = RECEIVED, source = 'hook') =>
  journal.append({
    source,
    receivedAt,
    body: Buffer.from(typeof records === 'string' ? records : JSON.stringify(records)),
  });

function makeProjector(options: Partial<ProjectorOptions> = {}) {
  return createProjector({
    warehouse: engine.warehouse,
    reader: journal,
    sources: new Map([['hook', { connector: webhook, settings: { token: 'unused-here' }, defaults: {} }]]),
    workspace: { time_zone: 'Asia/Jakarta', currency: 'IDR', country: 'ID' },
    channels: [],
    rates: [],
    log: silent,
    ...options,
  });
}

const project = (options: Partial<ProjectorOptions> = {}) => drain(makeProjector(options), journal.durableSeq);

const ledger = async () =>
  (await loadLedger(engine.warehouse)).map(
    ({ day, counted, duplicate, quarantined }) => `${day} ${counted} ${duplicate} ${quarantined}`,
  );

const event = (key: string, more: object = {}) => ({
  record: 'message_event',
  key,
  message_id: 'm1',
  channel: 'sms',
  status: 'sent',
  at: '2024-11-15T08:00:00Z',
  ...more,
});

interface PersonRow {
  person: number;
  kind: string;
  registered_at: string | null;
  region: string;
  email: string;
  phone: string;
  external_id: string;
  attributes: string;
}
const people = async () => (await rowsOf<PersonRow>(engine.warehouse, 'people')).sort((a, b) => a.person - b.person);

describe('receipts', () => {
  it('counts once, tells duplicates, and keeps the first of two contents', async () => {
    receive([event('a'), event('a'), event('b', { status: 'delivered' })]);
    receive([event('a', { observed_at: '2024-11-15T09:00:00Z' }), event('b', { status: 'failed' })]);
    await project();
    expect(await ledger()).toStrictEqual(['2024-11-16 2 2 1']);
    expect(await loadQuarantineRules(engine.warehouse)).toStrictEqual([
      { source: 'hook', rule: 'conflict', records: 1 },
    ]);
    const [item] = (await loadQuarantine(engine.warehouse)).items;
    expect(item?.reason).toMatch(/^The key "b" was used before with another content/);
    expect(JSON.parse(item?.raw ?? '')).toMatchObject({ key: 'b', status: 'failed' });
    expect(await rowsOf(engine.warehouse, 'messages')).toMatchObject([{ delivered: 1, failed: 0 }]);
    expect(await checkLedger(engine.warehouse, journal)).toStrictEqual([]);
  });

  it('does not take another source for the same one', async () => {
    const hook = { connector: webhook, settings: { token: 'unused-here' }, defaults: {} };
    receive([event('a')]);
    receive([event('a')], RECEIVED, 'other');
    await project({
      sources: new Map([
        ['hook', hook],
        ['other', hook],
      ]),
    });
    expect(await ledger()).toStrictEqual(['2024-11-16 1 0 0', '2024-11-16 1 0 0']);
    expect(await rowsOf(engine.warehouse, 'messages')).toHaveLength(2);
  });

  it('counts by the local day of receipt and takes what is late by 400 days', async () => {
    receive([event('a', { at: '2023-10-01T00:00:00Z' })], Date.parse('2024-11-15T16:59:59Z'));
    receive([event('b', { message_id: 'm2' })], Date.parse('2024-11-15T17:00:00Z'));
    await project();
    expect(await ledger()).toStrictEqual(['2024-11-16 1 0 0', '2024-11-15 1 0 0']);
    expect(await loadDataSpan(engine.warehouse, 'Asia/Jakarta')).toStrictEqual({
      first: '2023-10-01',
      last: '2024-11-15',
    });
  });

  it('refuses the future by the receipt time, and takes the same event once its time has come', async () => {
    const early = event('a', { at: '2024-11-18T00:00:00Z' });
    receive([early, event('b')]);
    await project();
    expect(await ledger()).toStrictEqual(['2024-11-16 1 0 1']);
    receive([early], Date.parse('2024-11-17T12:00:00Z'));
    await project();
    expect(await ledger()).toStrictEqual(['2024-11-17 1 0 0', '2024-11-16 1 0 1']);
  });

  it('keeps what it cannot read, cannot store or does not know, and takes the neighbours', async () => {
    receive('{"record": "message_event", ');
    receive([
      event('a'),
      17,
      {
        record: 'webinar',
        key: 'w',
        webinar_id: 'w',
        title: 'Launch',
        format: 'live',
        status: 'scheduled',
        starts_at: '2224-11-15T08:00:00Z',
      },
      event('bad', { status: 'eaten' }),
    ]);
    receive([event('c')], RECEIVED, 'gone');
    await project();
    expect((await loadQuarantineRules(engine.warehouse)).map(({ source, records }) => [source, records])).toStrictEqual(
      [
        ['gone', 1],
        ['hook', expect.any(Number)],
        ...(await loadQuarantineRules(engine.warehouse)).slice(2).map(({ source, records }) => [source, records]),
      ],
    );
    const reasons = (await loadQuarantine(engine.warehouse)).items.map(({ reason }) => reason);
    expect(reasons).toHaveLength(5);
    expect(reasons).toContain('starts_at is 2224-11-15T08:00:00Z; times before 1970 or after 2199 cannot be stored.');
    expect(reasons.join()).toMatch(/No source named "gone" is declared any more/);
    expect(await rowsOf(engine.warehouse, 'messages')).toHaveLength(1);
    expect(await checkLedger(engine.warehouse, journal)).toStrictEqual([]);
  });

  it('goes on behind what the journal lost, and says so', async () => {
    journal = new MemoryJournal([2, 4]);
    for (const key of ['a', 'b', 'c', 'd']) receive([event(key)]);
    await project();
    expect(await makeProjector().seq()).toBe(4);
    expect(await checkLedger(engine.warehouse, journal)).toStrictEqual([
      '2 of the 4 entries that were projected could not be read.',
    ]);
  });
});

describe('poison', () => {
  const hook = { connector: webhook, settings: { token: 'unused-here' }, defaults: {} };

  it('quarantines an entry that cannot be parsed after three attempts, counted across restarts', async () => {
    const throwing: PushConnector = {
      ...webhook,
      parse(entry, context) {
        if (entry.seq === 2) throw new Error('out of ideas');
        return webhook.parse(entry, context as never);
      },
    };
    for (const key of ['a', 'b', 'c']) receive([event(key)]);
    const sources = new Map([['hook', { ...hook, connector: throwing }]]);
    for (let attempt = 1; attempt <= 3; attempt += 1)
      await expect(makeProjector({ sources }).runBatch(3)).rejects.toThrow('out of ideas');
    await drain(makeProjector({ sources }), 3);
    expect(await ledger()).toStrictEqual(['2024-11-16 2 0 1']);
    expect((await loadQuarantine(engine.warehouse)).items[0]).toMatchObject({
      reason: expect.stringMatching(/^The entry was tried 3 times in vain: .*out of ideas/),
      raw: expect.stringContaining('"key":"b"'),
    });
  });

  it('finds the entry that the engine refuses by trying entries alone', async () => {
    const { warehouse } = engine;
    const refusing = {
      layout: warehouse.layout,
      query: warehouse.query.bind(warehouse),
      command: warehouse.command.bind(warehouse),
      close: async () => {},
      async insert(table: string, columns: readonly string[], rows: Buffer | readonly (readonly unknown[])[]) {
        if (table === 'message_events' && rows.toString().includes('poison')) throw new Error('cannot insert this');
        return warehouse.insert(table, columns, rows);
      },
    };
    for (const campaign of ['a', 'b', 'poison', 'd', 'e']) receive([event(campaign, { campaign })]);
    await drain(makeProjector({ warehouse: refusing }), 5);
    expect(await ledger()).toStrictEqual(['2024-11-16 4 0 1']);
    expect(await checkLedger(engine.warehouse, { durableSeq: 5 })).toStrictEqual([]);
  });

  it('counts attempts before they are made while it is careful', async () => {
    receive([event('a')]);
    for (let crash = 1; crash <= 3; crash += 1) {
      const dying: PushConnector = {
        ...webhook,
        parse() {
          throw new TurnoutError('unavailable', 'the process ends here');
        },
      };
      const sources = new Map([['hook', { ...hook, connector: dying }]]);
      await expect(makeProjector({ sources, careful: true }).runBatch(1)).rejects.toThrow();
    }
    await drain(makeProjector({ careful: true }), 1);
    expect(await ledger()).toStrictEqual(['2024-11-16 0 0 1']);
  });
});

describe('people', () => {
  it('ties two numbers together and renumbers every fact', async () => {
    receive([
      event('a', { account: { external_id: 'acme' }, recipient: { phone: '0812-3456-7890' } }),
      { record: 'invitation', key: 'i', person: { email: 'Dana@Example.com' }, invited_at: '2024-11-01T00:00:00Z' },
      {
        record: 'activity',
        key: 'l',
        person: { email: 'dana@example.com' },
        at: '2024-11-02T00:00:00Z',
        feature: 'login',
      },
    ]);
    await project();
    expect((await people()).map(({ person, kind }) => [person, kind])).toStrictEqual([
      [1, 'contact'],
      [FIRST_ACCOUNT, 'account'],
      [FIRST_ACCOUNT + 1, 'account'],
    ]);
    receive([
      {
        record: 'person',
        key: 'p',
        kind: 'contact',
        email: 'dana@example.com',
        phone: '+6281234567890',
        region: 'Bali',
      },
    ]);
    await project();
    expect(
      (await people()).map(({ person, kind, email, phone, region }) => [person, kind, email, phone, region]),
    ).toStrictEqual([
      [FIRST_ACCOUNT, 'account', '', '', ''],
      [FIRST_ACCOUNT + 1, 'account', 'dana@example.com', '+6281234567890', 'Bali'],
    ]);
    expect(await rowsOf(engine.warehouse, 'invitations')).toMatchObject([{ person: FIRST_ACCOUNT + 1 }]);
    expect(await rowsOf(engine.warehouse, 'activities')).toMatchObject([{ person: FIRST_ACCOUNT + 1 }]);
    // And where the message's person is the one who is renumbered:
    receive([{ record: 'person', key: 'q', kind: 'account', external_id: 'acme', email: 'dana@example.com' }]);
    await project();
    expect((await people()).map(({ person }) => person)).toStrictEqual([FIRST_ACCOUNT]);
    expect(await rowsOf(engine.warehouse, 'messages')).toMatchObject([
      { account: FIRST_ACCOUNT, recipient: FIRST_ACCOUNT, country: 'ID' },
    ]);
    expect(await rowsOf(engine.warehouse, 'invitations')).toMatchObject([{ person: FIRST_ACCOUNT }]);
  });

  it('keeps what was known of a contact who turns out to be an account that is new', async () => {
    receive([{ record: 'person', key: 'p', kind: 'contact', email: 'dana@example.com', region: 'Bali' }]);
    await project();
    receive([
      { record: 'activity', key: 'l', person: { external_id: 'acme' }, at: '2024-11-02T00:00:00Z', feature: 'login' },
      { record: 'person', key: 'q', kind: 'contact', email: 'dana@example.com', external_id: 'acme' },
    ]);
    await project();
    expect(await people()).toMatchObject([
      { person: FIRST_ACCOUNT, kind: 'account', email: 'dana@example.com', external_id: 'acme', region: 'Bali' },
    ]);
  });

  it('keeps a message whose recipient cannot be normalised', async () => {
    receive([event('a', { recipient: { phone: '1.20256E+10' } })]);
    await project();
    expect(await rowsOf(engine.warehouse, 'messages')).toMatchObject([{ recipient: 0, account: 0, sent: 1 }]);
    expect(await people()).toStrictEqual([]);
  });

  it('lets the newest version win, whenever it comes, also where it is about another person', async () => {
    const version = (observed: string, more: object) => ({
      record: 'person',
      key: 'crm-7',
      kind: 'account',
      observed_at: observed,
      ...more,
    });
    receive([
      version('2024-11-03T00:00:00Z', {
        email: 'dana@example.com',
        region: 'Bali',
        attributes: { plan: 'pro', old: 1 },
      }),
    ]);
    await project();
    receive([
      version('2024-11-02T00:00:00Z', { email: 'dana@example.com', region: 'Java' }),
      version('2024-11-02T00:00:00Z', { email: 'dana@example.com', region: 'Java' }),
    ]);
    await project();
    expect(await people()).toMatchObject([{ kind: 'account', region: 'Bali', attributes: '{"old":1,"plan":"pro"}' }]);
    expect(await ledger()).toStrictEqual(['2024-11-16 2 1 0']);
    receive([version('2024-11-04T00:00:00Z', { email: 'ben@example.com', registered_at: '2024-01-01T00:00:00Z' })]);
    await project();
    expect(await people()).toMatchObject([
      { email: 'dana@example.com', kind: 'contact', region: '', registered_at: null },
      { email: 'ben@example.com', kind: 'account', registered_at: '2024-01-01 00:00:00.000' },
    ]);
    // The same words again, observed later: they hold again.
    receive([version('2024-11-05T00:00:00Z', { email: 'dana@example.com', region: 'Java' })]);
    await project();
    expect(await people()).toMatchObject([
      { email: 'dana@example.com', kind: 'account', region: 'Java' },
      { email: 'ben@example.com', kind: 'contact' },
    ]);
  });

  it('lets the newest version of an invitation win in and across batches', async () => {
    const version = (observed: string, activated?: string) => ({
      record: 'invitation',
      key: 'i',
      person: { email: 'dana@example.com' },
      invited_at: '2024-11-01T00:00:00Z',
      observed_at: observed,
      ...(activated === undefined ? {} : { activated_at: activated }),
    });
    receive([version('2024-11-03T00:00:00Z', '2024-11-03T00:00:00Z'), version('2024-11-02T00:00:00Z')]);
    await project();
    receive([version('2024-11-01T00:00:00Z', '2024-11-01T01:00:00Z')]);
    await project();
    expect(await rowsOf(engine.warehouse, 'invitations')).toMatchObject([{ activated_at: '2024-11-03 00:00:00.000' }]);
    receive([version('2024-11-04T00:00:00Z', '2024-11-04T00:00:00Z')]);
    await project();
    expect(await rowsOf(engine.warehouse, 'invitations')).toMatchObject([{ activated_at: '2024-11-04 00:00:00.000' }]);
    expect(await ledger()).toStrictEqual(['2024-11-16 4 0 0']);
  });
});

describe('messages', () => {
  const whatsapp = channelSpec.parse({
    name: 'whatsapp',
    label: 'WhatsApp',
    color: 1,
    statuses: ['sent', 'delivered', 'read', 'replied', 'failed'],
    engaged: ['read'],
  });

  it('moves a message whose time changes, and leaves nothing at its old place', async () => {
    receive([event('a', { channel: 'whatsapp', status: 'read', at: '2024-11-15T08:00:00Z' })]);
    await project({ channels: [whatsapp] });
    receive([event('b', { channel: 'whatsapp', status: 'sent', at: '2024-09-30T23:00:00Z' })]);
    await project({ channels: [whatsapp] });
    expect(await rowsOf(engine.warehouse, 'messages')).toMatchObject([
      { at: '2024-09-30 23:00:00.000', sent: 1, delivered: 1, read: 1, engaged: 1, delivered_at: null },
    ]);
    receive([event('c', { channel: 'whatsapp', status: 'sent', at: '2024-11-15T08:00:00Z' })]);
    await project({ channels: [whatsapp] });
    expect(await rowsOf(engine.warehouse, 'messages')).toHaveLength(1);
  });

  it('lets success beat failure, and a permanent failure beat success', async () => {
    receive([
      event('a', { status: 'failed' }),
      event('b', { status: 'delivered' }),
      event('c', { message_id: 'm2', status: 'delivered' }),
      event('d', { message_id: 'm2', status: 'failed', permanent: true, failure_reason: 'Bounced' }),
    ]);
    await project();
    const rows = await rowsOf<{ failed: number }>(engine.warehouse, 'messages');
    expect(rows.sort((a, b) => a.failed - b.failed)).toMatchObject([
      { delivered: 1, failed: 0, failure_reason: '', failed_at: '2024-11-15 08:00:00.000' },
      { delivered: 0, failed: 1, failure_reason: 'Bounced', delivered_at: '2024-11-15 08:00:00.000' },
    ]);
  });

  it('prices by the rate card and tells what has no price', async () => {
    const { rates } = rateFile.parse({
      version: 1,
      rates: [{ channel: 'whatsapp', country: 'ID', valid_from: '2024-01-01', price: 0.0043, currency: 'USD' }],
    });
    const billable = { channel: 'whatsapp', billable: true };
    receive([
      event('a', { ...billable, recipient: { phone: '+6281234567890' } }),
      event('b', { ...billable, message_id: 'm2', recipient: { phone: '+12025550123' } }),
      event('c', { ...billable, message_id: 'm3', charge: 12.5 }),
      event('d', { ...billable, message_id: 'm4', recipient: { phone: '+6281234567890' }, billable: false }),
    ]);
    await project({ channels: [whatsapp], rates });
    const rows = await rowsOf<{ charge: number; currency: string; charged: number }>(engine.warehouse, 'messages');
    expect(rows.map(({ charge, currency, charged }) => `${charged} ${charge} ${currency}`).sort()).toStrictEqual([
      '0 0 ',
      '0 0 ',
      '1 0.0043 USD',
      '1 12.5 IDR',
    ]);
    const workspace = { time_zone: 'Asia/Jakarta', currency: 'IDR' };
    expect(await loadUnpriced(engine.warehouse, { channels: [whatsapp], rates, workspace })).toBe(1);
  });

  it('stores text of any kind', async () => {
    const campaign = `'; DROP TABLE x; -- \\ "quoted" \u0000 🙂`;
    const careless: PushConnector = {
      ...webhook,
      parse: () => [
        { ok: true, record: event('a', { campaign: `${campaign}\ud800`, failure_reason: 'x'.repeat(2000) }) as never },
      ],
    };
    receive([]);
    await project({ sources: new Map([['hook', { connector: careless, settings: {}, defaults: {} }]]) });
    expect(await rowsOf(engine.warehouse, 'messages')).toMatchObject([{ campaign: `${campaign}\ufffd` }]);
  });
});
