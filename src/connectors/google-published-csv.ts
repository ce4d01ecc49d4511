import { parse as parseCsv } from 'csv-parse/sync';
import { type PullEffects, PullError } from '../contract/pull.ts';
import type { SheetToRead } from './google-sheets-settings.ts';
import { decodeText } from './json.ts';
import type { NumberedRow } from './sheet-header.ts';

/** A sheet that was published to the web, as CSV: no credentials, values as they are shown. */

const TIMEOUT_MS = 60_000;

/** All rows of the sheet within its range. Throws `PullError` where Google shows a page instead of the file. */
export async function fetchPublishedRows(
  url: string,
  sheet: SheetToRead,
  redirectHosts: readonly string[],
  effects: PullEffects,
): Promise<NumberedRow[]> {
  const answer = await effects.http({ url, redirectHosts, headers: { accept: 'text/csv' }, timeoutMs: TIMEOUT_MS });
  const type = (answer.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  const text = decodeText(answer.body);
  if (answer.status !== 200 || type !== 'text/csv' || text === undefined || text.trimStart().startsWith('<'))
    throw new PullError('settings', refusal(answer.status));
  const last = sheet.lastColumn === undefined ? undefined : sheet.lastColumn + 1;
  return readCsv(text).flatMap((cells, index): NumberedRow[] => {
    const number = index + 1;
    if (number < sheet.firstRow || number > (sheet.lastRow ?? number)) return [];
    return [{ number, cells: cells.slice(sheet.firstColumn, last).map((cell) => (cell === '' ? null : cell)) }];
  });
}

/** One record per row of the sheet, line breaks in cells included. */
function readCsv(text: string): string[][] {
  try {
    return parseCsv(text, { relax_column_count: true, skip_empty_lines: false });
  } catch {
    throw new PullError('retry', 'Google sent a file that is not whole. The next run asks again.');
  }
}

function refusal(status: number): string {
  const why =
    status === 404 || status === 410
      ? 'Google knows no such link (any more).'
      : 'Google shows a page instead of the file: the sheet is not published any more, or not as CSV.';
  return `${why} In Google Sheets choose File → Share → Publish to web, the sheet and CSV, and take the link from there.`;
}
