import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Source } from '../../src/connectors/sources.ts';
import type { ParsedItem } from '../../src/contract/connector.ts';
import {
  type PageColumn,
  type PullConnector,
  type PullEffects,
  PullError,
  type Stream,
} from '../../src/contract/pull.ts';
import { sourceDeclaration } from '../../src/contract/source.ts';

/** A service whose tables stand in a JSON file, and the connector that reads it: in this process or in a reading process. */

export interface FakeRow {
  id: number;
  /** Version of the row: incremental reads go by it. */
  at: number;
  amount: number;
}

export interface FakeTable {
  rows: FakeRow[];
  columns?: PageColumn[];
  /** What happens instead of page number `page` (1 is the first) of a read. */
  fault?: { page: number; what: 'retry' | 'settings' | 'throw' | 'exit' | 'memory' | 'hang'; message?: string };
  /** Tells its process and the names of its environment in the log. */
  tell?: boolean;
  /** Says a notice before each page. */
  announce?: boolean;
  /** Says that nothing has changed as long as this is the same. */
  version?: string;
}

export type FakeService = Record<string, FakeTable>;

const settings = z.strictObject({
  file: z.string(),
  token: z.string().optional(),
  page_size: z.number().int().min(1).default(2),
  streams: z.array(z.strictObject({ name: z.string(), mode: z.enum(['incremental', 'full']) })),
});
type Settings = z.infer<typeof settings>;

export const fakeTable: PullConnector<Settings> = {
  name: 'fake_table',
  title: 'A table in a file',
  settings,
  revisable: true,
  feeds: () => [{ record: 'activity' }],
  streams: (given) => given.streams.map((stream): Stream => ({ ...stream, record: 'activity' })),
  targets: () => [],
  parse(entry): ParsedItem[] {
    const rows = JSON.parse(entry.body.toString()) as FakeRow[];
    return rows.map((row) => ({
      ok: true,
      record: {
        record: 'activity',
        key: `${entry.headers['turnout-stream']}-${row.id}`,
        person: { email: `person-${row.id % 7}@example.com` },
        at: '2026-03-02T08:00:00Z',
        feature: entry.headers['turnout-stream'] ?? '',
        amount: row.amount,
        currency: 'USD',
      },
    }));
  },
  async check(given) {
    return given.streams.map(({ name }) => {
      const table = serviceOf(given)[name];
      const detail = table === undefined ? `There is no table ${name} for ${given.token}.` : 'Reads.';
      return {
        stream: name,
        ok: table !== undefined,
        detail,
        elapsed_ms: 0,
        rows: table?.rows.length ?? null,
        columns: [],
        sample: [],
      };
    });
  },
  async count(request) {
    return rowsOf(request.settings, request.stream, null, request.range).length;
  },
  async *read(request, effects) {
    const { stream } = request;
    const table = serviceOf(request.settings)[stream.name];
    if (table === undefined) throw new PullError('settings', `There is no table ${stream.name}.`);
    if (table.version !== undefined && table.version === request.cursor?.['version']) {
      yield { body: Buffer.alloc(0), contentType: 'application/json', rows: 0, unchanged: true };
      return;
    }
    if (table.tell === true) for (const word of [process.pid, ...Object.keys(process.env)]) effects.log(String(word));
    const after = stream.mode === 'full' || request.range !== undefined ? null : request.cursor;
    const rows = rowsOf(request.settings, stream, after, request.range);
    const size = request.settings.page_size;
    for (let page = 1; (page - 1) * size < rows.length || table.fault?.page === page; page++) {
      if (table.fault?.page === page) await fail(table.fault, request.settings, effects);
      const part = rows.slice((page - 1) * size, page * size);
      const last = part.at(-1);
      if (table.announce === true) effects.notice(`page ${page}`);
      yield {
        body: Buffer.from(JSON.stringify(part)),
        contentType: 'application/json',
        rows: part.length,
        ...(last === undefined
          ? {}
          : { cursor: table.version === undefined ? { at: last.at, id: last.id } : { version: table.version } }),
        ...(table.columns === undefined ? {} : { columns: table.columns }),
      };
    }
  },
};

/** For a reading process: the module's address is given to it. */
export const PULL_CONNECTORS: ReadonlyMap<string, PullConnector> = new Map([
  [fakeTable.name, fakeTable as PullConnector],
]);

export function writeService(file: string, service: FakeService): void {
  writeFileSync(file, JSON.stringify(service));
}

/** Rows numbered from `first`, each with a version of its own. */
export function fakeRows(count: number, first = 1): FakeRow[] {
  return Array.from({ length: count }, (_, index) => ({ id: first + index, at: first + index, amount: 10 + index }));
}

export function fakeSource(
  file: string,
  streams: Settings['streams'],
  declaration: Partial<Source['declaration']> & { page_size?: number; token?: string } = {},
): Source {
  const { page_size, token, ...rest } = declaration;
  const given = { file, streams, ...(page_size === undefined ? {} : { page_size }) };
  const declared = sourceDeclaration.parse({
    name: 'crm',
    connector: fakeTable.name,
    settings: { ...given, ...(token === undefined ? {} : { token: '${CRM_TOKEN}' }) },
    ...rest,
  });
  return {
    name: declared.name,
    label: declared.label ?? declared.name,
    connector: fakeTable,
    pull: fakeTable as PullConnector,
    settings: settings.parse({ ...given, ...(token === undefined ? {} : { token }) }),
    defaults: {},
    declaration: declared,
  };
}

function serviceOf(given: Settings): FakeService {
  return JSON.parse(readFileSync(given.file, 'utf8')) as FakeService;
}

function rowsOf(
  given: Settings,
  stream: Stream,
  after: Readonly<Record<string, unknown>> | null,
  range: { from: string; to: string } | undefined,
): FakeRow[] {
  const rows = serviceOf(given)[stream.name]?.rows ?? [];
  const at = Number(after?.['at'] ?? -1);
  const id = Number(after?.['id'] ?? -1);
  return rows
    .filter((row) => row.at > at || (row.at === at && row.id > id))
    .filter((row) => range === undefined || (row.at >= Date.parse(range.from) && row.at < Date.parse(range.to)))
    .sort((a, b) => a.at - b.at || a.id - b.id);
}

async function fail(fault: NonNullable<FakeTable['fault']>, given: Settings, effects: PullEffects): Promise<void> {
  const message = fault.message ?? `The service is away (token ${given.token}).`;
  switch (fault.what) {
    case 'retry':
    case 'settings':
      throw new PullError(fault.what, message);
    case 'throw':
      throw new TypeError(message);
    case 'exit':
      process.exit(7);
      break;
    case 'memory': {
      const held: unknown[] = [];
      for (;;) held.push(new Array(1_000_000).fill(held.length));
    }
    case 'hang':
      await pause(3_600_000, undefined, { signal: effects.signal });
  }
}
