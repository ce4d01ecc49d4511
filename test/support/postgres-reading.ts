import { postgres } from '../../src/connectors/postgres.ts';
import { type PostgresSettings, postgresSettings } from '../../src/connectors/postgres-settings.ts';
import type { ParsedItem } from '../../src/contract/connector.ts';
import {
  type Cursor,
  PAGE_HEADERS,
  type PullEffects,
  type PulledPage,
  type ReadRequest,
} from '../../src/contract/pull.ts';
import type { CanonicalRecord } from '../../src/contract/record.ts';
import type { TableCell, TablePage } from '../../src/contract/table-page.ts';
import { type RecordedEffects, recordedEffects } from './pull-effects.ts';

/** What one read of the first stream gave. */
export interface Reading {
  pages: PulledPage[];
  tables: TablePage[];
  /** All rows as objects. */
  rows: Record<string, TableCell>[];
  items: ParsedItem[];
  /** The last cursor that a page moved to. */
  cursor: Cursor | null;
  effects: RecordedEffects;
}

export function readingSettings(url: string, ...streams: object[]): PostgresSettings {
  return postgresSettings.parse({ url, streams });
}

export function readingRequest(
  settings: PostgresSettings,
  rest: { cursor?: Cursor | null; range?: { from: string; to: string } } = {},
): ReadRequest<PostgresSettings> {
  const [stream] = postgres.streams(settings);
  if (stream === undefined) throw new Error('the settings have no stream');
  return { settings, stream, cursor: rest.cursor ?? null, ...(rest.range === undefined ? {} : { range: rest.range }) };
}

/** Reads the first stream to its end, or to the end of `maxPages` pages. */
export async function readStream(
  settings: PostgresSettings,
  rest: { cursor?: Cursor | null; range?: { from: string; to: string }; maxPages?: number } = {},
  effects = recordedEffects(),
): Promise<Reading> {
  const request = readingRequest(settings, rest);
  const pages: PulledPage[] = [];
  for await (const page of postgres.read(request, effects)) {
    pages.push(page);
    if (pages.length === rest.maxPages) break;
  }
  const tables = pages.map(({ body }) => JSON.parse(body.toString()) as TablePage);
  const rows = tables.flatMap(({ columns, rows: cells }) =>
    cells.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null]))),
  );
  const items = pages.flatMap((page, index) =>
    postgres.parse(
      {
        seq: index,
        receivedAt: 0,
        target: `/pull/${request.stream.name}`,
        headers: { 'content-type': page.contentType, [PAGE_HEADERS.stream]: request.stream.name },
        body: page.body,
      },
      { source: 'db', settings, defaults: {}, timeZone: 'UTC' },
    ),
  );
  const cursor = pages.findLast((page) => page.cursor !== undefined)?.cursor ?? rest.cursor ?? null;
  return { pages, tables, rows, items, cursor, effects };
}

export function recordsOf(reading: Reading): CanonicalRecord[] {
  return reading.items.flatMap((item) => (item.ok ? [item.record] : []));
}

/** All pages of a read. */
export async function readToEnd(request: ReadRequest<PostgresSettings>, effects: PullEffects): Promise<PulledPage[]> {
  const pages: PulledPage[] = [];
  for await (const page of postgres.read(request, effects)) pages.push(page);
  return pages;
}
