import { beforeEach, describe, expect, it } from 'vitest';
import { withEngine } from '../../test/support/engine.ts';
import { emptyTables, rowsOf } from '../../test/support/facts.ts';
import { expectExactLedger } from '../../test/support/ledger.ts';
import { MemoryJournal } from '../../test/support/memory-journal.ts';
import { webhook } from '../connectors/webhook.ts';
import type { Connector } from '../contract/connector.ts';
import { DEFAULT_IDENTITY, type IdentityRules } from '../contract/identity.ts';
import { type ControlEntry, PAGE_HEADERS } from '../contract/pull.ts';
import type { CanonicalRecord } from '../contract/record.ts';
import { loadDataSpan } from './ledger.ts';
import { DEFAULT_WEBINAR_RULES } from './participation-rules.ts';
import { createProjector, drain, type Projector, type ProjectorOptions } from './project.ts';

/** Webinars: from records of several sources to who took part. */

const engine = withEngine();
const START = '2026-03-01T18:00:00Z';
const settings = { token: 'unused-here' };
const service: Connector = {
  ...webhook,
  name: 'service',
  revisable: true,
  parse: ({ body }) => (JSON.parse(String(body)) as CanonicalRecord[]).map((record) => ({ ok: true, record })),
};

let journal: MemoryJournal;
let received: number;
beforeEach(async () => {
  await emptyTables(engine.warehouse);
  journal = new MemoryJournal();
  received = Date.parse('2026-03-02T05:00:00Z');
});

function receive(source: string, ...records: object[]): number {
  received += 60_000;
  const headers = { [PAGE_HEADERS.stream]: 'main' };
  return journal.append({ source, receivedAt: received, headers, body: Buffer.from(JSON.stringify(records)) });
}

function order(source: string, control: ControlEntry): number {
  received += 60_000;
  const headers = { [PAGE_HEADERS.control]: control.control };
  return journal.append({ source, receivedAt: received, headers, body: Buffer.from(JSON.stringify(control)) });
}

function makeProjector(options: Partial<ProjectorOptions> = {}): Projector {
  return createProjector({
    warehouse: engine.warehouse,
    reader: journal,
    sources: new Map([
      ['bm', { connector: service, settings, defaults: {} }],
      ['zoom', { connector: service, settings, defaults: {} }],
      ['hook', { connector: webhook, settings, defaults: {} }],
    ]),
    workspace: { time_zone: 'Europe/Berlin', currency: 'EUR', country: 'DE' },
    channels: [],
    rates: [],
    log: { info() {}, warn() {}, error() {} },
    ...options,
  });
}

async function project(options: Partial<ProjectorOptions> = {}): Promise<void> {
  await drain(makeProjector(options), journal.durableSeq);
  await expectExactLedger(engine.warehouse, { durableSeq: journal.durableSeq });
}

const webinar = (id: string, more: object = {}) => ({
  record: 'webinar',
  key: `w-${id}`,
  webinar_id: id,
  title: `About ${id}`,
  format: 'live',
  status: 'finished',
  starts_at: START,
  duration_minutes: 60,
  ...more,
});
const registration = (key: string, email: string, more: object = {}) => ({
  record: 'registration',
  key: `r-${key}`,
  webinar_id: 'a',
  person: { email },
  registered_at: '2026-02-20T10:00:00Z',
  ...more,
});
const attendance = (key: string, person: object, more: object = {}) => ({
  record: 'attendance',
  key: `a-${key}`,
  webinar_id: 'a',
  person,
  joined_at: START,
  left_at: '2026-03-01T18:10:00Z',
  ...more,
});

interface Row {
  webinar: string;
  person: number;
  registered: number;
  joined: number;
  joins: number;
  seconds: number;
  matched_by: string;
  source_group: string;
  title: string;
  status: string;
  starts_at: string;
}

/** Rows by webinar and the address of the person. */
async function rows(): Promise<Map<string, Row>> {
  const people = await rowsOf<{ person: number; email: string; phone: string; external_id: string }>(
    engine.warehouse,
    'people',
  );
  const names = new Map(people.map(({ person, email, phone, external_id }) => [person, email || phone || external_id]));
  const found = await rowsOf<Row>(engine.warehouse, 'participations');
  return new Map(found.map((row) => [`${row.webinar} ${row.person === 0 ? '-' : names.get(row.person)}`, row]));
}

const names = async () => [...(await rows()).keys()].sort();

describe('participations', () => {
  it('join sign-ups of one service to the room of another', async () => {
    receive('bm', webinar('a'), registration('1', 'Dana@Example.com'), registration('2', 'ben@example.com'));
    receive('zoom', attendance('1', { email: ' dana@example.COM' }), attendance('2', { email: 'cem@example.com' }));
    await project();
    const found = await rows();
    expect([...found.keys()].sort()).toEqual(['a -', 'a ben@example.com', 'a cem@example.com', 'a dana@example.com']);
    expect(found.get('a dana@example.com')).toMatchObject({
      registered: 1,
      joined: 1,
      seconds: 600,
      matched_by: 'email',
      title: 'About a',
      source_group: 'Unassigned',
    });
    expect(found.get('a cem@example.com')).toMatchObject({ registered: 0, joined: 1, matched_by: 'unmatched' });
    expect(found.get('a ben@example.com')).toMatchObject({ registered: 1, joined: 0, matched_by: '' });
    expect(await rowsOf(engine.warehouse, 'stays')).toHaveLength(2);
  });

  it('follow what changes, moves and goes', async () => {
    receive(
      'bm',
      webinar('a'),
      webinar('b'),
      registration('1', 'dana@example.com'),
      registration('2', 'ben@example.com'),
    );
    receive('bm', attendance('1', { email: 'dana@example.com' }));
    await project();
    receive('bm', attendance('1', { email: 'dana@example.com' }, { webinar_id: 'b' }));
    receive('bm', webinar('a', { title: 'Renamed', status: 'cancelled' }));
    const undone = receive('bm', registration('3', 'cem@example.com'));
    await project();
    expect(await names()).toEqual([
      'a -',
      'a ben@example.com',
      'a cem@example.com',
      'a dana@example.com',
      'b -',
      'b dana@example.com',
    ]);
    expect((await rows()).get('a ben@example.com')).toMatchObject({ title: 'Renamed', status: 'cancelled' });
    expect((await rows()).get('a dana@example.com')).toMatchObject({ joined: 0 });
    receive('bm', { record: 'deletion', key: 'r-2', of: 'registration' });
    order('bm', { control: 'undo', first_seq: undone, last_seq: undone });
    await project();
    expect(await names()).toEqual(['a -', 'a dana@example.com', 'b -', 'b dana@example.com']);
    expect((await rowsOf<{ email: string }>(engine.warehouse, 'people')).map(({ email }) => email)).toEqual([
      'dana@example.com',
    ]);
  });

  it('lose what a whole read did not find any more', async () => {
    receive('bm', webinar('a'), registration('1', 'dana@example.com'), registration('2', 'ben@example.com'));
    const first_seq = receive('bm', webinar('a'), registration('1', 'dana@example.com'));
    order('bm', { control: 'refresh', stream: 'main', first_seq });
    await project();
    expect(await names()).toEqual(['a -', 'a dana@example.com']);
  });

  it('become one where other records show that two people are', async () => {
    const phone = '+12025550123';
    receive('bm', webinar('a'), registration('1', 'dana@example.com'));
    receive('zoom', attendance('1', { phone }), attendance('2', { email: 'dana@example.com' }));
    await project();
    expect(await names()).toEqual(['a +12025550123', 'a -', 'a dana@example.com']);
    receive('hook', { record: 'person', key: 'p', kind: 'contact', email: 'dana@example.com', phone });
    await project();
    expect(await names()).toEqual(['a -', 'a dana@example.com']);
    expect((await rows()).get('a dana@example.com')).toMatchObject({ joins: 2, seconds: 600, matched_by: 'email' });
    expect(await rowsOf(engine.warehouse, 'stays')).toHaveLength(1);
  });

  it('reach as far as the webinars that lie ahead', async () => {
    receive(
      'bm',
      webinar('a', { starts_at: '2026-06-01T18:00:00Z', status: 'scheduled' }),
      registration('1', 'dana@example.com'),
    );
    await project();
    expect(await loadDataSpan(engine.warehouse, 'Europe/Berlin')).toEqual({ first: '2026-02-20', last: '2026-06-01' });
  });

  it('write only what has changed', async () => {
    receive(
      'bm',
      webinar('a'),
      ...Array.from({ length: 40 }, (_, index) => registration(String(index), `p${index}@example.com`)),
    );
    await project();
    receive('zoom', attendance('1', { email: 'p7@example.com' }));
    await project();
    const found = await rowsOf<{ version: number }>(engine.warehouse, 'participations');
    expect(found.filter(({ version }) => version === 1)).toHaveLength(40);
    expect(found.filter(({ version }) => version === 2)).toHaveLength(1);
  });

  it('keep the newest state of what is pushed', async () => {
    receive('hook', attendance('1', { email: 'dana@example.com' }, { left_at: undefined }));
    await project();
    expect((await rows()).get('a dana@example.com')).toMatchObject({
      joined: 1,
      seconds: 0,
      starts_at: '2026-03-01 18:00:00.000',
    });
    receive('hook', attendance('1', { email: 'dana@example.com' }));
    await project();
    expect((await rows()).get('a dana@example.com')).toMatchObject({ seconds: 600, matched_by: 'unmatched' });
    receive('hook', { record: 'deletion', key: 'a-1', of: 'attendance' });
    await project();
    expect(await names()).toEqual([]);
  });

  it('follow other rules without being emptied', async () => {
    receive(
      'bm',
      webinar('a'),
      registration('1', 'dana@example.com', {
        utm_source: 'Google',
        person: { email: 'dana@example.com', phone: '+12025550123' },
      }),
    );
    receive('bm', registration('2', 'staff@corp.example.com'), attendance('1', { phone: '+12025550123' }));
    await project();
    expect((await rows()).get('a dana@example.com')).toMatchObject({ matched_by: 'phone', source_group: 'Unassigned' });
    const identity: IdentityRules = {
      ...DEFAULT_IDENTITY,
      match: ['email'],
      exclude: { emails: [], domains: ['corp.example.com'] },
    };
    const sourceGroups = {
      lists: {},
      rules: [{ group: 'Search', when: [{ field: 'source' as const, is: 'google' }] }],
    };
    await project({ webinars: { ...DEFAULT_WEBINAR_RULES, identity, sourceGroups } });
    expect(await names()).toEqual(['a +12025550123', 'a -', 'a dana@example.com']);
    expect((await rows()).get('a dana@example.com')).toMatchObject({ matched_by: '', source_group: 'Search' });
    await project();
    expect(await names()).toEqual(['a -', 'a dana@example.com', 'a staff@corp.example.com']);
  });
});
