import { type PullEffects, PullError, type PullHttpAnswer } from '../contract/pull.ts';
import { didYouMean } from '../contract/suggest.ts';
import type { TableCell } from '../contract/table-page.ts';
import { rangeText } from './google-sheets-range.ts';
import type { SheetToRead } from './google-sheets-settings.ts';
import { accessToken, forgetToken, type ServiceAccountKey } from './google-token.ts';
import { isObject, parseJson } from './json.ts';
import type { NumberedRow } from './sheet-header.ts';

/** Sheets API v4, read only: what the spreadsheet holds, and the cells of a sheet piece by piece. */

export interface SheetsAccess {
  /** https://sheets.googleapis.com */
  origin: string;
  spreadsheet: string;
  key: ServiceAccountKey;
}

export interface SpreadsheetInfo {
  title: string;
  /** IANA. */
  timeZone: string | undefined;
  sheets: { gid: string; title: string; rows: number; columns: number }[];
}

/** The sheet was changed while it was read; reading it again helps. */
export class SheetChangedError extends PullError {
  constructor(title: string) {
    super('retry', `The sheet "${title}" was changed while it was read. The next run reads it again.`);
    this.name = 'SheetChangedError';
  }
}

/** About 1 MB an answer: Google advises at most 2, and the memory of the reading process stays small. */
const CELLS_AT_ONCE = 50_000;
/** Google itself gives up after 180 s. */
const TIMEOUT_MS = 180_000;
const FIELDS =
  'properties(title,locale,timeZone),sheets.properties(sheetId,title,gridProperties(rowCount,columnCount))';

export async function fetchSpreadsheet(access: SheetsAccess, effects: PullEffects): Promise<SpreadsheetInfo> {
  const body = await get(access, `?fields=${encodeURIComponent(FIELDS)}`, effects);
  const properties = objectOf(body['properties']);
  const sheets = Array.isArray(body['sheets']) ? body['sheets'] : [];
  const zone = properties['timeZone'];
  return {
    title: String(properties['title'] ?? access.spreadsheet),
    timeZone: typeof zone === 'string' && zone !== '' ? zone : undefined,
    sheets: sheets.map((sheet) => {
      const { sheetId, title, gridProperties } = objectOf(objectOf(sheet)['properties']);
      const { rowCount, columnCount } = objectOf(gridProperties);
      return {
        gid: String(sheetId ?? 0),
        title: String(title ?? ''),
        rows: typeof rowCount === 'number' ? rowCount : 0,
        columns: typeof columnCount === 'number' ? columnCount : 0,
      };
    }),
  };
}

/** The sheet that the settings mean: by its gid, by its title, else the first. */
export function findSheet(info: SpreadsheetInfo, wanted: SheetToRead): SpreadsheetInfo['sheets'][number] {
  const found = info.sheets.find((sheet) =>
    wanted.gid !== undefined ? sheet.gid === wanted.gid : wanted.title === undefined || sheet.title === wanted.title,
  );
  if (found !== undefined) return found;
  const titles = info.sheets.map(({ title }) => title);
  const has = `It has ${titles.map((title) => `"${title}"`).join(', ')}.`;
  if (wanted.gid !== undefined)
    throw new PullError(
      'settings',
      `The spreadsheet "${info.title}" has no sheet with gid ${wanted.gid} any more. ${has}`,
    );
  const hint = didYouMean(wanted.title ?? '', titles);
  throw new PullError(
    'settings',
    `The spreadsheet "${info.title}" has no sheet "${wanted.title}". ${hint ?? has} If it was renamed, change the name here or give its gid, which stays.`,
  );
}

/**
 * The rows of a sheet from the first row of its range on, in pieces; empty rows may be left out. Each piece begins with the last
 * row of the one before: where that row is another one now, `SheetChangedError` is thrown, because rows have slipped.
 */
export async function* fetchRows(
  access: SheetsAccess,
  sheet: SpreadsheetInfo['sheets'][number],
  wanted: SheetToRead,
  effects: PullEffects,
): AsyncIterable<NumberedRow[]> {
  const columns = { first: wanted.firstColumn, last: Math.min(wanted.lastColumn ?? 1e6, sheet.columns - 1) };
  const lastRow = Math.min(wanted.lastRow ?? sheet.rows, sheet.rows);
  if (columns.last < columns.first || lastRow < wanted.firstRow) return;
  const size = Math.max(100, Math.floor(CELLS_AT_ONCE / (columns.last - columns.first + 1)));
  let overlap: string | undefined;
  for (let from = wanted.firstRow; ; from += size - 1) {
    const to = Math.min(lastRow, from + size - 1);
    const cells = await fetchCells(access, sheet.title, rangeText(sheet.title, columns, from, to), effects);
    if (overlap !== undefined && JSON.stringify(cells[0] ?? []) !== overlap) throw new SheetChangedError(sheet.title);
    const rows = cells.map((row, index) => ({ number: from + index, cells: row }));
    yield overlap === undefined ? rows : rows.slice(1);
    if (to >= lastRow) return;
    overlap = JSON.stringify(cells[to - from] ?? []);
  }
}

async function fetchCells(
  access: SheetsAccess,
  title: string,
  range: string,
  effects: PullEffects,
): Promise<TableCell[][]> {
  const query = new URLSearchParams({
    ranges: range,
    majorDimension: 'ROWS',
    valueRenderOption: 'UNFORMATTED_VALUE',
    dateTimeRenderOption: 'SERIAL_NUMBER',
  });
  const body = await get(access, `/values:batchGet?${query}`, effects, title);
  const [first] = Array.isArray(body['valueRanges']) ? body['valueRanges'] : [];
  const values = objectOf(first)['values'] ?? [];
  if (!isObject(first) || !Array.isArray(values))
    throw new PullError('retry', 'Google answered without the cells that were asked for.');
  return values.map((row) => (Array.isArray(row) ? row.map(cellOf) : []));
}

function cellOf(value: unknown): TableCell {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** `title`: the sheet that is being read, once there is one. */
async function get(
  access: SheetsAccess,
  rest: string,
  effects: PullEffects,
  title?: string,
): Promise<Record<string, unknown>> {
  const url = `${access.origin}/v4/spreadsheets/${access.spreadsheet}${rest}`;
  const ask = async (): Promise<PullHttpAnswer> =>
    effects.http({
      url,
      headers: { authorization: `Bearer ${await accessToken(access.key, effects)}`, accept: 'application/json' },
      timeoutMs: TIMEOUT_MS,
    });
  let answer = await ask();
  if (answer.status === 401) {
    forgetToken(access.key);
    answer = await ask();
  }
  const parsed = parseJson(answer.body.toString('utf8'));
  const body = parsed.ok && isObject(parsed.value) ? parsed.value : undefined;
  if (answer.status === 200 && body !== undefined) return body;
  if (answer.status === 200)
    throw new PullError('retry', 'Google sent an answer that is not whole. The next run asks again.');
  throw refusal(answer.status, objectOf(body?.['error']), access, title);
}

function refusal(status: number, error: Record<string, unknown>, access: SheetsAccess, title?: string): PullError {
  const message = typeof error['message'] === 'string' ? error['message'].slice(0, 400) : '';
  const email = access.key.clientEmail;
  if (status === 400 && title !== undefined && /exceeds grid limits|unable to parse range/i.test(message))
    return new SheetChangedError(title);
  if (status === 400 && /not supported for this document|must not be an office file/i.test(message))
    return new PullError(
      'settings',
      'The file is an Excel file in Google Drive, not a spreadsheet of Google: open it and choose File → Save as Google Sheets.',
    );
  if (status === 401)
    return new PullError(
      'settings',
      `Google does not accept ${email} any more: is its key still listed in Google Cloud?`,
    );
  if (status === 403 && /has not been used|is disabled|SERVICE_DISABLED/i.test(`${message} ${JSON.stringify(error)}`))
    return new PullError(
      'settings',
      `The Google Sheets API is not switched on in the project of ${email}: enable it in Google Cloud.`,
    );
  if (status === 403)
    return new PullError('settings', `Share the spreadsheet with ${email} as viewer: Google does not let it in.`);
  if (status === 404)
    return new PullError(
      'settings',
      `Google knows no spreadsheet with the id ${access.spreadsheet}: take the id from its link, between /d/ and /edit.`,
    );
  return new PullError('settings', `Google refuses the request (${status}${message === '' ? '' : `: ${message}`}).`);
}

function objectOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}
