import { z } from 'zod';
import { isObject, parseJson } from '../../src/connectors/json.ts';
import { watchPages } from '../../src/connectors/pull-pages.ts';
import type { ParsedItem } from '../../src/contract/connector.ts';
import { type PullConnector, PullError, type PulledPage, type ReadRequest } from '../../src/contract/pull.ts';
import type { FakeItem, FakePage } from './fake-pages.ts';

/** A small connector for `fake-pages.ts`. */

const settings = z.strictObject({
  base_url: z.string(),
  /** Rows of a page. */
  size: z.number().int().min(1).default(10),
  /** Milliseconds before the cursor that are read again. */
  look_back_ms: z.number().int().min(0).default(600_000),
  mode: z.enum(['incremental', 'full']).default('incremental'),
  /** activity: facts that can be counted; row: a table of one's own. */
  record: z.enum(['activity', 'row']).default('activity'),
  table: z.string().default('items'),
  streams: z.array(z.string()).min(1).default(['items']),
});
type Settings = z.infer<typeof settings>;

export const fakePages: PullConnector<Settings> = {
  name: 'fake_pages',
  title: 'Pages for tests',
  settings,
  revisable: true,
  feeds: ({ record, table }) => [record === 'row' ? { record, table } : { record }],
  streams: ({ record, table, mode, streams }) =>
    streams.map((name) => ({ name, record, mode, ...(record === 'row' ? { table } : {}) })),
  targets: ({ base_url }) => {
    const url = new URL(base_url);
    return [{ host: url.hostname, port: Number(url.port) }];
  },

  async check(config, effects) {
    return Promise.all(
      config.streams.map(async (stream) => {
        const started = effects.now();
        const found = await getPage(config, effects, 0, null).catch((error: unknown) => {
          if (error instanceof PullError) return error;
          throw error;
        });
        const base = { stream, elapsed_ms: effects.now() - started, columns: [], sample: [] };
        return found instanceof PullError
          ? { ...base, ok: false, detail: found.message, rows: null }
          : { ...base, ok: true, detail: `Found ${found.page.total} items.`, rows: found.page.total };
      }),
    );
  },

  async *read(request, effects) {
    const { settings: config, stream, cursor } = request;
    const watch = watchPages(stream.name, effects);
    const since = sinceOf(request);
    const until = request.range === undefined ? Number.POSITIVE_INFINITY : Date.parse(request.range.to);
    let latest = Number(cursor?.['updated_at'] ?? 0);
    let token: string | null = null;
    do {
      watch.token(token ?? '');
      const { page, body }: { page: FakePage; body: Buffer } = await getPage(config, effects, since, token);
      watch.page({ rows: page.items.length, announced: page.count, total: page.total });
      const items = page.items.filter((item) => item.updated_at < until);
      latest = Math.max(latest, ...page.items.map((item) => item.updated_at));
      const pulled: PulledPage = {
        body: request.range === undefined ? body : Buffer.from(JSON.stringify({ ...page, items })),
        contentType: 'application/json',
        rows: items.length,
        columns: [
          { name: 'id', type: 'text' },
          { name: 'updated_at', type: 'integer' },
          { name: 'value', type: 'text' },
        ],
      };
      token = page.next;
      const moves = request.range === undefined && (stream.mode === 'incremental' || token === null);
      yield moves ? { ...pulled, cursor: { updated_at: latest } } : pulled;
    } while (token !== null);
    watch.end();
  },

  async count(request, effects) {
    const { page } = await getPage(request.settings, effects, sinceOf(request), null);
    return page.total;
  },

  parse(entry, context) {
    const parsed = parseJson(entry.body.toString('utf8'));
    if (!parsed.ok || !isObject(parsed.value) || !Array.isArray(parsed.value['items']))
      return [{ ok: false, reason: 'The page is no list of items.', raw: entry.body.toString('utf8').slice(0, 4000) }];
    return (parsed.value['items'] as FakeItem[]).map((item): ParsedItem => {
      const { record, table } = context.settings;
      const key = item.id;
      const at = new Date(item.updated_at).toISOString();
      return record === 'row'
        ? { ok: true, record: { record, table, key, values: { value: item.value, changed_at: at } } }
        : { ok: true, record: { record, key, person: { external_id: item.id }, at, feature: item.value } };
    });
  },
};

function sinceOf({ settings: config, stream, cursor, range }: ReadRequest<Settings>): number {
  if (range !== undefined) return Date.parse(range.from);
  if (stream.mode === 'full' || cursor === null) return 0;
  return Math.max(0, Number(cursor['updated_at']) - config.look_back_ms);
}

async function getPage(
  config: Settings,
  effects: Parameters<PullConnector<Settings>['check']>[1],
  since: number,
  token: string | null,
): Promise<{ page: FakePage; body: Buffer }> {
  const query = new URLSearchParams({ since: String(since), size: String(config.size) });
  if (token !== null) query.set('token', token);
  const answer = await effects.http({ url: `${config.base_url}/items?${query}`, timeoutMs: 1500 });
  if (answer.status !== 200) throw new PullError('settings', `The service answered ${answer.status}.`);
  const parsed = parseJson(answer.body.toString('utf8'));
  if (!parsed.ok || !isObject(parsed.value) || !Array.isArray(parsed.value['items']))
    throw new PullError('retry', 'The service sent half an answer.');
  return { page: parsed.value as unknown as FakePage, body: answer.body };
}
