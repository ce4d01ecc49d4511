import { beforeEach, describe, expect, it } from 'vitest';
import { withEngine } from '../../test/support/engine.ts';
import { emptyTables, rowsOf } from '../../test/support/facts.ts';
import { expectExactLedger } from '../../test/support/ledger.ts';
import { MemoryJournal } from '../../test/support/memory-journal.ts';
import { webhook } from '../connectors/webhook.ts';
import type { Connector } from '../contract/connector.ts';
import { type TableSpec, tableSpec } from '../contract/model.ts';
import { type ControlEntry, PAGE_HEADERS } from '../contract/pull.ts';
import type { CanonicalRecord } from '../contract/record.ts';
import { loadDataSpan, loadLedger } from './ledger.ts';
import { createProjector, drain, type ProjectorOptions } from './project.ts';
import { loadQuarantine, loadQuarantineIds } from './quarantine.ts';
import { loadSourceActivity } from './source-activity.ts';
import { loadMisfits } from './user-tables.ts';

/** Sources that are read again and again: versions, deletions, orders, tables of one's own. */

const engine = withEngine();
const RECEIVED = Date.parse('2026-03-02T05:00:00Z');
const settings = { token: 'unused-here' };

/** A source that is read: its pages are lists of canonical records, unchecked. */
const crm: Connector = {
  ...webhook,
  name: 'crm',
  revisable: true,
  parse: ({ body }) => (JSON.parse(String(body)) as CanonicalRecord[]).map((record) => ({ ok: true, record })),
};

const leads = (columns: object[]): TableSpec => tableSpec.parse({ version: 1, table: 'leads', columns });
const LEADS = leads([
  { name: 'title', type: 'text' },
  { name: 'price', type: 'number', from: 'Price, EUR' },
]);

let journal: MemoryJournal;
let received: number;
beforeEach(async () => {
  await emptyTables(engine.warehouse);
  journal = new MemoryJournal();
  received = RECEIVED;
});

function read(records: unknown, source = 'crm', stream = 'main'): number {
  received += 60_000;
  const headers = { [PAGE_HEADERS.stream]: stream };
  return journal.append({ source, receivedAt: received, headers, body: Buffer.from(JSON.stringify(records)) });
}

function order(control: ControlEntry | object, source = 'crm'): number {
  received += 60_000;
  const headers = { [PAGE_HEADERS.control]: 'control' in control ? String(control.control) : 'undo' };
  return journal.append({ source, receivedAt: received, headers, body: Buffer.from(JSON.stringify(control)) });
}

async function project(options: Partial<ProjectorOptions> = {}): Promise<void> {
  const projector = createProjector({
    warehouse: engine.warehouse,
    reader: journal,
    sources: new Map([
      ['crm', { connector: crm, settings, defaults: {} }],
      ['hook', { connector: webhook, settings, defaults: {} }],
    ]),
    workspace: { time_zone: 'Europe/Berlin', currency: 'EUR', country: 'DE' },
    channels: [],
    rates: [],
    tables: [LEADS],
    log: { info() {}, warn() {}, error() {} },
    ...options,
  });
  await drain(projector, journal.durableSeq);
  await expectExactLedger(engine.warehouse, { durableSeq: journal.durableSeq });
}

const ledger = async () =>
  (await loadLedger(engine.warehouse)).map(
    ({ source, counted, duplicate, quarantined, erased }) =>
      `${source} ${counted} ${duplicate} ${quarantined} ${erased}`,
  );

const row = (key: string, values: object, more: object = {}) => ({
  record: 'row',
  key,
  table: 'leads',
  values,
  ...more,
});
const event = (key: string, more: object = {}) => ({
  record: 'message_event',
  key,
  message_id: 'm1',
  channel: 'sms',
  status: 'sent',
  at: '2026-03-01T08:00:00Z',
  ...more,
});
const person = (key: string, email: string, more: object = {}) => ({
  record: 'person',
  key,
  kind: 'contact',
  email,
  ...more,
});

interface LeadRow {
  title: string;
  price: number | null;
}
const leadRows = async () =>
  (await rowsOf<LeadRow>(engine.warehouse, 'table_leads')).map(({ title, price }) => `${title} ${price}`).sort();
const emails = async () =>
  (await rowsOf<{ email: string }>(engine.warehouse, 'people')).map(({ email }) => email).sort();
const messages = () => rowsOf<{ at: string; delivered: number }>(engine.warehouse, 'messages');

describe('versions', () => {
  it('takes other content under the same key as the newer state, whatever its kind', async () => {
    read([event('e', { recipient: { email: 'ana@example.com' } }), row('r', { title: 'a', 'Price, EUR': '1.5' })]);
    await project();
    expect(await leadRows()).toStrictEqual(['a 1.5']);
    read([
      event('e', { recipient: { email: 'ben@example.com' }, at: '2026-02-27T08:00:00Z', status: 'delivered' }),
      row('r', { title: 'b', 'Price, EUR': 2 }),
    ]);
    await project();
    expect(await leadRows()).toStrictEqual(['b 2']);
    expect(await messages()).toMatchObject([{ at: '2026-02-27 08:00:00.000', delivered: 1 }]);
    expect(await emails()).toStrictEqual(['ben@example.com']);
    expect(await ledger()).toStrictEqual(['crm 4 0 0 0']);
  });

  it('comes back to what was said before', async () => {
    for (const title of ['a', 'b', 'a', 'a']) {
      read([row('r', { title }), event('e', { campaign: title })]);
      await project();
      expect(await leadRows()).toStrictEqual([`${title} null`]);
      expect(await rowsOf(engine.warehouse, 'messages')).toMatchObject([{ campaign: title }]);
    }
    expect(await ledger()).toStrictEqual(['crm 4 4 0 0']);
    expect(await rowsOf(engine.warehouse, 'record_versions')).toHaveLength(6);
  });

  it('lets the newest observation of a state win, and the later reading of an event', async () => {
    read([row('r', { title: 'new' }, { observed_at: '2026-03-01T00:00:00Z' })]);
    read([row('r', { title: 'old' }, { observed_at: '2026-02-01T00:00:00Z' })]);
    read([event('e', { campaign: 'new', observed_at: '2026-03-01T00:00:00Z' })]);
    read([event('e', { campaign: 'later', observed_at: '2026-02-01T00:00:00Z' })]);
    await project();
    expect(await leadRows()).toStrictEqual(['new null']);
    expect(await rowsOf(engine.warehouse, 'messages')).toMatchObject([{ campaign: 'later' }]);
  });

  it('moves a record to another kind, message or table', async () => {
    read([event('k'), row('r', { title: 'a' })]);
    await project();
    read([event('k', { message_id: 'm2' }), person('r', 'ana@example.com')]);
    await project();
    expect(await messages()).toHaveLength(1);
    expect(await leadRows()).toStrictEqual([]);
    expect(await emails()).toStrictEqual(['ana@example.com']);
    read([row('k', { title: 'k' }), row('r', { title: 'r' }, { table: 'undeclared' })]);
    await project();
    expect(await messages()).toStrictEqual([]);
    expect(await leadRows()).toStrictEqual(['k null']);
    expect(await emails()).toStrictEqual([]);
  });

  it('takes a deletion back once the record is sent again', async () => {
    const records = [
      event('e', { account: { external_id: 'acme' } }),
      row('r', { title: 'a' }),
      person('p', 'ana@example.com'),
      { record: 'invitation', key: 'i', person: { email: 'ben@example.com' }, invited_at: '2026-02-01T00:00:00Z' },
      { record: 'activity', key: 'a', person: { external_id: 'acme' }, at: '2026-02-01T00:00:00Z', feature: 'login' },
    ];
    const kinds = ['message_event', 'row', 'person', 'invitation', 'activity'];
    const count = async () =>
      Promise.all(
        (['messages', 'table_leads', 'people', 'invitations', 'activities'] as const).map(
          async (table) => (await rowsOf(engine.warehouse, table)).length,
        ),
      );
    read(records);
    await project();
    expect(await count()).toStrictEqual([1, 1, 3, 1, 1]);
    read(records.map(({ key }, index) => ({ record: 'deletion', key, of: kinds[index] })));
    await project();
    expect(await count()).toStrictEqual([0, 0, 0, 0, 0]);
    expect(await loadDataSpan(engine.warehouse, 'Europe/Berlin', [LEADS])).toStrictEqual({ first: null, last: null });
    read(records);
    await project();
    expect(await count()).toStrictEqual([1, 1, 3, 1, 1]);
    expect(await ledger()).toStrictEqual(['crm 10 5 0 0']);
  });

  it('keeps people whom anybody else names, and accounts as long as they act', async () => {
    read([event('e', { account: { external_id: 'acme' }, recipient: { email: 'ana@example.com' } })]);
    read(
      [
        {
          record: 'activity',
          key: 'h',
          person: { email: 'ana@example.com' },
          at: '2026-02-01T00:00:00Z',
          feature: 'x',
        },
      ],
      'hook',
    );
    await project();
    read([{ record: 'deletion', key: 'e', of: 'message_event' }]);
    await project();
    expect(await rowsOf(engine.warehouse, 'people')).toMatchObject([{ email: 'ana@example.com', kind: 'account' }]);
    read([person('acme', 'cem@example.com', { external_id: 'acme' })]);
    await project();
    const people = await rowsOf<{ email: string; kind: string; person: number }>(engine.warehouse, 'people');
    expect(people.map(({ email, kind }) => `${email} ${kind}`).sort()).toStrictEqual([
      'ana@example.com account',
      'cem@example.com contact',
    ]);
  });
});

describe('tables of one’s own', () => {
  it('types cells, counts what does not fit, and makes only a changed table anew', async () => {
    const columns = [
      { name: 'title', type: 'text' },
      { name: 'price', type: 'number' },
      { name: 'seats', type: 'integer' },
      { name: 'paid', type: 'boolean' },
      { name: 'day', type: 'date' },
      { name: 'seen', type: 'time' },
    ];
    read([
      row('a', {
        title: 'x',
        price: '123456789012.1234565',
        seats: '42',
        paid: 'yes',
        day: '2026-03-29',
        seen: '2026-03-29T01:30:00',
      }),
      row('b', {
        title: 7,
        price: 'many',
        seats: 1.5,
        paid: 'perhaps',
        day: '30.02.2026',
        seen: '2026-03-29T01:30:00+00:00',
      }),
    ]);
    await project({ tables: [leads(columns)] });
    const rows = (await rowsOf<Record<string, unknown>>(engine.warehouse, 'table_leads')).sort((a, b) =>
      String(a['title']).localeCompare(String(b['title'])),
    );
    expect(rows).toMatchObject([
      { title: '7', price: null, seats: null, paid: null, day: null, seen: '2026-03-29 01:30:00.000' },
      { title: 'x', seats: 42, paid: 1, day: '2026-03-28 23:00:00.000', seen: '2026-03-29 00:30:00.000' },
    ]);
    expect(await loadMisfits(engine.warehouse, 'leads')).toStrictEqual(
      ['day', 'paid', 'price', 'seats'].map((column) => ({ column, rows: 1 })),
    );
    expect(await loadDataSpan(engine.warehouse, 'Europe/Berlin', [leads(columns)])).toStrictEqual({
      first: '2026-03-29',
      last: '2026-03-29',
    });
    read([
      row('c', {
        title: 'z',
        price: '-0.000001',
        seats: '-9223372036854775808',
        day: '1955-05-05',
        seen: '2299-01-01',
      }),
    ]);
    await project({ tables: [leads(columns)] });
    expect(
      (await rowsOf<{ title: string }>(engine.warehouse, 'table_leads')).find(({ title }) => title === 'z'),
    ).toMatchObject({
      price: -0.000001,
      day: '1955-05-04 23:00:00.000',
      seen: '2298-12-31 23:00:00.000',
    });
    await project({ tables: [leads([...columns.slice(0, 2), { name: 'seats', type: 'text' }])] });
    expect(
      (await rowsOf<{ seats: string }>(engine.warehouse, 'table_leads')).map(({ seats }) => seats).sort(),
    ).toStrictEqual(['-9223372036854775808', '1.5', '42']);
  });

  it('keeps rows of a table that nobody has declared yet, also those of sources that send', async () => {
    read([row('a', { title: 'a' })]);
    read([row('b', { title: 'b' })], 'hook');
    read([row('b', { title: 'c' }), { record: 'deletion', key: 'nobody', of: 'person' }], 'hook');
    await project({ tables: [] });
    expect(await ledger()).toStrictEqual(['crm 1 0 0 0', 'hook 2 0 1 0']);
    await project();
    expect(await leadRows()).toStrictEqual(['a null', 'c null']);
    await project({ tables: [] });
    await expect(leadRows()).rejects.toThrow();
  });
});

describe('orders', () => {
  it('deletes what a full read did not find any more, of that stream only', async () => {
    read([row('a', { title: 'a' }), row('b', { title: 'b' }), event('e')]);
    read([row('other', { title: 'other' })], 'crm', 'second');
    await project();
    const first = read([row('a', { title: 'a' })]);
    read([{ ...event('e'), status: 'unheard of' }]);
    order({ control: 'refresh', stream: 'main', first_seq: first });
    await project();
    expect(await leadRows()).toStrictEqual(['a null', 'other null']);
    expect(await messages()).toHaveLength(1);
    expect(await ledger()).toStrictEqual(['crm 4 1 1 0']);
    const again = read([row('b', { title: 'b' }, { observed_at: '2026-01-01T00:00:00Z' })]);
    await project();
    expect(await leadRows()).toStrictEqual(['a null', 'b null', 'other null']);
    order({ control: 'refresh', stream: 'main', first_seq: again });
    await project();
    expect(await leadRows()).toStrictEqual(['b null', 'other null']);
    expect(await messages()).toStrictEqual([]);
  });

  it('takes a batch back: earlier states return, later copies are counted', async () => {
    read([row('a', { title: 'before' }), event('e', { campaign: 'before' }), person('p', 'ana@example.com')]);
    const first = read([
      row('a', { title: 'wrong' }),
      row('b', { title: 'new' }),
      event('e', { campaign: 'wrong', message_id: 'm2', recipient: { email: 'wrong@example.com' } }),
      person('p', 'ben@example.com'),
      { record: 'deletion', key: 'none', of: 'row' },
      { record: 'row', key: 'bad' },
    ]);
    read([row('b', { title: 'new' })]);
    await project();
    expect(await leadRows()).toStrictEqual(['new null', 'wrong null']);
    expect(await ledger()).toStrictEqual(['crm 8 1 1 0']);
    order({ control: 'undo', first_seq: first, last_seq: first });
    await project();
    expect(await leadRows()).toStrictEqual(['before null', 'new null']);
    expect(await rowsOf(engine.warehouse, 'messages')).toMatchObject([{ campaign: 'before' }]);
    expect(await emails()).toStrictEqual(['ana@example.com']);
    expect(await ledger()).toStrictEqual(['crm 4 0 0 6']);
    expect((await loadQuarantine(engine.warehouse)).total).toBe(0);
    order({ control: 'undo', first_seq: 1, last_seq: 3 });
    await project();
    expect(await leadRows()).toStrictEqual([]);
    expect(await messages()).toStrictEqual([]);
    expect(await emails()).toStrictEqual([]);
    expect(await ledger()).toStrictEqual(['crm 0 0 0 10']);
    read([row('b', { title: 'new' }), person('p', 'ana@example.com')]);
    await project();
    expect(await leadRows()).toStrictEqual(['new null']);
    expect(await emails()).toStrictEqual(['ana@example.com']);
    expect(await ledger()).toStrictEqual(['crm 2 0 0 10']);
  });

  it('tries quarantined records again: as they came, as somebody wrote them, once', async () => {
    const seq = read([
      event('e', { at: '2026-03-04T08:00:00Z' }),
      event('f', { status: 'eaten' }),
      row('r', { title: 'r' }),
    ]);
    await project();
    const { items, by_rule } = await loadQuarantine(engine.warehouse, { source: 'crm', rule: 'invalid' });
    expect(items.map(({ id }) => id)).toStrictEqual([`${seq}.1`, `${seq}.0`]);
    expect(by_rule).toMatchObject([{ rule: 'invalid', records: 2 }]);
    expect(await loadQuarantineIds(engine.warehouse, { ids: [`${seq}.1`, '77.1', 'x'] })).toStrictEqual([
      { source: 'crm', seq, item: 1 },
    ]);
    received = RECEIVED + 3 * 86_400_000;
    const written = event('f', { message_id: 'm2' });
    const replay = order({
      control: 'replay',
      items: [
        { seq, item: 0 },
        { seq, item: 1, record: { ...written, at: 'soon' } },
      ],
    });
    await project();
    expect(await messages()).toHaveLength(1);
    expect(await loadQuarantine(engine.warehouse)).toMatchObject({
      total: 1,
      items: [{ id: `${replay}.1`, source: 'crm' }],
    });
    order({
      control: 'replay',
      items: [
        { seq: replay, item: 1 },
        { seq, item: 0 },
        { seq: 999, item: 0 },
      ],
    });
    await project();
    const page = await loadQuarantine(engine.warehouse);
    expect(page.total).toBe(1);
    const id = page.items[0]?.id.split('.').map(Number) ?? [];
    order({ control: 'replay', items: [{ seq: id[0] ?? 0, item: id[1] ?? 0, record: written }] });
    await project();
    expect(await messages()).toHaveLength(2);
    expect((await loadQuarantine(engine.warehouse)).total).toBe(0);
    const total = (await loadLedger(engine.warehouse)).reduce((sum, { counted }) => sum + counted, 0);
    expect(total).toBe(3);
  });

  it('takes back what came in the batch and was mended later', async () => {
    const seq = read([row('a', { title: 'a' }), event('e', { status: 'eaten' })]);
    await project();
    order({ control: 'replay', items: [{ seq, item: 1, record: event('e') }] });
    await project();
    expect(await messages()).toHaveLength(1);
    expect(await ledger()).toStrictEqual(['crm 2 1 0 0']);
    order({ control: 'undo', first_seq: seq, last_seq: seq });
    await project();
    expect(await messages()).toStrictEqual([]);
    expect(await leadRows()).toStrictEqual([]);
    expect(await ledger()).toStrictEqual(['crm 0 0 0 3']);
  });

  it('replays a whole entry once its source is declared', async () => {
    const seq = read([event('a'), event('b', { message_id: 'm2' })], 'later');
    await project();
    expect(await loadQuarantine(engine.warehouse)).toMatchObject({ total: 1, by_rule: [{ rule: 'unknown_source' }] });
    order({ control: 'replay', items: [{ seq, item: 0 }] }, 'later');
    await project({ sources: new Map([['later', { connector: webhook, settings, defaults: {} }]]) });
    expect(await messages()).toHaveLength(2);
    expect(await ledger()).toStrictEqual(['later 2 1 0 0']);
  });

  it('quarantines orders that cannot be read, and those that this source cannot take', async () => {
    read([row('a', { title: 'a' })]);
    order({ control: 'undo', first_seq: 'one', last_seq: 2 });
    order({ control: 'explode' });
    order({ control: 'undo', first_seq: 1, last_seq: 2 }, 'hook');
    await project();
    expect(await leadRows()).toStrictEqual(['a null']);
    expect((await loadQuarantine(engine.warehouse)).items.map(({ reason }) => reason)).toMatchObject([
      expect.stringMatching(/cannot be taken back/),
      expect.stringMatching(/was not carried out: control/),
      expect.stringMatching(/was not carried out: first_seq/),
    ]);
  });
});

describe('readers', () => {
  it('count records and not orders', async () => {
    const first = read([row('a', { title: 'a' })]);
    order({ control: 'refresh', stream: 'main', first_seq: first });
    await project();
    const activity = await loadSourceActivity(engine.warehouse, received + 1000);
    expect(activity.get('crm')).toStrictEqual({ lastReceivedAt: received - 60_000, received24h: 1, quarantined: 0 });
  });

  it('page through the quarantine', async () => {
    read(Array.from({ length: 5 }, (_, index) => event(`e${index}`, { status: 'eaten' })));
    read(['not a record']);
    await project();
    const first = await loadQuarantine(engine.warehouse, { limit: 4 });
    const second = await loadQuarantine(engine.warehouse, { limit: 4, before: first.next ?? '' });
    expect([...first.items, ...second.items].map(({ id }) => id)).toStrictEqual([
      '2.0',
      '1.4',
      '1.3',
      '1.2',
      '1.1',
      '1.0',
    ]);
    expect([first.total, first.next, second.next]).toStrictEqual([6, '1.2', null]);
    expect(await loadQuarantine(engine.warehouse, { day: '2026-03-03' })).toMatchObject({
      total: 0,
      items: [],
      next: null,
    });
  });
});
