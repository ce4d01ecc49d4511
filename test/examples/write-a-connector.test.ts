import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ParsedItem } from '../../src/contract/connector.ts';
import type { Cursor } from '../../src/contract/pull.ts';
import { readAll, testEffects } from '../support/test-effects.ts';
import { doorbell } from './doorbell.ts';
import { helpdesk } from './helpdesk.ts';

/** The examples of docs/write-a-connector.md do what the guide says, and the guide shows them as they are. */

const root = resolve(import.meta.dirname, '..', '..');

describe('the guide', () => {
  const guide = readFileSync(join(root, 'docs', 'write-a-connector.md'), 'utf8');

  test.each(['helpdesk', 'doorbell'])('shows %s as it is', (name) => {
    const text = readFileSync(join(root, 'test', 'examples', `${name}.ts`), 'utf8');
    const asConnector = text.replaceAll("'../../src/connectors/", "'./").replaceAll("'../../src/", "'../");
    expect(guide).toContain(`\`\`\`ts\n${asConnector}\`\`\`\n`);
  });

  test('names files that are there', () => {
    const named = [...guide.matchAll(/`((?:src|docs|test)\/[\w./-]+\.(?:ts|md))`/g)].map((match) => match[1] ?? '');
    const invented = new Set(['src/connectors/helpdesk.ts', 'src/connectors/doorbell.ts', 'docs/connect/helpdesk.md']);
    expect(named.length).toBeGreaterThan(5);
    for (const file of named.filter((each) => !invented.has(each))) readFileSync(join(root, file));
  });
});

interface Ticket {
  id: number;
  requester?: string;
  topic?: string;
  opened_at?: string;
  updated_at: number;
  deleted?: boolean;
}

const KEY = 'k-0123456789';
const START = Date.UTC(2026, 10, 10);

describe('a connector that is read', () => {
  let tickets: Ticket[];
  let answer: ((response: ServerResponse) => void) | undefined;
  let close: () => void;
  let url: string;

  beforeEach(async () => {
    answer = undefined;
    tickets = Array.from({ length: 250 }, (_, id) => ({
      id,
      requester: `p${id}@example.com`,
      topic: 'billing',
      opened_at: '2026-11-10T09:00:00Z',
      updated_at: START + id * 60_000,
    }));
    const server = createServer((request, response) => {
      if (answer !== undefined) return answer(response);
      if (request.headers['x-api-key'] !== KEY) return response.writeHead(401).end();
      const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
      const found = tickets.filter((ticket) => ticket.updated_at >= Number(query.get('updated_since')));
      const page = Number(query.get('page'));
      const rows = found.slice((page - 1) * 100, page * 100);
      const next = page * 100 < found.length ? page + 1 : null;
      return response.end(JSON.stringify({ tickets: rows, total: found.length, next_page: next }));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () => {
      server.closeAllConnections();
      server.close();
    };
  });
  afterEach(() => close());

  async function run(cursor: Cursor | null, api_key = KEY) {
    const settings = helpdesk.settings.parse({ api_key, base_url: url });
    const [stream] = helpdesk.streams(settings);
    if (stream === undefined) throw new Error('no stream');
    const { effects, notices } = testEffects({ attempts: 2 });
    const { pages, error } = await readAll(helpdesk, { settings, stream, cursor }, effects);
    const items = pages.flatMap(({ body }) => parse(body));
    return { pages, error, items, notices, cursor: pages.at(-1)?.cursor ?? cursor };
  }

  function parse(body: Buffer | string): ParsedItem[] {
    const settings = helpdesk.settings.parse({ api_key: KEY });
    const entry = { seq: 1, receivedAt: 0, target: '/pull/tickets', headers: {}, body: Buffer.from(body) };
    return helpdesk.parse(entry, { source: 'help', settings, defaults: {} });
  }

  test('reads everything, then what changed, then deletions', async () => {
    const first = await run(null);
    expect([first.pages.length, first.items.length, first.error, first.notices]).toEqual([3, 250, undefined, []]);
    expect(first.items[0]).toEqual({
      ok: true,
      record: {
        record: 'activity',
        key: '0',
        person: { email: 'p0@example.com' },
        at: '2026-11-10T09:00:00Z',
        feature: 'ticket',
        category: 'billing',
      },
    });
    tickets.push({ id: 3, deleted: true, updated_at: START + 300 * 60_000 });
    const second = await run(first.cursor);
    // Ten minutes before the cursor are read again.
    expect(second.items).toHaveLength(12);
    expect(second.items.at(-1)).toEqual({ ok: true, record: { record: 'deletion', key: '3', of: 'activity' } });
  });

  test('says what to do', async () => {
    expect((await run(null, 'another-key')).error).toMatchObject({ kind: 'settings', message: /make a new one/ });
    answer = (response) => response.end('{"tickets":[');
    expect((await run(null)).error).toMatchObject({ kind: 'retry' });
    const settings = helpdesk.settings.parse({ api_key: KEY, base_url: url });
    expect(await helpdesk.check(settings, testEffects().effects)).toMatchObject([{ ok: false, rows: null }]);
    answer = undefined;
    expect(await helpdesk.check(settings, testEffects().effects)).toMatchObject([{ ok: true, rows: 250 }]);
  });

  test('poison is one item, its neighbours are counted', () => {
    const items = parse(
      '{"tickets":[1,{"id":"a"},{"requester":"p@example.com"},{"id":"b","requester":"p@example.com","opened_at":"2026-11-10T09:00:00Z"}]}',
    );
    expect(items.map(({ ok }) => ok)).toEqual([false, false, false, true]);
    expect(parse('{"tickets":')).toMatchObject([{ ok: false }]);
    expect(parse('[]')).toMatchObject([{ ok: false }]);
  });
});

describe('a connector that is pushed to', () => {
  const settings = doorbell.settings.parse({ signing_key: ['old-key-old-key', 'new-key-new-key'] });
  const body = Buffer.from('{"id":"v1","badge":"b-7","at":1795021200,"door":"north"}');
  const sign = (key: string, at: string) => createHmac('sha256', key).update(`${at}.`).update(body).digest('hex');
  const request = (signature: string, at: string) => ({
    method: 'POST' as const,
    target: '/hooks/door',
    headers: { 'x-door-time': at, 'x-door-signature': signature },
    body,
  });
  const now = 1795021260_000;

  test('takes what is signed with a key of the source, now', () => {
    for (const key of ['old-key-old-key', 'new-key-new-key'])
      expect(doorbell.verify(request(sign(key, '1795021200'), '1795021200'), settings, now)).toEqual({ ok: true });
    expect(doorbell.verify(request(sign('no-key', '1795021200'), '1795021200'), settings, now).ok).toBe(false);
    expect(doorbell.verify(request('', '1795021200'), settings, now).ok).toBe(false);
    const old = '1795020000';
    expect(doorbell.verify(request(sign('old-key-old-key', old), old), settings, now).ok).toBe(false);
  });

  test('a visit is one record', () => {
    const parse = (text: Buffer) =>
      doorbell.parse(
        { seq: 1, receivedAt: now, target: '/hooks/door', headers: {}, body: text },
        { source: 'door', settings, defaults: {} },
      );
    expect(parse(body)).toEqual([
      {
        ok: true,
        record: {
          record: 'activity',
          key: 'v1',
          person: { external_id: 'b-7' },
          at: '2026-11-18T17:00:00.000Z',
          feature: 'north',
        },
      },
    ]);
    for (const text of ['', '{', '[]', '{"id":"v1"}']) expect(parse(Buffer.from(text))).toMatchObject([{ ok: false }]);
  });
});
