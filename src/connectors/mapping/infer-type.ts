import type { TableColumnType } from '../../contract/facts.ts';
import type { TableCell } from '../../contract/table-page.ts';
import { normaliseEmail, normalisePhone } from '../normalise-identity.ts';
import { isEmptyCell } from './cell-reader.ts';
import { readBoolean } from './read-boolean.ts';
import { readNumber } from './read-number.ts';
import { type DateOrder, dateOrderOf, readTime } from './read-time.ts';

/** How much of a column has to fit a type: a stray text does not turn a column of numbers into texts. */
const MOST = 0.9;
const SAYS_NOTHING = /^(?:-{1,3}|–|—|n\/a|#n\/a|null|none|nan|\\n)$/i;

/** Cells that say something. */
export function tellingCells(cells: readonly (TableCell | undefined)[]): (string | number | boolean)[] {
  return cells.flatMap((cell): (string | number | boolean)[] => {
    if (isEmptyCell(cell)) return [];
    if (typeof cell !== 'string') return [cell];
    const text = cell.trim();
    return SAYS_NOTHING.test(text) ? [] : [text];
  });
}

/** The type that most cells of a column have; text where nothing fits or nothing is there. */
export function inferType(cells: readonly (string | number | boolean)[]): TableColumnType {
  if (cells.length === 0) return 'text';
  const most = (fits: (cell: string | number | boolean) => boolean): boolean =>
    cells.filter(fits).length >= Math.ceil(cells.length * MOST);
  if (most(isTruth)) return 'boolean';
  if (most(isInteger)) return 'integer';
  if (most((cell) => isInteger(cell) || isNumber(cell))) return 'number';
  if (most((cell) => isTime(cell, false))) return 'date';
  return most((cell) => isTime(cell, true)) ? 'time' : 'text';
}

/** What the dates of a column or file settle together; undefined where they leave it open or there are none. */
export function settledDateOrder(cells: readonly (string | number | boolean)[]): DateOrder | 'open' | undefined {
  const counts = new Map<DateOrder | 'open', number>();
  for (const cell of cells) {
    const order = typeof cell === 'string' ? dateOrderOf(cell) : undefined;
    if (order !== undefined) counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  const settled = [...counts].filter(([order]) => order !== 'open').sort((a, b) => b[1] - a[1]);
  return settled[0]?.[0] ?? (counts.has('open') ? 'open' : undefined);
}

export function looksLikeEmail(cell: string | number | boolean): boolean {
  return typeof cell === 'string' && cell.includes('@') && normaliseEmail(cell) !== undefined;
}

/** Digits in the number of a phone's; without a country nothing more can be said. */
export function looksLikePhone(cell: string | number | boolean, country?: string): boolean {
  const text = String(cell);
  const digits = text.replace(/\D/g, '').length;
  if (digits < 7 || digits > 15 || !/^(?:whatsapp:|tel:|sms:)?[+\d\s().\-/]+$/i.test(text)) return false;
  if (readTimeOf(text)) return false;
  return text.startsWith('+') || /^\d{9,15}$/.test(text) || normalisePhone(text, country) !== undefined;
}

function isTruth(cell: string | number | boolean): boolean {
  if (typeof cell === 'boolean') return true;
  return typeof cell === 'string' && !/^[01]$/.test(cell) && readBoolean(cell) !== undefined;
}

function isInteger(cell: string | number | boolean): boolean {
  if (typeof cell === 'number') return Number.isSafeInteger(cell);
  // Leading zeros and more digits than a number holds make an id, not a number.
  return typeof cell === 'string' && /^-?(?:0|[1-9]\d{0,14})$/.test(cell);
}

function isNumber(cell: string | number | boolean): boolean {
  if (typeof cell === 'number') return true;
  if (typeof cell !== 'string' || cell.startsWith('+') || /^0\d/.test(cell) || /^\d{16,}$/.test(cell)) return false;
  if (/E\+\d+$/i.test(cell)) return false;
  return readNumber(cell, '.') !== undefined || readNumber(cell, ',') !== undefined;
}

function isTime(cell: string | number | boolean, withTime: boolean): boolean {
  if (typeof cell !== 'string') return false;
  const written = readTimeOf(cell);
  return written !== undefined && (withTime || !written.withTime);
}

function readTimeOf(text: string): { withTime: boolean } | undefined {
  const order = dateOrderOf(text);
  const reading = readTime(text, order === 'open' ? 'dmy' : order);
  return reading.ok ? reading.value : undefined;
}
