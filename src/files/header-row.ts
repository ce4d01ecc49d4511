import type { TableCell } from '../contract/table-page.ts';

/** How many rows a header is looked for in. */
export const HEADER_SEARCH_ROWS = 60;

const VALUE_LIKE =
  /^(?:[-+(]?[\d.,\s%€$£₽₹]*\d[\d.,\s%€$£₽₹)]*|[^\s@]+@[^\s@]+\.[^\s@]+|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b.*|\d{4}-\d{2}-\d{2}.*|[\p{L}]{3,9}\.? \d{1,2},? \d{4}.*|\d{1,2}[ -][\p{L}]{3,9}\.?[ -]\d{2,4}.*|https?:\/\/.*|[+\d][\d\s().-]{6,}|--?|true|false|yes|no|n\/a|\d.*:\d\d.*)$/iu;

/** A text that names a column rather than filling it. */
export function isHeaderLike(cell: TableCell | undefined): boolean {
  if (typeof cell !== 'string') return false;
  const text = cell.trim();
  return text !== '' && text.length <= 300 && !VALUE_LIKE.test(text);
}

/** Index of the first row with the most cells that name something; -1 where no row holds anything. */
export function findHeader(rows: readonly (readonly TableCell[])[]): number {
  let best = -1;
  let most = 0;
  for (const [index, cells] of rows.slice(0, HEADER_SEARCH_ROWS).entries()) {
    if (cells[0] !== undefined && isComment(cells)) continue;
    const likely = cells.filter(isHeaderLike).length;
    if (likely > most) {
      best = index;
      most = likely;
    }
  }
  if (best < 0) return rows.findIndex((cells) => cells.some((cell) => !isBlank(cell)));
  return isUpperHalf(rows[best], rows[best + 1]) ? best + 1 : best;
}

/** A line of remarks: `# exported by …`. */
export function isComment(cells: readonly TableCell[]): boolean {
  const [first, ...others] = cells;
  return typeof first === 'string' && /^\s*(?:#|\/\/)/.test(first) && others.every(isBlank);
}

/** The first of two header lines: its gaps are filled below, by names only, and what it names alone goes down over both. */
function isUpperHalf(cells: readonly TableCell[] | undefined, below: readonly TableCell[] | undefined): boolean {
  if (cells === undefined || below === undefined) return false;
  const filled = below.filter((cell) => !isBlank(cell));
  if (filled.length < 2 || !filled.every(isHeaderLike)) return false;
  const width = Math.max(cells.length, below.length);
  let gaps = 0;
  let alone = 0;
  for (let index = 0; index < width; index++) {
    if (isBlank(cells[index])) {
      if (isBlank(below[index])) continue;
      gaps++;
    } else if (isBlank(below[index])) alone++;
  }
  return gaps > 0 && alone > 0;
}

/**
 * Names of the columns: unique, none empty. A name that stands only in the line above (a merged cell) is taken over; where two
 * columns would be called the same, the group above tells them apart.
 */
export function columnNames(header: readonly TableCell[], above: readonly TableCell[] = []): string[] {
  const isGroup = isGroupRow(above, header.length);
  const group = isGroup ? fillRight(above, header.length) : [];
  const own = header.map(nameOf);
  const width = lastFilled(own.map((name, index) => name || (isGroup ? nameOf(above[index]) : ''))) + 1;
  const plain = own.slice(0, width).map((name, index) => name || nameOf(isGroup ? above[index] : undefined));
  const counts = new Map<string, number>();
  for (const name of plain) counts.set(name, (counts.get(name) ?? 0) + 1);
  const taken = new Set<string>();
  return plain.map((name, index) => {
    const inGroup = group[index] ?? '';
    const full = (counts.get(name) ?? 0) > 1 && inGroup !== '' && inGroup !== name ? `${inGroup} ${name}` : name;
    const unique = makeUnique(full || `Column ${index + 1}`, taken);
    taken.add(unique);
    return unique;
  });
}

/** At least two names with a gap between or behind: a title above the table is no group. */
function isGroupRow(cells: readonly TableCell[], width: number): boolean {
  if (cells.filter((cell) => !isBlank(cell)).length < 2) return false;
  return Array.from({ length: width }, (_, index) => index).some((index) => index > 0 && isBlank(cells[index]));
}

function fillRight(cells: readonly TableCell[], width: number): string[] {
  let last = '';
  return Array.from({ length: width }, (_, index) => {
    last = nameOf(cells[index]) || last;
    return last;
  });
}

function makeUnique(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number++) if (!taken.has(`${name}_${number}`)) return `${name}_${number}`;
}

function nameOf(cell: TableCell | undefined): string {
  if (cell === null || cell === undefined) return '';
  return String(cell)
    .replace(/[\s\u00a0\u200b-\u200d\ufeff]+/g, ' ')
    .trim()
    .slice(0, 1000);
}

function lastFilled(names: readonly string[]): number {
  return names.findLastIndex((name) => name !== '');
}

export function isBlank(cell: TableCell | undefined): boolean {
  return cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '');
}
