import type { ImportColumn } from '../../contract/api.ts';
import type { TablePage } from '../../contract/table-page.ts';
import { inferType, settledDateOrder, tellingCells } from './infer-type.ts';
import { hasDecimalComma } from './read-number.ts';
import { dateOrderOf } from './read-time.ts';

const SAMPLES = 3;

/** What the columns of a page hold: types, and samples that show what matters (a day above 12, a decimal comma). */
export function describeColumns(page: TablePage): ImportColumn[] {
  const columns = page.columns.map((name, index) => ({
    name,
    cells: tellingCells(page.rows.map((row) => row[index])),
  }));
  // One file is written in one way: a column that settles the order settles it for all.
  const isOpen = settledDateOrder(columns.flatMap(({ cells }) => cells)) === 'open';
  return columns.map(({ name, cells }) => {
    const type = inferType(cells);
    const isDate = type === 'date' || type === 'time';
    const warning = damage(name, cells);
    return {
      name,
      samples: pickSamples(cells.map(String)),
      type,
      ...(isDate && isOpen && settledDateOrder(cells) === 'open' ? { ambiguous_dates: true } : {}),
      ...(warning === undefined ? {} : { warning }),
    };
  });
}

function pickSamples(texts: readonly string[]): string[] {
  const distinct = [...new Set(texts)];
  const telling = distinct.find((text) => hasDecimalComma(text) || isSettled(text));
  const first = distinct.slice(0, SAMPLES);
  if (telling === undefined || first.includes(telling)) return first;
  return [...first.slice(0, SAMPLES - 1), telling];
}

function isSettled(text: string): boolean {
  const order = dateOrderOf(text);
  return order !== undefined && order !== 'open';
}

function damage(name: string, cells: readonly (string | number | boolean)[]): string | undefined {
  const shortened = cells.find((cell) => typeof cell === 'string' && /^\d(?:[.,]\d+)?E\+\d+$/i.test(cell));
  if (shortened !== undefined) {
    return `Excel has damaged numbers in "${name}" (${shortened}): format the column as text and export it again.`;
  }
  const long = cells.filter((cell) => typeof cell === 'number' && Number.isInteger(cell) && Math.abs(cell) >= 1e15);
  const rounded = cells.filter((cell) => typeof cell === 'string' && /^\d{13,15}0{3,}$/.test(cell));
  if (long.length > 0 || (rounded.length > 1 && rounded.length === cells.length)) {
    return `Numbers in "${name}" have more than 15 digits, and spreadsheets keep only 15: they may have been rounded.`;
  }
  return undefined;
}
