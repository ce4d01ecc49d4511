import type { RowMapping } from '../contract/mapping.ts';
import { PAGE_HEADERS, type PullConnector, type PullEffects, PullError, type StreamReport } from '../contract/pull.ts';
import { fetchPublishedRows } from './google-published-csv.ts';
import { fetchRows, fetchSpreadsheet, findSheet, SheetChangedError } from './google-sheets-api.ts';
import { googleSheetsGuide } from './google-sheets-guide.ts';
import {
  apiOrigin,
  type GoogleSheetsSettings,
  googleSheetsSettings,
  publishedRedirects,
  publishedUrl,
  type SheetToRead,
  serviceAccountOf,
  sheetsOf,
  spreadsheetId,
} from './google-sheets-settings.ts';
import { feedsOfMapping, mainFeedOfMapping } from './mapping/mapped-feeds.ts';
import { maskPeople } from './mask-people.ts';
import { poison } from './parsed-item.ts';
import { readTablePage } from './read-table-page.ts';
import { packSheet, type SheetPages } from './sheet-pages.ts';
import { mapRows, plainRows } from './sheet-records.ts';

const READS = 3;
const SAMPLE_ROWS = 5;

/** Google Sheets: by a service account, or a sheet published to the web as CSV. Every run reads the whole sheet. */
export const googleSheets: PullConnector<GoogleSheetsSettings> = {
  name: 'google_sheets',
  title: 'Google Sheets',
  guide: googleSheetsGuide,
  settings: googleSheetsSettings,
  revisable: true,
  feeds: (settings) => sheetsOf(settings).flatMap((sheet) => feedsOfMapping(rowsOf(sheet))),
  streams: (settings) =>
    sheetsOf(settings).map((sheet) => ({ name: sheet.stream, ...mainFeedOfMapping(rowsOf(sheet)), mode: 'full' })),

  targets(settings) {
    const key = serviceAccountOf(settings);
    const urls = key === undefined ? [settings.published_url ?? ''] : [apiOrigin(settings), key.tokenUrl];
    return urls.flatMap((text) => {
      const url = URL.parse(text);
      if (url === null) return [];
      return [{ host: url.hostname, port: Number(url.port) || (url.protocol === 'http:' ? 80 : 443) }];
    });
  },

  async check(settings, effects) {
    const reports: StreamReport[] = [];
    // One after the other: Google allows 60 requests a minute.
    for (const sheet of sheetsOf(settings)) reports.push(await checkSheet(settings, sheet, effects));
    return reports;
  },

  async *read({ settings, stream, cursor, range }, effects) {
    if (range !== undefined)
      throw new PullError(
        'settings',
        'A sheet is always read as a whole: there is no range to read again. Sync it instead.',
      );
    const sheet = sheetsOf(settings).find((one) => one.stream === stream.name);
    if (sheet === undefined) throw new PullError('settings', `The settings name no sheet "${stream.name}" any more.`);
    const { pages, columns, hash, rows, notices, place } = await readSheet(settings, sheet, effects);
    if (cursor?.['hash'] === hash) {
      effects.log(`Nothing has changed in the sheet "${place}": ${rows} rows.`);
      yield { body: Buffer.alloc(0), contentType: 'application/json', rows: 0, unchanged: true };
      return;
    }
    for (const notice of notices) effects.notice(notice);
    for (const [index, page] of pages.entries()) {
      const pulled = { body: page.body(), contentType: 'application/json', rows: page.rows, columns };
      yield index === pages.length - 1 ? { ...pulled, cursor: { hash, rows } } : pulled;
    }
  },

  parse(entry, context) {
    const stream = entry.headers[PAGE_HEADERS.stream] ?? '';
    const sheet = sheetsOf(context.settings).find((one) => one.stream === stream);
    if (sheet === undefined)
      return [poison(`The settings of this source name no sheet "${stream}" any more.`, entry.body)];
    const page = readTablePage(entry.body);
    if (page === undefined) return [poison('This is not a page of rows.', entry.body)];
    return sheet.mapping === undefined
      ? plainRows(page, stream, sheet.table)
      : mapRows(page, stream, sheet.mapping, context);
  },
};

/** Without a mapping its rows go into a table as they stand. */
function rowsOf({ mapping, table }: SheetToRead): Pick<RowMapping, 'record' | 'table'> {
  return { record: mapping?.record ?? 'row', table };
}

type ReadSheet = SheetPages & { place: string; timeZone: string | undefined };

/** The whole sheet. One that is being edited is read again from the start, so that no row slips through between two pieces. */
async function readSheet(settings: GoogleSheetsSettings, sheet: SheetToRead, effects: PullEffects): Promise<ReadSheet> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readOnce(settings, sheet, effects);
    } catch (error) {
      if (!(error instanceof SheetChangedError) || attempt >= READS) throw error;
      effects.log(`The sheet "${sheet.stream}" was changed while it was read; reading it again.`);
    }
  }
}

async function readOnce(settings: GoogleSheetsSettings, sheet: SheetToRead, effects: PullEffects): Promise<ReadSheet> {
  const key = serviceAccountOf(settings);
  const header = { headerRow: sheet.headerRow, firstColumn: sheet.firstColumn };
  const mapping = sheet.mapping === undefined ? {} : { mapping: sheet.mapping };
  if (key === undefined) {
    const url = publishedUrl(settings.published_url ?? '', sheet.gid, settings.base_url) ?? '';
    const place = sheet.title ?? sheet.stream;
    const packer = packSheet({ place, ...header, ...mapping }, undefined);
    packer.add(await fetchPublishedRows(url, sheet, publishedRedirects(settings), effects));
    return { ...packer.finish(), place, timeZone: undefined };
  }
  const spreadsheet = spreadsheetId(settings.spreadsheet ?? '') ?? '';
  const access = { origin: apiOrigin(settings), spreadsheet, key };
  const info = await fetchSpreadsheet(access, effects);
  const found = findSheet(info, sheet);
  const packer = packSheet({ place: found.title, ...header, ...mapping }, info.timeZone);
  for await (const rows of fetchRows(access, found, sheet, effects)) packer.add(rows);
  return { ...packer.finish(), place: found.title, timeZone: info.timeZone };
}

async function checkSheet(
  settings: GoogleSheetsSettings,
  sheet: SheetToRead,
  effects: PullEffects,
): Promise<StreamReport> {
  const started = effects.now();
  const report = (found: Omit<StreamReport, 'stream' | 'elapsed_ms'>): StreamReport => ({
    stream: sheet.stream,
    elapsed_ms: effects.now() - started,
    ...found,
  });
  try {
    const read = await readSheet(settings, sheet, effects);
    const body = read.pages[0]?.body() ?? Buffer.alloc(0);
    const page = readTablePage(body);
    const rows = page === undefined ? [] : page.rows.slice(0, SAMPLE_ROWS);
    const first = { columns: [], first_row: 1, ...page, rows };
    const context = { defaults: {} };
    const items =
      sheet.mapping === undefined
        ? plainRows(first, sheet.stream, sheet.table)
        : mapRows(first, sheet.stream, sheet.mapping, context);
    const zone = read.timeZone === undefined ? '' : ` Its times are of ${read.timeZone}.`;
    const detail = `Found ${read.rows} rows with ${read.columns.length} columns in the sheet "${read.place}".${zone}`;
    return report({
      ok: true,
      detail: [detail, ...read.notices].join(' '),
      rows: read.rows,
      columns: read.columns,
      sample: items.flatMap((item) => (item.ok ? [maskPeople(item.record) as Record<string, unknown>] : [])),
    });
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    return report({ ok: false, detail: error.message, rows: null, columns: [], sample: [] });
  }
}
