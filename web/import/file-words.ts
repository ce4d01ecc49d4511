import type { ImportInfo, ImportKind } from '../../src/contract/api.ts';
import type { FileFormat, ValueFormat } from '../../src/contract/mapping.ts';
import type { StateLook } from '../theme/state-look.ts';

/** Words and names on the import page. Pure. */

export const DELIMITERS: [NonNullable<FileFormat['delimiter']>, string][] = [
  [',', 'comma ,'],
  [';', 'semicolon ;'],
  ['\t', 'tab'],
  ['|', 'bar |'],
];

export const ENCODINGS: [NonNullable<FileFormat['encoding']>, string][] = [
  ['utf-8', 'UTF-8'],
  ['utf-16le', 'UTF-16 LE'],
  ['utf-16be', 'UTF-16 BE'],
  ['windows-1251', 'windows-1251 (Cyrillic)'],
  ['windows-1252', 'windows-1252 (Western)'],
];

export const QUOTES: [NonNullable<FileFormat['quote']>, string][] = [
  ['"', 'double "'],
  ["'", "single '"],
];

export const DECIMALS: [NonNullable<ValueFormat['decimal']>, string][] = [
  ['.', 'point 1.5'],
  [',', 'comma 1,5'],
];

export type Sureness = 'sure' | 'likely' | 'guess' | 'chosen' | 'missing' | 'none';

export const SURENESS: Record<Sureness, StateLook> = {
  sure: { word: 'Sure', tone: 'good' },
  likely: { word: 'Likely', tone: 'good' },
  guess: { word: 'A guess', tone: 'warn' },
  chosen: { word: 'Chosen', tone: 'good' },
  missing: { word: 'Missing', tone: 'bad' },
  none: { word: 'Not in the file', tone: 'muted' },
};

/** How sure the match of a field is. `confidence` is 0 to 1, or absent where a person chose. */
export function surenessOf(mapped: boolean, required: boolean, confidence: number | undefined): Sureness {
  if (!mapped) return required ? 'missing' : 'none';
  if (confidence === undefined) return 'chosen';
  return confidence >= 0.9 ? 'sure' : confidence >= 0.6 ? 'likely' : 'guess';
}

/** The later of two instants: a clock that was asked a moment ago may be behind what happened since. */
export const laterOf = (a: string, b: string): string => (a > b ? a : b);

/** How many rows of the file count, as far as is known; null before it was read through. */
export function countedRows(info: Pick<ImportInfo, 'check' | 'run'>): number | null {
  return info.check === null ? (info.run?.rows ?? null) : info.check.good + info.check.fixed;
}

/** "operator_calls_2026-11.csv" → "Operator calls": what a mapping or a dashboard may be called. Dates and numbers of one export do not belong in it. */
export function titleFromFile(file: string): string {
  const stem = file.replace(/\.[a-z0-9]{1,5}$/i, '');
  const words = stem
    .replaceAll(/\d{4}[-_. ]?\d{2}([-_. ]?\d{2})?|\(\d+\)|\b[vV]?\d+\b/g, ' ')
    .replaceAll(/[_\-.\s]+/g, ' ')
    .trim();
  const title = words === '' ? stem.trim() || 'Imported file' : words;
  return (title.charAt(0).toUpperCase() + title.slice(1)).slice(0, 100);
}

/** "What one row of it needs", for the card of a kind. */
export function neededFields(kind: ImportKind): string {
  const needed = kind.fields.filter((field) => field.required).map((field) => field.label.toLowerCase());
  return needed.length === 0 ? '' : `Needs: ${needed.join(', ')}.`;
}

export const STATE_WORDS: Record<ImportInfo['state'], StateLook> = {
  uploaded: { word: 'Not imported yet', tone: 'warn' },
  running: { word: 'Importing', tone: 'good' },
  done: { word: 'Imported', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  undone: { word: 'Taken back', tone: 'muted' },
};

/**
 * The records of a preview as a table under the names of our fields: what is the same for all kinds (key, record, table) is left
 * out, `values` of rows are columns, people are taken apart. `formatTime` gets instants.
 */
export function sampleTable(
  sample: readonly Record<string, unknown>[],
  kind: ImportKind | undefined,
  formatTime: (instant: string) => string,
): { columns: string[]; rows: string[][] } {
  const flat = sample.map(flatten);
  const names = [...new Set(flat.flatMap((record) => Object.keys(record)))];
  const labels = new Map(kind?.fields.map((field) => [field.name, field.label]));
  return {
    columns: names.map((name) => labels.get(name) ?? name),
    rows: flat.map((record) => names.map((name) => cellText(record[name], formatTime))),
  };
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

function cellText(value: unknown, formatTime: (instant: string) => string): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'string' && INSTANT.test(value) ? formatTime(value) : String(value);
}

const HIDDEN = new Set(['record', 'key', 'table', 'observed_at', 'at_source']);

function flatten(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]): [string, unknown][] => {
      if (HIDDEN.has(name)) return [];
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[name, value]];
      const prefix = name === 'values' ? '' : `${name}.`;
      return Object.entries(value).map(([inner, part]) => [prefix + inner, part]);
    }),
  );
}
