import { googleSheets } from '../../src/connectors/google-sheets.ts';
import type { ParsedItem } from '../../src/contract/connector.ts';
import { type Cursor, PAGE_HEADERS, type PulledPage } from '../../src/contract/pull.ts';
import type { CanonicalRecord } from '../../src/contract/record.ts';
import type { FakeCell, FakeGoogle, FakeSheet } from './fake-google.ts';
import { readAll, testEffects } from './test-effects.ts';

/** A sheet of registrations, settings that read it, and one read of it with its rows parsed. */

/** The clock of `testEffects`. */
export const NOW = Date.parse('2026-11-20T06:00:00Z');

export const registrations = (): FakeSheet => ({
  gid: 0,
  title: 'Registrations',
  cells: [
    ['Email', 'First name', 'Phone', 'Registered at', 'utm_source', 'utm_medium', 'Consent'],
    ['dana.lopez@example.com', 'Dana', '+12025550123', 46336.38567129629, 'whatsapp', 'message', true],
    ['ben.okafor@example.com', 'Ben', 12025550145, 46338.777777777774],
    ['', 'Mei', '', '46343.9'],
  ],
});

export const mapping = {
  record: 'registration',
  key: ['Email'],
  country: 'US',
  columns: [
    { field: 'webinar_id', value: 'wbn-1118' },
    { field: 'person.email', column: 'Email' },
    { field: 'person.phone', column: 'Phone' },
    { field: 'registered_at', column: 'Registered at' },
    { field: 'utm_source', column: 'utm_source' },
  ],
};

/** The mapping without the columns named. */
export const mappingWithout = (...columns: string[]) => ({
  ...mapping,
  columns: mapping.columns.filter(({ column }) => column === undefined || !columns.includes(column)),
});

type Sheet = Record<string, unknown>;

export const byAccount = (google: FakeGoogle, sheet: Sheet = { range: 'Registrations', mapping }) => ({
  ...google.account,
  sheets: [{ name: 'registrations', ...sheet }],
});

export const asCsv = (google: FakeGoogle, sheet: Sheet = { mapping }) => ({
  ...google.published,
  sheets: [{ name: 'registrations', ...sheet }],
});

export interface SheetRead {
  pages: PulledPage[];
  error: unknown;
  records: CanonicalRecord[];
  /** Of what could not be counted. */
  reasons: string[];
  log: string[];
  notices: string[];
  slept: number;
  cursor: Cursor | null;
}

/** One run over the first sheet of the settings; the workspace is in Jakarta. */
export async function readSheet(raw: unknown, cursor: Cursor | null = null, attempts = 3): Promise<SheetRead> {
  const settings = googleSheets.settings.parse(raw);
  const [stream] = googleSheets.streams(settings);
  if (stream === undefined) throw new Error('no stream');
  const { effects, log, notices, slept } = testEffects({ attempts });
  const { pages, error } = await readAll(googleSheets, { settings, stream, cursor }, effects);
  const items = pages.flatMap((page): ParsedItem[] => {
    if (page.unchanged === true) return [];
    const headers = { [PAGE_HEADERS.stream]: stream.name };
    return googleSheets.parse(
      { seq: 1, receivedAt: NOW, target: '/', headers, body: page.body },
      { source: 'sheet', settings, defaults: {}, timeZone: 'Asia/Jakarta' },
    );
  });
  return {
    pages,
    error,
    records: items.flatMap((item) => (item.ok ? [item.record] : [])),
    reasons: items.flatMap((item) => (item.ok ? [] : [item.reason])),
    log,
    notices,
    slept: slept(),
    cursor: pages.at(-1)?.cursor ?? null,
  };
}

/** Changes the cells of the first sheet in place. */
export function editCells(google: FakeGoogle, change: (cells: FakeCell[][]) => void): void {
  change(google.spreadsheet.sheets[0]?.cells ?? []);
}
