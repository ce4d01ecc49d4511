import { z } from 'zod';
import { isObject, parseJsonBody } from '../../src/connectors/json.ts';
import { counted, poison, setIfKnown, shortText } from '../../src/connectors/parsed-item.ts';
import { watchPages } from '../../src/connectors/pull-pages.ts';
import type { ParsedItem } from '../../src/contract/connector.ts';
import { type PullConnector, type PullEffects, PullError, type StreamReport } from '../../src/contract/pull.ts';
import { type CanonicalRecord, canonicalRecord } from '../../src/contract/record.ts';
import { secret } from '../../src/contract/source.ts';

const settings = z.strictObject({
  api_key: secret,
  base_url: z.url({ protocol: /^https?$/ }).default('https://helpdesk.example.com'),
});
type HelpdeskSettings = z.infer<typeof settings>;

/** Tickets that changed in this time before the cursor are asked for again: some are written late. */
const LOOK_BACK_MS = 10 * 60_000;
const PAGE_ROWS = 100;

/** Tickets of a help desk: one activity of the customer per ticket. */
export const helpdesk: PullConnector<HelpdeskSettings> = {
  name: 'helpdesk',
  title: 'Help desk',
  settings,
  revisable: true,
  feeds: () => [{ record: 'activity' }],
  streams: () => [{ name: 'tickets', record: 'activity', mode: 'incremental' }],

  targets({ base_url }) {
    const url = new URL(base_url);
    return [{ host: url.hostname, port: Number(url.port) || (url.protocol === 'http:' ? 80 : 443) }];
  },

  async check(given, effects): Promise<StreamReport[]> {
    const started = effects.now();
    const report = { stream: 'tickets', rows: null, columns: [], sample: [] };
    try {
      const page = await fetchPage(given, effects, 0, '1');
      const found = { ok: true, detail: `Found ${page.total} tickets.`, rows: page.total };
      return [{ ...report, ...found, elapsed_ms: effects.now() - started }];
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      return [{ ...report, ok: false, detail: error.message, elapsed_ms: effects.now() - started }];
    }
  },

  async *read({ settings: given, cursor, range }, effects) {
    const watch = watchPages('tickets', effects);
    let newest = Number(cursor?.['updated_at'] ?? 0);
    const since = range === undefined ? Math.max(0, newest - LOOK_BACK_MS) : Date.parse(range.from);
    for (let next: string | null = '1'; next !== null; ) {
      watch.token(next);
      const page: TicketPage = await fetchPage(given, effects, since, next);
      watch.page({ rows: page.tickets.length, total: page.total });
      newest = Math.max(newest, ...page.tickets.map((ticket) => Number(ticket['updated_at']) || 0));
      const pulled = { body: page.body, contentType: 'application/json', rows: page.tickets.length };
      yield range === undefined ? { ...pulled, cursor: { updated_at: newest } } : pulled;
      next = page.next;
    }
    watch.end();
  },

  parse(entry) {
    const json = parseJsonBody(entry.body);
    if (!json.ok) return [poison(json.reason, entry.body)];
    const tickets = isObject(json.value) ? json.value['tickets'] : undefined;
    if (!Array.isArray(tickets)) return [poison('The page holds no list of tickets.', entry.body)];
    return tickets.map(parseTicket);
  },
};

function parseTicket(ticket: unknown): ParsedItem {
  if (!isObject(ticket)) return poison('A ticket is not an object.', ticket);
  const { id, requester, topic, opened_at, deleted } = ticket;
  const key = shortText(id);
  if (key === undefined) return poison('A ticket has no id.', ticket);
  if (deleted === true) return counted({ record: 'deletion', key, of: 'activity' });
  const record: Record<string, unknown> = {
    record: 'activity',
    key,
    person: { email: shortText(requester, 320) },
    at: opened_at,
    feature: 'ticket',
  };
  setIfKnown(record, 'category', shortText(topic));
  const checked = canonicalRecord.safeParse(record);
  return checked.success
    ? counted(checked.data satisfies CanonicalRecord)
    : poison('A ticket has no requester or no time of opening.', ticket);
}

interface TicketPage {
  tickets: Record<string, unknown>[];
  total: number;
  /** Number of the next page. */
  next: string | null;
  body: Buffer;
}

async function fetchPage(
  { api_key, base_url }: HelpdeskSettings,
  effects: PullEffects,
  since: number,
  page: string,
): Promise<TicketPage> {
  const [key = ''] = [api_key].flat();
  const query = new URLSearchParams({ updated_since: String(since), page, per_page: String(PAGE_ROWS) });
  const { status, body } = await effects.http({ url: `${base_url}/tickets?${query}`, headers: { 'x-api-key': key } });
  if (status === 401) throw new PullError('settings', 'The help desk does not accept the key: make a new one.');
  if (status !== 200) throw new PullError('settings', `The help desk refuses the request (${status}).`);
  const json = parseJsonBody(body);
  if (!json.ok || !isObject(json.value) || !Array.isArray(json.value['tickets']))
    throw new PullError('retry', 'The help desk sent an answer that is not whole.');
  const { tickets, total, next_page: next } = json.value;
  return {
    tickets: tickets.filter(isObject),
    total: Number(total),
    next: typeof next === 'number' ? String(next) : null,
    body,
  };
}
