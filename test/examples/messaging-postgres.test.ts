import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgres } from '../../src/connectors/postgres.ts';
import { postgresSettings } from '../../src/connectors/postgres-settings.ts';
import { parseSources } from '../../src/connectors/sources.ts';
import { PAGE_HEADERS, type PulledPage } from '../../src/contract/pull.ts';
import type { CanonicalRecord, RecordKind, RecordOf } from '../../src/contract/record.ts';
import { loadWorkspace } from '../../src/model/load-workspace.ts';
import { PACKS_FOLDER } from '../../src/workspace-files.ts';
import { loadMessagingExample, MESSAGING_EXAMPLE } from '../support/messaging-example.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { recordedEffects } from '../support/pull-effects.ts';

/** The example in examples/messaging-postgres: what Turnout reads from the database is what SQL says about it. */

const workspace = join(MESSAGING_EXAMPLE, 'workspace');
let server: TestPostgres;
let url: string;
const records = new Map<string, CanonicalRecord[]>();
const notices: string[] = [];

beforeAll(async () => {
  server = await startPostgres();
  url = await loadMessagingExample(server);
  const settings = exampleSettings();
  for (const stream of postgres.streams(settings)) {
    const effects = recordedEffects();
    const pages: PulledPage[] = [];
    for await (const page of postgres.read({ settings, stream, cursor: null }, effects)) pages.push(page);
    const items = pages.flatMap(({ body, contentType }, index) =>
      postgres.parse(
        {
          seq: index,
          receivedAt: 0,
          target: `/pull/${stream.name}`,
          headers: { 'content-type': contentType, [PAGE_HEADERS.stream]: stream.name },
          body,
        },
        { source: 'platform', settings, defaults: {}, timeZone: 'Asia/Jakarta' },
      ),
    );
    notices.push(...effects.notices, ...effects.lines);
    expect(items.filter((item) => !item.ok)).toEqual([]);
    records.set(
      stream.name,
      items.flatMap((item) => (item.ok ? [item.record] : [])),
    );
  }
});
afterAll(() => server.stop());

function exampleSettings() {
  const text = readFileSync(join(workspace, 'sources', 'platform.yaml'), 'utf8');
  const { sources, problems } = parseSources([{ path: 'sources/platform.yaml', text }], { PLATFORM_DATABASE_URL: url });
  expect(problems).toEqual([]);
  return postgresSettings.parse(sources[0]?.settings);
}

function read<K extends RecordKind>(stream: string, kind: K): RecordOf<K>[] {
  const all = records.get(stream) ?? [];
  expect(all.every(({ record }) => record === kind)).toBe(true);
  return all as RecordOf<K>[];
}

async function number(sql: string): Promise<number> {
  const [row] = await server.sql<{ n: string }>(`SELECT (${sql})::text AS n`, { database: 'platform' });
  return Number(row?.n);
}

test('the workspace is in order', async () => {
  const loaded = await loadWorkspace({ folder: workspace, packsFolder: PACKS_FOLDER });
  const { sources, problems } = parseSources(loaded.sourceFiles, { PLATFORM_DATABASE_URL: url });
  expect([...loaded.problems, ...problems]).toEqual([]);
  expect(sources.map(({ name }) => name)).toEqual(['platform']);
  const channels = new Set(loaded.channels.map(({ name }) => name));
  expect(read('messages', 'message_event').filter(({ channel }) => !channels.has(channel))).toEqual([]);
});

test('the reading says nothing that someone should look at', () => {
  expect(notices).toEqual([]);
});

describe('what is read is what SQL says', () => {
  test('users', async () => {
    const people = read('users', 'person');
    expect(people.length).toBe(456);
    expect(people.length).toBe(await number('SELECT count(*) FROM platform.users'));
    expect(people.filter(({ attributes }) => attributes?.['plan'] === 'business').length).toBe(
      await number(`SELECT count(*) FROM platform.users WHERE plan = 'business'`),
    );
    expect(people[0]?.registered_at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  test('invitations: 210 invited, 105 activated', () => {
    const invitations = read('invitations', 'invitation');
    expect(new Set(invitations.map(({ person }) => person.email)).size).toBe(210);
    expect(invitations.filter(({ activated_at }) => activated_at !== undefined).length).toBe(105);
  });

  test('34 of the activated transact, after their activation', () => {
    const activated = new Map(
      read('invitations', 'invitation').map(({ person, activated_at }) => [person.email, activated_at]),
    );
    const emails = new Map(read('users', 'person').map(({ external_id, email }) => [external_id, email]));
    const transacting = new Set(
      [
        ...read('messages', 'message_event')
          .filter(({ charge }) => (charge ?? 0) > 0)
          .map(({ account, at }) => [account, at] as const),
        ...read('activities', 'activity')
          .filter(({ feature }) => feature === 'purchase')
          .map(({ person, at }) => [person, at] as const),
      ].flatMap(([person, at]) => {
        const email = emails.get(person?.external_id);
        const since = email === undefined ? undefined : activated.get(email);
        if (since === undefined) return [];
        expect(Date.parse(at)).toBeGreaterThan(Date.parse(since));
        return [email];
      }),
    );
    expect(transacting.size).toBe(34);
  });

  test('activities', async () => {
    const activities = read('activities', 'activity');
    expect(activities.length).toBe(await number('SELECT count(*) FROM platform.activities'));
    expect(activities.reduce((sum, { amount }) => sum + (amount ?? 0), 0)).toBe(
      await number('SELECT sum(amount) FROM platform.activities'),
    );
  });

  test('messages: charges and states per channel', async () => {
    const messages = new Map<string, { channel: string; charge: number; statuses: Set<string> }>();
    for (const event of read('messages', 'message_event')) {
      const message = messages.get(event.message_id) ?? {
        channel: event.channel,
        charge: event.charge ?? 0,
        statuses: new Set(),
      };
      message.statuses.add(event.status);
      messages.set(event.message_id, message);
    }
    const told = Object.fromEntries(
      ['whatsapp', 'email', 'sms', 'ivr'].map((channel) => {
        const of = [...messages.values()].filter((message) => message.channel === channel);
        const reached = (status: string) => of.filter(({ statuses }) => statuses.has(status)).length;
        return [
          channel,
          {
            messages: of.length,
            charges: of.reduce((sum, { charge }) => sum + charge, 0),
            delivered: reached('delivered'),
            failed: reached('failed'),
            read: reached('read'),
          },
        ];
      }),
    );
    const rows = await server.sql<Record<string, string>>(
      `SELECT b.channel, count(*)::int AS messages, sum(m.charge)::float8 AS charges, count(m.delivered_at)::int AS delivered,
              count(m.failed_at)::int AS failed, count(m.read_at)::int AS read
       FROM platform.messages m JOIN platform.blasts b ON b.id = m.blast_id GROUP BY b.channel`,
      { database: 'platform' },
    );
    expect(told).toEqual(Object.fromEntries(rows.map(({ channel, ...figures }) => [channel, figures])));
    // The proportions of the dashboard that this example stands for: 17.8 M, 3.6 M, 1.3 M and 255.8 k.
    expect(told).toMatchObject({
      whatsapp: { charges: expect.closeTo(17_800_000, -5) },
      email: { charges: expect.closeTo(3_600_000, -5) },
      ivr: { charges: expect.closeTo(1_300_000, -4) },
      sms: { charges: expect.closeTo(255_800, -3) },
    });
  });
});

test('the role can read and nothing else', async () => {
  const settings = { ...exampleSettings() };
  const refused = async (query: string) => {
    const changed = postgresSettings.parse({ ...settings, streams: [{ record: 'row', table: 't', key: 'n', query }] });
    const [stream] = postgres.streams(changed);
    if (stream === undefined) throw new Error('no stream');
    const [report] = await postgres.check(changed, recordedEffects());
    return report;
  };
  expect(await refused('SELECT usesysid AS n FROM pg_shadow')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('may not do'),
  });
  expect(await refused("SELECT 1 AS n, pg_read_file('/etc/hostname')")).toMatchObject({ ok: false });
});

test('the page for people names every file', () => {
  const text = readFileSync(join(resolve(MESSAGING_EXAMPLE), 'README.md'), 'utf8');
  for (const file of ['schema.sql', 'reader.sql', 'seed.sql', 'workspace']) expect(text).toContain(file);
});
