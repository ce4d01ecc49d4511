import type { FileFormat } from '../contract/mapping.ts';
import { CsvScanner } from './csv-scanner.ts';
import type { FileLimits } from './file-limits.ts';

export interface CsvDialect {
  delimiter: NonNullable<FileFormat['delimiter']>;
  quote: NonNullable<FileFormat['quote']>;
  /** Characters of a first line `sep=;`, which says the delimiter and is no row. */
  sepLine: number;
}

const DELIMITERS = [',', ';', '\t', '|'] as const;
const ROWS = 60;

/** How a CSV file is written, from its beginning. What was chosen stands. */
export function guessDialect(
  sample: string,
  isWhole: boolean,
  chosen: Pick<FileFormat, 'delimiter' | 'quote'>,
  limits: FileLimits,
): CsvDialect {
  const sep = /^"?sep=([,;\t|])"?(?:\r\n|\n|\r|$)/i.exec(sample);
  const sepLine = sep?.[0].length ?? 0;
  const text = sample.slice(sepLine);
  const quote = chosen.quote ?? (countQuoted(text, "'") > countQuoted(text, '"') * 2 + 2 ? "'" : '"');
  const said = DELIMITERS.find((one) => one === sep?.[1]);
  const delimiter = chosen.delimiter ?? said ?? bestDelimiter(text, isWhole, quote, limits);
  return { delimiter, quote, sepLine };
}

/** The delimiter with which most records have the same number of cells; the one with more cells where two are alike. */
function bestDelimiter(text: string, isWhole: boolean, quote: string, limits: FileLimits): CsvDialect['delimiter'] {
  let best: { delimiter: CsvDialect['delimiter']; score: number } = { delimiter: ',', score: 0 };
  for (const delimiter of DELIMITERS) {
    const score = consistency(text, isWhole, delimiter, quote, limits);
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

function consistency(text: string, isWhole: boolean, delimiter: string, quote: string, limits: FileLimits): number {
  const scanner = new CsvScanner(delimiter, quote, { ...limits, columns: Number.POSITIVE_INFINITY, cell: text.length });
  const rows = [...scanner.push(text), ...(isWhole ? scanner.end() : [])].slice(0, ROWS);
  const widths = rows.map(({ cells }) => cells).filter((cells) => cells.some((cell) => cell.trim() !== ''));
  const counts = new Map<number, number>();
  for (const { length } of widths) if (length >= 2) counts.set(length, (counts.get(length) ?? 0) + 1);
  let best = 0;
  for (const [width, count] of counts) best = Math.max(best, count / widths.length + Math.min(width, 50) / 1000);
  return best;
}

function countQuoted(text: string, quote: string): number {
  return text.split(new RegExp(`(?:^|[,;\\t|\\n])${quote}`)).length - 1;
}
